"""Products in the shop window: one, lists, and what is told of each."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

import msgspec
from graphql import GraphQLField, GraphQLString
from msgspec import Meta

from galleria.commerce import listings
from galleria.commerce.listings import (
    Card,
    CategoryNode,
    Detail,
    Picker,
    PlaceKind,
    ShownImage,
    ShownRelation,
    ShownVariant,
    Window,
)
from galleria.content import images
from galleria.engines.context import Context
from galleria.faces.graphql.building import Fields, loaded, rooted
from galleria.faces.graphql.connections import FIRST, Connection, connect, connection_of
from galleria.faces.graphql.inputs import uuid_of
from galleria.faces.graphql.kinds import Kinds, camel
from galleria.faces.graphql.planning import Selection
from galleria.faces.graphql.specs import Load
from galleria.foundation.errors import FieldError, InvalidInput
from galleria.foundation.http import Handle, ShortText, WireInput

KEEP_S = 5
"""As long as the REST API has its answers kept."""
# Told by a list's document alone; all else is told by the page's, and the rest by both.
OF_CARD = ("image", "compare_at", "only_variant_id", "lowest_30d_minor")
_CARD = frozenset(map(camel, OF_CARD))
_BOTH = frozenset({"__typename"}) | {
    camel(name) for name in Card.__struct_fields__ if name in Detail.__struct_fields__
}
_PLACES: tuple[PlaceKind, ...] = ("categories", "collections")
_CARD_DECODER = msgspec.json.Decoder(Card)


class Choice(WireInput):
    """A value that is chosen for one of a product's options."""

    name: ShortText
    value: ShortText


Width = Annotated[int, Meta(ge=1, le=images.MOST_WIDTH)]
Chosen = Annotated[list[Choice], Meta(max_length=50)]


class ShownProduct:
    """A product by those of its documents that were asked for."""

    __slots__ = ("card", "detail", "window")

    def __init__(self, window: Window, card: Card | None, detail: Detail | None) -> None:
        self.window = window
        self.card = card
        self.detail = detail

    def __getattr__(self, name: str) -> Any:
        """What the documents say under this name."""
        if self.detail is None or name in OF_CARD:
            return getattr(self.card, name)
        return getattr(self.detail, name)


def places_in(names: Iterable[str]) -> list[PlaceKind]:
    """Those of a product's places that are asked for."""
    return [place for place in _PLACES if place in names]


def asks_page(names: frozenset[str]) -> bool:
    """True when a product's page is needed for these of its fields."""
    return not names <= (_CARD | _BOTH)


async def products_by_id(
    ctx: Context,
    window: Window,
    product_ids: Sequence[UUID],
    names: frozenset[str],
    cards: Mapping[UUID, Card] | None = None,
) -> dict[UUID, ShownProduct]:
    """The products by id, with what these fields need; what is not shown is missing.

    Args:
        ctx: the shop.
        window: through which it is looked at.
        product_ids: whose.
        names: the fields that are asked for.
        cards: what is known of them already.
    """
    details = None
    if asks_page(names):
        details = await listings.details_among(ctx, window, product_ids, places_in(names))
    if cards is None and (details is None or names & _CARD):
        found = await listings.cards_of(ctx, window, product_ids)
        cards = {each: _CARD_DECODER.decode(text) for each, text in found.items()}
    known: Iterable[UUID] = details if details is not None else cards or ()
    return {
        each: ShownProduct(window, (cards or {}).get(each), details[each] if details else None)
        for each in known
    }


class Products:
    """The types of products and the fields that lead to them."""

    def __init__(self, kinds: Kinds) -> None:
        self._kinds = kinds
        kinds.add(Detail, self._added)
        kinds.add(ShownRelation, self._of_relation)
        kinds.add(ShownImage, lambda: {"sizedUrl": self._sized(load_sized_urls)})
        kinds.add(ShownVariant, lambda: {"sizedImageUrl": self._sized(load_sized_image_urls)})
        self.product = kinds.object_of(Detail)
        self.connection = connection_of(self.product)
        self._variants = connection_of(kinds.object_of(ShownVariant))

    def queries(self) -> Fields:
        """What leads to products from the root."""
        args = self._kinds.args_of
        channel: dict[str, Any] = {"channel": (Handle | None, None)}
        return {
            "product": rooted(
                self.product,
                show_product,
                args(handle=(ShortText | None, None), product_id=(UUID | None, None), **channel),
                keep_s=KEEP_S,
            ),
            "products": rooted(
                self.connection,
                list_products,
                args(
                    **FIRST,
                    sort=(ShortText | None, None),
                    category=(ShortText | None, None),
                    collection=(ShortText | None, None),
                    **channel,
                ),
                keep_s=KEEP_S,
            ),
            "picker": rooted(
                self._kinds.object_of(Picker),
                show_picker,
                args(handle=ShortText, chosen=(Chosen, []), **channel),
                keep_s=KEEP_S,
            ),
            "categories": rooted(
                self._kinds.output_of(list[CategoryNode] | None, Kinds, "categories"),
                list_categories,
                args(**channel),
                keep_s=KEEP_S,
                size=100,
            ),
        }

    def _added(self) -> Fields:
        # How a card calls its own.
        fields = {each.name: each.type for each in msgspec.structs.fields(Card)}
        own = {camel(name): self._kinds.field_of(fields[name], Card, name) for name in OF_CARD}
        return {
            **own,
            "variants": loaded(self._variants, load_variants, self._kinds.args_of(**FIRST), cost=1),
        }

    def _sized(self, load: Load) -> GraphQLField:
        return loaded(GraphQLString, load, self._kinds.args_of(width=Width), cost=1)

    def _of_relation(self) -> Fields:
        return {"product": loaded(self.product, load_related)}


