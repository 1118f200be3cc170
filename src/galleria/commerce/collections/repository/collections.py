"""Collections themselves: their rows, and how many members each has."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from galleria.commerce.collections.model.collections import (
    Collection,
    CollectionRef,
    Kept,
    Standing,
)
from galleria.engines.sql import Reader, Record, Transaction

_OWN = tuple(name for name in Collection.__struct_fields__ if name not in ("rule", "is_sorting"))
_KEPT = (
    *("rule", "pending_rule", "generation", "last_generation", "pending_generation"),
    *("walked_to", "is_untold", "is_shown", "removed_at"),
)
_COLUMNS = ", ".join((*_OWN, *_KEPT))
LAST = "\U0010ffff"
_REFS = """
SELECT collection_id, handle, title, translations, position,
       (rule IS NOT NULL OR pending_rule IS NOT NULL) AS is_by_rule
FROM collections.collection
"""


async def lock_names(tx: Transaction) -> None:
    """Until the commit nobody else names a collection of this shop. Taken before any row."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtext('collections.names'), $1)")


def _kept(row: Record) -> Kept:
    fields: dict[str, Any] = dict(row)
    live, pending = fields.pop("rule"), fields.pop("pending_rule")
    is_sorting = fields["pending_generation"] is not None
    own = {name: fields[name] for name in _OWN}
    return msgspec.convert(
        {
            "collection": {
                **own,
                "rule": pending if is_sorting else live,
                "is_sorting": is_sorting,
            },
            "standing": {
                **{name: fields[name] for name in Standing.__struct_fields__ if name in fields},
                "live_rule": live,
            },
            "is_shown": fields["is_shown"],
            "removed_at": fields["removed_at"],
        },
        Kept,
    )


def _values(kept: Kept) -> list[Any]:
    collection, standing = kept.collection, kept.standing
    is_sorting = standing.pending_generation is not None
    return [
        *(getattr(collection, name) for name in _OWN),
        standing.live_rule,
        collection.rule if is_sorting else None,
        standing.generation,
        standing.last_generation,
        standing.pending_generation,
        standing.walked_to,
        standing.is_untold,
        kept.is_shown,
        kept.removed_at,
    ]


async def find_collection(reader: Reader, collection_id: UUID) -> Kept | None:
    """The collection, removed or not, or None."""
    row = await reader.read_row(
        f"SELECT {_COLUMNS} FROM collections.collection"
        " WHERE tenant_id = $1 AND collection_id = $2",
        collection_id,
    )
    return _kept(row) if row else None


async def lock_collection(tx: Transaction, collection_id: UUID) -> Kept | None:
    """The collection, removed or not, locked until the commit, or None."""
    row = await tx.fetch_row(
        f"SELECT {_COLUMNS} FROM collections.collection"
        " WHERE tenant_id = $1 AND collection_id = $2 FOR NO KEY UPDATE",
        collection_id,
    )
    return _kept(row) if row else None


async def ids_at(reader: Reader, handles: Sequence[str]) -> dict[str, CollectionRef]:
    """The collection at each handle that has one."""
    rows = await reader.read(
        f"{_REFS} WHERE tenant_id = $1 AND handle = ANY ($2::text[]) AND removed_at IS NULL",
        list(handles),
    )
    return {row["handle"]: msgspec.convert(dict(row), CollectionRef) for row in rows}


async def refs_of(reader: Reader, collection_ids: Sequence[UUID]) -> list[CollectionRef]:
    """Those of the collections that the shop has, by position and handle."""
    rows = await reader.read(
        f"{_REFS} WHERE tenant_id = $1 AND collection_id = ANY ($2::uuid[])"
        " AND removed_at IS NULL ORDER BY position, handle",
        list(collection_ids),
    )
    return [msgspec.convert(dict(row), CollectionRef) for row in rows]


async def shown_refs(
    reader: Reader, collection_ids: Sequence[UUID], now: datetime
) -> list[CollectionRef]:
    """Those of the collections that shoppers see at that moment, by position and handle."""
    rows = await reader.read(
        f"{_REFS} WHERE tenant_id = $1 AND collection_id = ANY ($2::uuid[])"
        " AND removed_at IS NULL AND is_published"
        " AND (published_from IS NULL OR published_from <= $3)"
        " AND (published_until IS NULL OR $3 < published_until) ORDER BY position, handle",
        list(collection_ids),
        now,
    )
    return [msgspec.convert(dict(row), CollectionRef) for row in rows]


async def lock_for_members(tx: Transaction, collection_ids: Sequence[UUID]) -> dict[UUID, int]:
    """The generation of those picked by hand, which nobody gives a rule until the commit."""
    rows = await tx.fetch(
        "SELECT collection_id, generation FROM collections.collection"
        " WHERE tenant_id = $1 AND collection_id = ANY ($2::uuid[]) AND removed_at IS NULL"
        " AND rule IS NULL AND pending_rule IS NULL ORDER BY collection_id FOR SHARE",
        list(collection_ids),
    )
    return {row["collection_id"]: row["generation"] for row in rows}


