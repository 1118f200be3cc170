"""Many prices changed by a formula: written step by step, looked at, then done."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency

from galleria.commerce import collections, pricing
from galleria.commerce.pricing import NewPriceEdit, Preview, PriceList, PriceSelection
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.pages.finding import views_of
from galleria.faces.backoffice.pages.prices import formula_rows
from galleria.faces.backoffice.pages.products.places import categories_to_choose
from galleria.faces.backoffice.visits import Desk
from galleria.faces.stationery import Form
from galleria.foundation.errors import GalleriaError
from galleria.foundation.money import Money
from galleria.platform import tenants

PLACE = "/prices/edits"
MOST_LISTS = 500  # as many as a shop has
MOST_COLLECTIONS = 100
SELECTION = ("category_id", "collection_id", "brand", "status")
STATUSES = ("active", "draft", "archived")


@get("/s/{slug:str}/prices/edits/new", scope="prices:write")
async def show_new(desk: NamedDependency[Desk]) -> Response[bytes]:
    """A formula with one empty step; for a list when the address names one."""
    form = forms.empty(price_list_id=desk.question("list", 12))
    formula_rows.fill(form, None, "")
    return await _show(desk, form)


async def _lists(desk: Desk) -> list[PriceList]:
    """All lists of the shop; the base list of the default channel is there from the first look."""
    async with desk.ctx.transaction() as tx:
        channel = await tenants.channel_of(tx)
        await pricing.ensure_base_list(tx, channel.channel_id, channel.currency)
    return (await pricing.list_price_lists(desk.ctx, None, MOST_LISTS)).items


def _chosen(form: Form[Any], lists: list[PriceList]) -> PriceList:
    """The list that the form names; without one the first, which is a base list."""
    number = form.values.get("price_list_id", "")
    return next((each for each in lists if str(each.price_list_id) == number), lists[0])


async def _show(
    desk: Desk, form: Form[Any], status: int = 200, preview: Preview | None = None
) -> Response[bytes]:
    lists = await _lists(desk)
    views = await views_of(desk.ctx, [each.variant_id for each in preview.rows] if preview else [])
    return desk.show(
        "prices/formula.html",
        status,
        form=form,
        lists=lists,
        chosen=_chosen(form, lists),
        steps=range(formula_rows.count_of(form)),
        kinds=formula_rows.KINDS,
        directions=formula_rows.DIRECTIONS,
        may_add=formula_rows.count_of(form) < formula_rows.MOST_STEPS,
        categories=await categories_to_choose(desk.ctx),
        collections=(await collections.list_collections(desk.ctx, None, MOST_COLLECTIONS)).items,
        statuses=STATUSES,
        preview=preview,
        views=views,
        money_of=Money,
    )


@post("/s/{slug:str}/prices/edits/new", scope="prices:write")
async def change_formula(desk: NamedDependency[Desk]) -> Response[bytes]:
    """What the pressed button asks for: another step, a look at what it gives, or to do it."""
    form = desk.form
    if formula_rows.reshape(form):
        return await _show(desk, form)
    try:
        wanted = await _wanted(desk)
        if form.values.get("action") != "start":
            return await _show(desk, form, preview=await pricing.preview_edit(desk.ctx, wanted))
        started = await pricing.start_edit(desk.ctx, wanted)
    except GalleriaError as error:
        forms.refuse(form, error, formula_rows.names_of(form))
        return await _show(desk, form, error.status)
    return desk.go(desk.at(f"{PLACE}/{started.edit_id}"))


async def _wanted(desk: Desk) -> NewPriceEdit:
    """The edit that the form asks for.

    Raises:
        InvalidInput: something in it cannot be read; the error names the field.
    """
    form = desk.form
    chosen = _chosen(form, await _lists(desk))
    formula = formula_rows.formula_of(form, chosen.currency)
    given = {name: form.values.get(name, "").strip() or None for name in SELECTION}
    selection = forms.convert(form, given, PriceSelection)
    if selection is None:
        name = next(iter(form.errors))
        raise forms.refused(name, form.errors[name])
    return NewPriceEdit(formula, selection, chosen.price_list_id)


ROUTES = [show_new, change_formula]
