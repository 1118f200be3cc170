"""Looking around: category pages and search, both with filters that need no script."""

from collections.abc import Iterable
from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import PathParameter

from galleria.commerce import listings
from galleria.commerce.listings import Card, CategoryNode, CategoryNotShown
from galleria.engines.context import Context
from galleria.faces.stationery import see_other
from galleria.faces.storefront.shell import Shell
from galleria.foundation.money import minor_exponent
from galleria.growth import search
from galleria.growth.search import SORTS, Answer, Question, SortName

PAGE = 24
LONGEST_WORDS = 200
PREFIX = "filter["


class Choices(msgspec.Struct, frozen=True):
    """What a shopper has chosen on a browsing page, as it stands in the address."""

    words: str
    filters: dict[str, tuple[str, ...]]
    price_min: str
    price_max: str
    sort: SortName
    cursor: str | None

    def pairs(self, **changes: str | None) -> list[tuple[str, str]]:
        """The choices as address parameters, with changes; None takes one away."""
        fields: dict[str, str | None] = {
            "q": self.words,
            "price_min": self.price_min,
            "price_max": self.price_max,
            "sort": None if self.sort == "relevance" else self.sort,
            **changes,
        }
        pairs = [(name, value) for name, value in fields.items() if value]
        pairs += [
            (f"{PREFIX}{code}]", value) for code, values in self.filters.items() for value in values
        ]
        return pairs

    def address(self, path: str, **changes: str | None) -> str:
        """The page with changes."""
        query = urlencode(self.pairs(**changes))
        return f"{path}?{query}" if query else path

    def without(self, path: str, code: str, value: str) -> str:
        """The page without one ticked value."""
        kept = {
            each: tuple(v for v in values if (each, v) != (code, value))
            for each, values in self.filters.items()
        }
        return msgspec.structs.replace(self, filters=kept).address(path)

    @property
    def has_any(self) -> bool:
        """Something narrows the list."""
        return bool(any(self.filters.values()) or self.price_min or self.price_max)


def choices_of(pairs: Iterable[tuple[str, Any]]) -> Choices:
    """The choices in an address; what cannot be read counts as not chosen."""
    single: dict[str, str] = {}
    filters: dict[str, list[str]] = {}
    for name, value in pairs:
        if name.startswith(PREFIX) and name.endswith("]"):
            code = name[len(PREFIX) : -1][:120]
            if code and value:
                filters.setdefault(code, []).append(str(value)[:200])
        else:
            single[name] = str(value)
    sort = single.get("sort", "")
    return Choices(
        words=single.get("q", "")[:LONGEST_WORDS],
        filters={code: tuple(dict.fromkeys(values)) for code, values in filters.items()},
        price_min=single.get("price_min", "")[:12],
        price_max=single.get("price_max", "")[:12],
        sort=next((each for each in SORTS if each == sort), "relevance"),
        cursor=single.get("cursor"),
    )


@get("/search", include_in_schema=False)
async def show_search(
    ctx: NamedDependency[Context], shell: NamedDependency[Shell], request: Request[Any, Any, Any]
) -> Response[bytes]:
    """What the shop has for some words."""
    choices = choices_of(request.query_params.multi_items())
    answer = await _ask(ctx, shell, choices)
    if answer.redirect_to is not None:
        return see_other(answer.redirect_to)
    return await shell.send(
        ctx,
        request,
        "browsing/results.html",
        **_view(choices, answer, "/search"),
        category=None,
        trail=[],
        children=[],
    )


@get("/categories/{path:path}", include_in_schema=False)
async def show_category(
    ctx: NamedDependency[Context],
    shell: NamedDependency[Shell],
    request: Request[Any, Any, Any],
    path: Annotated[str, PathParameter(max_length=2_000)],
) -> Response[bytes]:
    """What lies in a category and below it."""
    path = path.strip("/")
    nodes = await listings.categories_of(ctx)
    category = next((node for node in nodes if node.path == path), None)
    if category is None:
        raise CategoryNotShown(f"no category {path[:120]!r}")
    choices = choices_of(request.query_params.multi_items())
    if choices.sort == "relevance" and not choices.words:
        choices = msgspec.structs.replace(choices, sort="newest")
    answer = await _ask(ctx, shell, choices, category.path)
    return await shell.send(
        ctx,
        request,
        "browsing/results.html",
        **_view(choices, answer, f"/categories/{path}"),
        category=category,
        trail=_trail(category, nodes),
        children=[node for node in nodes if node.parent_id == category.category_id],
    )


def _trail(category: CategoryNode, nodes: list[CategoryNode]) -> list[CategoryNode]:
    """The categories above, the root first."""
    by_id = {node.category_id: node for node in nodes}
    trail: list[CategoryNode] = []
    parent = category.parent_id
    while parent is not None and parent in by_id:
        trail.insert(0, by_id[parent])
        parent = by_id[parent].parent_id
    return trail


async def _ask(ctx: Context, shell: Shell, choices: Choices, category: str | None = None) -> Answer:
    window = await shell.window(ctx)
    return await search.answer(
        ctx,
        window,
        Question(
            words=choices.words,
            filters=choices.filters,
            category=category,
            price_min_minor=_minor(choices.price_min, window.currency),
            price_max_minor=_minor(choices.price_max, window.currency),
            sort=choices.sort,
            limit=PAGE,
            cursor=choices.cursor,
        ),
    )


def _minor(text: str, currency: str) -> int | None:
    """A price a shopper typed, in minor units; None when it is none."""
    try:
        value = round(float(text.replace(",", ".")) * 10 ** minor_exponent(currency))
    except ValueError:
        return None
    return value if 0 <= value < 2**53 else None


def _view(choices: Choices, answer: Answer, path: str) -> dict[str, Any]:
    decoder = msgspec.json.Decoder(Card)
    return {
        "choices": choices,
        "answer": answer,
        "path": path,
        "cards": [decoder.decode(item) for item in answer.items],
        "next_page": (
            choices.address(path, cursor=answer.next_cursor) if answer.next_cursor else None
        ),
        "sorts": [each for each in SORTS if choices.words or each != "relevance"],
    }


@get("/suggest", include_in_schema=False)
async def suggest(
    ctx: NamedDependency[Context], shell: NamedDependency[Shell], request: Request[Any, Any, Any]
) -> dict[str, Any]:
    """What the words being typed may become, for the search box."""
    words = str(request.query_params.get("q", ""))[:LONGEST_WORDS]
    if not words.strip():
        return {"completions": [], "hits": []}
    found = await search.suggest(ctx, await shell.window(ctx), words)
    return {
        "completions": list(found.completions),
        "hits": [{"title": hit.title, "handle": hit.handle} for hit in found.hits],
    }


ROUTES = [show_search, show_category, suggest]
