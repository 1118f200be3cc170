"""Product types: by what the variants of such a thing differ, and how it is named and sent."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.commerce import attributes
from galleria.commerce.attributes import (
    DictionaryEntryChanged,
    NewProductType,
    ProductType,
    ProductTypeChanges,
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
PLACE = "/attributes/types"


@get("/s/{slug:str}/attributes/types", scope="products:read")
async def show_types(desk: NamedDependency[Desk]) -> Response[bytes]:
    """Product types by handle, fifty to a page."""
    return await _show_all(desk, forms.empty())


async def _show_all(desk: Desk, form: Form[Any], status: int = 200) -> Response[bytes]:
    cursor = desk.question("cursor", 4_000) or None
    try:
        page = await attributes.list_product_types(desk.ctx, cursor, PAGE)
    except InvalidCursor:
        return desk.go(desk.at(PLACE))
    known = (await attributes.dictionary(desk.ctx)).attributes
    return desk.show(
        "attributes/types.html",
        status,
        section="types",
        form=form,
        page=page,
        known=known,
        is_first=cursor is None,
    )


@post("/s/{slug:str}/attributes/types", scope="products:write")
async def create_type(desk: NamedDependency[Desk]) -> Response[bytes]:
    """A product type without axes; its own page is where it gets them."""
    given = {"name": desk.form.values.get("name", "").strip()}
    wanted = forms.convert(desk.form, given, NewProductType)
    if wanted is None:
        return await _show_all(desk, desk.form, 422)
    made = await attributes.create_product_type(desk.ctx, wanted)
    place = desk.at(f"{PLACE}/{made.product_type_id}")
    return desk.go(place, Notice("saved", name=made.name[:80]))


@get("/s/{slug:str}/attributes/types/{type_id:uuid}", scope="products:read")
async def show_type(desk: NamedDependency[Desk], type_id: FromPath[UUID]) -> Response[bytes]:
    """The product type with its axes in order."""
    found = await attributes.get_product_type(desk.ctx, type_id)
    form = forms.empty(
        version=str(found.version),
        name=found.name,
        handle=found.handle,
        attribute_set_id=str(found.attribute_set_id or ""),
        sku_pattern=found.sku_pattern,
        sending="digital" if found.is_digital else "yes" if found.requires_shipping else "no",
    )
    fields.fill_labels(form, found.labels, other_locales(desk))
    form.many["axis"] = [str(each) for each in found.axes]
    return await _show(desk, found, form)


async def _show(
    desk: Desk, found: ProductType, form: Form[Any], status: int = 200
) -> Response[bytes]:
    known = await attributes.dictionary(desk.ctx)
    numbers = fields.numbers_of(form, "axis")
    axes = [known.attributes[each] for each in numbers if each in known.attributes]
    return desk.show(
        "attributes/type.html",
        status,
        found=found,
        form=form,
        tab="details",
        axes=axes,
        offered=fields.offered(each for each in known.attributes.values() if each.is_axis),
        sets=sorted(known.sets.values(), key=lambda each: each.name.casefold()),
        locales=other_locales(desk),
    )


@post("/s/{slug:str}/attributes/types/{type_id:uuid}", scope="products:write")
async def change_type(desk: NamedDependency[Desk], type_id: FromPath[UUID]) -> Response[bytes]:
    """What the pressed button asks for: an axis more, less or elsewhere, or to save."""
    before = await attributes.get_product_type(desk.ctx, type_id)
    form = desk.form
    try:
        known = await attributes.dictionary(desk.ctx)
        if fields.rearrange(form, "axis", known.by_code):
            return await _show(desk, before, form)
        changes = forms.convert(form, _changed_fields(desk, before), ProductTypeChanges)
        if changes is None:
            return await _show(desk, before, form, 422)
        version = expected_version(form)
        saved = await attributes.update_product_type(desk.ctx, type_id, changes, version)
    except DictionaryEntryChanged as error:
        theirs = await attributes.get_product_type(desk.ctx, type_id)
        form.values["version"] = str(theirs.version)
        forms.refuse(form, error)
        return await _show(desk, theirs, form, error.status)
    except GalleriaError as error:
        _refuse(form, error)
        return await _show(desk, before, form, error.status)
    return desk.go(desk.at(f"{PLACE}/{type_id}"), Notice("saved", name=saved.name[:80]))


def _refuse(form: Form[Any], error: GalleriaError) -> None:
    """What the room said, where it can be seen: axes have no fields of their own."""
    names = {each.path: "add" for each in error.errors if each.path.startswith("axes")}
    names |= {"requires_shipping": "sending"}
    forms.refuse(form, error, names)
    if any(each.path.startswith("rules") for each in error.errors):
        form.message = "axis_in_rules"


def _changed_fields(desk: Desk, before: ProductType) -> dict[str, Any]:
    """The form's fields as changes have them."""
    sent = {name: text.strip() for name, text in desk.form.values.items()}
    sending = sent.get("sending", "yes")
    return {
        "name": sent.get("name", ""),
        "handle": sent.get("handle", ""),
        "labels": fields.labels_of(desk.form, other_locales(desk), before.labels),
        "axes": fields.numbers_of(desk.form, "axis"),
        "attribute_set_id": sent.get("attribute_set_id") or None,
        "sku_pattern": sent.get("sku_pattern", ""),
        "requires_shipping": sending == "yes",
        "is_digital": sending == "digital",
    }


@post("/s/{slug:str}/attributes/types/{type_id:uuid}/remove", scope="products:write")
async def remove_type(desk: NamedDependency[Desk], type_id: FromPath[UUID]) -> Response[bytes]:
    """The product type is gone; its products stay, and are of no type."""
    await attributes.remove_product_type(desk.ctx, type_id)
    return desk.go(desk.at(PLACE), Notice("removed"))


ROUTES = [show_types, create_type, show_type, change_type, remove_type]
