"""Brings the schema up to date: numbered files per room, forward only, in the order of the floors.

One advisory lock keeps two starts from migrating at once; each file is one transaction, and what
was applied is remembered with its checksum, so a changed file is noticed.
"""

import asyncio
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from galleria.engines.sql.database import Access, connect_as
from galleria.engines.sql.roles import OWNER, make_functions
from galleria.foundation.errors import GalleriaError
from galleria.foundation.telemetry import logger

LOCK_NUMBER = 4_277_001  # any constant; says "galleria migrates" in pg_locks
LOCK_TIMEOUT = "5s"  # a migration waits no longer for a table: traffic queues behind its wait
LOCK_TRIES = 10
_FILE_NAME = re.compile(r"^(\d{4})_[a-z0-9_]+\.sql$")
_log = logger(__name__)

_LEDGER = f"""
CREATE TABLE IF NOT EXISTS galleria.migration (
    room text NOT NULL,
    number int4 NOT NULL,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (room, number)
);
GRANT SELECT ON galleria.migration TO {OWNER}, galleria_app;
"""


class MigrationRefused(GalleriaError):
    code = "migration_refused"
    status = 500
    title = "The database and the program do not fit"


@dataclass(frozen=True)
class Migration:
    """One file of one room."""

    room: str
    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """Hash of the text, to notice a file that changed after it was applied."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def read_folder(room: str, folder: Path) -> list[Migration]:
    """The migrations of one room in order; numbers start at 1 without a gap."""
    found: list[Migration] = []
    for path in sorted(folder.glob("*.sql")):
        match = _FILE_NAME.match(path.name)
        if match is None or int(match[1]) != len(found) + 1:
            raise MigrationRefused(
                f"{room}: {path.name} should be {len(found) + 1:04d}_verb_noun.sql"
            )
        found.append(Migration(room, len(found) + 1, path.stem, path.read_text()))
    return found


async def migrate(access: Access, migrations: Sequence[Migration]) -> list[Migration]:
    """The database has all migrations; those applied just now come back.

    Raises:
        MigrationRefused: an applied file has changed, or the database is newer than the program.
    """
    owner = await connect_as(access, OWNER)
    try:
        await owner.execute("SELECT pg_advisory_lock($1)", LOCK_NUMBER)
        await make_functions(owner)
        await owner.execute(_LEDGER)
        waiting = _still_to_do(await _applied(owner), migrations)
        for migration in waiting:
            await _apply(owner, migration)
        return waiting
    finally:
        await owner.close()


async def pending(access: Access, migrations: Sequence[Migration]) -> list[Migration]:
    """Migrations the database still lacks, in order; nothing is changed."""
    owner = await connect_as(access, OWNER)
    try:
        known = await owner.fetchval("SELECT to_regclass('galleria.migration') IS NOT NULL")
        return _still_to_do(await _applied(owner) if known else {}, migrations)
    finally:
        await owner.close()


async def _applied(owner: asyncpg.Connection) -> dict[tuple[str, int], str]:
    rows = await owner.fetch("SELECT room, number, checksum FROM galleria.migration")
    return {(row["room"], row["number"]): row["checksum"] for row in rows}


def _still_to_do(
    applied: dict[tuple[str, int], str], migrations: Sequence[Migration]
) -> list[Migration]:
    known = {(migration.room, migration.number) for migration in migrations}
    for room, number in applied.keys() - known:
        raise MigrationRefused(
            f"the database has {room} {number:04d}, which this version lacks: it was written by "
            "a newer Galleria; start that version, or restore a back-up of before"
        )
    waiting: list[Migration] = []
    for migration in migrations:
        checksum = applied.get((migration.room, migration.number))
        if checksum is None:
            waiting.append(migration)
        elif checksum != migration.checksum:
            raise MigrationRefused(
                f"{migration.room} {migration.name} was changed after it was applied; "
                "put it back and write a new migration"
            )
    return waiting


async def _apply(owner: asyncpg.Connection, migration: Migration) -> None:
    for attempt in range(1, LOCK_TRIES + 1):
        try:
            async with owner.transaction():
                await owner.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
                await owner.execute(migration.sql)
                await owner.execute(
                    "INSERT INTO galleria.migration (room, number, name, checksum)"
                    " VALUES ($1, $2, $3, $4)",
                    migration.room,
                    migration.number,
                    migration.name,
                    migration.checksum,
                )
            _log.info("migration_applied", room=migration.room, name=migration.name)
            return
        except asyncpg.LockNotAvailableError:
            if attempt == LOCK_TRIES:
                raise
            await asyncio.sleep(attempt)
