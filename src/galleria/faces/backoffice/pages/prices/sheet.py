"""Price tags and what the goods cost the shop: many at once, in one sales channel."""

import re
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency

from galleria.commerce import catalog, pricing
from galleria.commerce.catalog import VariantView
from galleria.commerce.pricing import SetCost, SetPrice
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.pages.finding import find_variants, views_of
from galleria.faces.backoffice.pages.products.variants import read_price
from galleria.faces.backoffice.shell import own_path
from galleria.faces.backoffice.visits import Desk
from galleria.faces.stationery import Form
from galleria.foundation.errors import GalleriaError, InvalidInput
from galleria.foundation.money import minor_exponent
from galleria.platform import tenants
from galleria.platform.tenants import Channel

PAGE = 50
MOST_ROWS = 100
_ROW = re.compile(rf"prices\[({forms.ID})\]\.price$")
LEAST_PERCENT, MOST_PERCENT = -99, 1_000


class PriceList(msgspec.Struct, frozen=True):
    """A page of variants with their prices in one channel."""

    views: list[VariantView]
    channel: Channel
    channels: list[Channel]
    words: str
    has_more: bool
    next_cursor: str | None


@get("/s/{slug:str}/prices", scope="prices:read")
async def show_prices(desk: NamedDependency[Desk]) -> Response[bytes]:
    """Prices, fifty variants to a page."""
    prices = await _price_list(desk)
    ids = [view.variant_id for view in prices.views]
    return _show(desk, prices, await _form_of(desk, prices.channel, ids))


async def _price_list(desk: Desk) -> PriceList:
    channels = await tenants.list_channels(desk.ctx)
    code = desk.question("channel", 40)
    words, cursor = desk.question("q"), desk.question("cursor", 4_000) or None
    has_more, next_cursor = False, None
    if words:
        found = await find_variants(desk.ctx, words)
        known = await views_of(desk.ctx, found.variant_ids)
        views = [known[each] for each in found.variant_ids if each in known]
        has_more = found.has_more
    else:
        page = await catalog.list_variants(desk.ctx, None, None, cursor, PAGE)
        views, next_cursor = page.items, page.next_cursor
    return PriceList(
        views=views,
        channel=next((each for each in channels if each.code == code), channels[0]),
        channels=channels,
        words=words,
        has_more=has_more,
        next_cursor=next_cursor,
    )


def path_of(variant_id: UUID) -> str:
    """What the fields of a variant's row are called."""
    return f"prices[{variant_id}]"


async def _form_of(desk: Desk, channel: Channel, ids: list[UUID]) -> Form[Any]:
    currency = channel.currency
    found = await pricing.prices_of(desk.ctx, ids, channel.channel_id, currency)
    costs = await pricing.costs_of(desk.ctx, ids)
    form = forms.empty()
    for variant_id, price in found.items():
        path = path_of(variant_id)
        form.values[f"{path}.price"] = forms.amount_text(price.amount_minor, currency)
        form.values[f"{path}.compare_at"] = forms.amount_text(price.compare_at_minor, currency)
    for variant_id in ids:
        cost = costs.get((variant_id, currency))
        if cost is not None:
            name = f"{path_of(variant_id)}.cost"
            form.values[name] = forms.amount_text(cost.amount_minor, currency)
    return form


def _margins(form: Form[Any], currency: str, ids: list[UUID]) -> dict[UUID, int]:
    """What is left of the price as it stands in the form, in percent, where that can be said."""
    margins: dict[UUID, int] = {}
    for variant_id in ids:
        path = path_of(variant_id)
        try:
            price, cost = (
                forms.read_amount(form.values.get(f"{path}.{name}", ""), currency, path)
                for name in ("price", "cost")
            )
        except InvalidInput:
            continue
        margin = pricing.margin_of(price or 0, cost)
        if margin is not None:
            margins[variant_id] = round(100 * margin)
    return margins


