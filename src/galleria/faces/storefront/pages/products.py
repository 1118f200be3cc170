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
FEW_VALUES = 12  # an option of so many values shows them side by side, one of more in a list


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
    if product.variant_count > len(product.variants):
        return await _show_large(ctx, shell, request, product)
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
        picker=None,
        variants_json=_picker(product),
        related=await _related(ctx, shell, product),
    )


async def _show_large(
    ctx: Context, shell: Shell, request: Request[Any, Any, Any], product: Detail
) -> Response[bytes]:
    """The page of a product with too many variants to send: they are narrowed down here, by a form
    that works without scripts."""
    window = await shell.window(ctx)
    choices = _choices(product, request)
    picker = await listings.picker_of(ctx, window, product.handle, choices)
    return await shell.send_with_form(
        ctx,
        request,
        "products/product.html",
        product=product,
        variant=picker.variant,
        picker=picker,
        few_values=FEW_VALUES,
        related=await _related(ctx, shell, product),
    )


def _choices(product: Detail, request: Request[Any, Any, Any]) -> dict[str, str]:
    """What is chosen in the address; what the product does not have counts as not chosen."""
    query = request.query_params
    values = {option.name: option.values for option in product.options}
    chosen = listings.chosen_in(query.multi_items())
    choices = {name: value for name, value in chosen.items() if value in values.get(name, ())}
    wanted = str(query.get("variant", ""))
    named = next((v for v in product.variants if str(v.variant_id) == wanted), None)
    if named is not None and not choices:
        return dict(zip(values, named.options, strict=True))
    return choices


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
