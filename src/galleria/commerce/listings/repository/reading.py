"""Reading the shop window: a page by its handle, lists in order, variants by the chunk."""

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

import msgspec

from galleria.engines.sql import Reader, Record

SortName = Literal["newest", "title", "-title", "price", "-price", "manual"]

# Column to sort by, its direction, and the type its value has in a cursor.
ORDERS: dict[SortName, tuple[str, str, str]] = {
    "newest": ("published_at", "DESC", "timestamptz"),
    "title": ("title_sort", "ASC", 'text COLLATE "C"'),
    "-title": ("title_sort", "DESC", 'text COLLATE "C"'),
    "price": ("price_min_minor", "ASC", "int8"),
    "-price": ("price_min_minor", "DESC", "int8"),
    # Of the place: how a collection was put together. See `in_own_order`.
    "manual": ("position", "ASC", "int8"),
}
_SHOWN = "l.product_id, l.published_at, l.document"


class Order(msgspec.Struct, frozen=True):
    """A list in one window: how it is sorted, after which row it goes on, how many are wanted.

    `after` is the sort value, the tie and the id of the last row shown.
    """

    window_id: int
    sort: SortName
    after: tuple[object, int, UUID] | None
    limit: int


class _Statement:
    """Arguments as they are met, `$1` being the tenant."""

    def __init__(self, order: Order) -> None:
        self.column, self.direction, kind = ORDERS[order.sort]
        self.args: list[object] = []
        window = self.arg(order.window_id)
        self.where = f"l.tenant_id = $1 AND l.window_id = {window}"
        if order.after is not None:
            value, tie, product_id = map(self.arg, order.after)
            comparison = ">" if self.direction == "ASC" else "<"
            self.where += (
                f" AND (l.{self.column}, l.tie, l.product_id) {comparison}"
                f" (({value}::{kind}), {tie}::int4, {product_id}::uuid)"
            )

    def arg(self, value: object) -> str:
        """The number under which the statement names this value."""
        self.args.append(value)
        return f"${len(self.args) + 1}"

    def within(self, filters: Sequence[Sequence[int]], row: str) -> str:
        """That a row lies in one of the places of every filter."""
        parts = [f"({row}.category = ANY ({n}::int4[]) OR {row}.extra && {n}::int4[])"
                 for n in map(self.arg, map(list, filters))]  # fmt: skip
        return " AND ".join(parts) or "true"

    def order_by(self, row: str, column: str) -> str:
        """The list's order over a row's sort column, tie and id."""
        down = self.direction
        return f"ORDER BY {row}.{column} {down}, {row}.tie {down}, {row}.product_id {down}"


async def walk(
    reader: Reader, order: Order, filters: Sequence[Sequence[int]], most: int
) -> list[Record]:
    """The next rows of a list in its order, looking at `most` rows of the window at most.

    A row has `product_id`, `published_at`, `document`, `sort_value` and `tie`. Each of `filters`
    is the places of which the product must have one.
    """
    made = _Statement(order)
    if not filters:
        most = order.limit
    sql = (
        f"SELECT s.product_id, s.published_at, s.document, s.sort_value, s.tie FROM ("
        f"SELECT {_SHOWN}, l.{made.column} AS sort_value, l.tie, l.category, l.extra"
        f" FROM listings.listing AS l WHERE {made.where} {made.order_by('l', made.column)}"
        f" LIMIT {made.arg(most)}) AS s WHERE {made.within(filters, 's')}"
        f" {made.order_by('s', 'sort_value')} LIMIT {made.arg(order.limit)}"
    )
    return await reader.read(sql, *made.args)


async def gather(reader: Reader, order: Order, filters: Sequence[Sequence[int]]) -> list[Record]:
    """As `walk`, by taking all products of the first filter's places and sorting them."""
    made = _Statement(order)
    places, rest = made.arg(list(filters[0])), made.within(filters[1:], "l")
    keys = f"l.product_id, l.{made.column} AS sort_value, l.tie"
    # One way in for each kind of place; a product that both lead to comes by the first.
    sql = (
        "SELECT k.product_id, d.published_at, d.document, k.sort_value, k.tie FROM ("
        "SELECT u.* FROM ("
        f"SELECT {keys} FROM listings.listing AS l"
        f" WHERE {made.where} AND l.category = ANY ({places}::int4[]) AND {rest} UNION ALL"
        f" SELECT {keys} FROM (SELECT DISTINCT p.product_id FROM listings.placement AS p"
        f" WHERE p.tenant_id = $1 AND p.place = ANY ({places}::int4[])) AS x"
        f" JOIN listings.listing AS l ON l.product_id = x.product_id"
        f" WHERE {made.where} AND l.category <> ALL ({places}::int4[]) AND {rest}"
        f") AS u {made.order_by('u', 'sort_value')} LIMIT {made.arg(order.limit)}) AS k"
        " JOIN listings.listing AS d ON d.tenant_id = $1 AND d.window_id = $2"
        f" AND d.product_id = k.product_id {made.order_by('k', 'sort_value')}"
    )
    return await reader.read(sql, *made.args)