def _show(
    desk: Desk, prices: PriceList, form: Form[Any], status: int = 200, *, is_preview: bool = False
) -> Response[bytes]:
    asked = {"q": prices.words}
    if not prices.channel.is_default:
        asked["channel"] = prices.channel.code
    query = {name: text for name, text in asked.items() if text}
    next_page = None
    if prices.next_cursor:
        next_page = "?" + urlencode({**query, "cursor": prices.next_cursor})
    return desk.show(
        "prices/prices.html",
        status,
        section="sheet",
        here=desk.here(),
        prices=prices,
        form=form,
        path_of=path_of,
        margins=_margins(form, prices.channel.currency, [v.variant_id for v in prices.views]),
        next_page=next_page,
        first_page="?" + urlencode(query) if desk.question("cursor", 4_000) else None,
        is_preview=is_preview,
    )


@post("/s/{slug:str}/prices", scope="prices:write")
async def change_prices(desk: NamedDependency[Desk]) -> Response[bytes]:
    """Prices and costs of the page as typed; or, asked to raise or lower them, what that gives."""
    prices, form = await _price_list(desk), desk.form
    ids = list(dict.fromkeys(UUID(m[1]) for m in map(_ROW.match, form.values) if m))[:MOST_ROWS]
    before = await _form_of(desk, prices.channel, ids)
    try:
        if form.values.get("action") == "preview":
            _change_by_percent(form, before, prices.channel, ids)
            return _show(desk, prices, form, is_preview=True)
        rows = _rows(form, before, prices.channel, ids)
        costs = _costs(form, before, prices.channel.currency, ids)
        if rows:
            await pricing.set_prices(desk.ctx, rows)
        if costs:
            await pricing.set_costs(desk.ctx, costs)
    except GalleriaError as error:
        forms.refuse(form, error)
        return _show(desk, prices, form, error.status)
    back = own_path(form.values.get("back", desk.at("/prices")))
    if costs and not rows:
        return desk.go(back, Notice("costs_changed", count=len(costs)))
    return desk.go(back, Notice("prices_changed", count=len(rows)))


def _rows(form: Form[Any], before: Form[Any], channel: Channel, ids: list[UUID]) -> list[SetPrice]:
    rows = []
    for variant_id in ids:
        price = read_price(form, before, path_of(variant_id), channel.currency)
        if price is not None:
            amount_minor, compare_at_minor = price
            rows.append(
                SetPrice(
                    variant_id=variant_id,
                    amount_minor=amount_minor,
                    compare_at_minor=compare_at_minor,
                    channel=channel.code,
                )
            )
    return rows


def _costs(form: Form[Any], before: Form[Any], currency: str, ids: list[UUID]) -> list[SetCost]:
    """What was typed otherwise than it was; an emptied field says that it is not known.

    Raises:
        InvalidInput: something typed is no amount.
    """
    rows = []
    for variant_id in ids:
        name = f"{path_of(variant_id)}.cost"
        was = before.values.get(name, "")
        if (typed := form.values.get(name, was)) != was:
            amount = forms.read_amount(typed, currency, name)
            rows.append(SetCost(variant_id=variant_id, amount_minor=amount, currency=currency))
    return rows


def _change_by_percent(
    form: Form[Any], before: Form[Any], channel: Channel, ids: list[UUID]
) -> None:
    """The fields hold the present prices raised or lowered, to be looked at before saving.

    Raises:
        InvalidInput: the percentage is none.
    """
    text = form.values.get("percent", "").strip().replace(",", ".").removesuffix("%")
    try:
        percent = float(text)
    except ValueError:
        raise forms.refused("percent", "invalid_number") from None
    if not LEAST_PERCENT <= percent <= MOST_PERCENT:
        raise forms.refused("percent", "out_of_range")
    currency = channel.currency
    # A tenth of the main unit, so that 12.90 does not become 13.54.
    step = 10 ** max(0, minor_exponent(currency) - 1) if "rounds" in form.values else 1
    for variant_id in ids:
        name = f"{path_of(variant_id)}.price"
        amount = forms.read_amount(before.values.get(name, ""), currency, name)
        if amount is not None:
            raised = round(amount * (100 + percent) / 100 / step) * step
            form.values[name] = forms.amount_text(raised, currency)


ROUTES = [show_prices, change_prices]
