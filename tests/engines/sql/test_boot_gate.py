"""The gate opens on a sound database and names what is wrong with an unsound one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from galleria.engines.sql import Access, Database
from galleria.engines.sql.boot_gate import GateClosed, check, inspect


@asynccontextmanager
async def changed(database: Database, change: str, undo: str) -> AsyncIterator[None]:
    owner = await database.connect_owner()
    try:
        await owner.execute(change)
        yield
    finally:
        await owner.execute(undo)
        await owner.close()


async def problems(database: Database) -> set[tuple[str, str]]:
    return {(finding.subject, finding.problem) for finding in await inspect(database)}


async def test_the_gate_opens_on_a_migrated_database(database: Database) -> None:
    assert await inspect(database) == []
    await check(database)


@pytest.mark.parametrize(
    ("change", "undo", "problem"),
    [
        (
            "ALTER TABLE idempotency.answer DISABLE ROW LEVEL SECURITY",
            "ALTER TABLE idempotency.answer ENABLE ROW LEVEL SECURITY",
            "row-level security is off",
        ),
        (
            "ALTER TABLE idempotency.answer NO FORCE ROW LEVEL SECURITY",
            "ALTER TABLE idempotency.answer FORCE ROW LEVEL SECURITY",
            "row-level security is not forced",
        ),
        (
            "DROP POLICY tenant ON idempotency.answer",
            "SELECT galleria.protect('idempotency.answer')",
            "no policy for all verbs",
        ),
        (
            "CREATE POLICY everybody ON idempotency.answer USING (true)",
            "DROP POLICY everybody ON idempotency.answer",
            "a policy is open to every role",
        ),
    ],
)
async def test_a_table_without_full_protection_closes_the_gate(
    database: Database, change: str, undo: str, problem: str
) -> None:
    async with changed(database, change, undo):
        assert ("idempotency.answer", problem) in await problems(database)
        with pytest.raises(GateClosed, match=r"idempotency\.answer"):
            await check(database)
    assert await inspect(database) == []


async def test_a_new_tenant_table_nobody_protected_closes_the_gate(database: Database) -> None:
    async with changed(
        database,
        "CREATE SCHEMA stray; CREATE TABLE stray.thing (tenant_id int4)",
        "DROP SCHEMA stray CASCADE",
    ):
        assert ("stray.thing", "row-level security is off") in await problems(database)


async def test_rows_seen_with_no_tenant_set_close_the_gate(database: Database) -> None:
    async with changed(
        database,
        "CREATE POLICY leak ON directory.tenant FOR SELECT TO galleria_app USING (true)",
        "DROP POLICY leak ON directory.tenant",
    ):
        assert ("directory.tenant", "shows rows with no tenant set") in await problems(database)


async def test_a_superuser_closes_the_gate(access: Access, database: Database) -> None:
    """The trap of the wheel's default role: for a superuser every policy is void."""
    root = await asyncpg.connect(
        host=access.address.host,
        port=access.address.port,
        database=access.address.database,
        user="galleria_root",
        password=access.passwords["galleria_root"],
    )
    try:
        await root.execute("ALTER ROLE galleria_app SUPERUSER")
        found = await problems(database)
    finally:
        await root.execute("ALTER ROLE galleria_app NOSUPERUSER")
        await root.close()
    assert ("galleria_app", "is a superuser: every policy is void") in found


async def test_a_database_copied_from_another_cluster_closes_the_gate(
    database: Database,
) -> None:
    async with changed(
        database,
        "UPDATE event_log.epoch SET system_identifier = system_identifier + 1",
        "UPDATE event_log.epoch SET system_identifier = system_identifier - 1",
    ):
        with pytest.raises(GateClosed, match="copied from another cluster"):
            await check(database)
