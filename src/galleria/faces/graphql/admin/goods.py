"""Products, variants, prices, stock, categories and collections, as the shop's people see them."""

from collections.abc import Sequence
from itertools import islice
from typing import Any
from uuid import UUID

from galleria.commerce import catalog, collections, inventory, pricing
from galleria.commerce.catalog import (
    Category,
    Media,
    ProductFilter,
    ProductSummary,
    ProductTree,
    Sort,
    Status,
    Variant,
    VariantView,
)
from galleria.commerce.collections import Collection, MemberView
from galleria.commerce.inventory import Incoming, Movement, StockLevel, StockLocation
from galleria.commerce.pricing import Cost, Price, PriceChange, PriceEdit, PriceList
from galleria.engines.context import Context
from galleria.faces.graphql.admin.fields import Desk
from galleria.faces.graphql.building import Fields, loaded, read_off, rooted
from galleria.faces.graphql.connections import FIRST, Connection, connect
from galleria.faces.graphql.inputs import id_if_any, id_in, read_value
from galleria.faces.graphql.kinds import camel
from galleria.faces.graphql.planning import Selection
from galleria.foundation.http import ShortText, Sku
from galleria.foundation.pagination import InvalidCursor, Page

PRODUCTS, PRICES, STOCK = "products:read", "prices:read", "stock:read"
# More than the levels or prices of all variants that one answer can hold.
MOST_BESIDE = 10_000
_SUMMED = frozenset({"__typename"}) | set(map(camel, ProductSummary.__struct_fields__))


class OfficeProduct:
    """A product by its line in a list, or whole, as was asked for."""

    __slots__ = ("summary", "tree")

    def __init__(self, summary: ProductSummary | None, tree: ProductTree | None) -> None:
        self.summary = summary
        self.tree = tree

    @property
    def image(self) -> Media | None:
        """Its first picture."""
        if self.tree is None:
            return self.summary.image if self.summary else None
        return next(iter(self.tree.media), None)

    def __getattr__(self, name: str) -> Any:
        """What is known of it under this name."""
        return getattr(self.tree if self.tree is not None else self.summary, name)


def queries(desk: Desk) -> Fields:
    """What shows goods."""
    kinds = desk.kinds
    kinds.add(ProductTree, lambda: _of_product(desk))
    for struct in (Variant, VariantView):
        kinds.add(struct, lambda: _of_variant(desk))
    product = kinds.object_of(ProductTree)
    return {
        "product": rooted(
            product,
            show_product,
            kinds.args_of(product_id=(UUID | None, None), handle=(ShortText | None, None)),
            scopes=(PRODUCTS,),
        ),
        "products": rooted(
            desk.connection(ProductTree),
            list_products,
            kinds.args_of(
                **FIRST,
                sort=(Sort, "-created"),
                status=(Status | None, None),
                title=(ShortText | None, None),
                category_id=(UUID | None, None),
                brand=(ShortText | None, None),
            ),
            scopes=(PRODUCTS,),
        ),
        "variant": desk.one(
            VariantView,
            lambda ctx, args: catalog.get_variant(ctx, id_in(args, "variant_id")),
            PRODUCTS,
            "A variant with what a cart shows of its product.",
            variant_id=UUID,
        ),
        "variants": desk.many(
            VariantView,
            lambda ctx, args, cursor, limit: catalog.list_variants(
                ctx, id_if_any(args, "product_id"), args["sku"], cursor, limit
            ),
            PRODUCTS,
            "Variants, of one product or with one SKU.",
            product_id=(UUID | None, None),
            sku=(Sku | None, None),
        ),
        **_structure(desk),
        **_prices(desk),
        **_stock(desk),
    }


