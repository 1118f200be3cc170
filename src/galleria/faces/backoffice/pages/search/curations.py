"""Curated results: what comes first, what not at all, tried out before it holds."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.commerce import catalog, listings
from galleria.commerce.listings import Card
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.visits import Desk
from galleria.faces.stationery import Form
from galleria.foundation.errors import GalleriaError
from galleria.foundation.pagination import InvalidCursor
from galleria.growth import search
from galleria.growth.search import APPLIES, Answer, Curation, NewCuration, Preview, Question

PLACE = "/search/curations"
PAGE = 50
SHOWN = 12
WINDOW = ("starts_at", "ends_at")
_LIFT = re.compile(r"\s*([^=]+)=(.+):\s*([+-]?\d{1,2})\s*")


@get("/s/{slug:str}/search/curations", scope="products:read")
async def show_curations(desk: NamedDependency[Desk]) -> Response[bytes]:
    """Curations, those that come first first."""
    cursor = desk.question("cursor", 4_000) or None
    try:
        page = await search.list_curations(desk.ctx, cursor, PAGE)
    except InvalidCursor:
        return desk.go(desk.at(PLACE))
    return desk.show("search/curations.html", page=page, is_first=cursor is None, now=desk.ctx.now)


@get("/s/{slug:str}/search/curations/new", scope="products:write")
async def ask_for_curation(desk: NamedDependency[Desk]) -> Response[bytes]:
    """A form with nothing in it but the `words` that the address names."""
    words = desk.question("words")
    form = forms.empty(applies="exact", is_active="true", priority="100", name=words, words=words)
    return await _show(desk, form, None)


@get("/s/{slug:str}/search/curations/{curation_id:uuid}", scope="products:read")
async def show_curation(
    desk: NamedDependency[Desk], curation_id: FromPath[UUID]
) -> Response[bytes]:
    """One curation, to be changed."""
    found = await search.get_curation(desk.ctx, curation_id)
    return await _show(desk, await _form_of(desk, found), found)


@post("/s/{slug:str}/search/curations/save", scope="products:write")
async def save_curation(desk: NamedDependency[Desk]) -> Response[bytes]:
    """The curation is as typed: a new one, or the one that is named."""
    form = desk.form
    before = await _named(desk)
    try:
        wanted = await _wanted(desk)
        if wanted is None:
            return await _show(desk, form, before, 422)
        if before is None:
            made = await search.create_curation(desk.ctx, wanted.draft())
        else:
            made = await search.replace_curation(desk.ctx, before.curation_id, wanted.draft())
    except GalleriaError as error:
        _refuse(form, error)
        return await _show(desk, form, before, error.status)
    return desk.go(desk.at(PLACE), Notice("curation_saved", name=made.name))


@post("/s/{slug:str}/search/curations/try", scope="products:write")
async def try_curation(desk: NamedDependency[Desk]) -> Response[bytes]:
    """What it would make of a question, beside what is answered today; nothing is changed."""
    form = desk.form
    before = await _named(desk)
    try:
        wanted = await _wanted(desk)
        if wanted is None:
            return await _show(desk, form, before, 422)
        beside = await _tried(desk, wanted, before)
    except GalleriaError as error:
        _refuse(form, error)
        return await _show(desk, form, before, error.status)
    return await _show(desk, form, before, beside=beside)


@post("/s/{slug:str}/search/curations/remove", scope="products:write")
async def remove_curation(desk: NamedDependency[Desk]) -> Response[bytes]:
    """It holds no more."""
    found = await _named(desk)
    if found is not None:
        await search.remove_curation(desk.ctx, found.curation_id)
    return desk.go(desk.at(PLACE), Notice("curation_removed"))


async def _show(
    desk: Desk,
    form: Form[Any],
    found: Curation | None,
    status: int = 200,
    beside: Preview | None = None,
) -> Response[bytes]:
    return desk.show(
        "search/curation.html",
        status,
        form=form,
        found=found,
        applies=APPLIES,
        today=_cards(beside.today) if beside else None,
        then=_cards(beside.then) if beside else None,
        redirect_to=beside.then.redirect_to if beside else None,
    )


def _cards(answer: Answer) -> list[Card]:
    return [msgspec.json.decode(each, type=Card) for each in answer.items]


async def _tried(desk: Desk, wanted: NewCuration, before: Curation | None) -> Preview:
    words = desk.form.values.get("try_words", "").strip() or next(iter(wanted.words), "")
    desk.form.values["try_words"] = words
    question = Question(
        words=words,
        category=wanted.place if wanted.applies == "category" and not words else None,
        collection=wanted.place if wanted.applies == "collection" and not words else None,
        limit=SHOWN,
        with_facets=False,
    )
    window = await listings.window_of(desk.ctx)
    instead = before.curation_id if before else None
    return await search.preview(desk.ctx, window, question, wanted.draft(), instead)


async def _named(desk: Desk) -> Curation | None:
    ids = forms.chosen_ids([desk.form.values.get("curation_id", "")])
    return await search.get_curation(desk.ctx, ids[0]) if ids else None


async def _form_of(desk: Desk, found: Curation) -> Form[Any]:
    summaries = await catalog.summaries_of(desk.ctx, [*found.pinned, *found.hidden])

    def handles(ids: Sequence[UUID]) -> str:
        return "\n".join(summaries[each].handle for each in ids if each in summaries)

    form = forms.empty(
        curation_id=str(found.curation_id),
        name=found.name,
        applies=found.applies,
        words=", ".join(found.words),
        place=found.place or "",
        language=found.language or "",
        priority=str(found.priority),
        pinned=handles(found.pinned),
        hidden=handles(found.hidden),
        lifts="\n".join(f"{e.code} = {', '.join(e.values)}: {e.by:+d}" for e in found.lifts),
        redirect_to=found.redirect_to or "",
    )
    if found.is_active:
        form.values["is_active"] = "true"
    for name in WINDOW:
        moment = getattr(found, name)
        form.values[name] = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M") if moment else ""
    return form


async def _wanted(desk: Desk) -> NewCuration | None:
    """The form as a curation; None when it does not fit, and then the form says why."""
    sent = desk.form.values
    fields: dict[str, Any] = {
        name: sent.get(name, "").strip() or None for name in ("place", "language", "redirect_to")
    }
    fields |= {
        "name": sent.get("name", "").strip(),
        "applies": sent.get("applies", "exact"),
        "words": forms.listed(sent.get("words", "")),
        "priority": sent.get("priority", "").strip() or "100",
        "is_active": "is_active" in sent,
        "lifts": [_lift(each) for each in _lines(sent.get("lifts", ""))],
    }
    for name in WINDOW:
        fields[name] = _moment(sent.get(name, ""), name)
    for name in ("pinned", "hidden"):
        fields[name] = await _products(desk, name)
    return forms.convert(desk.form, fields, NewCuration)


async def _products(desk: Desk, name: str) -> list[UUID]:
    """The products whose handles or SKUs stand in a field, one a line."""
    typed = _lines(desk.form.values.get(name, ""))[:250]
    handles = [each.removeprefix("/products/").strip() for each in typed]
    by_handle = await catalog.products_by_handle(desk.ctx, handles)
    left = [each for each in handles if each not in by_handle]
    variants = await catalog.variants_by_sku(desk.ctx, left) if left else {}
    views = await catalog.variants_of(desk.ctx, list(variants.values()))
    of_variant = {each.variant_id: each.product_id for each in views}
    by_sku = {sku: of_variant[each] for sku, each in variants.items() if each in of_variant}
    found = [by_handle.get(each) or by_sku.get(each) for each in handles]
    if None in found:
        raise forms.refused(name, "product_unknown")
    return [each for each in found if each is not None]


def _lift(line: str) -> dict[str, object]:
    """One line: `brand = Oak, Elm: +3`."""
    read = _LIFT.fullmatch(line)
    if read is None:
        raise forms.refused("lifts", "lift_unreadable")
    return {"code": read[1].strip(), "values": forms.listed(read[2]), "by": int(read[3])}


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _moment(text: str, name: str) -> datetime | None:
    if not text.strip():
        return None
    try:
        return datetime.fromisoformat(text.strip()).replace(tzinfo=UTC)
    except ValueError:
        raise forms.refused(name, "invalid") from None


def _refuse(form: Form[Any], error: GalleriaError) -> None:
    forms.refuse(form, error, {each.path: each.path.partition("[")[0] for each in error.errors})


ROUTES = [
    show_curations,
    ask_for_curation,
    show_curation,
    save_curation,
    try_curation,
    remove_curation,
]
