"""The past of a product: what was changed when and by whom, and the way back."""

from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.commerce import catalog
from galleria.commerce.catalog import (
    DifferenceShown,
    ProductTree,
    ProductVersion,
    StaleVersion,
)
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.pages.products.editing import expected_version
from galleria.faces.backoffice.visits import Desk
from galleria.faces.stationery import Form
from galleria.foundation.errors import GalleriaError
from galleria.foundation.pagination import InvalidCursor
from galleria.platform import access

PAGE = 20
MOST_MEMBERS = 100
# Of a text, what is shown; the rest is a matter for the API.
MOST_SHOWN = 2_000
# From so many variants on that changed alike they are one line: a weight for 2,000 is one act.
LEAST_ALIKE = 4
MOST_LINES = 50  # of a version; nobody reads the others
_PLACES = ("category_ids",)


class Piece(msgspec.Struct, frozen=True):
    """Words that went and words that came in their place; either may be empty."""

    removed: str
    added: str


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A difference as a line: the field, of which variant or word it is, and what changed.

    `part` is a field of a variant. `kind` moved has no pieces; of text there are several. A line
    of several variants has their number instead of whose it is.
    """

    field: str
    of: str = ""
    count: int = 1
    part: str = ""
    kind: Literal["changed", "moved"] = "changed"
    pieces: tuple[Piece, ...] = ()


@get("/s/{slug:str}/products/{product_id:uuid}/history", scope="products:read")
async def show_history(desk: NamedDependency[Desk], product_id: FromPath[UUID]) -> Response[bytes]:
    """The versions, newest first."""
    product = await catalog.get_product(desk.ctx, product_id)
    cursor = desk.question("cursor", 4_000) or None
    try:
        page = await catalog.list_versions(desk.ctx, product_id, cursor, PAGE)
    except InvalidCursor:
        return desk.go(desk.at(f"/products/{product_id}/history"))
    members = (await access.list_members(desk.ctx, None, MOST_MEMBERS)).items
    called = _variants_of(product)
    return desk.show(
        "products/history.html",
        product=product,
        page=page,
        told=[(version, told_of(version, called)) for version in page.items],
        most_lines=MOST_LINES,
        names={str(member.person_id): member.name for member in members},
        is_first=cursor is None,
        tab="history",
    )


@get(
    "/s/{slug:str}/products/{product_id:uuid}/history/{version:int}",
    scope="products:write",
)
async def ask_for_version(
    desk: NamedDependency[Desk], product_id: FromPath[UUID], version: FromPath[int]
) -> Response[bytes]:
    """The question whether the product shall be as it was."""
    product = await catalog.get_product(desk.ctx, product_id)
    return _ask(desk, product, version, forms.empty(version=str(product.version)))


def _ask(
    desk: Desk, product: ProductTree, version: int, form: Form[Any], status: int = 200
) -> Response[bytes]:
    return desk.show(
        "products/restore.html",
        status,
        product=product,
        wanted=version,
        form=form,
        tab="history",
    )


@post(
    "/s/{slug:str}/products/{product_id:uuid}/history/{version:int}",
    scope="products:write",
)
async def restore_version(
    desk: NamedDependency[Desk], product_id: FromPath[UUID], version: FromPath[int]
) -> Response[bytes]:
    """The product is as it was, unless somebody else was quicker."""
    try:
        seen = expected_version(desk.form)
        await catalog.restore_product(desk.ctx, product_id, version, seen)
    except GalleriaError as error:
        product = await catalog.get_product(desk.ctx, product_id)
        if isinstance(error, StaleVersion):
            # Asked once more on purpose, it is of the present version.
            desk.form.values["version"] = str(product.version)
        forms.refuse(desk.form, error)
        return _ask(desk, product, version, desk.form, error.status)
    address = desk.at(f"/products/{product_id}/history")
    return desk.go(address, Notice("product_restored", count=version))


def _variants_of(product: ProductTree) -> dict[str, str]:
    """What each variant is called, by its id."""
    return {
        str(each.variant_id): _called(each.sku, each.option_values) for each in product.variants
    }


def _called(sku: str | None, option_values: list[str]) -> str:
    return " / ".join(option_values) or sku or ""


def told_of(version: ProductVersion, variants: Mapping[str, str]) -> list[Told]:
    """What differs, line by line; `variants` names those the product has now.

    Variants that changed alike are one line, where the first of them would stand.
    """
    called = dict(variants)
    for each in version.differences:
        for value in (each.before, each.after):
            if isinstance(value, dict) and "variant_id" in value:
                name = _called(value.get("sku"), value.get("option_values") or [])
                called.setdefault(str(value["variant_id"]), name)
    places = {str(key): name for key, name in version.places.items()}
    alike: dict[tuple[str, ...], list[DifferenceShown]] = {}
    for each in version.differences:
        if each.path:
            alike.setdefault(_likeness(each), []).append(each)
    told: list[Told] = []
    for (_, part, *_), group in alike.items():
        if part and len(group) >= LEAST_ALIKE:
            first = _told(group[0], called, places)
            told.append(msgspec.structs.replace(first, of="", count=len(group)))
        else:
            told += [_told(each, called, places) for each in group]
    return told


def _likeness(each: DifferenceShown) -> tuple[str, ...]:
    """The same for fields of variants that changed alike; of everything else its own path."""
    field, _, part = _parted(each.path)
    if not part:
        return field, "", each.path
    return field, part, each.kind, str(each.before), str(each.after), str(each.edits)


def _told(each: DifferenceShown, called: Mapping[str, str], places: Mapping[str, str]) -> Told:
    field, of, part = _parted(each.path)
    if field == "variants":
        of = called.get(of, "") or of[-6:]
    elif field in (*_PLACES, "media", "tags"):
        of = ""
    if each.kind == "moved":
        return Told(field=field, of=of, part=part, kind="moved")
    if each.kind == "text":
        pieces = tuple(Piece(edit.removed, edit.added) for edit in each.edits)
    else:
        named = places if field in _PLACES else {}
        pieces = (Piece(_text(each.before, named), _text(each.after, named)),)
    return Told(field=field, of=of, part=part, pieces=pieces)


def _parted(path: str) -> tuple[str, str, str]:
    """`variants[0192…].sku` as field, whose, and which part; `attributes.material` likewise."""
    field, _, rest = path.partition("[")
    if "." in field:
        field, _, of = path.partition(".")
        return field, of, ""
    of, _, part = rest.partition("]")
    return field, of, part.lstrip(".")


def _text(value: Any, named: Mapping[str, str]) -> str:
    """A value as one reads it."""
    if value is None or value is False:
        text = ""
    elif value is True:
        text = "✓"
    elif isinstance(value, list):
        text = ", ".join(_text(each, named) for each in value)
    elif isinstance(value, dict) and "variant_id" in value:
        text = " · ".join(filter(None, [*value["option_values"], value["sku"] or ""]))
    elif isinstance(value, dict):
        text = " · ".join(filter(None, (_text(each, named) for each in value.values())))
    else:
        text = named.get(str(value), str(value))
    return text[:MOST_SHOWN]


ROUTES = [show_history, ask_for_version, restore_version]
