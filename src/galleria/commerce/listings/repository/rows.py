"""Writing the shop window: listings, their further variants, and where they lie."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

import msgspec

from galleria.engines.sql import Record, Transaction

_COLUMNS = {
    "window_id": "int4",
    "product_id": "uuid",
    "handle_hash": "int4",
    "price_min_minor": "int8",
    "published_at": "timestamptz",
    "tie": "int4",
    "category": "int4",
    "title_sort": "text",
    "extra": "int4[]",
    "document": "bytea",
    "picker": "bytea",
}
_NAMES = ", ".join(_COLUMNS)
_CHUNK_COLUMNS = {"window_id": "int4", "product_id": "uuid", "chunk": "int4", "document": "bytea"}
_PLACEMENT_COLUMNS = {"place": "int4", "product_id": "uuid", "position": "int8"}


class Row(msgspec.Struct, frozen=True, gc=False):
    """A listing as its row holds it, in the order of the columns."""

    window_id: int
    product_id: UUID
    handle_hash: int
    price_min_minor: int
    published_at: object
    tie: int
    category: int
    title_sort: str
    extra: list[int] | None
    document: bytes
    picker: bytes | None


assert tuple(_COLUMNS) == Row.__struct_fields__, "a row is copied field by field"

_BEFORE = """
SELECT l.window_id, l.product_id, l.category, l.extra, l.picker IS NOT NULL AS has_chunks
FROM listings.listing AS l
WHERE l.tenant_id = $1 AND l.window_id = ANY ($2::int4[]) AND l.product_id = ANY ($3::uuid[])
"""
_MERGE = f"""
INSERT INTO listings.listing AS l (tenant_id, {_NAMES}, updated_at)
SELECT $1, {_NAMES}, $2 FROM incoming_listing
ON CONFLICT (tenant_id, window_id, product_id) DO UPDATE SET
    {", ".join(f"{name} = EXCLUDED.{name}" for name in list(_COLUMNS)[2:])},
    updated_at = EXCLUDED.updated_at
WHERE l.document <> EXCLUDED.document OR l.picker IS DISTINCT FROM EXCLUDED.picker
   OR l.title_sort <> EXCLUDED.title_sort OR l.published_at <> EXCLUDED.published_at
RETURNING l.product_id
"""
_REMOVE = """
DELETE FROM listings.listing AS l
WHERE l.tenant_id = $1 AND l.window_id = ANY ($2::int4[]) AND l.product_id = ANY ($3::uuid[])
  AND NOT EXISTS (SELECT 1 FROM incoming_listing AS i
                  WHERE i.product_id = l.product_id AND i.window_id = l.window_id)
RETURNING l.product_id
"""
_MERGE_CHUNKS = """
INSERT INTO listings.variant_chunk AS c (tenant_id, window_id, product_id, chunk, document)
SELECT $1, window_id, product_id, chunk, document FROM incoming_chunk
ON CONFLICT (tenant_id, window_id, product_id, chunk) DO UPDATE SET document = EXCLUDED.document
WHERE c.document <> EXCLUDED.document
RETURNING c.product_id
"""
_REMOVE_CHUNKS = """
DELETE FROM listings.variant_chunk AS c
WHERE c.tenant_id = $1 AND c.window_id = ANY ($2::int4[]) AND c.product_id = ANY ($3::uuid[])
  AND NOT EXISTS (SELECT 1 FROM incoming_chunk AS i
                  WHERE i.product_id = c.product_id AND i.window_id = c.window_id
                    AND i.chunk = c.chunk)
RETURNING c.product_id
"""
_REMOVE_PLACEMENTS = """
DELETE FROM listings.placement AS p
USING unnest($2::int4[], $3::uuid[]) AS gone (place, product_id)
WHERE p.tenant_id = $1 AND p.place = gone.place AND p.product_id = gone.product_id
"""
# What stands where it stood is not touched, nor locked: a price changes more often than a place.
_ADD_PLACEMENTS = """
INSERT INTO listings.placement (tenant_id, place, product_id, position)
SELECT $1, i.place, i.product_id, i.position FROM incoming_placement AS i
WHERE NOT EXISTS (
    SELECT 1 FROM listings.placement AS p WHERE p.tenant_id = $1 AND p.place = i.place
      AND p.product_id = i.product_id AND p.position = i.position)
ON CONFLICT (tenant_id, place, product_id) DO UPDATE SET position = EXCLUDED.position
RETURNING product_id
"""


async def lock_window(tx: Transaction) -> None:
    """Until the commit nobody else fills this shop's window.

    Numbers, counts and rows are looked up under it before they are written: events and a making of
    all listings take turns, a step each. Reading does without.
    """
    await tx.execute("SELECT pg_advisory_xact_lock(hashtext('listings.window'), $1)")


async def rows_before(
    tx: Transaction, windows: Sequence[int], product_ids: Sequence[UUID]
) -> list[Record]:
    """`window_id`, `product_id`, `category`, `extra` and `has_chunks` of what is shown now."""
    return await tx.fetch(_BEFORE, list(windows), list(product_ids))


async def replace_rows(
    tx: Transaction, windows: Sequence[int], product_ids: Sequence[UUID], rows: Sequence[Row]
) -> set[UUID]:
    """These products are shown as the rows say and nowhere else; the changed ones come back."""
    await tx.copy_rows(
        "incoming_listing",
        _COLUMNS,
        [tuple(getattr(row, name) for name in _COLUMNS) for row in rows],
    )
    merged = await tx.fetch(_MERGE, tx.now)
    removed = await tx.fetch(_REMOVE, list(windows), list(product_ids))
    return {row["product_id"] for row in [*merged, *removed]}


async def replace_chunks(
    tx: Transaction,
    windows: Sequence[int],
    product_ids: Sequence[UUID],
    chunks: Sequence[tuple[int, UUID, int, bytes]],
) -> set[UUID]:
    """These products have the chunks given and no others; the changed products come back."""
    await tx.copy_rows("incoming_chunk", _CHUNK_COLUMNS, chunks)
    merged = await tx.fetch(_MERGE_CHUNKS)
    removed = await tx.fetch(_REMOVE_CHUNKS, list(windows), list(product_ids))
    return {row["product_id"] for row in [*merged, *removed]}


async def change_placements(
    tx: Transaction,
    gone: Iterable[tuple[int, UUID]],
    placed: Mapping[tuple[int, UUID], int],
) -> set[UUID]:
    """Some (place, product_id) pairs are there no longer, others from now on, with a position.

    The products that are new in a place, or stand elsewhere in it, come back.
    """
    pairs = sorted(gone)
    if pairs:
        await tx.execute(
            _REMOVE_PLACEMENTS, [place for place, _ in pairs], [each for _, each in pairs]
        )
    wanted = sorted((*pair, position) for pair, position in placed.items())
    if not wanted:
        return set()
    await tx.copy_rows("incoming_placement", _PLACEMENT_COLUMNS, wanted)
    return {row["product_id"] for row in await tx.fetch(_ADD_PLACEMENTS)}
