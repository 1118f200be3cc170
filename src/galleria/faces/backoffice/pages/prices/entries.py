"""The prices of one list: looked through, typed over, added, taken out."""

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from galleria.commerce import pricing
from galleria.commerce.catalog import VariantView
from galleria.commerce.pricing import NamedPrice, Price, PriceList, PriceListNotFound, SetPrice
from galleria.engines.context import Context
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.pages.finding import find_variants, views_of
from galleria.faces.backoffice.pages.products.variants import read_price
from galleria.faces.backoffice.visits import Desk
from galleria.faces.stationery import Form
from galleria.foundation.pagination import InvalidCursor, Page

PAGE = 50
MOST_TIERS = 20  # as many prices as a variant has in a list
MOST_ROWS = 500
MOST_PIECES = 10_000
_MOST_NUMBER = 2**31 - 1
_ENTRY = re.compile(rf"prices\[({forms.ID})/([1-9][0-9]{{0,4}})\]\.price")
_NEW = re.compile(rf"new\[({forms.ID})\]\.price")


class Goods(msgspec.Struct, frozen=True):
    """A page of a list: its prices, and variants that could get one more."""

    prices: list[Price]
    views: dict[UUID, VariantView]
    found: list[VariantView]
    words: str
    has_more: bool
    next_cursor: str | None
    is_first: bool


def list_number(number: int) -> int:
    """The number, if it may be that of a list.

    Raises:
        PriceListNotFound: no list has such a number.
    """
    if not 0 < number <= _MOST_NUMBER:
        raise PriceListNotFound(f"no price list {number}")
    return number


def path_of(variant_id: UUID, min_quantity: int) -> str:
    """What the fields of a price are called."""
    return f"prices[{variant_id}/{min_quantity}]"


def new_path_of(variant_id: UUID) -> str:
    """What the fields of a price to be added are called."""
    return f"new[{variant_id}]"


async def goods_of(desk: Desk, price_list: PriceList) -> Goods:
    """The page of the list that the address asks for."""
    words, cursor = desk.question("q"), desk.question("cursor", 4_000) or None
    if words:
        found = await find_variants(desk.ctx, words)
        prices = await _prices_of(desk.ctx, price_list.price_list_id, found.variant_ids)
        views = await views_of(desk.ctx, found.variant_ids)
        fitting = [views[each] for each in found.variant_ids if each in views]
        return Goods(prices, views, fitting, words, found.has_more, None, True)
    page = await _page(desk, price_list.price_list_id, cursor)
    views = await views_of(desk.ctx, [each.variant_id for each in page.items])
    return Goods(page.items, views, [], "", False, page.next_cursor, cursor is None)


async def _page(desk: Desk, number: int, cursor: str | None) -> Page[Price]:
    try:
        return await pricing.list_prices(desk.ctx, None, None, cursor, PAGE, number)
    except InvalidCursor:
        return await pricing.list_prices(desk.ctx, None, None, None, PAGE, number)


async def _prices_of(ctx: Context, number: int, variant_ids: Sequence[UUID]) -> list[Price]:
    if not variant_ids:
        return []
    ids = list(dict.fromkeys(variant_ids))
    return (await pricing.list_prices(ctx, ids, None, None, len(ids) * MOST_TIERS, number)).items


def form_of(goods: Goods, currency: str) -> Form[Any]:
    """The prices as a form nobody has touched."""
    return _filled(goods.prices, currency)


def _filled(prices: Sequence[Price], currency: str) -> Form[Any]:
    form = forms.empty()
    for each in prices:
        path = path_of(each.variant_id, each.min_quantity)
        form.values[f"{path}.price"] = forms.amount_text(each.amount_minor, currency)
        form.values[f"{path}.compare_at"] = forms.amount_text(each.compare_at_minor, currency)
    return form


async def save(desk: Desk, price_list: PriceList) -> tuple[int, int]:
    """How many prices changed and how many are out of the list, both in one commit.

    Raises:
        InvalidInput: an amount or a number of pieces that is none; the error names the field.
    """
    form, number = desk.form, price_list.price_list_id
    entries = [(UUID(m[1]), int(m[2])) for m in map(_ENTRY.fullmatch, form.values) if m]
    fresh = [UUID(m[1]) for m in map(_NEW.fullmatch, form.values) if m]
    if len(entries) + len(fresh) > MOST_ROWS:
        raise forms.refused("prices", "too_many")
    present = await _prices_of(desk.ctx, number, [each for each, _ in entries] + fresh)
    before = _filled(present, price_list.currency)
    there = {(each.variant_id, each.min_quantity) for each in present}
    gone = [
        NamedPrice(variant_id=variant_id, price_list_id=number, min_quantity=pieces)
        for variant_id, pieces in entries
        if f"{path_of(variant_id, pieces)}.remove" in form.values
    ]
    dropped = {(each.variant_id, each.min_quantity) for each in gone}
    kept = [each for each in entries if each not in dropped]
    rows = _edited(form, before, kept, price_list) + _added(form, fresh, there, price_list)
    async with desk.ctx.transaction():
        if rows:
            await pricing.set_prices(desk.ctx, rows)
        if gone:
            await pricing.remove_prices(desk.ctx, gone)
    return len(rows), len(gone)


def _edited(
    form: Form[Any], before: Form[Any], entries: list[tuple[UUID, int]], price_list: PriceList
) -> list[SetPrice]:
    rows = []
    for variant_id, pieces in entries:
        path = path_of(variant_id, pieces)
        price = read_price(form, before, path, price_list.currency)
        if price is not None:
            rows.append(_row(variant_id, pieces, price, price_list))
    return rows


def _added(
    form: Form[Any],
    variant_ids: list[UUID],
    there: set[tuple[UUID, int]],
    price_list: PriceList,
) -> list[SetPrice]:
    rows = []
    for variant_id in variant_ids:
        path = new_path_of(variant_id)
        names = (f"{path}.price", f"{path}.compare_at")
        amount, compare_at = (
            forms.read_amount(form.values.get(name, ""), price_list.currency, name)
            for name in names
        )
        if amount is None:
            continue
        name = f"{path}.pieces"
        pieces = forms.read_whole(form.values.get(name, ""), name, 1, MOST_PIECES) or 1
        if (variant_id, pieces) in there:
            raise forms.refused(name, "repeated_tier")
        rows.append(_row(variant_id, pieces, (amount, compare_at), price_list))
    return rows


def _row(
    variant_id: UUID, pieces: int, price: tuple[int, int | None], price_list: PriceList
) -> SetPrice:
    amount_minor, compare_at_minor = price
    return SetPrice(
        variant_id=variant_id,
        price_list_id=price_list.price_list_id,
        min_quantity=pieces,
        amount_minor=amount_minor,
        compare_at_minor=compare_at_minor,
    )
