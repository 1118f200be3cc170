"""Prices: merged in sets, read by variant, taken away."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from galleria.commerce.pricing.model.prices import Price, PriceKey, PriceListRow, saving_of
from galleria.commerce.pricing.model.resolving import Candidate
from galleria.engines.sql import Reader, Record, Transaction

_COLUMNS = ", ".join(
    f"{'l' if name in ('channel_id', 'currency') else 'p'}.{name}"
    for name in Price.__struct_fields__
)

# What does not differ is left out first, since an upsert would lock it. The LIMIT makes that one
# look into the primary key for each row, whatever the statistics say; and none for a row that is
# said to be new. One that was said to be and is not is left as it is, and the caller asks again.
_MERGE = """
WITH seen AS MATERIALIZED (
    SELECT i.variant_id, i.price_list_id, i.min_quantity, i.amount_minor, i.compare_at_minor,
           i.is_new, s.amount_minor AS former_amount, s.compare_at_minor AS former_compare_at,
           s.since AS former_since
    FROM incoming_price AS i
    LEFT JOIN LATERAL (
        SELECT q.amount_minor, q.compare_at_minor, q.since FROM pricing.price AS q
        WHERE NOT (i.is_new AND $3) AND q.tenant_id = $1 AND q.variant_id = i.variant_id
          AND q.price_list_id = i.price_list_id AND q.min_quantity = i.min_quantity
        LIMIT 1
    ) AS s ON true
    WHERE s.since IS NULL
       OR (s.amount_minor, s.compare_at_minor) IS DISTINCT FROM (i.amount_minor, i.compare_at_minor)
    ORDER BY i.variant_id, i.price_list_id, i.min_quantity
), remembered AS (
    INSERT INTO pricing.price_change
        (tenant_id, variant_id, price_list_id, min_quantity, amount_minor, since, until, edit_id,
         actor)
    SELECT $1, variant_id, price_list_id, min_quantity, former_amount, former_since, $2, $4, $5
    FROM seen WHERE former_amount <> amount_minor AND former_since < $2
    ON CONFLICT DO NOTHING
), undoable AS (
    INSERT INTO pricing.merged_price AS m
        (tenant_id, work_id, variant_id, price_list_id, min_quantity, amount_before,
         compare_at_before, amount_after, compare_at_after, at)
    SELECT $1, $6, variant_id, price_list_id, min_quantity, former_amount, former_compare_at,
           amount_minor, compare_at_minor, $2
    FROM seen WHERE $6::uuid IS NOT NULL AND NOT is_new
    ON CONFLICT (tenant_id, work_id, variant_id, price_list_id, min_quantity) DO UPDATE
    SET amount_after = excluded.amount_after, compare_at_after = excluded.compare_at_after
), changed AS (
    INSERT INTO pricing.price AS p
        (tenant_id, variant_id, price_list_id, min_quantity, amount_minor, compare_at_minor, since)
    SELECT $1, variant_id, price_list_id, min_quantity, amount_minor, compare_at_minor, $2
    FROM seen WHERE former_since IS NOT NULL
    ON CONFLICT (tenant_id, variant_id, price_list_id, min_quantity) DO UPDATE
    SET amount_minor = excluded.amount_minor, compare_at_minor = excluded.compare_at_minor,
        since = CASE WHEN p.amount_minor = excluded.amount_minor THEN p.since
                     ELSE greatest(p.since, excluded.since) END
    RETURNING p.variant_id
), added AS (
    INSERT INTO pricing.price
        (tenant_id, variant_id, price_list_id, min_quantity, amount_minor, compare_at_minor, since)
    SELECT $1, variant_id, price_list_id, min_quantity, amount_minor, compare_at_minor, $2
    FROM seen WHERE former_since IS NULL
    ON CONFLICT DO NOTHING
    RETURNING variant_id
)
SELECT (SELECT count(*) FROM seen) AS wanted,
       (SELECT array_agg(w.variant_id) FROM (
           SELECT variant_id FROM changed UNION ALL SELECT variant_id FROM added) AS w) AS written
