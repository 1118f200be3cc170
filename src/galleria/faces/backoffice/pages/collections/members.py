"""The members of a collection picked by hand: added, taken out, put back, and put in order."""

import re
from typing import Any
from uuid import UUID

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.commerce import collections
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.pages.collections.editing import form_of, show
from galleria.faces.backoffice.shell import own_path
from galleria.faces.backoffice.visits import Desk
from galleria.faces.stationery import Form
from galleria.foundation.errors import GalleriaError

_PLACE = re.compile(rf"place\[({forms.ID})\]$")
_ACTION = re.compile(rf"(up|down|remove):({forms.ID})")


@post("/s/{slug:str}/collections/{collection_id:uuid}/members", scope="products:write")
async def change_members(
    desk: NamedDependency[Desk], collection_id: FromPath[UUID]
) -> Response[bytes]:
    """What the pressed button asks for: some added, one moved or taken out, or all put in order."""
    collection = await collections.get_collection(desk.ctx, collection_id)
    place = desk.at(f"/collections/{collection_id}")
    back = own_path(desk.form.values.get("back", place))
    try:
        notice, taken = await _act(desk, collection_id)
    except GalleriaError as error:
        form = form_of(desk, collection)
        forms.refuse(form, error)
        return await show(desk, collection, form, error.status)
    return desk.go(f"{place}?taken={taken}" if taken else back, notice)


async def _act(desk: Desk, collection_id: UUID) -> tuple[Notice | None, UUID | None]:
    """What to say about it, and who was taken out."""
    ctx, form = desk.ctx, desk.form
    action = form.values.get("action", "")
    if action == "add":
        ids = forms.chosen_ids(form.many.get("product_id", []))
        if not ids:
            return Notice("nothing_chosen"), None
        await collections.fill_collection(ctx, collection_id, ids, [])
        return Notice("members_added", count=len(ids)), None
    if action == "order":
        await _order(desk, collection_id, form)
        return Notice("saved"), None
    match = _ACTION.fullmatch(action)
    if match is None:
        raise forms.refused("action", "unknown_value")
    product_id = UUID(match[2])
    if match[1] == "remove":
        await collections.fill_collection(ctx, collection_id, [], [product_id])
        return None, product_id
    await collections.step_member(ctx, collection_id, product_id, -1 if match[1] == "up" else 1)
    return None, None


async def _order(desk: Desk, collection_id: UUID, form: Form[Any]) -> None:
    """The members of the page stand by the numbers typed, those with the same as they did.

    Raises:
        InvalidInput: a number that is none.
    """
    numbers: list[tuple[int, int, UUID]] = []
    for name in form.values:
        match = _PLACE.fullmatch(name)
        if match is not None:
            number = forms.read_whole(form.values[name], name)
            numbers.append((number or 0, len(numbers), UUID(match[1])))
    behind = forms.read_id(form.values.get("behind", ""))
    ids = [product_id for _, _, product_id in sorted(numbers)]
    if ids:
        await collections.move_members(desk.ctx, collection_id, ids, behind)


ROUTES = [change_members]
