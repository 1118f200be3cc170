"""One cell of the list, or several of a row, typed over: title, status, price and stock."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.commerce import catalog, inventory, pricing
from galleria.commerce.catalog import ProductChanges, ProductSummary
from galleria.commerce.inventory import AdjustStock
from galleria.commerce.pricing import SetPrice
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.shell import own_path
from galleria.faces.backoffice.visits import Desk
from galleria.faces.backoffice.words import PROBLEMS
from galleria.foundation.errors import GalleriaError
from galleria.platform import tenants

STATUS_VERBS: dict[str, Any] = {
    "active": catalog.publish_product,
    "draft": catalog.unpublish_product,
    "archived": catalog.archive_product,
}


class Kept(msgspec.Struct, frozen=True):
    """What the row shows after a save: its version, and each cell as it is written."""

    version: int
    cells: dict[str, str]


class Refused(msgspec.Struct, frozen=True):
    """Why a row was not saved, in the reader's words."""

    code: str
    message: str


@post("/s/{slug:str}/products/{product_id:uuid}/cells", scope="products:write")
async def save_row(desk: NamedDependency[Desk], product_id: FromPath[UUID]) -> Response[bytes]:
    """What was typed over in a row is kept."""
    back = own_path(desk.form.values.get("back", desk.at("/products")))
    try:
        product = await _save(desk, product_id)
    except GalleriaError as error:
        return desk.go(back, Notice("row_refused", name=_code(error)))
    return desk.go(back, Notice("saved", name=product.title[:80]))


@post("/s/{slug:str}/products/{product_id:uuid}/cells.json", scope="products:write")
async def save_cell(desk: NamedDependency[Desk], product_id: FromPath[UUID]) -> Response[bytes]:
    """The same for the script that saves a cell when it is left; what the row shows comes back."""
    try:
        product = await _save(desk, product_id)
    except GalleriaError as error:
        answer: msgspec.Struct = Refused(error.code, _message(desk, error))
        return _json(answer, error.status)
    return _json(Kept(product.version, await _cells(desk, product)), 200)


def _json(answer: msgspec.Struct, status: int) -> Response[bytes]:
    return Response(msgspec.json.encode(answer), status_code=status, media_type="application/json")


def _code(error: GalleriaError) -> str:
    """The code of the nearest thing that is wrong."""
    return error.errors[0].code if error.errors else error.code


def _message(desk: Desk, error: GalleriaError) -> str:
    """What is wrong, in the reader's language where there are words for it."""
    words = PROBLEMS.get(_code(error))
    return desk.shell.press.say(desk.locale, words) if words else error.detail


async def _save(desk: Desk, product_id: UUID) -> ProductSummary:
    """What differs from what the page showed is written, all of it or nothing.

    Raises:
        ProductNotFound: it is gone.
        StaleVersion: title or status were changed by somebody else meanwhile.
        InvalidProduct, ProductNotPublishable, InvalidInput, InvalidPrice: it cannot be so.
    """
    form, ctx = desk.form.values, desk.ctx
    async with ctx.transaction():
        product = (await catalog.summaries_of(ctx, [product_id])).get(product_id)
        if product is None:
            raise catalog.ProductNotFound(f"no product {product_id}")
        version = forms.read_whole(form.get("version", ""), "version", most=2**53)
        title = form.get("title", product.title).strip()
        if title != product.title:
            tree = await catalog.update_product(
                ctx, product_id, ProductChanges(title=title[:500]), version
            )
            version = tree.version
        status = form.get("status", product.status)
        if status != product.status and status in STATUS_VERBS:
            await STATUS_VERBS[status](ctx, product_id, version)
        if product.variant_count == 1:
            await _save_goods(desk, product_id)
        return (await catalog.summaries_of(ctx, [product_id]))[product_id]


async def _save_goods(desk: Desk, product_id: UUID) -> None:
    """Price and stock of the product's only variant, as far as they were typed over."""
    form, ctx = desk.form.values, desk.ctx
    (variant_id,) = (await catalog.variant_ids_by_product(ctx, [product_id]))[product_id]
    price, was = form.get("price"), form.get("was.price")
    if price is not None and price != was and desk.may("prices:write"):
        channel = await tenants.channel_of(ctx)
        amount = forms.read_amount(price, channel.currency, "price")
        if amount is None:
            raise forms.refused("price", "price_needed")
        known = await pricing.prices_of(ctx, [variant_id], channel.channel_id, channel.currency)
        before = known[variant_id].compare_at_minor if variant_id in known else None
        row = SetPrice(variant_id=variant_id, amount_minor=amount, compare_at_minor=before)
        await pricing.set_prices(ctx, [row])
    typed = forms.read_whole(form.get("on_hand", ""), "on_hand", least=-(2**31))
    shown = forms.read_whole(form.get("was.on_hand", ""), "on_hand", least=-(2**31)) or 0
    if typed is not None and typed != shown and desk.may("stock:write"):
        # What came or went since the page was made, so that a sale meanwhile is not undone.
        wanted = AdjustStock(delta=typed - shown, reason="counted")
        await inventory.adjust_stock(ctx, variant_id, wanted)


async def _cells(desk: Desk, product: ProductSummary) -> dict[str, str]:
    """The row's cells as they stand now."""
    cells = {"title": product.title, "status": product.status}
    if product.variant_count != 1:
        return cells
    ids = (await catalog.variant_ids_by_product(desk.ctx, [product.product_id]))[product.product_id]
    channel = await tenants.channel_of(desk.ctx)
    prices = await pricing.prices_of(desk.ctx, ids, channel.channel_id, channel.currency)
    stock = await inventory.availability(desk.ctx, ids)
    if desk.may("prices:read") and ids[0] in prices:
        cells["price"] = forms.amount_text(prices[ids[0]].amount_minor, channel.currency)
    if desk.may("stock:read") and stock[ids[0]].is_tracked:
        cells["on_hand"] = str(stock[ids[0]].available)
    return cells


ROUTES = [save_row, save_cell]