def _structure(desk: Desk) -> Fields:
    return {
        "category": desk.one(
            Category,
            lambda ctx, args: catalog.get_category(ctx, id_in(args, "category_id")),
            PRODUCTS,
            "A category.",
            category_id=UUID,
        ),
        "categories": desk.many(
            Category,
            lambda ctx, _, cursor, limit: catalog.list_categories(ctx, cursor, limit),
            PRODUCTS,
            "Categories by their paths.",
        ),
        "collection": desk.one(
            Collection,
            lambda ctx, args: collections.get_collection(ctx, id_in(args, "collection_id")),
            PRODUCTS,
            "A collection.",
            collection_id=UUID,
        ),
        "collections": desk.many(
            Collection,
            lambda ctx, _, cursor, limit: collections.list_collections(ctx, cursor, limit),
            PRODUCTS,
            "Collections as the shop arranges them.",
        ),
        "collectionMembers": desk.many(
            MemberView,
            lambda ctx, args, cursor, limit: collections.list_members(
                ctx, id_in(args, "collection_id"), cursor, limit
            ),
            PRODUCTS,
            "The products of a collection in its order.",
            collection_id=UUID,
        ),
    }


def _prices(desk: Desk) -> Fields:
    return {
        "prices": desk.many(
            Price,
            lambda ctx, args, cursor, limit: pricing.list_prices(
                ctx,
                _one(id_if_any(args, "variant_id")),
                id_if_any(args, "channel_id"),
                cursor,
                limit,
                args["price_list_id"],
            ),
            PRICES,
            "Prices: of one variant, in the lists of a channel, or in one list.",
            variant_id=(UUID | None, None),
            channel_id=(UUID | None, None),
            price_list_id=(pricing.ListNumber | None, None),
        ),
        "priceLists": desk.many(
            PriceList,
            lambda ctx, _, cursor, limit: pricing.list_price_lists(ctx, cursor, limit),
            PRICES,
            "Price lists.",
        ),
        "priceChanges": desk.many(
            PriceChange,
            lambda ctx, args, cursor, limit: pricing.list_price_changes(
                ctx, id_in(args, "variant_id"), cursor, limit
            ),
            PRICES,
            "What a variant cost before, newest first.",
            variant_id=UUID,
        ),
        "priceEdits": desk.many(
            PriceEdit,
            lambda ctx, _, cursor, limit: pricing.list_edits(ctx, cursor, limit),
            PRICES,
            "Edits of many prices at once, newest first.",
        ),
    }


def _stock(desk: Desk) -> Fields:
    return {
        "stock": desk.many(
            StockLevel,
            lambda ctx, args, cursor, limit: inventory.list_stock(
                ctx,
                _one(id_if_any(args, "variant_id")),
                args["location_id"],
                cursor,
                limit,
                only_low=args["low"],
            ),
            STOCK,
            "Levels, of one variant, at one location, or of what is low.",
            variant_id=(UUID | None, None),
            location_id=(inventory.LocationId | None, None),
            low=(bool, False),
        ),
        "stockLocations": desk.all(
            StockLocation,
            lambda ctx, _: inventory.list_locations(ctx),
            STOCK,
            "Where goods lie.",
        ),
        "stockMovements": desk.many(
            Movement,
            lambda ctx, args, cursor, limit: inventory.list_movements(
                ctx, id_if_any(args, "variant_id"), cursor, limit
            ),
            STOCK,
            "What came and went, newest first.",
            variant_id=(UUID | None, None),
        ),
        "incomingStock": desk.many(
            Incoming,
            lambda ctx, args, cursor, limit: inventory.list_incoming(
                ctx, id_if_any(args, "variant_id"), cursor, limit
            ),
            STOCK,
            "Goods that are on their way.",
            variant_id=(UUID | None, None),
        ),
    }


def _one(variant_id: UUID | None) -> list[UUID] | None:
    return None if variant_id is None else [variant_id]


def _of_product(desk: Desk) -> Fields:
    kinds = desk.kinds
    args = kinds.args_of(**FIRST)
    return {
        "image": read_off(kinds.object_of(Media), "image", "The first picture."),
        "variants": loaded(desk.connection(Variant), load_variants, args, cost=1),
    }


def _of_variant(desk: Desk) -> Fields:
    kinds = desk.kinds

    def many(struct: type[Any]) -> Any:
        return kinds.output_of(list[struct] | None, struct, "all")  # type: ignore[valid-type]

    return {
        "stock": loaded(many(StockLevel), load_stock, scopes=(STOCK,), size=5),
        "prices": loaded(many(Price), load_prices, scopes=(PRICES,), size=5),
        "costs": loaded(many(Cost), load_costs, scopes=(PRICES,), size=2),
    }


