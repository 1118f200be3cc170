"""Where products lie: the tree of categories."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.commerce import catalog, workbench
from galleria.commerce.catalog import CategoryChanges, NewCategory
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.pages import metafields
from galleria.faces.backoffice.visits import Desk
from galleria.faces.stationery import Form
from galleria.foundation.errors import GalleriaError

PLACE = "/categories"
# A browser looks into every form of a page before the page is done: of more categories than this
# only the one that is asked for can be edited on it.
MOST_FORMS = 60


@get("/s/{slug:str}/categories", scope="products:read")
async def show_categories(desk: NamedDependency[Desk]) -> Response[bytes]:
    """The tree."""
    return await _show(desk, forms.empty())


async def _show(desk: Desk, form: Form[Any], status: int = 200) -> Response[bytes]:
    categories = await catalog.all_categories(desk.ctx)
    sent_to = desk.request.path_params.get("category_id", "")
    return desk.show(
        "categories/categories.html",
        status,
        form=form,
        categories=categories,
        has_forms=len(categories) <= MOST_FORMS,
        opened=str(sent_to) or desk.question("open", 40),
        lying=await workbench.count_by_category(desk.ctx, [c.category_id for c in categories]),
        has_metafields=bool(await metafields.definitions_of(desk.ctx, "category")),
        locales=[each for each in desk.shop.locales if each != desk.shop.default_locale],
    )


async def _refused(desk: Desk, error: GalleriaError, name: str) -> Response[bytes]:
    forms.refuse(desk.form, error, {"name": name, "handle": name})
    desk.form.errors.setdefault(name, desk.form.message)
    return await _show(desk, desk.form, error.status)


@post("/s/{slug:str}/categories", scope="products:write")
async def create_category(desk: NamedDependency[Desk]) -> Response[bytes]:
    """A category at the root or inside another."""
    sent = desk.form.values
    fields: dict[str, Any] = {"name": sent.get("name", "").strip()}
    if sent.get("parent_id"):
        fields["parent_id"] = sent["parent_id"]
    wanted = forms.convert(desk.form, fields, NewCategory)
    if wanted is None:
        return await _show(desk, desk.form, 422)
    try:
        await catalog.create_category(desk.ctx, wanted)
    except GalleriaError as error:
        return await _refused(desk, error, "name")
    return desk.go(desk.at(PLACE), Notice("saved", name=wanted.name[:80]))


def _words(desk: Desk) -> dict[str, str]:
    """The names in other languages that the form has."""
    return {
        locale: desk.form.values[f"translations.{locale}"].strip()[:500]
        for locale in desk.shop.locales
        if desk.form.values.get(f"translations.{locale}", "").strip()
    }


@post("/s/{slug:str}/categories/{category_id:uuid}", scope="products:write")
async def save_category(
    desk: NamedDependency[Desk], category_id: FromPath[UUID]
) -> Response[bytes]:
    """The category's name in every language."""
    before = await catalog.get_category(desk.ctx, category_id)
    fields = {
        "name": desk.form.values.get("name", "").strip(),
        "translations": {**before.translations, **_words(desk)},
    }
    changes = forms.convert(desk.form, fields, CategoryChanges)
    if changes is None:
        return await _show(desk, desk.form, 422)
    try:
        after = await catalog.update_category(desk.ctx, category_id, changes)
    except GalleriaError as error:
        return await _refused(desk, error, "name")
    return desk.go(desk.at(PLACE), Notice("saved", name=after.name[:80]))


@post("/s/{slug:str}/categories/{category_id:uuid}/remove", scope="products:write")
async def remove_category(
    desk: NamedDependency[Desk], category_id: FromPath[UUID]
) -> Response[bytes]:
    """The category exists no more; its products stay."""
    try:
        await catalog.remove_category(desk.ctx, category_id)
    except catalog.CategoryNotEmpty as error:
        return await _refused(desk, error, "categories")
    return desk.go(desk.at(PLACE), Notice("removed"))


@get("/s/{slug:str}/categories/{category_id:uuid}/metafields", scope="products:read")
async def show_metafields(
    desk: NamedDependency[Desk], category_id: FromPath[UUID]
) -> Response[bytes]:
    """What is kept beside a category."""
    return await _show_metafields(desk, category_id, None)


async def _show_metafields(
    desk: Desk, category_id: UUID, form: Form[Any] | None, status: int = 200
) -> Response[bytes]:
    category = await catalog.get_category(desk.ctx, category_id)
    definitions = await metafields.definitions_of(desk.ctx, "category")
    return desk.show(
        "categories/metafields.html",
        status,
        category=category,
        definitions=definitions,
        form=form or metafields.form_of(definitions, category.metafields, category.version),
    )


@post("/s/{slug:str}/categories/{category_id:uuid}/metafields", scope="products:write")
async def save_metafields(
    desk: NamedDependency[Desk], category_id: FromPath[UUID]
) -> Response[bytes]:
    """What is kept beside the category is as the form says."""
    definitions = await metafields.definitions_of(desk.ctx, "category")
    try:
        changes, version = metafields.read(desk.form, definitions)
        await catalog.update_category(
            desk.ctx, category_id, CategoryChanges(metafields=changes), version
        )
    except GalleriaError as error:
        if error.status == 412:
            # Sent once more it replaces what the other person saved.
            now = await catalog.get_category(desk.ctx, category_id)
            desk.form.values["version"] = str(now.version)
        forms.refuse(desk.form, error)
        return await _show_metafields(desk, category_id, desk.form, error.status)
    return desk.go(desk.at(f"{PLACE}/{category_id}/metafields"), Notice("saved"))


ROUTES = [
    show_categories,
    create_category,
    save_category,
    remove_category,
    show_metafields,
    save_metafields,
]
