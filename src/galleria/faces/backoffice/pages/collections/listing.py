"""The list of collections with how many products each holds; new ones, removed ones taken back."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.commerce import collections
from galleria.commerce.collections import NewCollection
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.visits import Desk
from galleria.faces.stationery import Form
from galleria.foundation.errors import GalleriaError
from galleria.foundation.pagination import InvalidCursor

PAGE = 50
PLACE = "/collections"


@get("/s/{slug:str}/collections", scope="products:read")
async def show_collections(desk: NamedDependency[Desk]) -> Response[bytes]:
    """Collections, fifty to a page."""
    return await _show(desk, forms.empty())


async def _show(desk: Desk, form: Form[Any], status: int = 200) -> Response[bytes]:
    cursor = desk.question("cursor", 4_000) or None
    try:
        page = await collections.list_collections(desk.ctx, cursor, PAGE)
    except InvalidCursor:
        return desk.go(desk.at(PLACE))
    ids = [each.collection_id for each in page.items]
    return desk.show(
        "collections/list.html",
        status,
        form=form,
        page=page,
        counts=await collections.count_members(desk.ctx, ids),
        is_first=cursor is None,
        removed=forms.read_id(desk.question("removed", 40)),
    )


@post("/s/{slug:str}/collections", scope="products:write")
async def create_collection(desk: NamedDependency[Desk]) -> Response[bytes]:
    """A collection, empty; its own page is where it is filled, or given a rule."""
    fields = {"title": desk.form.values.get("title", "").strip()}
    wanted = forms.convert(desk.form, fields, NewCollection)
    if wanted is None:
        return await _show(desk, desk.form, 422)
    try:
        made = await collections.create_collection(desk.ctx, wanted)
    except GalleriaError as error:
        forms.refuse(desk.form, error, {"handle": "title"})
        return await _show(desk, desk.form, error.status)
    place = desk.at(f"{PLACE}/{made.collection_id}")
    if desk.form.values.get("kind") == "rule":
        place += "/rule"
    return desk.go(place, Notice("saved", name=wanted.title[:80]))


@post("/s/{slug:str}/collections/{collection_id:uuid}/remove", scope="products:write")
async def remove_collection(
    desk: NamedDependency[Desk], collection_id: FromPath[UUID]
) -> Response[bytes]:
    """The collection is in no list any more; the next page offers to take that back."""
    await collections.remove_collection(desk.ctx, collection_id)
    return desk.go(desk.at(f"{PLACE}?removed={collection_id}"))


@post("/s/{slug:str}/collections/{collection_id:uuid}/restore", scope="products:write")
async def restore_collection(
    desk: NamedDependency[Desk], collection_id: FromPath[UUID]
) -> Response[bytes]:
    """The removed collection is back."""
    back = await collections.restore_collection(desk.ctx, collection_id)
    return desk.go(
        desk.at(f"{PLACE}/{collection_id}"), Notice("collection_restored", name=back.title[:80])
    )


ROUTES = [show_collections, create_collection, remove_collection, restore_collection]
