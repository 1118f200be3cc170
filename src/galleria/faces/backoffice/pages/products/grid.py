"""What the list of products is narrowed to, and who answers: the catalog itself, or the work-bench.

The catalog answers what it keeps in order: a status, a brand, how a title begins. What else is said
of products the work-bench knows, some moments after it was written.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal, TypeAlias
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from galleria.commerce import catalog, inventory, pricing, workbench
from galleria.commerce.catalog import ProductFilter, ProductSummary
from galleria.commerce.workbench import SORTS, Entry, Sort, Wanted
from galleria.engines.context import Context
from galleria.engines.search_index import SearchUnavailable
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import Status
from galleria.faces.backoffice.visits import Desk
from galleria.foundation.errors import InvalidInput
from galleria.foundation.money import Money
from galleria.platform import tenants

PAGE = 50
STATUSES: tuple[Status, ...] = ("active", "draft", "archived")
SHELVES = ("in", "low", "out", "uncounted")
# Orders that the catalog keeps itself.
OWN_SORTS: Mapping[str, catalog.Sort] = {
    "-created": "-created",
    "created": "created",
    "title": "title",
    "-title": "-title",
}
WORDS = "words"
COLUMNS = ("status", "price", "on_hand", "variants", "brand", "tags", "created", "changed")
USUAL_COLUMNS = ("status", "price", "on_hand", "variants", "changed")
# What narrows the list, and is answered by the work-bench alone.
FURTHER = (
    "category",
    "collection",
    "type",
    "tag",
    "shelf",
    "pictures",
    "price_from",
    "price_until",
    "since",
)


class Choices(msgspec.Struct, frozen=True, kw_only=True):
    """What the list is narrowed to and how it is shown, as it stands in the address."""

    q: str = ""
    by: str = ""
    status: str = ""
    category: str = ""
    brand: str = ""
    collection: str = ""
    type: str = ""
    tag: str = ""
    shelf: str = ""
    pictures: str = ""
    price_from: str = ""
    price_until: str = ""
    since: str = ""
    sort: str = SORTS[0]
    cols: str = ""
    edit: str = ""
    view: str = ""

    @property
    def question(self) -> str:
        """What a saved view keeps of it."""
        return self.address("", view="", edit="").removeprefix("?")

    def address(self, path: str, **changes: str) -> str:
        """The list with changes; what says nothing is left out."""
        fields = {**msgspec.structs.asdict(self), **changes}
        fields = {name: text for name, text in fields.items() if text and text != SORTS[0]}
        return f"{path}?{urlencode(fields)}" if fields else path

    @property
    def has_any(self) -> bool:
        """Something narrows the list."""
        return bool(self.q or self.status or self.brand) or self.has_further

    @property
    def has_further(self) -> bool:
        """Something narrows it that the catalog does not keep in order."""
        return any(getattr(self, name) for name in FURTHER)

    @property
    def sorted_by(self) -> Sort:
        """The sort; the usual one instead of one that there is not."""
        return next((each for each in SORTS if each == self.sort), SORTS[0])

    @property
    def columns(self) -> list[str]:
        """The columns to show, in their own order."""
        chosen = self.cols.split(".") if self.cols else USUAL_COLUMNS
        return [name for name in COLUMNS if name in chosen]

    def filter(self) -> ProductFilter:
        """The same for the catalog; an id that is none finds nothing."""
        return ProductFilter(
            status=next((each for each in STATUSES if each == self.status), None),
            query=self.q or None,
            brand=self.brand or None,
        )

    def wanted(self, currency: str) -> Wanted:
        """The same for the work-bench, all of it.

        Raises:
            InvalidInput: a price that is none.
        """
        return msgspec.convert(
            {
                "begins": "" if self.by == WORDS else self.q,
                "words": self.q if self.by == WORDS else "",
                "status": self.status if self.status in STATUSES else None,
                "category_id": id_of(self.category),
                "collection_id": id_of(self.collection),
                "product_type": self.type,
                "tag": self.tag,
                "brand": self.brand,
                "shelf": self.shelf if self.shelf in SHELVES else None,
                "has_pictures": {"yes": True, "no": False}.get(self.pictures),
                "price_from": forms.read_amount(self.price_from, currency, "price_from"),
                "price_until": forms.read_amount(self.price_until, currency, "price_until"),
                "changed_since": _day(self.since),
            },
            Wanted,
        )


def id_of(text: str) -> UUID | None:
    """An id from an address; one that is none is nobody's."""
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def _day(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None
    except ValueError:
        return None


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A product of the list. With a `variant_id` it is its only one, and its cells can be typed in.

    Prices and stock of several variants are those of the work-bench, None before it knows them.
    """

    product: ProductSummary
    price: Money | None = None
    price_most: Money | None = None
    on_hand: int | None = None
    variant_id: UUID | None = None


# Counted when they were written, by the index some moments ago, or only that there are no more.
Counted: TypeAlias = Literal["now", "lately", "at_most"]


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the list. `count` products are like this; `counted` says how it is known.

    `by` is "words" when the words were looked for all over the titles.
    """

    lines: list[Line]
    next_cursor: str | None
    previous_cursor: str | None
    count: int
    counted: Counted
    is_by_bench: bool
    by: str = ""


async def find(desk: Desk, choices: Choices) -> Found:
    """The page of the list that the address names.

    Raises:
        InvalidCursor: it was of another list.
    """
    ctx = desk.ctx
    currency = (await tenants.channel_of(ctx)).currency
    back = desk.question("turn", 4_000) or None
    cursor, is_back = back or desk.question("cursor", 4_000) or None, back is not None
    by_bench = choices.has_further or choices.sorted_by not in OWN_SORTS or choices.by == WORDS
    if by_bench:
        found = await _by_bench(ctx, choices, cursor, currency)
    else:
        found = await _by_catalog(ctx, choices, cursor, is_back)
    if choices.q and not found.lines and not cursor:
        by_words = msgspec.structs.replace(choices, by=WORDS)
        found = await _by_sku(ctx, choices) or await _by_bench(ctx, by_words, None, currency)
    return msgspec.structs.replace(found, lines=await _filled(desk, found.lines, currency))


async def _by_catalog(ctx: Context, choices: Choices, cursor: str | None, is_back: bool) -> Found:
    wanted, sort = choices.filter(), OWN_SORTS[choices.sorted_by]
    if is_back and cursor:
        page = await catalog.list_products(ctx, wanted, catalog.reversed_sort(sort), cursor, PAGE)
        shown = page.items[::-1]
        last = shown[-1] if shown else None
        following = None
        if last is not None:
            back = catalog.reversed_sort(sort)
            following = await catalog.cursor_before(ctx, last, wanted, back)
        previous = page.next_cursor
    else:
        page = await catalog.list_products(ctx, wanted, sort, cursor, PAGE)
        shown, following, previous = page.items, page.next_cursor, None
        if cursor and shown:
            previous = await catalog.cursor_before(ctx, shown[0], wanted, sort)
    count, counted = await _count(ctx, choices, wanted)
    if not cursor and following is None:
        count, counted = len(shown), "now"
    return Found(
        lines=[Line(product=each) for each in shown],
        next_cursor=following,
        previous_cursor=previous,
        count=count,
        counted=counted,
        is_by_bench=False,
    )


async def _count(ctx: Context, choices: Choices, wanted: ProductFilter) -> tuple[int, Counted]:
    """How many there are: kept when they were written, else counted by the index."""
    counts = await catalog.count_products(ctx)
    known = sum(counts.values()) if wanted.status is None else counts[wanted.status]
    if not (choices.brand or choices.q):
        return known, "now"
    try:
        return await workbench.count_products(ctx, choices.wanted("EUR")), "lately"
    except (InvalidInput, msgspec.ValidationError, SearchUnavailable):
        return known, "at_most"


async def _by_bench(ctx: Context, choices: Choices, cursor: str | None, currency: str) -> Found:
    try:
        wanted = choices.wanted(currency)
    except (InvalidInput, msgspec.ValidationError):
        return _nothing()
    page = await workbench.find_products(ctx, wanted, choices.sorted_by, cursor, PAGE)
    products = await catalog.summaries_of(ctx, [each.product_id for each in page.entries])
    return Found(
        lines=[
            Line(product=products[each.product_id])
            for each in page.entries
            if each.product_id in products
        ],
        next_cursor=page.next_cursor,
        previous_cursor=page.previous_cursor,
        count=page.total,
        counted="lately",
        is_by_bench=True,
        by=choices.by,
    )


async def _by_sku(ctx: Context, choices: Choices) -> Found | None:
    """The product of the variant with just this SKU, when nothing else narrows the list."""
    if msgspec.structs.replace(choices, q="").has_any:
        return None
    found = await catalog.list_variants(ctx, None, choices.q[:100], None, 1)
    ids = [each.product_id for each in found.items]
    products = await catalog.summaries_of(ctx, ids)
    if not products:
        return None
    lines = [Line(product=each) for each in products.values()]
    return msgspec.structs.replace(_nothing(), lines=lines, count=1)


def _nothing() -> Found:
    return Found(
        lines=[], next_cursor=None, previous_cursor=None, count=0, counted="now", is_by_bench=True
    )


async def _filled(desk: Desk, lines: Sequence[Line], currency: str) -> list[Line]:
    """The lines with prices and stock, as far as the person may see them."""
    ctx = desk.ctx
    entries = await workbench.entries_of(ctx, [each.product.product_id for each in lines])
    alone = [each.product.product_id for each in lines if each.product.variant_count == 1]
    variants = await catalog.variant_ids_by_product(ctx, alone) if alone else {}
    only = {product_id: ids[0] for product_id, ids in variants.items() if len(ids) == 1}
    prices: dict[UUID, pricing.Price] = {}
    stock: dict[UUID, inventory.Availability] = {}
    if only and desk.may("prices:read"):
        channel = await tenants.channel_of(ctx)
        ids = list(only.values())
        prices = await pricing.prices_of(ctx, ids, channel.channel_id, currency)
    if only and desk.may("stock:read"):
        stock = await inventory.availability(ctx, list(only.values()))
    filled = []
    for line in lines:
        product_id = line.product.product_id
        if product_id in only:
            filled.append(_single(line, only[product_id], prices, stock))
        elif (entry := entries.get(product_id)) is not None:
            filled.append(_several(desk, line, entry, currency))
        else:
            filled.append(line)
    return filled


def _single(
    line: Line,
    variant_id: UUID,
    prices: Mapping[UUID, pricing.Price],
    stock: Mapping[UUID, inventory.Availability],
) -> Line:
    price, there = prices.get(variant_id), stock.get(variant_id)
    return msgspec.structs.replace(
        line,
        variant_id=variant_id,
        price=Money(price.amount_minor, price.currency) if price else None,
        on_hand=there.available if there is not None and there.is_tracked else None,
    )


def _several(desk: Desk, line: Line, entry: Entry, currency: str) -> Line:
    sees_prices = desk.may("prices:read") and entry.price_min >= 0
    return msgspec.structs.replace(
        line,
        price=Money(entry.price_min, currency) if sees_prices else None,
        price_most=Money(entry.price_max, currency) if sees_prices else None,
        on_hand=entry.on_hand if desk.may("stock:read") else None,
    )


def read_choices(desk: Desk) -> Choices:
    """What the address says."""
    asked = {name: desk.question(name) for name in Choices.__struct_fields__}
    ticked = ".".join(desk.request.query_params.getall("cols", []))
    chosen = [name for name in COLUMNS if name in ticked.split(".")]
    asked["cols"] = "" if chosen == list(USUAL_COLUMNS) else ".".join(chosen)
    return Choices(**{name: text for name, text in asked.items() if text})
