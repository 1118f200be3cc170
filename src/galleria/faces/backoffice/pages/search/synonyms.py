"""The words that mean the same to shoppers."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.visits import Desk
from galleria.faces.stationery import Form
from galleria.foundation.errors import GalleriaError
from galleria.foundation.pagination import InvalidCursor
from galleria.growth import search
from galleria.growth.search import NewSynonyms, SynonymSet

PLACE = "/search"
PAGE = 50


@get("/s/{slug:str}/search", scope="products:read")
async def show_synonyms(desk: NamedDependency[Desk]) -> Response[bytes]:
    """Sets of synonyms by their first words, or those that begin so; with a form for more, in which
    `words` stand already."""
    try:
        return await _show(desk, forms.empty(words=desk.question("words")))
    except InvalidCursor:
        return desk.go(desk.at(PLACE))


async def _show(desk: Desk, form: Form[Any], status: int = 200) -> Response[bytes]:
    words, cursor = desk.question("q", 200), desk.question("cursor", 4_000) or None
    return desk.show(
        "search/synonyms.html",
        status,
        form=form,
        page=await search.list_synonyms(desk.ctx, words, cursor, PAGE),
        words=words,
        is_first=cursor is None,
    )


@post("/s/{slug:str}/search/synonyms", scope="products:write")
async def add_synonyms(desk: NamedDependency[Desk]) -> Response[bytes]:
    """More words mean the same."""
    form = desk.form
    try:
        wanted = _wanted(form)
        if wanted is None:
            return await _show(desk, form, 422)
        made = await search.create_synonyms(desk.ctx, wanted.draft())
    except GalleriaError as error:
        forms.refuse(form, error, _fields_of(error))
        return await _show(desk, form, error.status)
    return desk.go(desk.at(PLACE), Notice("synonyms_saved", name=made.words[0]))


@get("/s/{slug:str}/search/synonyms/{synonym_id:uuid}", scope="products:read")
async def show_set(desk: NamedDependency[Desk], synonym_id: FromPath[UUID]) -> Response[bytes]:
    """One set, to be changed."""
    found = await search.get_synonyms(desk.ctx, synonym_id)
    form = forms.empty(
        words=", ".join(found.words), means=", ".join(found.means), language=found.language or ""
    )
    return _show_set(desk, form, found)


def _show_set(desk: Desk, form: Form[Any], found: SynonymSet, status: int = 200) -> Response[bytes]:
    return desk.show("search/synonym_set.html", status, form=form, found=found)


@post("/s/{slug:str}/search/synonyms/{synonym_id:uuid}", scope="products:write")
async def save_set(desk: NamedDependency[Desk], synonym_id: FromPath[UUID]) -> Response[bytes]:
    """The set is as typed."""
    form = desk.form
    found = await search.get_synonyms(desk.ctx, synonym_id)
    try:
        wanted = _wanted(form)
        if wanted is None:
            return _show_set(desk, form, found, 422)
        made = await search.replace_synonyms(desk.ctx, synonym_id, wanted.draft())
    except GalleriaError as error:
        forms.refuse(form, error, _fields_of(error))
        return _show_set(desk, form, found, error.status)
    return desk.go(desk.at(PLACE), Notice("synonyms_saved", name=made.words[0]))


@post("/s/{slug:str}/search/synonyms/remove", scope="products:write")
async def remove_synonyms(desk: NamedDependency[Desk]) -> Response[bytes]:
    """The ticked sets are gone."""
    chosen = forms.chosen_ids(desk.form.many.get("synonym_id", []))
    if not chosen:
        return desk.go(desk.at(PLACE), Notice("no_synonyms_chosen"))
    count = await search.remove_synonyms(desk.ctx, chosen)
    return desk.go(desk.at(PLACE), Notice("synonyms_removed", count=count))


@get("/s/{slug:str}/search/synonyms.csv", scope="products:read")
async def export_synonyms(desk: NamedDependency[Desk]) -> Stream:
    """All synonyms as a table for a spreadsheet."""
    name = f"{desk.shop.slug}-synonyms.csv"
    return Stream(
        search.export_synonyms(desk.ctx),
        media_type="text/csv; charset=utf-8",
        headers={
            "content-disposition": f'attachment; filename="{name}"',
            "cache-control": "no-store",
        },
    )


def _wanted(form: Form[Any]) -> NewSynonyms | None:
    fields = {
        "words": forms.listed(form.values.get("words", "")),
        "means": forms.listed(form.values.get("means", "")),
        "language": form.values.get("language", "") or None,
    }
    return forms.convert(form, fields, NewSynonyms)


def _fields_of(error: GalleriaError) -> dict[str, str]:
    """What is wrong with one of several words is told at the field for all of them."""
    return {each.path: each.path.partition("[")[0] for each in error.errors}


ROUTES = [
    show_synonyms,
    add_synonyms,
    show_set,
    save_set,
    remove_synonyms,
    export_synonyms,
]
