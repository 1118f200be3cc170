"""Migrations run once, in order, under a lock, and notice what does not fit."""

import asyncio
from pathlib import Path

import asyncpg
import pytest

from galleria.engines.sql import Access
from galleria.engines.sql.database import connect_as
from galleria.engines.sql.migrations import (
    Migration,
    MigrationRefused,
    migrate,
    pending,
    read_folder,
)
from galleria.engines.sql.roles import OWNER

FIRST = Migration("test.room", 1, "0001_create_thing", "CREATE TABLE thing (n int)")
SECOND = Migration("test.room", 2, "0002_add_name", "ALTER TABLE thing ADD name text")


async def test_each_is_applied_once_and_in_order(empty: Access) -> None:
    assert await migrate(empty, [FIRST]) == [FIRST]
    assert await pending(empty, [FIRST, SECOND]) == [SECOND]
    assert await migrate(empty, [FIRST, SECOND]) == [SECOND]
    assert await migrate(empty, [FIRST, SECOND]) == []


async def test_two_processes_that_migrate_at_once_do_it_once(empty: Access) -> None:
    done = await asyncio.gather(*(migrate(empty, [FIRST, SECOND]) for _ in range(3)))
    assert sorted(map(len, done)) == [0, 0, 2]


async def test_a_failing_one_leaves_nothing_of_itself(empty: Access) -> None:
    broken = Migration(
        "test.room", 2, "0002_break", "CREATE TABLE half (n int); SELECT 1 / (SELECT 0)"
    )
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate(empty, [FIRST, broken])
    owner = await connect_as(empty, OWNER)
    assert await owner.fetchval("SELECT to_regclass('half')") is None
    assert await owner.fetchval("SELECT to_regclass('thing')") is not None
    await owner.close()


async def test_a_changed_file_is_refused(empty: Access) -> None:
    await migrate(empty, [FIRST])
    changed = Migration("test.room", 1, FIRST.name, FIRST.sql + " ")
    with pytest.raises(MigrationRefused, match="changed after it was applied"):
        await migrate(empty, [changed])


async def test_a_database_of_a_newer_version_is_refused(empty: Access) -> None:
    await migrate(empty, [FIRST, SECOND])
    with pytest.raises(MigrationRefused, match="newer Galleria"):
        await migrate(empty, [FIRST])


def test_files_are_numbered_without_a_gap(tmp_path: Path) -> None:
    (tmp_path / "0001_create_thing.sql").write_text("SELECT 1")
    assert [each.number for each in read_folder("test.room", tmp_path)] == [1]
    (tmp_path / "0003_skip.sql").write_text("SELECT 1")
    with pytest.raises(MigrationRefused, match="0002"):
        read_folder("test.room", tmp_path)
