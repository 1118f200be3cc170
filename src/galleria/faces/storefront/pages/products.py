"""A product's own page."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import PathParameter

from galleria.commerce import listings
from galleria.commerce.listings import Card, Detail
from galleria.engines.context import Context
from galleria.faces.storefront.shell import Shell

RELATED = 4
MOST_NAMED = 12  # of one kind: a page, not a catalogue


@get("/products/{handle:str}", include_in_schema=False)
async def show_product(
    ctx: NamedDependency[Context],
    shell: NamedDependency[Shell],
    request: Request[Any, Any, Any],
    handle: Annotated[str, PathParameter(max_length=200)],
) -> Response[bytes]:
    """The product with its pictures, choices and price."""
    window = await shell.window(ctx)
    text, _ = await listings.detail_of(ctx, window, handle)
    product = msgspec.json.decode(text, type=Detail)
    chosen = str(request.query_params.get("variant", ""))
    variant = next(
        (v for v in product.variants if str(v.variant_id) == chosen),
        next((v for v in product.variants if v.is_available), product.variants[0]),
    )
    return await shell.send_with_form(
        ctx,
        request,
        "products/product.html",
        product=product,
        variant=variant,
        variants_json=_picker(product),
        named=await _named(ctx, shell, product),
        related=[] if product.relations else await _related(ctx, shell, product),
    )


def _picker(product: Detail) -> str:
    """What the picker's script needs of each variant, as JSON."""
    return msgspec.json.encode(
        [
            {
                "id": str(each.variant_id),
                "options": each.options,
                "is_available": each.is_available,
                "image": each.image_url,
            }
            for each in product.variants
        ]
    ).decode()


async def _named(ctx: Context, shell: Shell, product: Detail) -> dict[str, list[Card]]:
    """What the product names and the shop shows, by kind, each in its order."""
    ids = [each.product_id for each in product.relations]
    cards = await listings.cards_of(ctx, await shell.window(ctx), ids) if ids else {}
    named: dict[str, list[Card]] = {}
    for each in product.relations:
        shown = named.setdefault(each.kind, [])
        if each.product_id in cards and len(shown) < MOST_NAMED:
            shown.append(msgspec.json.decode(cards[each.product_id], type=Card))
    return {kind: shown for kind, shown in named.items() if shown}


async def _related(ctx: Context, shell: Shell, product: Detail) -> list[Card]:
    """Others of the same category, the newest first."""
    if not product.categories:
        return []
    window = await shell.window(ctx)
    cards, _ = await listings.page_of_cards(
        ctx, window, category=product.categories[-1].path, limit=RELATED + 1
    )
    found = [msgspec.json.decode(card, type=Card) for card in cards]
    return [card for card in found if card.product_id != product.product_id][:RELATED]


ROUTES = [show_product]
