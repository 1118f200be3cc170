"""The values of a property: added, renamed, coloured, put in order, merged, removed."""

from typing import Any

import msgspec
from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.commerce import attributes
from galleria.commerce.attributes import (
    Attribute,
    AttributeValue,
    AttributeValueChanges,
    NewAttributeValue,
)
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.pages.attributes import fields
from galleria.faces.backoffice.pages.attributes.listing import PLACE
from galleria.faces.backoffice.pages.products.editing import other_locales
from galleria.faces.backoffice.shell import own_path
from galleria.faces.backoffice.visits import Desk
from galleria.faces.stationery import Form
from galleria.foundation.errors import GalleriaError
from galleria.foundation.pagination import InvalidCursor, Page

PAGE = 50
# Kinds whose values are words that products share.
SHARED = ("select", "multi_select", "swatch", "text")
_MOST_NUMBER = 2**31 - 1


async def show(
    desk: Desk, attribute: Attribute, form: Form[Any], status: int = 200, wrong_id: int = 0
) -> Response[bytes]:
    """The page of a property with this form; `wrong_id` is a value whose form was refused."""
    words, cursor = desk.question("v", 100), desk.question("cursor", 4_000) or None
    page: Page[AttributeValue] = Page(items=[])
    if attribute.kind in SHARED:
        try:
            page = await attributes.list_values(
                desk.ctx, attribute.code, words or None, cursor, PAGE
            )
        except InvalidCursor:
            return desk.go(desk.at(f"{PLACE}/codes/{attribute.code}"))
    return desk.show(
        "attributes/attribute.html",
        status,
        attribute=attribute,
        form=form,
        page=page,
        words=words,
        is_shared=attribute.kind in SHARED,
        is_first=cursor is None,
        behind=forms.read_whole(desk.question("behind", 12), "behind", 0, _MOST_NUMBER) or 0,
        wrong_id=wrong_id,
        units=attributes.UNITS,
        locales=other_locales(desk),
    )


@post("/s/{slug:str}/attributes/codes/{code:str}/values", scope="products:write")
async def add_value(desk: NamedDependency[Desk], code: FromPath[str]) -> Response[bytes]:
    """The property has a value more."""
    form = desk.form
    try:
        wanted = forms.convert(form, _value_fields(desk, {}, "new."), NewAttributeValue)
        if wanted is None:
            form.errors = {f"new.{name}": said for name, said in form.errors.items()}
            return await _again(desk, code, 422)
        made = await attributes.add_value(desk.ctx, code, wanted)
    except GalleriaError as error:
        names = {each.path: f"new.{each.path}" for each in error.errors}
        fields.refuse(form, error, "new.word", names)
        return await _again(desk, code, error.status)
    place = desk.at(f"{PLACE}/codes/{code}")
    return desk.go(f"{place}#values", Notice("value_added", name=made.word[:80]))


def _value_fields(desk: Desk, labels: dict[str, str], prefix: str) -> dict[str, Any]:
    """What a value's form says, its fields beginning so."""
    sent = desk.form.values
    found: dict[str, Any] = {
        "word": sent.get(f"{prefix}word", "").strip(),
        "labels": fields.labels_of(desk.form, other_locales(desk), labels, prefix),
    }
    if f"{prefix}look" in sent:
        look = sent[f"{prefix}look"]
        typed = {"colour": f"{prefix}colour", "picture": f"{prefix}picture"}.get(look, "")
        found["swatch"] = sent.get(typed, "").strip().lower() or None
    return found


async def _again(desk: Desk, code: str, status: int, wrong_id: int = 0) -> Response[bytes]:
    """The page with the refused form in it, beside the property as it is."""
    attribute = await attributes.get_attribute(desk.ctx, code)
    form = fields.attribute_form(attribute, other_locales(desk))
    form.values |= desk.form.values
    form.errors, form.message = desk.form.errors, desk.form.message
    return await show(desk, attribute, form, status, wrong_id)


