"""One property: made, described, archived. Its values are in `values`."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.commerce import attributes
from galleria.commerce.attributes import (
    UNITS,
    Attribute,
    AttributeChanges,
    DictionaryEntryChanged,
    NewAttribute,
)
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.pages.attributes import fields, values
from galleria.faces.backoffice.pages.attributes.listing import KINDS, PLACE
from galleria.faces.backoffice.pages.products.editing import expected_version, other_locales
from galleria.faces.backoffice.visits import Desk
from galleria.faces.stationery import Form
from galleria.foundation.errors import GalleriaError
from galleria.foundation.text import slugify

REFERENCES = ("product", "variant", "category", "collection")
BOUNDS = ("minimum", "maximum")
_MOST_POSITION = 2**31 - 1


@get("/s/{slug:str}/attributes/new", scope="products:write")
async def show_new(desk: NamedDependency[Desk]) -> Response[bytes]:
    """The form for a new property."""
    kind = desk.question("kind", 20)
    form = forms.empty(
        kind=kind if kind in KINDS else KINDS[0],
        decimals="0",
        position="0",
        is_filterable="true",
    )
    return _show_new(desk, form)


def _show_new(desk: Desk, form: Form[Any], status: int = 200) -> Response[bytes]:
    return desk.show(
        "attributes/new.html",
        status,
        form=form,
        kinds=KINDS,
        units=UNITS,
        references=REFERENCES,
        locales=other_locales(desk),
    )


@post("/s/{slug:str}/attributes/new", scope="products:write")
async def create_attribute(desk: NamedDependency[Desk]) -> Response[bytes]:
    """The property is in the dictionary; its own page is where it gets values."""
    form = desk.form
    try:
        wanted = forms.convert(form, _new_fields(desk), NewAttribute)
        if wanted is None:
            return _show_new(desk, form, 422)
        made = await attributes.create_attribute(desk.ctx, wanted)
    except GalleriaError as error:
        fields.refuse(form, error, "code")
        return _show_new(desk, form, error.status)
    return desk.go(desk.at(f"{PLACE}/codes/{made.code}"), Notice("saved", name=made.label[:80]))


def _new_fields(desk: Desk) -> dict[str, Any]:
    """The form's fields as a new attribute has them.

    Raises:
        InvalidInput: a number that is none, or a property without a name.
    """
    sent = {name: text.strip() for name, text in desk.form.values.items()}
    label = sent.get("label", "")
    if not label and not sent.get("code"):
        raise forms.refused("label", "required")
    return {
        **_described(desk.form, other_locales(desk), {}),
        "kind": sent.get("kind", ""),
        "code": sent.get("code") or slugify(label).replace("-", "_")[:100],
        "label": label,
        "decimals": forms.read_whole(sent.get("decimals", ""), "decimals", 0, 6) or 0,
        "unit": sent.get("unit") or None,
        "reference_kind": sent.get("reference_kind") or None,
    }


def _described(form: Form[Any], locales: list[str], before: dict[str, str]) -> dict[str, Any]:
    """What a new property and one that is there have in common."""
    sent = form.values
    described: dict[str, Any] = {name: sent.get(name) == "true" for name in fields.TICKS}
    described |= {name: fields.read_number(sent.get(name, ""), name) for name in BOUNDS}
    described["labels"] = fields.labels_of(form, locales, before)
    described["position"] = (
        forms.read_whole(sent.get("position", ""), "position", 0, _MOST_POSITION) or 0
    )
    return described


@get("/s/{slug:str}/attributes/codes/{code:str}", scope="products:read")
async def show_attribute(desk: NamedDependency[Desk], code: FromPath[str]) -> Response[bytes]:
    """The property, and a page of its values."""
    attribute = await attributes.get_attribute(desk.ctx, code)
    form = fields.attribute_form(attribute, other_locales(desk))
    return await values.show(desk, attribute, form)


@post("/s/{slug:str}/attributes/codes/{code:str}", scope="products:write")
async def save_attribute(desk: NamedDependency[Desk], code: FromPath[str]) -> Response[bytes]:
    """The property is as the form has it, unless somebody else was quicker."""
    before = await attributes.get_attribute(desk.ctx, code)
    form = desk.form
    try:
        changes = forms.convert(form, _changed_fields(desk, before), AttributeChanges)
        if changes is None:
            return await values.show(desk, before, form, 422)
        version = expected_version(form)
        saved = await attributes.update_attribute(desk.ctx, code, changes, version)
    except DictionaryEntryChanged as error:
        theirs = await attributes.get_attribute(desk.ctx, code)
        form.values["version"] = str(theirs.version)
        forms.refuse(form, error)
        return await values.show(desk, theirs, form, error.status)
    except GalleriaError as error:
        forms.refuse(form, error)
        return await values.show(desk, before, form, error.status)
    return desk.go(desk.at(f"{PLACE}/codes/{code}"), Notice("saved", name=saved.label[:80]))


def _changed_fields(desk: Desk, before: Attribute) -> dict[str, Any]:
    """The form's fields as changes have them.

    Raises:
        InvalidInput: a number that is none.
    """
    sent = desk.form.values
    changed = _described(desk.form, other_locales(desk), before.labels)
    changed["label"] = sent.get("label", "").strip()
    changed["is_archived"] = sent.get("is_archived") == "true"
    if sent.get("kind", before.kind) != before.kind:
        changed["kind"] = sent["kind"]
    if sent.get("unit", "").strip():
        changed["unit"] = sent["unit"].strip()
    return changed


ROUTES = [show_new, create_attribute, show_attribute, save_attribute]