async def in_own_order(
    reader: Reader, order: Order, place: int, filters: Sequence[Sequence[int]]
) -> list[Record]:
    """As `walk`, the products of one place as it was put together, whatever their number."""
    made = _Statement(msgspec.structs.replace(order, after=None))
    where = f"{made.where} AND {made.within(filters, 'l')} AND p.place = {made.arg(place)}"
    if order.after is not None:
        position, _, product_id = order.after
        where += (
            f" AND (p.position, p.product_id)"
            f" > ({made.arg(position)}::int8, {made.arg(product_id)}::uuid)"
        )
    # The first placements in order are enough for a page: they lead, listings are looked up.
    return await reader.read(
        f"SELECT {_SHOWN}, p.position AS sort_value, l.tie FROM listings.placement AS p"
        f" JOIN listings.listing AS l ON l.product_id = p.product_id"
        f" WHERE p.tenant_id = $1 AND {where}"
        f" ORDER BY p.position, p.product_id LIMIT {made.arg(order.limit)}",
        *made.args,
    )


async def rows_with_hash(reader: Reader, window_id: int, handle_hash: int) -> list[Record]:
    """`product_id`, `published_at`, `updated_at` and `document` where a handle has this hash."""
    # The window is looked at afterwards: until the server has counted a table that was just filled,
    # it holds any index with the window in it for as good, and reads the whole window.
    return await reader.read(
        f"SELECT {_SHOWN}, l.updated_at FROM (SELECT * FROM listings.listing"
        " WHERE tenant_id = $1 AND handle_hash = $3 OFFSET 0) AS l WHERE l.window_id = $2",
        window_id,
        handle_hash,
    )


async def picker_of(reader: Reader, window_id: int, product_id: UUID) -> bytes | None:
    """The packed columns of a product's variants, when it has more than its page holds."""
    packed: bytes | None = await reader.read_value(
        "SELECT picker FROM listings.listing"
        " WHERE tenant_id = $1 AND window_id = $2 AND product_id = $3",
        window_id,
        product_id,
    )
    return packed


async def chunks_of(
    reader: Reader, window_id: int, product_id: UUID, first: int, last: int
) -> list[bytes]:
    """The packed chunks from one number to another, in order."""
    rows = await reader.read(
        "SELECT document FROM listings.variant_chunk WHERE tenant_id = $1 AND window_id = $2"
        " AND product_id = $3 AND chunk BETWEEN $4 AND $5 ORDER BY chunk",
        window_id,
        product_id,
        first,
        last,
    )
    return [row["document"] for row in rows]


async def rows_of(
    reader: Reader, windows: Sequence[int], product_ids: Sequence[UUID]
) -> list[Record]:
    """`window_id`, `product_id`, `published_at` and `document` of these products' listings."""
    return await reader.read(
        f"SELECT l.window_id, {_SHOWN} FROM listings.listing AS l WHERE l.tenant_id = $1"
        " AND l.window_id = ANY ($2::int4[]) AND l.product_id = ANY ($3::uuid[])",
        list(windows),
        list(product_ids),
    )


async def count_listings(reader: Reader, most: int) -> int:
    """How many listings there are, in all windows, or `most` where there are more."""
    rows = await reader.read(
        "SELECT count(*)::int AS listings FROM"
        " (SELECT 1 FROM listings.listing WHERE tenant_id = $1 LIMIT $2) AS counted",
        most,
    )
    return int(rows[0]["listings"])


async def listed_ids(reader: Reader, windows: Sequence[int], after: UUID, limit: int) -> list[UUID]:
    """Ids of shown products after an id, in order; for walking through all of them."""
    rows = await reader.read(
        """
        SELECT DISTINCT n.product_id FROM unnest($2::int4[]) AS w (window_id)
        CROSS JOIN LATERAL (
            SELECT l.product_id FROM listings.listing AS l
            WHERE l.tenant_id = $1 AND l.window_id = w.window_id AND l.product_id > $3
            ORDER BY l.product_id LIMIT $4
        ) AS n
        ORDER BY n.product_id LIMIT $4
        """,
        list(windows),
        after,
        limit,
    )
    return [row["product_id"] for row in rows]
