"""What helps when nothing was found: fewer filters, fewer words, and where there is much."""

import asyncio
from collections.abc import Sequence

import msgspec

from galleria.commerce.listings import CategoryNode, Window
from galleria.engines.context import Context
from galleria.engines.search_index import SearchOverloaded, SearchTimeout, SearchUnavailable
from galleria.faces.storefront.pages.browsing.choices import Choices, minor
from galleria.faces.storefront.pages.browsing.panel import Chip
from galleria.growth import search
from galleria.growth.search import CategorySuggested, Question

MOST_TRIED = 4  # ways out of each kind: each is a question to the index
MOST_CATEGORIES = 6
_BUSY = (SearchOverloaded, SearchTimeout, SearchUnavailable)


class WayOut(msgspec.Struct, frozen=True):
    """Another question that finds something, and how many."""

    label: str
    address: str
    count: int


class Help(msgspec.Struct, frozen=True, kw_only=True):
    """Ways out: without one filter, without any, with single words; categories that are called so,
    and the fullest ones."""

    without: list[WayOut]
    unfiltered: WayOut | None
    words: list[WayOut]
    called: list[CategorySuggested]
    categories: list[CategoryNode]


async def help_of(
    ctx: Context,
    window: Window,
    choices: Choices,
    chips: Sequence[Chip],
    nodes: Sequence[CategoryNode],
    path: str,
) -> Help:
    """What would give something instead of these choices, each with how much it would give."""
    category = path.removeprefix("/categories/") if path.startswith("/categories/") else None
    alone = choices.without_filters()
    typed = list(dict.fromkeys(choices.words.split()))
    single = [Choices(words=word) for word in typed] if len(typed) > 1 else []
    tried = [each.without for each in chips[:MOST_TRIED]] if len(chips) > 1 else []
    asked = [*tried, *([alone] if choices.has_any else []), *single[:MOST_TRIED]]
    counts = await asyncio.gather(
        *(_count(ctx, window, each, category if each not in single else None) for each in asked)
    )
    found = [(each, count) for each, count in zip(asked, counts, strict=True) if count]
    labels = {each.address: each.name for each in chips}
    return Help(
        without=[
            WayOut(labels[each.address(path)], each.address(path), count)
            for each, count in found
            if each in tried and each.address(path) in labels
        ],
        unfiltered=next(
            (
                WayOut(choices.words, alone.address(path), count)
                for each, count in found
                if each is alone
            ),
            None,
        ),
        words=[
            WayOut(each.words, each.address("/search"), count)
            for each, count in found
            if each in single
        ],
        called=await _called(ctx, window, choices.words),
        categories=_fullest(nodes),
    )


async def _called(ctx: Context, window: Window, words: str) -> list[CategorySuggested]:
    """The categories in whose names the words begin words."""
    try:
        return (await search.suggest(ctx, window, words)).categories if words else []
    except _BUSY:
        return []


async def _count(
    ctx: Context, window: Window, choices: Choices, category: str | None
) -> int | None:
    question = question_of(choices, window, category, limit=0, is_plain=True)
    try:
        return (await search.ask(ctx, window, question)).total
    except _BUSY:
        return None  # the page says what it knows


def question_of(
    choices: Choices,
    window: Window,
    category: str | None,
    *,
    limit: int,
    is_plain: bool = False,
) -> Question:
    """The question that the choices are; a plain one wants neither counts nor marked words."""
    return Question(
        words=choices.words,
        filters=choices.filters,
        ranges={code: each.ends for code, each in choices.ranges.items() if each.ends is not None},
        told_ranges=tuple(choices.ranges),
        category=category,
        price_min_minor=minor(choices.price_min, window.currency),
        price_max_minor=minor(choices.price_max, window.currency),
        sort=choices.sort,
        limit=limit,
        cursor=choices.cursor,
        with_facets=not is_plain,
        with_highlights=bool(choices.words) and not is_plain,
        may_be_unfinished=not is_plain,
    )


def _fullest(nodes: Sequence[CategoryNode]) -> list[CategoryNode]:
    """The fullest categories of the first level; of the next, where there is only one."""
    roots = [node for node in nodes if node.parent_id is None and node.product_count]
    if len(roots) == 1:
        below = [n for n in nodes if n.parent_id == roots[0].category_id and n.product_count]
        roots = below or roots
    return sorted(roots, key=lambda node: (-node.product_count, node.path))[:MOST_CATEGORIES]
