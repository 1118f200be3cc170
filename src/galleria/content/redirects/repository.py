"""All SQL of the redirects."""

from collections.abc import Sequence
from datetime import date

import msgspec

from galleria.content.redirects.model.redirects import Redirect
from galleria.engines.sql import Reader, Transaction

_FIELDS = Redirect.__struct_fields__
_COLUMNS = ", ".join(_FIELDS)
_TYPES = dict(
    zip(
        _FIELDS,
        ["text", "text", "uuid", "text", "text", "boolean", "text", "timestamptz", "int8", "date"],
        strict=True,
    )
)
# The highest code point: as a suffix it is above every continuation of a prefix under "C".
_ABOVE_ALL = chr(0x10FFFF)


async def lock_paths(tx: Transaction) -> None:
    """Until the commit nobody else changes where the shop's old addresses lead.

    Redirects depend on one another, so two hands at once could close a loop or leave a chain.
    """
    await tx.execute("SELECT pg_advisory_xact_lock(hashtext('redirects.paths'), $1)")


async def find(reader: Reader, from_path: str) -> Redirect | None:
    """The redirect that begins there."""
    row = await reader.read_row(
        f"SELECT {_COLUMNS} FROM redirects.redirect WHERE tenant_id = $1 AND from_path = $2",
        from_path,
    )
    return None if row is None else Redirect(**row)


async def around(
    tx: Transaction, beginnings: Sequence[str], ends: Sequence[str]
) -> dict[str, Redirect]:
    """The redirects that begin at any of these paths, or lead to a beginning, by their own."""
    rows = await tx.fetch(
        f"""
        SELECT {_COLUMNS} FROM redirects.redirect
        WHERE tenant_id = $1 AND from_path = ANY ($2::text[])
        UNION ALL
        SELECT {_COLUMNS} FROM redirects.redirect
        WHERE tenant_id = $1 AND to_path = ANY ($3::text[])
        """,
        [*beginnings, *ends],
        list(beginnings),
    )
    return {row["from_path"]: Redirect(**row) for row in rows}


async def save(tx: Transaction, redirects: Sequence[Redirect]) -> None:
    """The rows say what the redirects say; hits counted meanwhile stay."""
    await tx.copy_rows(
        "incoming_redirect", _TYPES, [msgspec.structs.astuple(each) for each in redirects]
    )
    told = ("target_kind", "target_id", "to_path", "to_query", "is_permanent", "source")
    changes = ", ".join(f"{name} = EXCLUDED.{name}" for name in told)
    await tx.execute(
        f"INSERT INTO redirects.redirect (tenant_id, {_COLUMNS})"
        f" SELECT $1, {_COLUMNS} FROM incoming_redirect"
        f" ON CONFLICT (tenant_id, from_path) DO UPDATE SET {changes}"
    )


async def delete(tx: Transaction, from_paths: Sequence[str]) -> list[str]:
    """No redirect begins at these paths; those that did come back."""
    rows = await tx.fetch(
        "DELETE FROM redirects.redirect WHERE tenant_id = $1 AND from_path = ANY ($2::text[])"
        " RETURNING from_path",
        list(from_paths),
    )
    return [row["from_path"] for row in rows]


async def page_after(reader: Reader, prefix: str, after: str, count: int) -> list[Redirect]:
    """At most `count` redirects whose beginnings start with `prefix` and follow `after`, in order.

    A range instead of LIKE: a comparison is leakproof, so the index serves it under the policy.
    """
    rows = await reader.read(
        f"SELECT {_COLUMNS} FROM redirects.redirect WHERE tenant_id = $1"
        " AND from_path > $2 AND from_path >= $3 AND from_path < $4"
        " ORDER BY from_path LIMIT $5",
        after,
        prefix,
        prefix + _ABOVE_ALL,
        count,
    )
    return [Redirect(**row) for row in rows]


async def add_hits(tx: Transaction, counts: dict[str, int], on: date) -> None:
    """So many more shoppers were led on from each of these paths, the last of them on this day."""
    await tx.execute(
        """
        UPDATE redirects.redirect AS r
        SET hits = r.hits + h.count, last_hit_on = greatest(r.last_hit_on, $4::date)
        FROM unnest($2::text[], $3::int8[]) AS h (from_path, count)
        WHERE r.tenant_id = $1 AND r.from_path = h.from_path
        """,
        list(counts),
        list(counts.values()),
        on,
    )


async def delete_all(tx: Transaction) -> None:
    """The shop has no redirects any more."""
    await tx.execute("DELETE FROM redirects.redirect WHERE tenant_id = $1")
