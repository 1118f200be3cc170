"""Old addresses and where they lead: found, added, removed, taken along."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Stream

from galleria.content import redirects
from galleria.content.redirects import NewRedirect
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.visits import Desk
from galleria.faces.stationery import Form
from galleria.foundation.errors import GalleriaError
from galleria.foundation.pagination import InvalidCursor

PLACE = "/redirects"
PAGE = 50


@get("/s/{slug:str}/redirects", scope="products:read")
async def show_redirects(desk: NamedDependency[Desk]) -> Response[bytes]:
    """Redirects by their old addresses; or those whose address begins so."""
    try:
        return await _show(desk, forms.empty(is_permanent="true"))
    except InvalidCursor:
        return desk.go(desk.at(PLACE))


async def _show(desk: Desk, form: Form[Any], status: int = 200) -> Response[bytes]:
    words, cursor = desk.question("q", 2_000), desk.question("cursor", 4_000) or None
    return desk.show(
        "redirects/list.html",
        status,
        form=form,
        page=await redirects.list_redirects(desk.ctx, words, cursor, PAGE),
        words=words,
        is_first=cursor is None,
    )


@post("/s/{slug:str}/redirects", scope="products:write")
async def add_redirect(desk: NamedDependency[Desk]) -> Response[bytes]:
    """One more old address leads on."""
    form = desk.form
    fields = {
        "from_path": form.values.get("from_path", "").strip(),
        "to": form.values.get("to", "").strip(),
        "is_permanent": "is_permanent" in form.values,
    }
    try:
        for name in ("from_path", "to"):
            if not fields[name]:
                raise forms.refused(name, "required")
        wanted = forms.convert(form, fields, NewRedirect)
        if wanted is None:
            return await _show(desk, form, 422)
        made = await redirects.create_redirect(desk.ctx, wanted.draft())
    except GalleriaError as error:
        forms.refuse(form, error)
        return await _show(desk, form, error.status)
    return desk.go(desk.at(PLACE), Notice("redirect_added", name=made.from_path[:80]))


@post("/s/{slug:str}/redirects/remove", scope="products:write")
async def remove_redirects(desk: NamedDependency[Desk]) -> Response[bytes]:
    """The ticked redirects are gone."""
    chosen = desk.form.many.get("paths", [])[: PAGE * 2]
    if not chosen:
        return desk.go(desk.at(PLACE), Notice("no_redirect_chosen"))
    count = await redirects.remove_redirects(desk.ctx, chosen)
    return desk.go(desk.at(PLACE), Notice("redirects_removed", count=count))


@get("/s/{slug:str}/redirects.csv", scope="products:read")
async def export_redirects(desk: NamedDependency[Desk]) -> Stream:
    """All redirects as a table for a spreadsheet."""
    name = f"{desk.shop.slug}-redirects.csv"
    return Stream(
        redirects.export_redirects(desk.ctx),
        media_type="text/csv; charset=utf-8",
        headers={
            "content-disposition": f'attachment; filename="{name}"',
            "cache-control": "no-store",
        },
    )


ROUTES = [show_redirects, add_redirect, remove_redirects, export_redirects]
