"""Price lists, their past terms, and which of them have something to announce."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from galleria.commerce.pricing.model.lists import PriceList, Term
from galleria.engines.sql import Reader, Transaction

_FIELDS = PriceList.__struct_fields__
_COLUMNS = ", ".join(_FIELDS)
_EDITABLE = tuple(name for name in _FIELDS if name not in ("price_list_id", "created_at"))
_UPDATE = (
    "UPDATE pricing.price_list SET "
    + ", ".join(f"{name} = ${at}" for at, name in enumerate(_EDITABLE, 3))
    + " WHERE tenant_id = $1 AND price_list_id = $2"
)


class DueList(msgspec.Struct, frozen=True):
    """A list whose prices began or ceased to count, and how far that has been announced."""

    price_list: PriceList
    boundary_at: datetime
    announced_variant_id: UUID | None


async def lock_names(tx: Transaction) -> None:
    """Until the commit nobody else makes price lists of this shop, or gives them codes."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtext('pricing.price_lists'), $1)")


async def insert_list(tx: Transaction, price_list: PriceList) -> PriceList:
    """The list, numbered on. The names are locked, and the code is free."""
    number: int = await tx.fetch_value(
        f"""
        INSERT INTO pricing.price_list (tenant_id, {_COLUMNS})
        SELECT $1, coalesce(max(price_list_id), 0) + 1,
               {", ".join(f"${at}" for at in range(2, len(_FIELDS) + 1))}
        FROM pricing.price_list WHERE tenant_id = $1
        RETURNING price_list_id
        """,
        *(getattr(price_list, name) for name in _FIELDS[1:]),
    )
    return msgspec.structs.replace(price_list, price_list_id=number)


async def save_list(tx: Transaction, price_list: PriceList) -> None:
    """The row says what the list says."""
    await tx.execute(
        _UPDATE,
        price_list.price_list_id,
        *(getattr(price_list, name) for name in _EDITABLE),
    )


async def all_lists(reader: Reader) -> list[PriceList]:
    """Every list of the shop by number; there are not many."""
    rows = await reader.read(
        f"SELECT {_COLUMNS} FROM pricing.price_list WHERE tenant_id = $1 ORDER BY price_list_id"
    )
    return [PriceList(**row) for row in rows]


async def page_of_lists(reader: Reader, after: int, count: int) -> list[PriceList]:
    """At most `count` lists after a number, in order."""
    rows = await reader.read(
        f"SELECT {_COLUMNS} FROM pricing.price_list"
        " WHERE tenant_id = $1 AND price_list_id > $2 ORDER BY price_list_id LIMIT $3",
        after,
        count,
    )
    return [PriceList(**row) for row in rows]


async def find_list(reader: Reader, price_list_id: int) -> PriceList | None:
    """The list of this number, or None."""
    row = await reader.read_row(
        f"SELECT {_COLUMNS} FROM pricing.price_list WHERE tenant_id = $1 AND price_list_id = $2",
        price_list_id,
    )
    return None if row is None else PriceList(**row)


async def lock_list(tx: Transaction, price_list_id: int) -> PriceList | None:
    """The list of this number, locked until the commit, or None."""
    row = await tx.fetch_row(
        f"SELECT {_COLUMNS} FROM pricing.price_list"
        " WHERE tenant_id = $1 AND price_list_id = $2 FOR UPDATE",
        price_list_id,
    )
    return None if row is None else PriceList(**row)


async def lists_for_everybody(reader: Reader, channel_id: UUID, currency: str) -> list[PriceList]:
    """The lists of a channel, and of all channels, that are for no group; also those that do not
    count at present."""
    rows = await reader.read(
        f"""
        SELECT {_COLUMNS} FROM pricing.price_list
        WHERE tenant_id = $1 AND currency = $3 AND customer_group_id IS NULL
          AND (channel_id IS NULL OR channel_id = $2)
        """,
        channel_id,
        currency,
    )
    return [PriceList(**row) for row in rows]


