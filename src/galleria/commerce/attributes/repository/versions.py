"""The lock under which the dictionary changes, and which state of it is the present one."""

from uuid import UUID

from galleria.engines.sql import Reader, Transaction
from galleria.foundation.ids import new_id


async def lock_names(tx: Transaction) -> None:
    """Until the commit nobody else changes this shop's dictionary.

    Entries are numbered and their names looked up under it before they are written, so a name
    that is taken is an answer and never a failed statement. Whoever also takes the lock of a room
    above takes that one first, so that two can never wait for each other. Reading does without.
    """
    await tx.execute("SELECT pg_advisory_xact_lock(hashtext('attributes.names'), $1)")


async def versions_of(reader: Reader) -> tuple[UUID | None, UUID | None]:
    """The present states of (the dictionary, the values); None before the first entry."""
    row = await reader.read_row(
        "SELECT dictionary_version, values_version FROM attributes.version WHERE tenant_id = $1"
    )
    return (row["dictionary_version"], row["values_version"]) if row else (None, None)


async def renew_dictionary(tx: Transaction) -> None:
    """What was remembered of attributes, sets, types and definitions holds no more."""
    await _renew(tx, "dictionary_version")


async def renew_values(tx: Transaction) -> None:
    """What was remembered of values holds no more."""
    await _renew(tx, "values_version")


async def _renew(tx: Transaction, column: str) -> None:
    await tx.execute(
        "INSERT INTO attributes.version (tenant_id, dictionary_version, values_version)"
        f" VALUES ($1, $2, $2) ON CONFLICT (tenant_id) DO UPDATE SET {column} = excluded.{column}",
        new_id(),
    )
