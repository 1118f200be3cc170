"""One product: made, looked at, rewritten, put on sale and away."""

from collections.abc import Sequence
from itertools import product as combinations
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.commerce import attributes, catalog, collections, inventory, pricing
from galleria.commerce.catalog import ProductDraft, ProductTree, StaleVersion, VariantDraft
from galleria.commerce.collections import CollectionRef
from galleria.commerce.inventory import SetStock
from galleria.commerce.pricing import SetPrice
from galleria.engines.context import Context
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.pages.products import fields
from galleria.faces.backoffice.pages.products.places import (
    categories_to_choose,
    collections_to_choose,
)
from galleria.faces.backoffice.visits import Desk
from galleria.faces.stationery import Form
from galleria.foundation.errors import GalleriaError, InvalidInput
from galleria.foundation.text import slugify
from galleria.platform import tenants

MOST_MADE_AT_ONCE = 200  # combinations of a new product; more are added in the variants' page
MOST_CHOICES = 200  # of a list to choose from; longer ones are typed
MOST_KNOWN = 100  # attributes offered while typing
STATUS_CHANGES = {
    "publish": (catalog.publish_product, "published"),
    "unpublish": (catalog.unpublish_product, "unpublished"),
    "archive": (catalog.archive_product, "archived"),
}


class FirstGoods(msgspec.Struct, frozen=True):
    """What a new product costs and how many there are, the same for each variant."""

    amount_minor: int | None
    compare_at_minor: int | None
    on_hand: int | None


@get("/s/{slug:str}/products/new", scope="products:write")
async def show_new(desk: NamedDependency[Desk]) -> Response[bytes]:
    """The form for a new product."""
    return await _show_new(desk, forms.empty(**fields.option_values([])))


async def _show_new(desk: Desk, form: Form[Any], status: int = 200) -> Response[bytes]:
    channel = await tenants.channel_of(desk.ctx)
    return desk.show("products/new.html", status, form=form, currency=channel.currency)


@post("/s/{slug:str}/products/new", scope="products:write")
async def create_product(desk: NamedDependency[Desk]) -> Response[bytes]:
    """The product as a draft, with price and stock, in one commit."""
    try:
        created = await _create(desk)
    except GalleriaError as error:
        forms.refuse(desk.form, error, {"variants[0].sku": "sku"})
        return await _show_new(desk, desk.form, error.status)
    address = desk.at(f"/products/{created.product_id}")
    return desk.go(address, Notice("product_created", name=created.title[:80]))


async def _create(desk: Desk) -> ProductTree:
    channel = await tenants.channel_of(desk.ctx)
    draft = _draft_of(desk.form)
    goods = _first_goods(desk.form, channel.currency)
    async with desk.ctx.transaction():
        created = await catalog.create_product(desk.ctx, draft)
        await _stock_up(desk, created, goods)
    return created


def _draft_of(form: Form[Any]) -> ProductDraft:
    values = {name: text.strip() for name, text in form.values.items()}
    if not values.get("title"):
        raise forms.refused("title", "required")
    options = fields.options_of(form)
    rows = list(combinations(*(option.values for option in options)))
    if len(rows) > MOST_MADE_AT_ONCE:
        raise forms.refused("options[0].values", "too_many_combinations")
    variants = [
        VariantDraft(sku=_sku(values.get("sku", ""), row, len(rows)), option_values=list(row))
        for row in rows
    ]
    draft = forms.convert(
        form,
        {
            "title": values["title"],
            "description_html": fields.html_of(values.get("description_html", "")),
            "brand": values.get("brand", ""),
            "product_type": values.get("product_type", ""),
            "tags": forms.listed(values.get("tags", "")),
            "options": options,
            "variants": variants,
        },
        ProductDraft,
    )
    if draft is None:
        raise InvalidInput("the product is not valid")
    return draft


def _sku(base: str, row: tuple[str, ...], count: int) -> str | None:
    """The variant's own SKU, made from the one that was typed when there are several."""
    if not base:
        return None
    return base if count == 1 else f"{base}-{slugify(' '.join(row))}"[:100]


def _first_goods(form: Form[Any], currency: str) -> FirstGoods:
    values = form.values
    return FirstGoods(
        forms.read_amount(values.get("price", ""), currency, "price"),
        forms.read_amount(values.get("compare_at", ""), currency, "compare_at"),
        forms.read_whole(values.get("on_hand", ""), "on_hand"),
    )


async def _stock_up(desk: Desk, created: ProductTree, goods: FirstGoods) -> None:
    variant_ids = [variant.variant_id for variant in created.variants]
    if goods.amount_minor is not None and desk.may("prices:write"):
        await pricing.set_prices(
            desk.ctx,
            [
                SetPrice(
                    variant_id=each,
                    amount_minor=goods.amount_minor,
                    compare_at_minor=goods.compare_at_minor,
                )
                for each in variant_ids
            ],
        )
    if goods.on_hand is not None and desk.may("stock:write"):
        await inventory.set_stock(
            desk.ctx,
            [SetStock(variant_id=each, on_hand=goods.on_hand) for each in variant_ids],
        )


def other_locales(desk: Desk) -> list[str]:
    """The languages a product is translated into: all of the shop's but the first."""
    return [each for each in desk.shop.locales if each != desk.shop.default_locale]


@get("/s/{slug:str}/products/{product_id:uuid}", scope="products:read")
async def show_product(desk: NamedDependency[Desk], product_id: FromPath[UUID]) -> Response[bytes]:
    """The product's texts, places and properties."""
    product = await catalog.get_product(desk.ctx, product_id)
    return await _show(desk, product, await form_of(desk, product))


