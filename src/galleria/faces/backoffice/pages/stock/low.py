"""What runs low: listed, exported, and from how many on."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Stream

from galleria.commerce import inventory
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.pages.finding import views_of
from galleria.faces.backoffice.pages.imports.runs import download
from galleria.faces.backoffice.visits import Desk
from galleria.faces.stationery import Form
from galleria.foundation.errors import GalleriaError
from galleria.foundation.pagination import InvalidCursor

PAGE = 50
PLACE = "/stock/low"


@get("/s/{slug:str}/stock/low", scope="stock:read")
async def show_low(desk: NamedDependency[Desk]) -> Response[bytes]:
    """The shelves of variants that are low, fifty to a page."""
    return await _show(desk, forms.empty())


async def _show(desk: Desk, form: Form[Any], status: int = 200) -> Response[bytes]:
    cursor = desk.question("cursor", 4_000) or None
    try:
        page = await inventory.list_stock(desk.ctx, None, None, cursor, PAGE, only_low=True)
    except InvalidCursor:
        return desk.go(desk.at(PLACE))
    ids = list(dict.fromkeys(each.variant_id for each in page.items))
    usual = await inventory.low_stock_at(desk.ctx)
    form.values.setdefault("low_at", "" if usual is None else str(usual))
    return desk.show(
        "stock/low.html",
        status,
        section="low",
        form=form,
        page=page,
        usual=usual,
        views=await views_of(desk.ctx, ids),
        there=await inventory.availability(desk.ctx, ids) if ids else {},
        places={each.location_id: each.name for each in await inventory.list_locations(desk.ctx)},
        is_first=cursor is None,
    )


@post("/s/{slug:str}/stock/low", scope="stock:write")
async def set_low_at(desk: NamedDependency[Desk]) -> Response[bytes]:
    """A variant is low from so many on, unless it says so itself; nothing typed is never."""
    try:
        low_at = forms.read_whole(desk.form.values.get("low_at", ""), "low_at")
        await inventory.set_low_stock_at(desk.ctx, low_at)
    except GalleriaError as error:
        forms.refuse(desk.form, error)
        return await _show(desk, desk.form, error.status)
    return desk.go(desk.at(PLACE), Notice("saved"))


@get("/s/{slug:str}/stock/low.csv", scope="stock:read")
async def download_low(desk: NamedDependency[Desk]) -> Stream:
    """What is low as a table for a spreadsheet, or for whoever orders."""
    rows = inventory.stock_as_csv(desk.ctx, only_low=True)
    return download(rows, "text/csv; charset=utf-8", f"{desk.shop.slug}-low.csv")


ROUTES = [show_low, set_low_at, download_low]
