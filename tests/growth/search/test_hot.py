"""What many ask at once is asked of the index once, and answered when the index cannot."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from galleria.engines.context import Context
from galleria.engines.search_index import (
    Hit,
    SearchIndex,
    SearchQuery,
    SearchResult,
    SearchUnavailable,
)
from galleria.growth.search.service import hot
from tests.commerce.selling import open_shop

QUERY = SearchQuery(channel="web", locale="en", words="mug")


class Index:
    """Answers with how often it was asked, slowly; or not at all."""

    def __init__(self) -> None:
        self.asked = 0
        self.is_broken = False
        self.is_partial = False

    async def search(self, tenant_id: int, query: SearchQuery, **_: Any) -> SearchResult:
        self.asked += 1
        number = self.asked
        await asyncio.sleep(0.01)
        if self.is_broken:
            raise SearchUnavailable("the disk is gone")
        hit = Hit(f"{tenant_id}", query.words, str(number), 0.5)
        return SearchResult(hits=(hit,), total=number, is_partial=self.is_partial)


class Ticking:
    """A clock that is set by hand."""

    def __init__(self, ctx: Context) -> None:
        self.at = ctx.now

    def now(self) -> Any:
        return self.at


@pytest.fixture
def index() -> Index:
    return Index()


def asking(ctx: Context, index: Index, after_s: float = 0.0) -> Context:
    """The shop with this index, so many seconds later."""
    clock = Ticking(ctx)
    clock.at += timedelta(seconds=after_s)
    search: SearchIndex = index  # type: ignore[assignment]
    engines = replace(ctx.engines, search=search, clock=clock)
    return Context(engines, ctx.tenant, ctx.actor, ctx.request_id)


async def totals(ctx: Context, *queries: SearchQuery) -> list[int]:
    found = await asyncio.gather(*(hot.answer_to(ctx, each) for each in queries))
    return [each.total for each in found]


async def test_those_who_ask_together_are_answered_together(ctx: Context, index: Index) -> None:
    shop = asking(ctx, index)
    other = msgspec.structs.replace(QUERY, words="cup")
    assert await totals(shop, *[QUERY] * 50, other) == [1] * 50 + [2]
    assert index.asked == 2


async def test_an_answer_is_kept_when_the_question_comes_again(ctx: Context, index: Index) -> None:
    assert await totals(asking(ctx, index), QUERY) == [1]
    assert await totals(asking(ctx, index, 0.5), QUERY) == [2], "asked but once before"
    assert await totals(asking(ctx, index, 0.9), QUERY) == [2]
    # A little old: given at once, while a fresh one is fetched for those who come next.
    assert await totals(asking(ctx, index, 2.0), QUERY) == [2]
    await asyncio.sleep(0.05)
    assert (index.asked, await totals(asking(ctx, index, 2.5), QUERY)) == (3, [3])
    # Too old to be given: waited for.
    assert await totals(asking(ctx, index, 60.0), QUERY) == [4]


async def test_the_last_answer_does_while_the_index_cannot(ctx: Context, index: Index) -> None:
    for _ in range(2):
        await totals(asking(ctx, index), QUERY)
    index.is_broken = True
    assert await totals(asking(ctx, index, 30.0), QUERY) == [2]
    with pytest.raises(SearchUnavailable):
        await totals(asking(ctx, index), msgspec.structs.replace(QUERY, words="never asked"))


async def test_few_fresh_answers_are_fetched_at_a_time(ctx: Context, index: Index) -> None:
    many = [msgspec.structs.replace(QUERY, words=f"mug {number}") for number in range(20)]
    for _ in range(2):
        await totals(asking(ctx, index), *many)
    asked = index.asked
    assert len(await totals(asking(ctx, index, 2.0), *many)) == 20, "all at once, a little old"
    await asyncio.sleep(0.05)
    assert index.asked == asked + 2


async def test_a_partial_answer_is_not_kept(ctx: Context, index: Index) -> None:
    index.is_partial = True
    for asked in (1, 2, 3):
        assert await totals(asking(ctx, index), QUERY) == [asked]


async def test_shops_are_not_answered_for_each_other(
    ctx: Context, house_ctx: Context, index: Index
) -> None:
    _, other = await open_shop(house_ctx)
    for each in (ctx, other, ctx, other, ctx, other):
        (hit,) = (await hot.answer_to(asking(each, index), QUERY)).hits
        assert hit.product_id == str(each.tenant.tenant_id)