"""


async def lock_prices(tx: Transaction) -> None:
    """Until the commit nobody else changes prices of this shop.

    Then a former amount is told exactly, and those who change many prices at once never wait for
    each other in a circle: rows that are there and rows that are new have no common order in which
    they could be locked. Whoever reads does without.
    """
    await tx.execute("SELECT pg_advisory_xact_lock(hashtext('pricing.prices'), $1)")


async def merge(
    tx: Transaction,
    rows: Sequence[PriceListRow],
    are_new: bool | Collection[UUID] = False,
    edit_id: UUID | None = None,
    work_id: UUID | None = None,
) -> set[UUID]:
    """The prices are as given, each key once; the variants whose price changed come back.

    The shop's prices are locked. With `work_id` it is remembered what they were, so that the work
    can be undone.

    Variants that `are_new` (all of them, or these) are not looked up first. To say so of one that
    has a price costs time and does no harm.
    """
    await tx.copy_rows(
        "incoming_price",
        {
            "variant_id": "uuid",
            "price_list_id": "int4",
            "min_quantity": "int4",
            "amount_minor": "int8",
            "compare_at_minor": "int8",
            "is_new": "boolean",
        },
        [
            (
                row.variant_id,
                row.price_list_id,
                row.min_quantity,
                row.amount_minor,
                saving_of(row.amount_minor, row.compare_at_minor),
                are_new if isinstance(are_new, bool) else row.variant_id in are_new,
            )
            for row in rows
        ],
    )
    changed: set[UUID] = set()
    is_trusted = True
    while True:
        answer = await tx.fetch_row(_MERGE, tx.now, is_trusted, edit_id, actor_of(tx), work_id)
        assert answer is not None, "an aggregate always gives a row"
        written = answer["written"] or []
        changed.update(written)
        if len(written) == answer["wanted"]:
            return changed
        assert is_trusted, "the shop's prices are locked"
        is_trusted = False


def actor_of(tx: Transaction) -> str:
    """Who acts, as history tells it."""
    return f"{tx.ctx.actor.kind}:{tx.ctx.actor.actor_id}"


async def remove(tx: Transaction, keys: Sequence[PriceKey]) -> set[UUID]:
    """These prices are gone, remembered as what was charged; the variants concerned come back."""
    rows = await tx.fetch(
        """
        WITH gone AS (
            DELETE FROM pricing.price AS p
            USING unnest($3::uuid[], $4::int4[], $5::int4[])
                  AS w (variant_id, price_list_id, min_quantity)
            WHERE p.tenant_id = $1 AND p.variant_id = w.variant_id
              AND p.price_list_id = w.price_list_id AND p.min_quantity = w.min_quantity
            RETURNING p.*
        ), remembered AS (
            INSERT INTO pricing.price_change
                (tenant_id, variant_id, price_list_id, min_quantity, amount_minor, since, until,
                 actor)
            SELECT $1, variant_id, price_list_id, min_quantity, amount_minor, since, $2, $6
            FROM gone WHERE since < $2
            ON CONFLICT DO NOTHING
        )
        SELECT DISTINCT variant_id FROM gone
        """,
        tx.now,
        [key.variant_id for key in keys],
        [key.price_list_id for key in keys],
        [key.min_quantity for key in keys],
        actor_of(tx),
    )
    return {row["variant_id"] for row in rows}


async def most_tiers(reader: Reader, rows: Sequence[PriceListRow]) -> int:
    """How many prices that one of these variants has in its list which has the most."""
    most: int | None = await reader.read_value(
        """
        SELECT max(tiers.number) FROM (SELECT DISTINCT variant_id, price_list_id
              FROM unnest($2::uuid[], $3::int4[]) AS w (variant_id, price_list_id)) AS w
        CROSS JOIN LATERAL (
            SELECT count(*) AS number FROM pricing.price AS p
            WHERE p.tenant_id = $1 AND p.variant_id = w.variant_id
              AND p.price_list_id = w.price_list_id OFFSET 0) AS tiers
        """,
        [row.variant_id for row in rows],
        [row.price_list_id for row in rows],
    )
    return most or 0


async def prices_of(
    reader: Reader, variant_ids: Sequence[UUID], channel_id: UUID, currency: str
) -> dict[UUID, Price]:
    """The price of one piece of each variant that has one in the channel's base list."""
    rows = await reader.read(
        f"""
        SELECT {_COLUMNS} FROM pricing.price_list AS l CROSS JOIN LATERAL (
            SELECT q.* FROM pricing.price AS q
            WHERE q.tenant_id = $1 AND q.variant_id = ANY ($2::uuid[])
              AND q.price_list_id = l.price_list_id AND q.min_quantity = 1 OFFSET 0) AS p
        WHERE l.tenant_id = $1 AND l.kind = 'base' AND l.channel_id = $3 AND l.currency = $4
        """,
        list(variant_ids),
        channel_id,
        currency,
    )
    return {row["variant_id"]: Price(**row) for row in rows}