@post(
    "/s/{slug:str}/attributes/codes/{code:str}/values/{value_id:int}",
    scope="products:write",
)
async def change_value(
    desk: NamedDependency[Desk], code: FromPath[str], value_id: FromPath[int]
) -> Response[bytes]:
    """What the pressed button asks for: to save the value, move it, or remove it."""
    form = desk.form
    action = form.values.get("action", "save")
    prefix = f"values[{value_id}]."
    try:
        key = await _change(desk, code, value_id, action)
        if key is None:
            form.errors = {prefix + name: said for name, said in form.errors.items()}
            return await _again(desk, code, 422, value_id)
    except GalleriaError as error:
        names = {each.path: prefix + each.path for each in error.errors}
        fields.refuse(form, error, f"{prefix}word", names)
        return await _again(desk, code, error.status, value_id)
    back = own_path(form.values.get("back", "") or desk.at(f"{PLACE}/codes/{code}"))
    anchor = "values" if key == "value_removed" else f"v{value_id}"
    name = form.values.get(f"{prefix}word", "").strip()[:80]
    return desk.go(f"{back.partition('#')[0]}#{anchor}", Notice(key, name=name))


async def _change(desk: Desk, code: str, value_id: int, action: str) -> str | None:
    """The key of what to tell, after doing it; None when the form does not fit.

    Raises:
        InvalidInput: the button is none of ours.
    """
    sent = desk.form.values
    before = await _value(desk, code, value_id)
    if action == "remove":
        await attributes.remove_value(desk.ctx, value_id)
        return "value_removed"
    if action in ("up", "down"):
        other = forms.read_whole(sent.get(action, ""), action, 1, _MOST_NUMBER)
        pair = [value_id, other or value_id]
        await attributes.order_values(desk.ctx, code, pair if action == "up" else pair[::-1])
        return "order_saved"
    if action != "save":
        raise forms.refused("action", "unknown_value")
    given = _value_fields(desk, before.labels, f"values[{value_id}].")
    given["is_archived"] = sent.get(f"values[{value_id}].is_archived") == "true"
    changes = forms.convert(desk.form, given, AttributeValueChanges)
    if changes is None:
        return None
    await attributes.update_value(desk.ctx, value_id, changes)
    return "saved"


async def _value(desk: Desk, code: str, value_id: int) -> AttributeValue:
    """The value as it is kept.

    Raises:
        AttributeValueNotFound: the property has no such value.
    """
    attribute = await attributes.get_attribute(desk.ctx, code)
    known = await attributes.dictionary(desk.ctx)
    asked = [value_id] if 0 < value_id <= _MOST_NUMBER else []
    found = (await attributes.values_of(desk.ctx, known, asked)).get(value_id)
    if found is None or found.attribute_id != attribute.attribute_id:
        raise attributes.AttributeValueNotFound(f"{code} has no value {value_id}")
    return found


@post("/s/{slug:str}/attributes/codes/{code:str}/merge", scope="products:write")
async def merge_values(desk: NamedDependency[Desk], code: FromPath[str]) -> Response[bytes]:
    """Two values are one from now on."""
    form = desk.form
    words = {name: form.values.get(name, "").strip() for name in ("merged", "into")}
    try:
        for name, word in words.items():
            if not word:
                raise forms.refused(name, "required")
        known = (await attributes.find_words(desk.ctx, {code: list(words.values())})).words
        numbers = {name: known.get(code, {}).get(word) for name, word in words.items()}
        for name, number in numbers.items():
            if number is None:
                raise forms.refused(name, "unknown_word")
        merged, into = msgspec.convert([numbers["merged"], numbers["into"]], tuple[int, int])
        await attributes.merge_values(desk.ctx, code, [merged], into)
    except GalleriaError as error:
        fields.refuse(form, error, "merged", {"value_id": "into"})
        return await _again(desk, code, error.status)
    place = desk.at(f"{PLACE}/codes/{code}")
    return desk.go(f"{place}#values", Notice("values_merged", name=words["into"][:80]))


ROUTES = [add_value, change_value, merge_values]