async def show_product(ctx: Context, args: dict[str, Any], asked: Selection) -> ShownProduct | None:
    """A product on sale, by its handle or its id."""
    handle, product_id = args["handle"], args["product_id"]
    if (handle is None) == (product_id is None):
        message = "name a product by its handle or by its id"
        raise InvalidInput(message, errors=[FieldError("handle", "required", message)])
    window = await listings.window_of(ctx, args["channel"])
    if handle is not None:
        detail = await listings.detail_at(ctx, window, handle, places_in(asked.names))
        card = None
        if asked.names & _CARD:
            cards = await listings.cards_of(ctx, window, [detail.product_id])
            card = _CARD_DECODER.decode(cards[detail.product_id])
        return ShownProduct(window, card, detail)
    wanted = uuid_of(product_id, "productId")
    found = (await products_by_id(ctx, window, [wanted], asked.names)).get(wanted)
    if found is None:
        raise listings.ListingNotFound(f"no product {wanted}")
    return found


async def list_products(ctx: Context, args: dict[str, Any], asked: Selection) -> Connection:
    """Products on sale: `sort` is newest, title, -title, price or -price.

    Without it a collection is shown in its own order, which is called manual.
    """
    window = await listings.window_of(ctx, args["channel"])
    names = asked.at("nodes") | asked.at("edges", "node")

    async def fetch(cursor: str | None, limit: int) -> tuple[list[ShownProduct], str | None]:
        texts, next_cursor = await listings.page_of_cards(
            ctx,
            window,
            sort=args["sort"],
            category=args["category"],
            collection=args["collection"],
            cursor=cursor,
            limit=limit,
        )
        return await with_pages(ctx, window, map(_CARD_DECODER.decode, texts), names), next_cursor

    return await connect(args["first"], args["after"], fetch)


async def with_pages(
    ctx: Context, window: Window, cards: Iterable[Card], names: frozenset[str]
) -> list[ShownProduct]:
    """The products of these cards in their order; with their pages where these fields need them."""
    known = {card.product_id: card for card in cards}
    if not asks_page(names):
        return [ShownProduct(window, card, None) for card in known.values()]
    found = await products_by_id(ctx, window, list(known), names, known)
    # One that went out of the window between the two reads is left out.
    return [found[each] for each in known if each in found]


async def show_picker(ctx: Context, args: dict[str, Any], _: Selection) -> Picker:
    """Which values of each option still go with those chosen, and the variant once all are."""
    window = await listings.window_of(ctx, args["channel"])
    choices = listings.chosen_in(
        (f"option[{each['name']}]", each["value"]) for each in args["chosen"]
    )
    return await listings.picker_of(ctx, window, args["handle"], choices)


async def list_categories(ctx: Context, args: dict[str, Any], _: Selection) -> list[CategoryNode]:
    """All categories, parents before children, and how many products each shows."""
    return await listings.categories_of(ctx, await listings.window_of(ctx, args["channel"]))


async def load_variants(
    ctx: Context, products: Sequence[ShownProduct], args: dict[str, Any], _: Selection
) -> list[Connection]:
    """The product's variants in their order; the first hundred come with the product."""
    return [await _variants_of(ctx, product, args) for product in products]


async def _variants_of(ctx: Context, product: ShownProduct, args: dict[str, Any]) -> Connection:
    detail = product.detail
    assert detail is not None, "variants are told by the page"

    async def fetch(cursor: str | None, limit: int) -> tuple[list[ShownVariant], str | None]:
        page = await listings.page_of_its_variants(ctx, product.window, detail, cursor, limit)
        return page.items, page.next_cursor

    return await connect(args["first"], args["after"], fetch)


async def load_sized_urls(
    ctx: Context, shown: Sequence[ShownImage], args: dict[str, Any], _: Selection
) -> list[str]:
    """Where the picture is to be had about so many pixels wide."""
    return [_sized(each.url, args["width"]) for each in shown]


async def load_sized_image_urls(
    ctx: Context, variants: Sequence[ShownVariant], args: dict[str, Any], _: Selection
) -> list[str | None]:
    """Where the variant's picture is to be had about so many pixels wide."""
    return [each.image_url and _sized(each.image_url, args["width"]) for each in variants]


def _sized(url: str, width: int) -> str:
    return f"{url}?w={width}"


async def load_related(
    ctx: Context, relations: Sequence[ShownRelation], _: dict[str, Any], asked: Selection
) -> list[ShownProduct | None]:
    """The product that is named, while it is on sale."""
    window = await listings.window_of(ctx)
    wanted = list(dict.fromkeys(each.product_id for each in relations))
    found = await products_by_id(ctx, window, wanted, asked.names)
    return [found.get(each.product_id) for each in relations]
