"""What a collection says of itself, beside its members."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.commerce import catalog, collections
from galleria.commerce.catalog import ProductFilter
from galleria.commerce.collections import Collection, CollectionChanges
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.pages.products.editing import expected_version, other_locales
from galleria.faces.backoffice.pages.products.fields import html_of
from galleria.faces.backoffice.visits import Desk
from galleria.faces.stationery import Form
from galleria.foundation.errors import GalleriaError
from galleria.foundation.pagination import InvalidCursor

PAGE = 50
MOST_FOUND = 20
TEXTS = ("title", "handle", "description_html", "sort_order")
WINDOW = ("published_from", "published_until")


@get("/s/{slug:str}/collections/{collection_id:uuid}", scope="products:read")
async def show_collection(
    desk: NamedDependency[Desk], collection_id: FromPath[UUID]
) -> Response[bytes]:
    """The collection with its members, and products to add."""
    collection = await collections.get_collection(desk.ctx, collection_id)
    return await show(desk, collection, form_of(desk, collection))


def form_of(desk: Desk, collection: Collection) -> Form[Any]:
    """The collection as a form nobody has touched."""
    form = forms.empty(**{name: str(getattr(collection, name)) for name in TEXTS})
    form.values["version"] = str(collection.version)
    form.values["position"] = str(collection.position)
    form.values["seo.title"] = collection.seo.title or ""
    form.values["seo.description"] = collection.seo.description or ""
    form.values["media_id"] = str(collection.media_id or "")
    if collection.is_published:
        form.values["is_published"] = "true"
    for name in WINDOW:
        moment = getattr(collection, name)
        form.values[name] = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M") if moment else ""
    for locale in other_locales(desk):
        form.values[f"translations.{locale}"] = collection.translations.get(locale, "")
    return form


async def show(
    desk: Desk, collection: Collection, form: Form[Any], status: int = 200
) -> Response[bytes]:
    """The page of a collection, with this form."""
    where = collection.collection_id
    cursor = desk.question("cursor", 4_000) or None
    try:
        page = await collections.list_members(desk.ctx, where, cursor, PAGE)
    except InvalidCursor:
        return desk.go(desk.at(f"/collections/{where}"))
    words = desk.question("q")
    found = None
    if words and collection.rule is None:
        asked = ProductFilter(query=words)
        found = await catalog.list_products(desk.ctx, asked, "title", None, MOST_FOUND)
    counts = await collections.count_members(desk.ctx, [where])
    return desk.show(
        "collections/collection.html",
        status,
        collection=collection,
        form=form,
        page=page,
        count=counts[where],
        found=found,
        words=words,
        locales=other_locales(desk),
        is_first=cursor is None,
        behind=desk.question("behind", 40),
        taken=forms.read_id(desk.question("taken", 40)),
    )


@post("/s/{slug:str}/collections/{collection_id:uuid}", scope="products:write")
async def save_collection(
    desk: NamedDependency[Desk], collection_id: FromPath[UUID]
) -> Response[bytes]:
    """The collection says of itself what the form has, unless somebody else was quicker."""
    before = await collections.get_collection(desk.ctx, collection_id)
    form = desk.form
    try:
        changes = forms.convert(form, _fields(desk, before), CollectionChanges)
        if changes is None:
            return await show(desk, before, form, 422)
        version = expected_version(form)
        saved = await collections.update_collection(desk.ctx, collection_id, changes, version)
    except catalog.StaleVersion as error:
        theirs = await collections.get_collection(desk.ctx, collection_id)
        form.values["version"] = str(theirs.version)
        forms.refuse(form, error)
        return await show(desk, theirs, form, error.status)
    except GalleriaError as error:
        forms.refuse(form, error)
        if error.code == "handle_taken":
            form.errors["handle"] = error.code
        return await show(desk, before, form, error.status)
    return desk.go(desk.at(f"/collections/{collection_id}"), Notice("saved", name=saved.title[:80]))


def _fields(desk: Desk, before: Collection) -> dict[str, Any]:
    """The form's fields as the collection has them.

    Raises:
        InvalidInput: a number or a time that is none.
    """
    sent = desk.form.values
    fields: dict[str, Any] = {name: sent.get(name, "").strip() for name in TEXTS}
    fields["description_html"] = html_of(fields["description_html"])
    fields["position"] = forms.read_whole(sent.get("position", ""), "position", 0, 1_000_000) or 0
    fields["media_id"] = sent.get("media_id", "").strip() or None
    fields["seo"] = {
        name: sent.get(f"seo.{name}", "").strip() or None for name in ("title", "description")
    }
    fields["is_published"] = sent.get("is_published") == "true"
    for name in WINDOW:
        fields[name] = _moment(sent.get(name, ""), name)
    words = {
        locale: sent.get(f"translations.{locale}", "").strip() for locale in other_locales(desk)
    }
    kept = {each: text for each, text in before.translations.items() if each not in words}
    fields["translations"] = kept | {each: text for each, text in words.items() if text}
    return fields


def _moment(text: str, name: str) -> datetime | None:
    """A time as the form has it, in UTC.

    Raises:
        InvalidInput: it is none; the error names the field `name`.
    """
    if not text.strip():
        return None
    try:
        return datetime.fromisoformat(text.strip()).replace(tzinfo=UTC)
    except ValueError:
        raise forms.refused(name, "invalid_format") from None


ROUTES = [show_collection, save_collection]
