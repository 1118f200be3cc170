"""Search: what fits some words and filters, with counts to go on by."""

from collections.abc import Sequence
from math import isfinite
from typing import Annotated, Any
from uuid import UUID

import msgspec
from graphql import GraphQLField, GraphQLInt
from msgspec import Meta

from galleria.commerce.listings import Card, Window
from galleria.engines.context import Context
from galleria.faces.graphql.building import Fields, read_off, rooted
from galleria.faces.graphql.connections import FIRST, Connection, connect, connection_of
from galleria.faces.graphql.inputs import read_value, uuid_of
from galleria.faces.graphql.kinds import Kinds, camel
from galleria.faces.graphql.planning import Selection
from galleria.faces.graphql.storefront.products import Products, ShownProduct, with_pages
from galleria.foundation.http import AmountMinor, Handle, ShortText, WireInput
from galleria.growth import search
from galleria.growth.search import (
    Answer,
    CategorySuggested,
    FoundCard,
    Highlight,
    InvalidRange,
    Question,
    Range,
    SortName,
    VariantShown,
)

KEEP_S = 2
"""As long as the REST API has its answers kept."""
_FOUND = msgspec.json.Decoder(FoundCard)
_CARD = msgspec.json.Decoder(Card)
# Told of the whole answer: all that is no item and no cursor.
_TOLD = (
    *("query_id", "total", "total_is_exact", "match", "did_you_mean", "is_partial", "facets"),
    *("price_range", "redirect_to", "took_ms", "ranges", "begins_at", "total_variants"),
    "completeness",
)
_VARIANTS = ("variants", "variantMatches")


class Filter(WireInput):
    """One of these values; a code comes as often as wanted."""

    code: Annotated[str, Meta(max_length=200)]
    values: Annotated[list[ShortText], Meta(max_length=200)]


class RangeFilter(WireInput):
    """From the least to the most, in the unit of the number; one of them may be left out."""

    code: Annotated[str, Meta(max_length=200)]
    least: float | None = None
    most: float | None = None


Filters = Annotated[list[Filter], Meta(max_length=100)]
Ranges = Annotated[list[RangeFilter], Meta(max_length=100)]
ClientId = Annotated[str, Meta(max_length=100)]


class FoundProduct(msgspec.Struct, frozen=True):
    """A product that was found: where the words stand in it, and which variants are meant."""

    product: Any
    highlights: list[Highlight]
    variants: list[VariantShown]
    variant_matches: int


class SuggestedAll(msgspec.Struct, frozen=True):
    """How the words typed so far may go on."""

    completions: list[str]
    categories: list[CategorySuggested]
    products: list[Any]


class Searching:
    """The fields that search."""

    def __init__(self, kinds: Kinds, products: Products) -> None:
        self._kinds = kinds
        self._products = products

    def queries(self) -> Fields:
        """What searches from the root."""
        kinds = self._kinds
        kinds.add(FoundProduct, lambda: {"product": read_off(self._products.product, "product")})
        kinds.add(
            SuggestedAll,
            lambda: {"products": kinds.list_of(self._products.product, "products")},
        )
        args = kinds.args_of(
            query=(ShortText, ""),
            **FIRST,
            sort=(SortName, "relevance"),
            filters=(Filters, []),
            ranges=(Ranges, []),
            category=(ShortText | None, None),
            collection=(ShortText | None, None),
            only_available=(bool, False),
            price_min_minor=(int | None, None),
            price_max_minor=(int | None, None),
            unfinished=(bool, False),
            query_id=(UUID | None, None),
            client_id=(ClientId | None, None),
            channel=(Handle | None, None),
        )
        found = connection_of(kinds.object_of(FoundProduct), self._told(), "Search")
        return {
            "search": rooted(found, find_products, args, keep_s=KEEP_S, cost=20),
            "suggest": rooted(
                kinds.object_of(SuggestedAll),
                suggest,
                kinds.args_of(query=ShortText, channel=(Handle | None, None)),
                keep_s=KEEP_S,
                cost=20,
            ),
        }

    def _told(self) -> dict[str, GraphQLField]:
        types = {each.name: each.type for each in msgspec.structs.fields(Answer)}
        told = {}
        for name in _TOLD:
            kind = self._kinds.output_of(types[name], Answer, name)
            told[camel(name)] = read_off(kind, f"told.{name}")
        told["total"] = read_off(GraphQLInt, "told.total")
        return told


