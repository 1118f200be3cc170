"""Rankings: what the order of results is made of, tried out before it holds."""

from typing import Any, TypeVar

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.commerce import listings
from galleria.commerce.listings import Card
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.visits import Desk
from galleria.faces.stationery import Form
from galleria.foundation.errors import GalleriaError
from galleria.growth import search
from galleria.growth.search import (
    STANDARD,
    NewRanking,
    NewWeights,
    Question,
    RankingPreview,
    RankingProfile,
    Weights,
)

PLACE = "/search/rankings"
SHOWN = 12
_OF_WEIGHTS = "weights."
StructT = TypeVar("StructT", bound=msgspec.Struct)


@get("/s/{slug:str}/search/rankings", scope="products:read")
async def show_rankings(desk: NamedDependency[Desk]) -> Response[bytes]:
    """All rankings, the built-in one first, and which of them holds."""
    kept = await search.list_rankings(desk.ctx)
    default = next((each.name for each in kept if each.is_default), STANDARD)
    rows = [(STANDARD, Weights()), *((each.name, each.weights) for each in kept)]
    return desk.show("search/rankings.html", rows=rows, default=default, built_in=STANDARD)


@get("/s/{slug:str}/search/rankings/new", scope="products:write")
async def ask_for_ranking(desk: NamedDependency[Desk]) -> Response[bytes]:
    """A form with the weights of the built-in ranking."""
    return _show(desk, _form_of(Weights()), None)


@get("/s/{slug:str}/search/rankings/{ranking_name:str}", scope="products:read")
async def show_ranking(desk: NamedDependency[Desk], ranking_name: FromPath[str]) -> Response[bytes]:
    """One ranking, to be changed."""
    found = await search.get_ranking(desk.ctx, ranking_name)
    form = _form_of(found.weights)
    form.values |= {"name": found.name, "ranking_name": found.name}
    return _show(desk, form, found)


@post("/s/{slug:str}/search/rankings/save", scope="products:write")
async def save_ranking(desk: NamedDependency[Desk]) -> Response[bytes]:
    """The ranking is as typed: a new one, or the one that is named."""
    form = desk.form
    before = await _named(desk)
    try:
        wanted = _wanted(form)
        if wanted is None:
            return _show(desk, form, before, 422)
        if before is None:
            made = await search.create_ranking(desk.ctx, wanted.draft())
        else:
            weights = wanted.weights.draft()
            made = await search.replace_ranking(desk.ctx, before.name, weights)
    except GalleriaError as error:
        forms.refuse(form, error)
        return _show(desk, form, before, error.status)
    return desk.go(desk.at(PLACE), Notice("ranking_saved", name=made.name))


@post("/s/{slug:str}/search/rankings/try", scope="products:write")
async def try_ranking(desk: NamedDependency[Desk]) -> Response[bytes]:
    """What it would make of a question, beside what is answered today; nothing is changed."""
    form = desk.form
    before = await _named(desk)
    try:
        wanted = _convert(form, _weights_in(form), NewWeights)
        if wanted is None:
            return _show(desk, form, before, 422)
        words = form.values.get("try_words", "").strip()
        question = Question(words=words, limit=SHOWN, with_facets=False)
        window = await listings.window_of(desk.ctx)
        beside = await search.preview_ranking(desk.ctx, window, question, wanted.draft())
    except GalleriaError as error:
        forms.refuse(form, error)
        return _show(desk, form, before, error.status)
    return _show(desk, form, before, beside=beside)


@post("/s/{slug:str}/search/rankings/default", scope="products:write")
async def choose_ranking(desk: NamedDependency[Desk]) -> Response[bytes]:
    """The ranking that is named holds for all shoppers."""
    name = desk.form.values.get("ranking_name", "")
    await search.make_default(desk.ctx, name)
    return desk.go(desk.at(PLACE), Notice("ranking_chosen", name=name))


@post("/s/{slug:str}/search/rankings/remove", scope="products:write")
async def remove_ranking(desk: NamedDependency[Desk]) -> Response[bytes]:
    """It is gone."""
    found = await _named(desk)
    if found is not None:
        await search.remove_ranking(desk.ctx, found.name)
    return desk.go(desk.at(PLACE), Notice("ranking_removed"))


def _show(
    desk: Desk,
    form: Form[Any],
    found: RankingProfile | None,
    status: int = 200,
    beside: RankingPreview | None = None,
) -> Response[bytes]:
    return desk.show(
        "search/ranking.html",
        status,
        form=form,
        found=found,
        today=[msgspec.json.decode(e, type=Card) for e in beside.today.items] if beside else None,
        then=_moved(beside) if beside else [],
    )


def _moved(beside: RankingPreview) -> list[tuple[str, search.Placed, list[tuple[str, int]]]]:
    """Titles of the new answer with where they stood, and what lifted them by how many percent."""
    cards = [msgspec.json.decode(each, type=Card) for each in beside.then.items]
    return [
        (card.title, moved, [(name, round(100 * by)) for name, by in moved.lifted_by.items()])
        for card, moved in zip(cards, beside.moves, strict=True)
    ]


async def _named(desk: Desk) -> RankingProfile | None:
    name = desk.form.values.get("ranking_name", "")
    return await search.get_ranking(desk.ctx, name) if name else None


def _form_of(weights: Weights) -> Form[Any]:
    said = msgspec.structs.asdict(weights)
    return forms.empty(**{f"{_OF_WEIGHTS}{name}": f"{by:g}" for name, by in said.items()})


def _weights_in(form: Form[Any]) -> dict[str, str]:
    """The weights as typed; what is left empty is as in the built-in ranking."""
    typed = {name: form.values.get(_OF_WEIGHTS + name, "") for name in Weights.__struct_fields__}
    return {name: text.strip().replace(",", ".") for name, text in typed.items() if text.strip()}


def _wanted(form: Form[Any]) -> NewRanking | None:
    name = form.values.get("ranking_name") or form.values.get("name", "").strip()
    return _convert(form, {"name": name, "weights": _weights_in(form)}, NewRanking)


def _convert(form: Form[Any], fields: dict[str, Any], kind: type[StructT]) -> StructT | None:
    """The fields as a struct; None when they do not fit, and then the form says why where it has
    the fields."""
    converted = forms.convert(form, fields, kind)
    for name in [each for each in form.errors if each in Weights.__struct_fields__]:
        form.errors[_OF_WEIGHTS + name] = form.errors.pop(name)
    if form.errors.get("name") == "pattern_mismatch":
        form.errors["name"] = "invalid_handle"
    return converted


ROUTES = [
    show_rankings,
    ask_for_ranking,
    show_ranking,
    save_ranking,
    try_ranking,
    choose_ranking,
    remove_ranking,
]