async def handles_like(reader: Reader, beginning: str) -> set[str]:
    """Handles of collections that begin so."""
    rows = await reader.read(
        "SELECT handle FROM collections.collection"
        " WHERE tenant_id = $1 AND handle >= $2 AND handle < $3 AND removed_at IS NULL",
        beginning,
        beginning + LAST,
    )
    return {row["handle"] for row in rows}


async def page_of_collections(
    reader: Reader, after: tuple[int, str], count: int
) -> list[Collection]:
    """At most `count` collections after (position, handle), in that order."""
    rows = await reader.read(
        f"SELECT {_COLUMNS} FROM collections.collection WHERE tenant_id = $1"
        " AND removed_at IS NULL AND (position, handle) > ($2::int4, $3::text)"
        " ORDER BY position, handle LIMIT $4",
        *after,
        count,
    )
    return [_kept(row).collection for row in rows]


async def add_collections(tx: Transaction, added: Sequence[Kept]) -> None:
    """The collections exist."""
    columns = (*_OWN, *_KEPT)
    places = ", ".join(f"${at}" for at in range(2, len(columns) + 2))
    for kept in added:
        await tx.execute(
            f"INSERT INTO collections.collection (tenant_id, {_COLUMNS}) VALUES ($1, {places})",
            *_values(kept),
        )


async def save_collection(tx: Transaction, kept: Kept) -> None:
    """The row says what the collection says."""
    columns = (*_OWN, *_KEPT)
    fields = ", ".join(f"{name} = ${at}" for at, name in enumerate(columns, 2) if at > 2)
    await tx.execute(
        f"UPDATE collections.collection SET {fields} WHERE tenant_id = $1 AND collection_id = $2",
        *_values(kept),
    )


async def note_walk(tx: Transaction, collection_id: UUID, walked_to: UUID) -> None:
    """The pending rule has seen all products up to this one."""
    await tx.execute(
        "UPDATE collections.collection SET walked_to = $3"
        " WHERE tenant_id = $1 AND collection_id = $2",
        collection_id,
        walked_to,
    )


async def note_told(tx: Transaction, collection_id: UUID) -> None:
    """All who came with the present generation have been announced."""
    await tx.execute(
        "UPDATE collections.collection SET is_untold = false"
        " WHERE tenant_id = $1 AND collection_id = $2",
        collection_id,
    )


async def counts_of(reader: Reader, collection_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many members each of these collections has; one without any may be left out."""
    rows = await reader.read(
        "SELECT c.collection_id, sum(t.change)::int8 AS members"
        " FROM collections.collection AS c JOIN collections.member_tally AS t"
        " ON t.tenant_id = $1 AND t.collection_id = c.collection_id"
        " AND t.generation = c.generation"
        " WHERE c.tenant_id = $1 AND c.collection_id = ANY ($2::uuid[])"
        " GROUP BY c.collection_id",
        list(collection_ids),
    )
    return {row["collection_id"]: row["members"] for row in rows}


async def count_rules(reader: Reader) -> int:
    """How many collections have a rule, counted up to the limit and no further."""
    found: int = await reader.read_value(
        "SELECT count(*) FROM (SELECT 1 FROM collections.collection WHERE tenant_id = $1"
        " AND removed_at IS NULL AND (rule IS NOT NULL OR pending_rule IS NOT NULL)"
        " LIMIT 10000) AS r"
    )
    return found


async def turn_windows(tx: Transaction, count: int) -> list[UUID]:
    """At most `count` collections whose window has opened or closed, and it is noted."""
    rows = await tx.fetch(
        """
        WITH now_shown AS (
            SELECT collection_id, is_published
                AND coalesce(published_from <= $2, true)
                AND coalesce($2 < published_until, true) AS is_shown, is_shown AS was_shown
            FROM collections.collection
            WHERE tenant_id = $1 AND removed_at IS NULL
              AND (published_from IS NOT NULL OR published_until IS NOT NULL)
        ), turned AS (
            SELECT collection_id, is_shown FROM now_shown WHERE is_shown <> was_shown LIMIT $3
        )
        UPDATE collections.collection AS c SET is_shown = t.is_shown FROM turned AS t
        WHERE c.tenant_id = $1 AND c.collection_id = t.collection_id
        RETURNING c.collection_id
        """,
        tx.now,
        count,
    )
    return [row["collection_id"] for row in rows]


async def removed_before(reader: Reader, moment: datetime, count: int) -> list[UUID]:
    """At most `count` collections removed before a moment, the longest gone first."""
    rows = await reader.read(
        "SELECT collection_id FROM collections.collection"
        " WHERE tenant_id = $1 AND removed_at < $2 ORDER BY removed_at LIMIT $3",
        moment,
        count,
    )
    return [row["collection_id"] for row in rows]


async def delete_collection(tx: Transaction, collection_id: UUID) -> None:
    """The removed collection's row and counts are gone; its members went before."""
    await tx.execute(
        "DELETE FROM collections.member_tally WHERE tenant_id = $1 AND collection_id = $2",
        collection_id,
    )
    await tx.execute(
        "DELETE FROM collections.collection"
        " WHERE tenant_id = $1 AND collection_id = $2 AND removed_at IS NOT NULL",
        collection_id,
    )
