"""SQL of what the order of answers is made of."""

from typing import Any

from galleria.engines.sql import Reader, Transaction
from galleria.growth.search.model.rankings import RankingProfile, Weights

_WEIGHTS = Weights.__struct_fields__
_FIELDS = ("name", *_WEIGHTS, "is_default", "updated_at")
_COLUMNS = ", ".join(_FIELDS)


async def lock(tx: Transaction) -> None:
    """Until the commit nobody else changes the shop's rankings, so that their number holds."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtext('search.rankings'), $1)")


async def everything(reader: Reader) -> list[RankingProfile]:
    """All rankings by name: some twenty at most."""
    rows = await reader.read(
        f"SELECT {_COLUMNS} FROM search.ranking WHERE tenant_id = $1 ORDER BY name"
    )
    return [_profile(row) for row in rows]


async def save(tx: Transaction, wanted: RankingProfile) -> None:
    """The ranking is so."""
    places = ", ".join(f"${at + 2}" for at in range(len(_FIELDS)))
    changes = ", ".join(f"{name} = EXCLUDED.{name}" for name in _FIELDS[1:])
    await tx.execute(
        f"INSERT INTO search.ranking (tenant_id, {_COLUMNS}) VALUES ($1, {places})"
        f" ON CONFLICT (tenant_id, name) DO UPDATE SET {changes}",
        wanted.name,
        *(getattr(wanted.weights, each) for each in _WEIGHTS),
        wanted.is_default,
        wanted.updated_at,
    )


async def set_default(tx: Transaction, name: str) -> None:
    """No ranking is the shop's default but the one of this name, if there is one."""
    # One after the other: a unique index is looked at with every row.
    await tx.execute(
        "UPDATE search.ranking SET is_default = false WHERE tenant_id = $1 AND is_default"
    )
    await tx.execute(
        "UPDATE search.ranking SET is_default = true WHERE tenant_id = $1 AND name = $2", name
    )


async def delete(tx: Transaction, name: str) -> bool:
    """The ranking is gone; whether it was there."""
    rows = await tx.fetch(
        "DELETE FROM search.ranking WHERE tenant_id = $1 AND name = $2 RETURNING name", name
    )
    return bool(rows)


async def delete_all(tx: Transaction) -> None:
    """The shop has no rankings any more."""
    await tx.execute("DELETE FROM search.ranking WHERE tenant_id = $1")


def _profile(row: Any) -> RankingProfile:
    return RankingProfile(
        name=row["name"],
        weights=Weights(**{each: row[each] for each in _WEIGHTS}),
        is_default=row["is_default"],
        updated_at=row["updated_at"],
    )
