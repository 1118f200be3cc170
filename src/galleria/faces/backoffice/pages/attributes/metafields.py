"""Metafield definitions: what products, variants, categories, customers and orders may carry."""

from typing import Any, get_args
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.commerce import attributes
from galleria.commerce.attributes import (
    DictionaryEntryChanged,
    MetafieldDefinition,
    MetafieldDefinitionChanges,
    MetafieldKind,
    NewMetafieldDefinition,
    OwnerKind,
)
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.pages.attributes import fields
from galleria.faces.backoffice.pages.attributes.editing import REFERENCES
from galleria.faces.backoffice.pages.products.editing import expected_version, other_locales
from galleria.faces.backoffice.visits import Desk
from galleria.faces.stationery import Form
from galleria.foundation.errors import GalleriaError
from galleria.foundation.pagination import InvalidCursor
from galleria.foundation.text import slugify

PAGE = 50
PLACE = "/attributes/metafields"
OWNERS: tuple[str, ...] = get_args(OwnerKind)
KINDS: tuple[str, ...] = get_args(MetafieldKind)
TICKS = ("is_required", "is_searchable", "is_filterable")
BOUNDS = ("minimum", "maximum")
LIMITS = ("max_length", "max_items")


@get("/s/{slug:str}/attributes/metafields", scope="products:read")
async def show_metafields(desk: NamedDependency[Desk]) -> Response[bytes]:
    """Definitions by owner and name, fifty to a page; of one kind of owner when asked."""
    owner, cursor = desk.question("owner", 20), desk.question("cursor", 4_000) or None
    asked: Any = owner if owner in OWNERS else None
    try:
        page = await attributes.list_metafield_definitions(desk.ctx, asked, cursor, PAGE)
    except InvalidCursor:
        return desk.go(desk.at(PLACE))
    query = {"owner": asked} if asked else {}
    more = {**query, "cursor": page.next_cursor}
    return desk.show(
        "attributes/metafields.html",
        section="metafields",
        page=page,
        owner=asked or "",
        owners=OWNERS,
        next_page="?" + urlencode(more) if page.next_cursor else None,
        first_page=desk.at(PLACE) + ("?" + urlencode(query) if query else "") if cursor else None,
    )


@get("/s/{slug:str}/attributes/metafields/new", scope="products:write")
async def show_new(desk: NamedDependency[Desk]) -> Response[bytes]:
    """The form for a new definition."""
    owner = desk.question("owner", 20)
    form = forms.empty(
        owner_kind=owner if owner in OWNERS else OWNERS[0],
        kind="text",
        namespace="custom",
        decimals="0",
        position="0",
        storefront="none",
    )
    return _show(desk, None, form)


def _show(
    desk: Desk, found: MetafieldDefinition | None, form: Form[Any], status: int = 200
) -> Response[bytes]:
    return desk.show(
        "attributes/metafield.html",
        status,
        found=found,
        form=form,
        owners=OWNERS,
        kinds=KINDS,
        units=attributes.UNITS,
        references=REFERENCES,
        locales=other_locales(desk),
    )


@post("/s/{slug:str}/attributes/metafields/new", scope="products:write")
async def create_metafield(desk: NamedDependency[Desk]) -> Response[bytes]:
    """Owners of the kind may carry it from now on."""
    form = desk.form
    sent = {name: text.strip() for name, text in form.values.items()}
    try:
        if not sent.get("label") and not sent.get("code"):
            raise forms.refused("label", "required")
        given = {
            **_described(desk, {}),
            **{name: sent.get(name, "") for name in ("owner_kind", "namespace", "kind", "label")},
            "code": sent.get("code") or slugify(sent["label"])[:60],
            "decimals": forms.read_whole(sent.get("decimals", ""), "decimals", 0, 6) or 0,
            "unit": sent.get("unit") or None,
            "reference_kind": sent.get("reference_kind") or None,
            "is_list": sent.get("is_list") == "true",
        }
        wanted = forms.convert(form, given, NewMetafieldDefinition)
        if wanted is None:
            return _show(desk, None, form, 422)
        made = await attributes.create_metafield_definition(desk.ctx, wanted)
    except GalleriaError as error:
        fields.refuse(form, error, "code")
        return _show(desk, None, form, error.status)
    place = desk.at(f"{PLACE}?owner={made.owner_kind}")
    return desk.go(place, Notice("saved", name=made.label[:80]))


