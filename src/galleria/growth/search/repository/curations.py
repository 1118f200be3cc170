"""SQL of what a merchant says of answers."""

from typing import Any
from uuid import UUID

import msgspec

from galleria.engines.sql import Reader, Transaction
from galleria.growth.search.model.curations import Curation, LiftDraft

START = (-1, UUID(int=0))  # before all places
_FIELDS = (
    *("curation_id", "priority", "name", "applies", "words", "place", "language", "starts_at"),
    *("ends_at", "is_active", "pinned", "hidden", "lifts", "redirect_to", "updated_at"),
)
_COLUMNS = ", ".join(_FIELDS)


async def lock(tx: Transaction) -> None:
    """Until the commit nobody else changes the shop's curations, so that their number holds."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtext('search.curations'), $1)")


async def count(reader: Reader) -> int:
    """How many there are: some hundreds at most."""
    row = await reader.read_row("SELECT count(*) AS n FROM search.curation WHERE tenant_id = $1")
    return int(row["n"]) if row else 0


async def save(tx: Transaction, wanted: Curation) -> None:
    """The curation is so."""
    places = ", ".join(f"${at + 2}" for at in range(len(_FIELDS)))
    changes = ", ".join(f"{name} = EXCLUDED.{name}" for name in _FIELDS[1:])
    values = {name: getattr(wanted, name) for name in _FIELDS}
    values["lifts"] = [msgspec.to_builtins(each) for each in wanted.lifts]
    await tx.execute(
        f"INSERT INTO search.curation (tenant_id, {_COLUMNS}) VALUES ($1, {places})"
        f" ON CONFLICT (tenant_id, curation_id) DO UPDATE SET {changes}",
        *values.values(),
    )


async def find(reader: Reader, curation_id: UUID) -> Curation | None:
    """The curation, if there is one."""
    row = await reader.read_row(
        f"SELECT {_COLUMNS} FROM search.curation WHERE tenant_id = $1 AND curation_id = $2",
        curation_id,
    )
    return None if row is None else _curation(row)


async def page_after(reader: Reader, after: tuple[int, UUID], count: int) -> list[Curation]:
    """At most `count` curations behind a place, those that come first first."""
    rows = await reader.read(
        f"""
        SELECT {_COLUMNS} FROM search.curation
        WHERE tenant_id = $1 AND (priority, curation_id) > ($2::int4, $3::uuid)
        ORDER BY priority, curation_id LIMIT $4
        """,
        *after,
        count,
    )
    return [_curation(row) for row in rows]


async def delete(tx: Transaction, curation_id: UUID) -> bool:
    """The curation is gone; whether it was there."""
    rows = await tx.fetch(
        "DELETE FROM search.curation WHERE tenant_id = $1 AND curation_id = $2"
        " RETURNING curation_id",
        curation_id,
    )
    return bool(rows)


async def delete_all(tx: Transaction) -> None:
    """The shop has no curations any more."""
    await tx.execute("DELETE FROM search.curation WHERE tenant_id = $1")


def _curation(row: Any) -> Curation:
    fields = dict(row)
    fields["lifts"] = msgspec.convert(fields["lifts"], list[LiftDraft])
    return Curation(**fields)