async def show_product(ctx: Context, args: dict[str, Any], _: Selection) -> OfficeProduct:
    """A product by its id or its handle, whatever its status."""
    product_id = id_if_any(args, "product_id")
    if product_id is not None:
        return OfficeProduct(None, await catalog.get_product(ctx, product_id))
    return OfficeProduct(None, await catalog.get_product_by_handle(ctx, args["handle"] or ""))


async def list_products(ctx: Context, args: dict[str, Any], asked: Selection) -> Connection:
    """Products, whatever their status; `title` is the beginning of one."""
    wanted = ProductFilter(
        status=args["status"],
        query=args["title"],
        category_id=id_if_any(args, "category_id"),
        brand=args["brand"],
    )
    names = asked.at("nodes") | asked.at("edges", "node")
    sort = read_value(args["sort"], Sort, "sort")

    async def fetch(cursor: str | None, limit: int) -> tuple[list[OfficeProduct], str | None]:
        page = await catalog.list_products(ctx, wanted, sort, cursor, limit)
        if names <= _SUMMED:
            return [OfficeProduct(each, None) for each in page.items], page.next_cursor
        ids = [each.product_id for each in page.items]
        trees = {each.product_id: each for each in await catalog.products_for_listing(ctx, ids)}
        found = [OfficeProduct(None, trees[each]) for each in ids if each in trees]
        return found, page.next_cursor

    return await connect(args["first"], args["after"], fetch)


async def load_variants(
    ctx: Context, products: Sequence[OfficeProduct], args: dict[str, Any], _: Selection
) -> list[Connection]:
    """The product's variants in their order."""
    return [await _page_of(product, args) for product in products]


async def _page_of(product: OfficeProduct, args: dict[str, Any]) -> Connection:
    tree = product.tree
    assert tree is not None, "variants are asked of whole products"

    async def fetch(cursor: str | None, limit: int) -> tuple[list[Variant], str | None]:
        start = _position(cursor)
        end = start + limit
        rows = list(islice(tree.variants, start, end))
        return rows, str(end) if end < len(tree.variants) else None

    return await connect(args["first"], args["after"], fetch)


def _position(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) <= 6):
        raise InvalidCursor("this cursor is not one of this list")
    return int(cursor)


async def load_stock(
    ctx: Context, variants: Sequence[Variant], _: dict[str, Any], __: Selection
) -> list[list[StockLevel]]:
    """How many lie where."""
    found = await _beside(
        variants,
        lambda ids, cursor: inventory.list_stock(ctx, ids, None, cursor, MOST_BESIDE),
    )
    return [found.get(each.variant_id, []) for each in variants]


async def load_prices(
    ctx: Context, variants: Sequence[Variant], _: dict[str, Any], __: Selection
) -> list[list[Price]]:
    """What it costs in which list."""
    found = await _beside(
        variants,
        lambda ids, cursor: pricing.list_prices(ctx, ids, None, cursor, MOST_BESIDE),
    )
    return [found.get(each.variant_id, []) for each in variants]


async def _beside(variants: Sequence[Variant], turn: Any) -> dict[UUID, list[Any]]:
    ids = list(dict.fromkeys(each.variant_id for each in variants))
    found: dict[UUID, list[Any]] = {}
    cursor: str | None = None
    while True:
        page: Page[Any] = await turn(ids, cursor)
        for row in page.items:
            found.setdefault(row.variant_id, []).append(row)
        cursor = page.next_cursor
        if cursor is None:
            return found


async def load_costs(
    ctx: Context, variants: Sequence[Variant], _: dict[str, Any], __: Selection
) -> list[list[Cost]]:
    """What it costs the merchant, by currency."""
    costs = await pricing.costs_of(ctx, list({each.variant_id for each in variants}))
    found: dict[UUID, list[Cost]] = {}
    for (variant_id, _currency), cost in sorted(costs.items()):
        found.setdefault(variant_id, []).append(cost)
    return [found.get(each.variant_id, []) for each in variants]