async def lists_of_group(reader: Reader, customer_group_id: UUID) -> list[PriceList]:
    """The lists for a customer group, in order. A shop has few lists: all are walked past."""
    rows = await reader.read(
        f"SELECT {_COLUMNS} FROM pricing.price_list"
        " WHERE tenant_id = $1 AND customer_group_id = $2 ORDER BY price_list_id",
        customer_group_id,
    )
    return [PriceList(**row) for row in rows]


async def add_past_term(tx: Transaction, price_list_id: int, term: Term) -> None:
    """It is remembered that the list counted then."""
    await tx.execute(
        "INSERT INTO pricing.past_term (tenant_id, price_list_id, since, until, priority)"
        " VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        price_list_id,
        term.since,
        term.until,
        term.priority,
    )


async def past_terms(
    reader: Reader, price_list_ids: Sequence[int], after: datetime
) -> dict[int, list[Term]]:
    """When the lists counted by former terms, as far as that reaches beyond an instant."""
    rows = await reader.read(
        "SELECT price_list_id, since, until, priority FROM pricing.past_term"
        " WHERE tenant_id = $1 AND price_list_id = ANY ($2::int4[]) AND until > $3",
        list(price_list_ids),
        after,
    )
    found: dict[int, list[Term]] = {}
    for row in rows:
        term = Term(row["since"], row["until"], row["priority"])
        found.setdefault(row["price_list_id"], []).append(term)
    return found


async def set_boundary(tx: Transaction, price_list_id: int, at: datetime | None) -> None:
    """The list is due for announcement at this instant, from its first price on; None is never."""
    await tx.execute(
        "UPDATE pricing.price_list SET next_boundary_at = $3, announced_variant_id = NULL"
        " WHERE tenant_id = $1 AND price_list_id = $2",
        price_list_id,
        at,
    )


async def save_announced(tx: Transaction, price_list_id: int, variant_id: UUID) -> None:
    """The prices of all variants before this one have been announced."""
    await tx.execute(
        "UPDATE pricing.price_list SET announced_variant_id = $3"
        " WHERE tenant_id = $1 AND price_list_id = $2",
        price_list_id,
        variant_id,
    )


async def is_any_due(reader: Reader, now: datetime) -> bool:
    """Whether some list of the shop has something to announce: one probe of an index."""
    due: bool = await reader.read_value(
        "SELECT EXISTS (SELECT FROM pricing.price_list"
        " WHERE tenant_id = $1 AND next_boundary_at <= $2) AS due",
        now,
    )
    return due


async def lock_due_list(tx: Transaction, now: datetime) -> DueList | None:
    """The list that is due the longest and nobody is announcing, locked until the commit."""
    row = await tx.fetch_row(
        f"""
        SELECT {_COLUMNS}, next_boundary_at, announced_variant_id FROM pricing.price_list
        WHERE tenant_id = $1 AND next_boundary_at <= $2
        ORDER BY next_boundary_at, price_list_id LIMIT 1 FOR UPDATE SKIP LOCKED
        """,
        now,
    )
    if row is None:
        return None
    price_list = PriceList(**{name: row[name] for name in _FIELDS})
    return DueList(price_list, row["next_boundary_at"], row["announced_variant_id"])


async def variants_with_prices(
    reader: Reader, price_list_id: int, start: UUID, count: int
) -> tuple[list[UUID], UUID | None]:
    """Among `count` prices of the shop from a variant on: whose stand in the list, and the last.

    The last variant is None when there were fewer. Walks the primary key, so a list of a hundred
    prices among millions costs no long statement and needs no index of its own.
    """
    row = await reader.read_row(
        """
        SELECT array_agg(DISTINCT page.variant_id)
                   FILTER (WHERE page.price_list_id = $2::int4) AS named,
               (array_agg(page.variant_id ORDER BY page.variant_id DESC))[1] AS last,
               count(*) AS looked_at
        FROM (SELECT variant_id, price_list_id FROM pricing.price
              WHERE tenant_id = $1 AND variant_id >= $3
              ORDER BY variant_id, price_list_id, min_quantity LIMIT $4) AS page
        """,
        price_list_id,
        start,
        count,
    )
    assert row is not None, "an aggregate always gives a row"
    return row["named"] or [], row["last"] if row["looked_at"] == count else None
