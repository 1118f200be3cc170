"""Who is in which collection, in what order; counts grow with each write."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from galleria.commerce.collections.model.collections import GAP, Member
from galleria.engines.sql import Reader, Transaction

_FOLD_EACH = 64


class Row(NamedTuple):
    """A member as it stands in a generation of its collection."""

    collection_id: UUID
    generation: int
    product_id: UUID
    position: int = 0


class Membership(NamedTuple):
    """A row with what its collection says: whether it counts, and who chose it."""

    collection_id: UUID
    generation: int
    product_id: UUID
    position: int
    is_live: bool
    is_by_rule: bool


_TALLY = """
), tallied AS (
    INSERT INTO collections.member_tally (tenant_id, collection_id, generation, change)
    SELECT $1, collection_id, generation, sum(change) FROM changed
    GROUP BY collection_id, generation HAVING sum(change) <> 0
    RETURNING collection_id, tally_id
)
"""
_WRITE = f"""
WITH gone AS (
    DELETE FROM collections.member AS m USING incoming_member AS i
    WHERE i.is_gone AND m.tenant_id = $1 AND m.collection_id = i.collection_id
      AND m.generation = i.generation AND m.product_id = i.product_id
    RETURNING m.collection_id, m.generation
), added AS (
    INSERT INTO collections.member (tenant_id, collection_id, generation, product_id, position)
    SELECT $1, collection_id, generation, product_id, position
    FROM incoming_member WHERE NOT is_gone
    ON CONFLICT DO NOTHING RETURNING collection_id, generation
), changed AS (
    SELECT collection_id, generation, 1 AS change FROM added
    UNION ALL SELECT collection_id, generation, -1 FROM gone
{_TALLY}
SELECT DISTINCT collection_id FROM tallied WHERE tally_id % {_FOLD_EACH} = 0
"""


async def write_members(tx: Transaction, gone: Sequence[Row], added: Sequence[Row]) -> None:
    """These rows are gone and those are there, and both are counted."""
    await tx.copy_rows(
        "incoming_member",
        {
            "collection_id": "uuid",
            "generation": "int8",
            "product_id": "uuid",
            "position": "int8",
            "is_gone": "boolean",
        },
        [(*row, True) for row in gone] + [(*row, False) for row in added],
    )
    for row in await tx.fetch(_WRITE):
        await _fold_tallies(tx, row["collection_id"])


async def _fold_tallies(tx: Transaction, collection_id: UUID) -> None:
    await tx.execute(
        """
        WITH folded AS (
            DELETE FROM collections.member_tally
            WHERE tenant_id = $1 AND collection_id = $2 AND tally_id IN (
                SELECT tally_id FROM collections.member_tally
                WHERE tenant_id = $1 AND collection_id = $2
                ORDER BY tally_id FOR UPDATE SKIP LOCKED
            )
            RETURNING generation, change
        )
        INSERT INTO collections.member_tally (tenant_id, collection_id, generation, change)
        SELECT $1, $2, generation, sum(change) FROM folded GROUP BY generation
        """,
        collection_id,
    )


# The OFFSET makes it one walk along the index for each product, whatever the statistics say.
_HELD = """
SELECT m.collection_id, m.generation, m.product_id, m.position
FROM unnest($2::uuid[]) AS w (product_id)
CROSS JOIN LATERAL (
    SELECT q.collection_id, q.generation, q.product_id, q.position
    FROM collections.member AS q
    WHERE q.tenant_id = $1 AND q.product_id = w.product_id OFFSET 0
) AS m
"""


async def memberships(reader: Reader, product_ids: Sequence[UUID]) -> list[Membership]:
    """Every row of these products in collections that were not removed."""
    rows = await reader.read(_HELD, list(product_ids))
    if not rows:
        return []
    found = await reader.read(
        "SELECT collection_id, generation,"
        " (rule IS NOT NULL OR pending_rule IS NOT NULL) AS is_by_rule"
        " FROM collections.collection WHERE tenant_id = $1 AND removed_at IS NULL"
        " AND collection_id = ANY ($2::uuid[])",
        list({row["collection_id"] for row in rows}),
    )
    known = {row["collection_id"]: row for row in found}
    return [
        Membership(
            collection_id,
            generation,
            product_id,
            position,
            is_live=kept["generation"] == generation,
            is_by_rule=kept["is_by_rule"],
        )
        for collection_id, generation, product_id, position in rows
        if (kept := known.get(collection_id)) is not None
    ]


async def page_of_members(
    reader: Reader,
    collection_id: UUID,
    generation: int,
    after: tuple[int, UUID] | None,
    count: int,
) -> list[Member]:
    """At most `count` members after (position, product), in that order."""
    args: list[object] = [collection_id, generation, count]
    beyond = ""
    if after is not None:
        args += after
        beyond = " AND (position, product_id) > ($5::int8, $6::uuid)"
    rows = await reader.read(
        "SELECT product_id, position FROM collections.member WHERE tenant_id = $1"
        f" AND collection_id = $2 AND generation = $3{beyond}"
        " ORDER BY position, product_id LIMIT $4",
        *args,
    )
    return [Member(product_id=row["product_id"], position=row["position"]) for row in rows]


async def members_among(
    reader: Reader, collection_id: UUID, generation: int, product_ids: Sequence[UUID]
) -> dict[UUID, int]:
    """Those of the products that are members, with their positions."""
    rows = await reader.read(
        "SELECT product_id, position FROM collections.member WHERE tenant_id = $1"
        " AND collection_id = $2 AND generation = $3 AND product_id = ANY ($4::uuid[])",
        collection_id,
        generation,
        list(product_ids),
    )
    return {row["product_id"]: row["position"] for row in rows}


async def ids_after(reader: Reader, collection_id: UUID, after: UUID, count: int) -> list[UUID]:
    """At most `count` products after an id that count as members, removed collection or not."""
    rows = await reader.read(
        "SELECT m.product_id FROM collections.member AS m JOIN collections.collection AS c"
        " ON c.tenant_id = $1 AND c.collection_id = m.collection_id"
        " AND c.generation = m.generation"
        " WHERE m.tenant_id = $1 AND m.collection_id = $2 AND m.product_id > $3"
        " ORDER BY m.product_id LIMIT $4",
        collection_id,
        after,
        count,
    )
    return [row["product_id"] for row in rows]


async def last_positions(reader: Reader, live: dict[UUID, int]) -> dict[UUID, int]:
    """The last position of each collection, by its generation; one without members has none."""
    rows = await reader.read(
        """
        SELECT w.collection_id, l.position
        FROM unnest($2::uuid[], $3::int8[]) AS w (collection_id, generation)
        CROSS JOIN LATERAL (
            SELECT m.position FROM collections.member AS m
            WHERE m.tenant_id = $1 AND m.collection_id = w.collection_id
              AND m.generation = w.generation
            ORDER BY m.position DESC, m.product_id DESC LIMIT 1
        ) AS l
        """,
        list(live),
        list(live.values()),
    )
    return {row["collection_id"]: row["position"] for row in rows}


async def neighbour(
    reader: Reader,
    collection_id: UUID,
    generation: int,
    after: tuple[int, UUID] | None,
    moved: Sequence[UUID],
) -> int | None:
    """The position of the first member after (position, product) that is not moved, or None."""
    args: list[object] = [collection_id, generation, list(moved)]
    beyond = ""
    if after is not None:
        args += after
        beyond = " AND (position, product_id) > ($5::int8, $6::uuid)"
    found: int | None = await reader.read_value(
        "SELECT position FROM collections.member WHERE tenant_id = $1 AND collection_id = $2"
        f" AND generation = $3 AND product_id <> ALL ($4::uuid[]){beyond}"
        " ORDER BY position, product_id LIMIT 1",
        *args,
    )
    return found


async def place_members(
    tx: Transaction, collection_id: UUID, generation: int, positions: dict[UUID, int]
) -> None:
    """These members stand where they are told, in one statement."""
    await tx.execute(
        """
        UPDATE collections.member AS m SET position = w.position
        FROM unnest($4::uuid[], $5::int8[]) AS w (product_id, position)
        WHERE m.tenant_id = $1 AND m.collection_id = $2 AND m.generation = $3
          AND m.product_id = w.product_id
        """,
        collection_id,
        generation,
        list(positions),
        list(positions.values()),
    )


async def number_anew(tx: Transaction, collection_id: UUID, generation: int) -> list[UUID]:
    """All members stand in the order they had, with gaps between them; they come back."""
    rows = await tx.fetch(
        f"""
        UPDATE collections.member AS m SET position = n.place * {GAP}
        FROM (
            SELECT product_id, row_number() OVER (ORDER BY position, product_id) AS place
            FROM collections.member
            WHERE tenant_id = $1 AND collection_id = $2 AND generation = $3
        ) AS n
        WHERE m.tenant_id = $1 AND m.collection_id = $2 AND m.generation = $3
          AND m.product_id = n.product_id
        RETURNING m.product_id
        """,
        collection_id,
        generation,
    )
    return [row["product_id"] for row in rows]


async def forget_products(tx: Transaction, product_ids: Sequence[UUID]) -> None:
    """The products are in no collection, and the counts know."""
    await tx.execute(
        f"""
        WITH gone AS (
            DELETE FROM collections.member
            WHERE tenant_id = $1 AND product_id = ANY ($2::uuid[])
            RETURNING collection_id, generation
        ), changed AS (
            SELECT collection_id, generation, -1 AS change FROM gone
        {_TALLY}
        SELECT count(*) FROM tallied
        """,
        list(product_ids),
    )


async def newcomers(
    reader: Reader, collection_id: UUID, generation: int, after: UUID, count: int
) -> list[tuple[UUID, bool]]:
    """Members of a generation after an id, at most `count`, and whether none was there before."""
    rows = await reader.read(
        """
        SELECT m.product_id, NOT EXISTS (
            SELECT 1 FROM collections.member AS o WHERE o.tenant_id = $1
              AND o.product_id = m.product_id AND o.collection_id = $2 AND o.generation < $3
        ) AS is_new
        FROM collections.member AS m
        WHERE m.tenant_id = $1 AND m.collection_id = $2 AND m.generation = $3 AND m.product_id > $4
        ORDER BY m.product_id LIMIT $5
        """,
        collection_id,
        generation,
        after,
        count,
    )
    return [(row["product_id"], row["is_new"]) for row in rows]


async def clear_leftovers(
    tx: Transaction, collection_id: UUID, kept: Sequence[int], count: int
) -> list[UUID]:
    """At most `count` rows of other generations than those kept are gone; their products."""
    rows = await tx.fetch(
        """
        DELETE FROM collections.member AS m
        USING (
            SELECT generation, product_id FROM collections.member
            WHERE tenant_id = $1 AND collection_id = $2 AND generation <> ALL ($3::int8[])
            ORDER BY generation, product_id LIMIT $4
        ) AS o
        WHERE m.tenant_id = $1 AND m.collection_id = $2 AND m.generation = o.generation
          AND m.product_id = o.product_id
        RETURNING m.product_id
        """,
        collection_id,
        list(kept),
        count,
    )
    if len(rows) < count:
        await tx.execute(
            "DELETE FROM collections.member_tally WHERE tenant_id = $1 AND collection_id = $2"
            " AND generation <> ALL ($3::int8[])",
            collection_id,
            list(kept),
        )
    return [row["product_id"] for row in rows]


async def page_before(
    reader: Reader, collection_id: UUID, generation: int, before: tuple[int, UUID], count: int
) -> list[Member]:
    """At most `count` members before (position, product), the nearest first."""
    rows = await reader.read(
        "SELECT product_id, position FROM collections.member WHERE tenant_id = $1"
        " AND collection_id = $2 AND generation = $3"
        " AND (position, product_id) < ($4::int8, $5::uuid)"
        " ORDER BY position DESC, product_id DESC LIMIT $6",
        collection_id,
        generation,
        *before,
        count,
    )
    return [Member(product_id=row["product_id"], position=row["position"]) for row in rows]