async def price_spans(
    reader: Reader, groups: Sequence[Sequence[UUID]], channel_id: UUID, currency: str
) -> dict[int, tuple[int, int]]:
    """The lowest and the highest price of each group of variants, by the group's place; a group
    without prices is missing."""
    rows = await reader.read(
        """
        SELECT w.place, min(p.amount_minor) AS least, max(p.amount_minor) AS most
        FROM unnest($2::uuid[], $3::int4[]) AS w (variant_id, place)
        JOIN (
            SELECT q.variant_id, q.amount_minor
            FROM pricing.price_list AS l CROSS JOIN LATERAL (
                SELECT q.* FROM pricing.price AS q
                WHERE q.tenant_id = $1 AND q.variant_id = ANY ($2::uuid[])
                  AND q.price_list_id = l.price_list_id AND q.min_quantity = 1 OFFSET 0) AS q
            WHERE l.tenant_id = $1 AND l.kind = 'base' AND l.channel_id = $4 AND l.currency = $5
        ) AS p USING (variant_id)
        GROUP BY w.place
        """,
        [variant_id for group in groups for variant_id in group],
        [place for place, group in enumerate(groups) for _ in group],
        channel_id,
        currency,
    )
    return {row["place"]: (row["least"], row["most"]) for row in rows}


# The lists that count are found once; then each variant's prices in them by its own stretch of
# the primary key. The LEFT JOIN, in which all find their list, keeps the planner from looking for
# every variant once a list. `$7` is the instant asked about.
_CANDIDATES = """
WITH lists AS MATERIALIZED (
    SELECT price_list_id, kind, priority, customer_group_id IS NOT NULL AS is_for_group,
           channel_id IS NOT NULL AS is_for_channel, includes_tax, counts_since
    FROM pricing.price_list
    WHERE tenant_id = $1 AND currency = $4 AND is_active
      AND (channel_id IS NULL OR channel_id = $5)
      AND (customer_group_id IS NULL OR customer_group_id = ANY ($6::uuid[]))
      AND (valid_from IS NULL OR valid_from <= $7) AND (valid_until IS NULL OR $7 < valid_until)
)
SELECT p.variant_id, p.price_list_id, l.kind, l.priority, l.is_for_group, l.is_for_channel,
       l.includes_tax, p.min_quantity, p.amount_minor, p.compare_at_minor,
       greatest(p.since, l.counts_since) AS starts_at
FROM unnest($2::uuid[], $3::int4[]) AS w (variant_id, quantity)
CROSS JOIN LATERAL (
    SELECT q.variant_id, q.price_list_id, q.min_quantity, q.amount_minor, q.compare_at_minor,
           q.since
    FROM pricing.price AS q
    WHERE q.tenant_id = $1 AND q.variant_id = w.variant_id
      AND q.price_list_id = ANY (ARRAY (SELECT price_list_id FROM lists))
      AND q.min_quantity <= w.quantity OFFSET 0
) AS p
LEFT JOIN lists AS l ON l.price_list_id = p.price_list_id
"""


