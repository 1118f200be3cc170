"""The pages of search and of a category, whole or only the part that changes."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import PathParameter

from galleria.commerce.listings import CategoryNode, CategoryNotShown
from galleria.engines.context import Context
from galleria.faces.stationery import see_other
from galleria.faces.storefront.pages.browsing.choices import (
    MOST_SHOWN,
    PAGE,
    Choices,
    choices_of,
)
from galleria.faces.storefront.pages.browsing.nothing import help_of, question_of
from galleria.faces.storefront.pages.browsing.panel import panel_of
from galleria.faces.storefront.shell import Shell
from galleria.growth import search
from galleria.growth.search import SORTS, Answer, FoundCard


@get("/search", include_in_schema=False)
async def show_search(
    ctx: NamedDependency[Context], shell: NamedDependency[Shell], request: Request[Any, Any, Any]
) -> Response[bytes]:
    """What the shop has for some words."""
    return await _show(ctx, shell, request, None)


@get("/categories/{path:path}", include_in_schema=False)
async def show_category(
    ctx: NamedDependency[Context],
    shell: NamedDependency[Shell],
    request: Request[Any, Any, Any],
    path: Annotated[str, PathParameter(max_length=2_000)],
) -> Response[bytes]:
    """What lies in a category and below it."""
    return await _show(ctx, shell, request, path.strip("/"))


async def _show(
    ctx: Context, shell: Shell, request: Request[Any, Any, Any], path: str | None
) -> Response[bytes]:
    nodes = await shell.categories(ctx)
    category = next((node for node in nodes if node.path == path), None)
    if path is not None and category is None:
        raise CategoryNotShown(f"no category {path[:120]!r}")
    choices = choices_of(request.query_params.multi_items())
    window = await shell.window(ctx)
    limit = PAGE if choices.cursor else choices.shown
    question = question_of(choices, window, category.path if category else None, limit=limit)
    answer = await search.answer(ctx, window, question)
    wants_part = shell.wants_part(request)
    if answer.redirect_to is not None and not wants_part:
        return see_other(answer.redirect_to)
    address = f"/categories/{category.path}" if category else "/search"
    panel = panel_of(choices, answer.facets, answer.ranges, nodes, address, category)
    is_empty = not answer.items and choices.cursor is None
    view = {
        **_view(choices, answer, address),
        **_place(category, nodes),
        "panel": panel,
        "help": (
            await help_of(ctx, window, choices, panel.chips, nodes, address) if is_empty else None
        ),
    }
    template = "browsing/part.html" if wants_part else "browsing/results.html"
    return await shell.send(ctx, request, template, **view)


def _place(category: CategoryNode | None, nodes: list[CategoryNode]) -> dict[str, Any]:
    """Where in the shop the page is: the categories around and directly below."""
    if category is None:
        return {"category": None, "trail": [], "children": []}
    by_id = {node.category_id: node for node in nodes}
    trail: list[CategoryNode] = []
    parent = category.parent_id
    while parent is not None and parent in by_id:
        trail.insert(0, by_id[parent])
        parent = by_id[parent].parent_id
    children = [node for node in nodes if node.parent_id == category.category_id]
    return {"category": category, "trail": trail, "children": children}


def _view(choices: Choices, answer: Answer, path: str) -> dict[str, Any]:
    decoder = msgspec.json.Decoder(FoundCard)
    shown = choices.shown + PAGE
    following = answer.next_cursor
    return {
        "choices": choices,
        "answer": answer,
        # Each answer has its own number where questions are noted: clicks then name it.
        "query_id": answer.query_id,
        "path": path,
        "page_address": choices.address(
            path,
            cursor=choices.cursor,
            shown=str(choices.shown) if choices.shown > PAGE and not choices.cursor else None,
        ),
        "cards": [decoder.decode(item) for item in answer.items],
        "next_page": choices.address(path, cursor=following) if following else None,
        "previous_page": _previous(choices, answer, path),
        "longer_page": (
            choices.address(path, shown=str(shown))
            if shown <= MOST_SHOWN and not choices.cursor
            else None
        ),
        "sorts": [each for each in SORTS if choices.words or each != "relevance"],
    }


def _previous(choices: Choices, answer: Answer, path: str) -> str | None:
    """The page before; the first one has the address of the list."""
    if answer.previous_cursor is None:
        return None
    is_second = answer.begins_at <= PAGE
    return choices.address(path, cursor=None if is_second else answer.previous_cursor)


ROUTES = [show_search, show_category]