def _described(desk: Desk, labels: dict[str, str]) -> dict[str, Any]:
    """What a new definition and one that is there have in common.

    Raises:
        InvalidInput: a number that is none.
    """
    sent = desk.form.values
    described: dict[str, Any] = {name: sent.get(name) == "true" for name in TICKS}
    described |= {name: fields.read_number(sent.get(name, ""), name) for name in BOUNDS}
    described |= {name: forms.read_whole(sent.get(name, ""), name, 1) for name in LIMITS}
    described["position"] = forms.read_whole(sent.get("position", ""), "position") or 0
    described["choices"] = forms.listed(sent.get("choices", "").replace("\r\n", "\n"), "\n")
    told = sent.get("storefront")
    described["storefront"] = told if told in ("public", "staff") else "none"
    described["labels"] = fields.labels_of(desk.form, other_locales(desk), labels)
    return described


@get("/s/{slug:str}/attributes/metafields/{definition_id:uuid}", scope="products:read")
async def show_metafield(
    desk: NamedDependency[Desk], definition_id: FromPath[UUID]
) -> Response[bytes]:
    """The definition; its owner, name and kind stay what they are."""
    found = await attributes.get_metafield_definition(desk.ctx, definition_id)
    form = forms.empty(
        version=str(found.version),
        label=found.label,
        kind=found.kind,
        choices="\n".join(found.choices),
        position=str(found.position),
        storefront=found.storefront,
    )
    form.values |= {name: fields.number_text(getattr(found, name)) for name in (*BOUNDS, *LIMITS)}
    form.values |= {name: "true" for name in (*TICKS, "is_list") if getattr(found, name)}
    fields.fill_labels(form, found.labels, other_locales(desk))
    return _show(desk, found, form)


@post("/s/{slug:str}/attributes/metafields/{definition_id:uuid}", scope="products:write")
async def save_metafield(
    desk: NamedDependency[Desk], definition_id: FromPath[UUID]
) -> Response[bytes]:
    """The definition is as the form has it, unless somebody else was quicker."""
    before = await attributes.get_metafield_definition(desk.ctx, definition_id)
    form = desk.form
    try:
        given = {**_described(desk, before.labels), "label": form.values.get("label", "").strip()}
        changes = forms.convert(form, given, MetafieldDefinitionChanges)
        if changes is None:
            return _show(desk, before, form, 422)
        saved = await attributes.update_metafield_definition(
            desk.ctx, definition_id, changes, expected_version(form)
        )
    except DictionaryEntryChanged as error:
        theirs = await attributes.get_metafield_definition(desk.ctx, definition_id)
        form.values["version"] = str(theirs.version)
        forms.refuse(form, error)
        return _show(desk, theirs, form, error.status)
    except GalleriaError as error:
        forms.refuse(form, error)
        return _show(desk, before, form, error.status)
    place = desk.at(f"{PLACE}/{definition_id}")
    return desk.go(place, Notice("saved", name=saved.label[:80]))


@post("/s/{slug:str}/attributes/metafields/{definition_id:uuid}/remove", scope="products:write")
async def remove_metafield(
    desk: NamedDependency[Desk], definition_id: FromPath[UUID]
) -> Response[bytes]:
    """Nothing more is kept by it."""
    found = await attributes.get_metafield_definition(desk.ctx, definition_id)
    await attributes.remove_metafield_definition(desk.ctx, definition_id)
    return desk.go(desk.at(f"{PLACE}?owner={found.owner_kind}"), Notice("removed"))


ROUTES = [
    show_metafields,
    show_new,
    create_metafield,
    show_metafield,
    save_metafield,
    remove_metafield,
]