async def find_products(ctx: Context, args: dict[str, Any], asked: Selection) -> Connection:
    """Products that fit the words and every filter, with counts to filter further by.

    Values of one code are alternatives; codes are `brand`, `category`, `available`, option names
    and attribute codes, as the facets tell them.
    """
    allowed = await search.allowed_to(ctx, "search")
    window = await search.window_for(ctx, allowed, args["channel"])
    whole = _question(args, asked, allowed)
    answers: list[Answer] = []

    async def fetch(cursor: str | None, limit: int) -> tuple[Sequence[Any], str | None]:
        question = msgspec.structs.replace(whole, cursor=cursor, limit=limit)
        found = await search.answer(ctx, window, question, args["client_id"])
        answers.append(found)
        return [_FOUND.decode(each) for each in found.items], found.next_cursor

    page = await connect(args["first"], args["after"], fetch)
    names = asked.at("nodes", "product") | asked.at("edges", "node", "product")
    products = await _products(ctx, window, page.nodes, names)
    rows = [
        FoundProduct(
            products[each.product_id], each.highlights, each.variants, each.variant_matches
        )
        for each in page.nodes
        if each.product_id in products
    ]
    return msgspec.structs.replace(page, nodes=rows, told=answers[-1])


async def _products(
    ctx: Context, window: Window, cards: Sequence[Any], names: frozenset[str]
) -> dict[UUID, ShownProduct]:
    if not names:
        return {card.product_id: ShownProduct(window, card, None) for card in cards}
    found = await with_pages(ctx, window, cards, names)
    return {each.product_id: each for each in found}


def _question(args: dict[str, Any], asked: Selection, allowed: Any) -> Question:
    """What is asked of the index: only what will be looked at is counted and marked."""
    wanted = asked.at("nodes") | asked.at("edges", "node")
    by_variant = not wanted.isdisjoint(_VARIANTS) or asked.wants("totalVariants")
    query_id = args["query_id"]
    checked: list[Filter] = read_value(args["filters"], list[Filter], "filters")
    filters: dict[str, tuple[str, ...]] = {}
    for each in checked:
        joined = (*filters.get(each.code, ()), *each.values)
        filters[each.code] = tuple(dict.fromkeys(joined))
    return Question(
        words=args["query"],
        filters=filters,
        ranges=_ranges(read_value(args["ranges"], list[RangeFilter], "ranges")),
        category=args["category"],
        collection=args["collection"],
        only_available=args["only_available"],
        price_min_minor=_amount(args, "price_min_minor"),
        price_max_minor=_amount(args, "price_max_minor"),
        sort=args["sort"],
        with_facets=asked.wants("facets", "ranges", "priceRange"),
        group="variant" if by_variant else "product",
        with_highlights="highlights" in wanted,
        may_be_unfinished=args["unfinished"],
        allowed=allowed,
        query_id=None if query_id is None else uuid_of(query_id, "queryId"),
    )


def _amount(args: dict[str, Any], name: str) -> int | None:
    amount: int | None = read_value(args[name], AmountMinor | None, camel(name))
    return amount


def _ranges(asked: Sequence[RangeFilter]) -> dict[str, Range]:
    """The ranges by code.

    Raises:
        InvalidRange: one of them is none, ends before it begins, or a code comes twice.
    """
    found: dict[str, Range] = {}
    for each in asked:
        ends = [end for end in (each.least, each.most) if end is not None]
        if not ends or ends != sorted(ends) or not all(map(isfinite, ends)):
            raise InvalidRange(f"the range of {each.code[:60]!r} is from the least to the most")
        if each.code in found:
            raise InvalidRange(f"the range of {each.code[:60]!r} is there twice")
        found[each.code] = each.least, each.most
    return found


async def suggest(ctx: Context, args: dict[str, Any], asked: Selection) -> SuggestedAll:
    """How the words typed so far may go on, categories called so, and the first products."""
    allowed = await search.allowed_to(ctx, "suggest")
    window = await search.window_for(ctx, allowed, args["channel"])
    found = await search.suggest(ctx, window, args["query"], allowed=allowed)
    cards = [_CARD.decode(each) for each in found.products]
    names = asked.at("products")
    products = await with_pages(ctx, window, cards, names) if names else []
    return SuggestedAll(list(found.completions), found.categories, products)
