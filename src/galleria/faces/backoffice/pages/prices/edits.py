"""Changes of many prices: how far each is, what it did, and the way back."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.commerce import pricing
from galleria.commerce.pricing import PriceEdit
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.pages.finding import views_of
from galleria.faces.backoffice.pages.prices import formula_rows
from galleria.faces.backoffice.pages.prices.formulas import MOST_LISTS, PLACE
from galleria.faces.backoffice.visits import Desk
from galleria.faces.stationery import Form
from galleria.foundation.errors import GalleriaError
from galleria.foundation.money import Money
from galleria.foundation.pagination import InvalidCursor

PAGE = 50


class Progress(msgspec.Struct, frozen=True):
    """How far an edit is."""

    has_ended: bool
    changed_count: int
    unchanged_count: int
    refused_count: int
    reverted_count: int
    kept_count: int


@get("/s/{slug:str}/prices/edits", scope="prices:read")
async def show_edits(desk: NamedDependency[Desk]) -> Response[bytes]:
    """Changes of many prices, newest first."""
    cursor = desk.question("cursor", 4_000) or None
    try:
        page = await pricing.list_edits(desk.ctx, cursor, PAGE)
    except InvalidCursor:
        return desk.go(desk.at(PLACE))
    lists = (await pricing.list_price_lists(desk.ctx, None, MOST_LISTS)).items
    return desk.show(
        "prices/edits.html",
        section="edits",
        page=page,
        lists={each.price_list_id: each for each in lists},
        steps_of=formula_rows.steps_of,
        money_of=Money,
        is_first=cursor is None,
    )


@get("/s/{slug:str}/prices/edits/{edit_id:uuid}", scope="prices:read")
async def show_edit(desk: NamedDependency[Desk], edit_id: FromPath[UUID]) -> Response[bytes]:
    """The edit with the prices it changed."""
    return await _show(desk, edit_id, forms.empty())


async def _show(desk: Desk, edit_id: UUID, form: Form[Any], status: int = 200) -> Response[bytes]:
    edit = await pricing.get_edit(desk.ctx, edit_id)
    cursor = desk.question("cursor", 4_000) or None
    try:
        page = await pricing.list_edit_rows(desk.ctx, edit_id, None, cursor, PAGE)
    except InvalidCursor:
        return desk.go(desk.at(f"{PLACE}/{edit_id}"))
    return desk.show(
        "prices/edit.html",
        status,
        form=form,
        edit=edit,
        price_list=await pricing.get_list(desk.ctx, edit.price_list_id),
        page=page,
        views=await views_of(desk.ctx, [each.variant_id for each in page.items]),
        steps=formula_rows.steps_of(edit.formula),
        money_of=Money,
        is_first=cursor is None,
    )


@get("/s/{slug:str}/prices/edits/{edit_id:uuid}/progress.json", scope="prices:read")
async def show_progress(desk: NamedDependency[Desk], edit_id: FromPath[UUID]) -> Response[bytes]:
    """How far the edit is, for the script that counts along."""
    edit = await pricing.get_edit(desk.ctx, edit_id)
    return Response(
        msgspec.json.encode(_progress_of(edit)),
        media_type="application/json",
        headers={"cache-control": "no-store"},
    )


def _progress_of(edit: PriceEdit) -> Progress:
    return Progress(
        has_ended=edit.has_ended,
        changed_count=edit.changed_count,
        unchanged_count=edit.unchanged_count,
        refused_count=edit.refused_count,
        reverted_count=edit.reverted_count,
        kept_count=edit.kept_count,
    )


@post("/s/{slug:str}/prices/edits/{edit_id:uuid}/undo", scope="prices:write")
async def undo_edit(desk: NamedDependency[Desk], edit_id: FromPath[UUID]) -> Response[bytes]:
    """Prices that still are as the edit made them go back to what they were."""
    try:
        await pricing.undo_edit(desk.ctx, edit_id)
    except GalleriaError as error:
        forms.refuse(desk.form, error)
        return await _show(desk, edit_id, desk.form, error.status)
    return desk.go(desk.at(f"{PLACE}/{edit_id}"), Notice("edit_undoing"))


ROUTES = [show_edits, show_edit, show_progress, undo_edit]
