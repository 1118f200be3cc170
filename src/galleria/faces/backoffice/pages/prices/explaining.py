"""Why a variant costs what it costs: each of its prices, which one counts, and what was before."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.commerce import catalog, customers, pricing
from galleria.commerce.pricing import AskedPrice, Explanation
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.pages.finding import views_of
from galleria.faces.backoffice.pages.prices.entries import MOST_PIECES
from galleria.faces.backoffice.pages.prices.formulas import MOST_LISTS
from galleria.faces.backoffice.visits import Desk
from galleria.faces.stationery import Form
from galleria.foundation.errors import GalleriaError
from galleria.foundation.money import Money
from galleria.foundation.pagination import InvalidCursor
from galleria.platform import tenants

PAGE = 50
_QUESTIONS = ("channel", "quantity", "group", "at")


@get("/s/{slug:str}/prices/variants/{variant_id:uuid}", scope="prices:read")
async def show_variant(desk: NamedDependency[Desk], variant_id: FromPath[UUID]) -> Response[bytes]:
    """The variant's prices with the fate of each, and what it cost before."""
    view = (await views_of(desk.ctx, [variant_id])).get(variant_id)
    if view is None:
        raise catalog.VariantNotFound(f"no variant {variant_id}")
    cursor = desk.question("cursor", 4_000) or None
    try:
        changes = await pricing.list_price_changes(desk.ctx, variant_id, cursor, PAGE)
    except InvalidCursor:
        return desk.go(desk.at(f"/prices/variants/{variant_id}"))
    form = forms.empty(**{name: desk.question(name, 60) for name in _QUESTIONS})
    status, explanation = 200, None
    try:
        explanation = await pricing.explain_price(desk.ctx, variant_id, _asked(desk, form))
    except GalleriaError as error:
        forms.refuse(form, error)
        status = error.status
    lists = (await pricing.list_price_lists(desk.ctx, None, MOST_LISTS)).items
    return desk.show(
        "prices/variant.html",
        status,
        view=view,
        form=form,
        explanation=explanation,
        lowest_minor=await _lowest(desk, explanation) if explanation else None,
        channels=await tenants.list_channels(desk.ctx),
        groups=await customers.list_groups(desk.ctx) if desk.may("customers:read") else [],
        lists={each.price_list_id: each for each in lists},
        changes=changes,
        is_first=cursor is None,
        money_of=Money,
    )


def _asked(desk: Desk, form: Form[Any]) -> AskedPrice:
    """Who would buy how many, where and when, as the address says.

    Raises:
        InvalidInput: a number or a time that is none; the error names the field.
    """
    at = None
    if form.values["at"]:
        try:
            at = datetime.fromisoformat(form.values["at"]).replace(tzinfo=UTC)
        except ValueError:
            raise forms.refused("at", "invalid_format") from None
    group = forms.read_id(form.values["group"]) if desk.may("customers:read") else None
    return AskedPrice(
        channel=form.values["channel"] or None,
        quantity=forms.read_whole(form.values["quantity"], "quantity", 1, MOST_PIECES) or 1,
        customer_group_id=group,
        at=at,
    )


async def _lowest(desk: Desk, explanation: Explanation) -> int | None:
    """The lowest amount of the thirty days before the present reduction; None without one."""
    place = (explanation.channel_id, explanation.currency)
    resolved = await pricing.prices_for(
        desk.ctx,
        {explanation.variant_id: explanation.quantity},
        *place,
        at=explanation.at,
        customer_group_ids=explanation.customer_group_ids,
    )
    price = resolved.get(explanation.variant_id)
    if price is None or not price.is_reduced:
        return None
    found = await pricing.lowest_in_days(
        desk.ctx, [explanation.variant_id], *place, before=price.since
    )
    return found.get(explanation.variant_id)


ROUTES = [show_variant]