async def candidates(
    reader: Reader,
    quantities: Mapping[UUID, int],
    place: tuple[UUID, str],
    customer_group_ids: Collection[UUID],
    at: datetime,
) -> dict[UUID, list[Candidate]]:
    """The prices that may count for each variant in a (channel, currency), in one statement."""
    channel_id, currency = place
    rows = await reader.read(
        _CANDIDATES,
        list(quantities),
        list(quantities.values()),
        currency,
        channel_id,
        list(customer_group_ids),
        at,
    )
    found: dict[UUID, list[Candidate]] = {}
    for row in rows:
        variant_id, *fields = row
        found.setdefault(variant_id, []).append(Candidate(*fields))
    return found


async def prices_in_lists(reader: Reader, variant_id: UUID) -> list[Record]:
    """All prices of a variant, in whatever lists: the columns of a price row."""
    return await reader.read(
        "SELECT price_list_id, min_quantity, amount_minor, compare_at_minor, since"
        " FROM pricing.price WHERE tenant_id = $1 AND variant_id = $2"
        " ORDER BY price_list_id, min_quantity",
        variant_id,
    )


async def page_of_prices(
    reader: Reader,
    variant_ids: Sequence[UUID] | None,
    lists: tuple[UUID | None, int | None],
    after: PriceKey,
    count: int,
) -> list[Price]:
    """At most `count` prices after a key, in order; of a channel's lists, or of one list."""
    args: list[object] = [after.variant_id, after.price_list_id, after.min_quantity, count]
    where = ["(p.variant_id, p.price_list_id, p.min_quantity) > ($2::uuid, $3::int4, $4::int4)"]
    channel_id, price_list_id = lists
    if variant_ids is not None:
        args.append(list(variant_ids))
        where.append(f"p.variant_id = ANY (${len(args) + 1}::uuid[])")
    if channel_id is not None:
        args.append(channel_id)
        where.append(f"l.channel_id = ${len(args) + 1}")
    if price_list_id is not None:
        args.append(price_list_id)
        where.append(f"p.price_list_id = ${len(args) + 1}::int4")
    rows = await reader.read(
        f"SELECT {_COLUMNS} FROM pricing.price AS p"
        " JOIN pricing.price_list AS l ON l.tenant_id = $1 AND l.price_list_id = p.price_list_id"
        f" WHERE p.tenant_id = $1 AND {' AND '.join(where)}"
        " ORDER BY p.variant_id, p.price_list_id, p.min_quantity LIMIT $5",
        *args,
    )
    return [Price(**row) for row in rows]


async def read_prices(
    reader: Reader, price_list_id: int, variant_ids: Sequence[UUID], count: int
) -> list[PriceListRow]:
    """At most `count` prices of these variants in a list, by variant and tier."""
    rows = await reader.read(
        """
        SELECT variant_id, price_list_id, amount_minor, compare_at_minor, min_quantity
        FROM pricing.price
        WHERE tenant_id = $1 AND variant_id = ANY ($2::uuid[]) AND price_list_id = $3::int4
        ORDER BY variant_id, min_quantity LIMIT $4
        """,
        list(variant_ids),
        price_list_id,
        count,
    )
    return [PriceListRow(**row) for row in rows]


async def variants_with_prices(reader: Reader, after: UUID, count: int) -> list[UUID]:
    """At most `count` variants after an id that have a price, by id."""
    rows = await reader.read(
        "SELECT DISTINCT variant_id FROM pricing.price"
        " WHERE tenant_id = $1 AND variant_id > $2 ORDER BY variant_id LIMIT $3",
        after,
        count,
    )
    return [row["variant_id"] for row in rows]


async def forget_variants(tx: Transaction, variant_ids: Sequence[UUID]) -> None:
    """The variants have no price, and never had one."""
    await tx.execute(
        """
        WITH gone AS (
            DELETE FROM pricing.price WHERE tenant_id = $1 AND variant_id = ANY ($2::uuid[])
        )
        DELETE FROM pricing.price_change WHERE tenant_id = $1 AND variant_id = ANY ($2::uuid[])
        """,
        list(variant_ids),
    )
