"""Sets of properties: what is to be said about a kind of thing."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.commerce import attributes
from galleria.commerce.attributes import (
    AttributeSet,
    AttributeSetChanges,
    DictionaryEntryChanged,
    NewAttributeSet,
)
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.pages.attributes import fields
from galleria.faces.backoffice.pages.products.editing import expected_version, other_locales
from galleria.faces.backoffice.visits import Desk
from galleria.faces.stationery import Form
from galleria.foundation.errors import GalleriaError
from galleria.foundation.pagination import InvalidCursor

PAGE = 50
PLACE = "/attributes/sets"


@get("/s/{slug:str}/attributes/sets", scope="products:read")
async def show_sets(desk: NamedDependency[Desk]) -> Response[bytes]:
    """Sets by handle, fifty to a page."""
    return await _show_all(desk, forms.empty())


async def _show_all(desk: Desk, form: Form[Any], status: int = 200) -> Response[bytes]:
    cursor = desk.question("cursor", 4_000) or None
    try:
        page = await attributes.list_attribute_sets(desk.ctx, cursor, PAGE)
    except InvalidCursor:
        return desk.go(desk.at(PLACE))
    return desk.show(
        "attributes/sets.html",
        status,
        section="sets",
        form=form,
        page=page,
        is_first=cursor is None,
    )


@post("/s/{slug:str}/attributes/sets", scope="products:write")
async def create_set(desk: NamedDependency[Desk]) -> Response[bytes]:
    """A set, empty; its own page is where it is filled."""
    given = {"name": desk.form.values.get("name", "").strip()}
    wanted = forms.convert(desk.form, given, NewAttributeSet)
    if wanted is None:
        return await _show_all(desk, desk.form, 422)
    made = await attributes.create_attribute_set(desk.ctx, wanted)
    place = desk.at(f"{PLACE}/{made.attribute_set_id}")
    return desk.go(place, Notice("saved", name=made.name[:80]))


@get("/s/{slug:str}/attributes/sets/{set_id:uuid}", scope="products:read")
async def show_set(desk: NamedDependency[Desk], set_id: FromPath[UUID]) -> Response[bytes]:
    """The set with its properties in order."""
    found = await attributes.get_attribute_set(desk.ctx, set_id)
    return await _show(desk, found, _form_of(desk, found))


def _form_of(desk: Desk, found: AttributeSet) -> Form[Any]:
    """The set as a form nobody has touched."""
    form = forms.empty(version=str(found.version), name=found.name, handle=found.handle)
    fields.fill_labels(form, found.labels, other_locales(desk))
    form.many["item"] = [str(each.attribute_id) for each in found.items]
    form.many["required"] = [str(each.attribute_id) for each in found.items if each.is_required]
    return form


async def _show(
    desk: Desk, found: AttributeSet, form: Form[Any], status: int = 200
) -> Response[bytes]:
    known = (await attributes.dictionary(desk.ctx)).attributes
    chosen = [known[number] for number in fields.numbers_of(form, "item") if number in known]
    return desk.show(
        "attributes/set.html",
        status,
        found=found,
        form=form,
        chosen=chosen,
        required=set(fields.numbers_of(form, "required")),
        offered=fields.offered(known.values()),
        locales=other_locales(desk),
    )


@post("/s/{slug:str}/attributes/sets/{set_id:uuid}", scope="products:write")
async def change_set(desk: NamedDependency[Desk], set_id: FromPath[UUID]) -> Response[bytes]:
    """What the pressed button asks for: a property more, less or elsewhere, or to save."""
    before = await attributes.get_attribute_set(desk.ctx, set_id)
    form = desk.form
    try:
        known = await attributes.dictionary(desk.ctx)
        if fields.rearrange(form, "item", known.by_code):
            return await _show(desk, before, form)
        changes = forms.convert(form, _changed_fields(desk, before), AttributeSetChanges)
        if changes is None:
            return await _show(desk, before, form, 422)
        version = expected_version(form)
        saved = await attributes.update_attribute_set(desk.ctx, set_id, changes, version)
    except DictionaryEntryChanged as error:
        theirs = await attributes.get_attribute_set(desk.ctx, set_id)
        form.values["version"] = str(theirs.version)
        forms.refuse(form, error)
        return await _show(desk, theirs, form, error.status)
    except GalleriaError as error:
        forms.refuse(form, error)
        return await _show(desk, before, form, error.status)
    return desk.go(desk.at(f"{PLACE}/{set_id}"), Notice("saved", name=saved.name[:80]))


def _changed_fields(desk: Desk, before: AttributeSet) -> dict[str, Any]:
    """The form's fields as changes have them."""
    required = set(fields.numbers_of(desk.form, "required"))
    return {
        "name": desk.form.values.get("name", "").strip(),
        "handle": desk.form.values.get("handle", "").strip(),
        "labels": fields.labels_of(desk.form, other_locales(desk), before.labels),
        "items": [
            {"attribute_id": number, "is_required": number in required}
            for number in fields.numbers_of(desk.form, "item")
        ],
    }


@post("/s/{slug:str}/attributes/sets/{set_id:uuid}/remove", scope="products:write")
async def remove_set(desk: NamedDependency[Desk], set_id: FromPath[UUID]) -> Response[bytes]:
    """The set is gone, unless a product type uses it."""
    found = await attributes.get_attribute_set(desk.ctx, set_id)
    try:
        await attributes.remove_attribute_set(desk.ctx, set_id)
    except GalleriaError as error:
        form = _form_of(desk, found)
        forms.refuse(form, error)
        return await _show(desk, found, form, error.status)
    return desk.go(desk.at(PLACE), Notice("removed"))


ROUTES = [show_sets, create_set, show_set, change_set, remove_set]