async def form_of(desk: Desk, product: ProductTree) -> Form[Any]:
    """The product as a form nobody has touched."""
    form = forms.empty(**fields.values_of(product, other_locales(desk)))
    form.many.update(fields.lists_of(product, await _held(desk.ctx, product)))
    form.values["version"] = str(product.version)
    form.values["base"] = fields.marks_of(form)
    return form


async def _held(ctx: Context, product: ProductTree) -> list[CollectionRef]:
    return (await collections.collections_of(ctx, [product.product_id]))[product.product_id]


async def _show(
    desk: Desk,
    product: ProductTree,
    form: Form[Any],
    status: int = 200,
    conflicts: list[tuple[str, str, str]] | None = None,
) -> Response[bytes]:
    lies_in = {each.category_id for each in product.categories if each.is_direct}
    held = await _held(desk.ctx, product)
    dictionary = (await attributes.dictionary(desk.ctx)).by_code
    chosen = [
        code
        for code in product.attributes
        if code in dictionary and dictionary[code].kind in ("select", "swatch")
    ]
    return desk.show(
        "products/details.html",
        status,
        product=product,
        form=form,
        conflicts=conflicts or [],
        dictionary=dictionary,
        choices=await _choices(desk.ctx, chosen),
        known_attributes=list(dictionary.values())[:MOST_KNOWN],
        categories=await categories_to_choose(desk.ctx, lies_in),
        collections=await collections_to_choose(desk.ctx, held),
        by_rule=[each for each in held if each.is_by_rule],
        locales=other_locales(desk),
        new_attributes=fields.NEW_ATTRIBUTES,
        tab="details",
    )


@post("/s/{slug:str}/products/{product_id:uuid}", scope="products:write")
async def save_product(desk: NamedDependency[Desk], product_id: FromPath[UUID]) -> Response[bytes]:
    """The product as the form has it, unless somebody else was quicker."""
    form, ctx = desk.form, desk.ctx
    product = await catalog.get_product(ctx, product_id)
    locales = other_locales(desk)
    dictionary = (await attributes.dictionary(ctx)).by_code
    changes = fields.changes_of(form, product, dictionary, locales)
    if changes is None:
        return await _show(desk, product, form, 422)
    try:
        version = expected_version(form)
        chosen = fields.chosen_collections(form)
        async with ctx.transaction():
            saved = await catalog.update_product(ctx, product_id, changes, version)
            if chosen is not None:
                await collections.set_collections_of(ctx, product_id, chosen)
    except StaleVersion as error:
        return await _show_conflict(desk, product_id, error)
    except GalleriaError as error:
        forms.refuse(form, error)
        if error.code == "handle_taken":
            form.errors["handle"] = error.code
        return await _show(desk, product, form, error.status)
    return desk.go(desk.at(f"/products/{product_id}"), Notice("saved", name=saved.title[:80]))


def expected_version(form: Form[Any]) -> int | None:
    """The version the form was made from.

    Raises:
        InvalidInput: the form names none.
    """
    return forms.read_whole(form.values.get("version", "") or "0", "version", most=2**53)


async def _choices(ctx: Context, codes: Sequence[str]) -> dict[str, list[str]]:
    """The words to choose from, by attribute; of one with very many none, so that it is typed."""
    choices: dict[str, list[str]] = {}
    for code in codes:
        page = await attributes.list_values(ctx, code, limit=MOST_CHOICES)
        if page.next_cursor is None:
            choices[code] = [each.word for each in page.items]
    return choices


async def _show_conflict(desk: Desk, product_id: UUID, error: StaleVersion) -> Response[bytes]:
    """The form with what was typed, beside what somebody else has saved meanwhile.

    Fields nobody touched here show what is there now. Saving once more is then on purpose: the
    form is of the present version.
    """
    theirs = await catalog.get_product(desk.ctx, product_id)
    form, present = desk.form, await form_of(desk, theirs)
    conflicts = fields.meet(form, present)
    forms.refuse(form, error)
    return await _show(desk, theirs, form, error.status, conflicts)


@post("/s/{slug:str}/products/{product_id:uuid}/status", scope="products:write")
async def change_status(desk: NamedDependency[Desk], product_id: FromPath[UUID]) -> Response[bytes]:
    """The product goes on sale, off it, or away."""
    change = STATUS_CHANGES.get(desk.form.values.get("action", ""))
    if change is None:
        raise forms.refused("action", "unknown_value")
    verb, key = change
    try:
        product = await verb(desk.ctx, product_id)
    except catalog.ProductNotPublishable as error:
        tree = await catalog.get_product(desk.ctx, product_id)
        form = await form_of(desk, tree)
        forms.refuse(form, error)
        return await _show(desk, tree, form, error.status)
    address = desk.at(f"/products/{product_id}")
    return desk.go(address, Notice(key, count=1, name=product.title[:80]))


@post("/s/{slug:str}/products/{product_id:uuid}/delete", scope="products:write")
async def delete_product(
    desk: NamedDependency[Desk], product_id: FromPath[UUID]
) -> Response[bytes]:
    """The product exists no more; orders keep what they say about it."""
    product = await catalog.get_product(desk.ctx, product_id)
    await catalog.delete_product(desk.ctx, product_id)
    return desk.go(desk.at("/products"), Notice("product_deleted", name=product.title[:80]))


ROUTES = [show_new, create_product, show_product, save_product, change_status, delete_product]
