"""How soon a change can be found is measured from its commit, counted, told and forgotten."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from math import ceil
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria.commerce import catalog
from galleria.commerce.catalog import ProductChanges
from galleria.commerce.listings import ListingsChanged
from galleria.engines.context import SYSTEM, Context, Engines
from galleria.engines.search_index.embedded import open_tantivy
from galleria.engines.search_index.embedded.reader import MAX_STALENESS_S
from galleria.foundation.clock import ManualClock
from galleria.growth import search
from galleria.growth.search import jobs
from galleria.growth.search.model import freshness as model
from galleria.growth.search.model.freshness import Bucket, Found
from galleria.growth.search.room import ROOM
from galleria.growth.search.service import freshness as service
from tests.commerce.selling import mug, open_shop, put_on_sale, show

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.fixture
async def shop(house_ctx: Context) -> Context:
    """A shop of two products; nothing has been counted yet."""
    _, ctx = await open_shop(house_ctx)
    await put_on_sale(ctx, mug(), mug("cup", title="Tea Cup"))
    await show(ctx)
    await told(ctx)
    async with ctx.transaction() as tx:
        await tx.execute("DELETE FROM search.freshness_day WHERE tenant_id = $1")
    return ctx


async def rename(ctx: Context, title: str) -> None:
    product_id = (await catalog.products_by_handle(ctx, ["mug"]))["mug"]
    await catalog.update_product(ctx, product_id, ProductChanges(title=title))


async def told(ctx: Context, days: int = 7) -> search.Freshness:
    """What is told once all notes are written down."""
    await ctx.engines.notebook.write_down()
    return await search.freshness(ctx, days)


def at(engines: Engines, seconds: float) -> Engines:
    """The engines of a process that looks at them so much later."""
    return replace(engines, clock=ManualClock(engines.clock.now() + timedelta(seconds=seconds)))


def later(ctx: Context, seconds: float) -> Context:
    return Context(at(ctx.engines, seconds), ctx.tenant, SYSTEM, "later")


async def test_a_change_counts_from_its_commit_until_readers_see_it(shop: Context) -> None:
    assert (await told(shop)).overall is None
    before = datetime.now(UTC)
    await rename(shop, "Found at once")
    await show(shop)
    most_ms = (datetime.now(UTC) - before) / timedelta(milliseconds=1)
    found = await told(shop)
    assert found.overall is not None
    assert found.overall.change_count == 1
    assert model.SEEN_WITHIN_MS < found.overall.slowest_ms <= most_ms + model.SEEN_WITHIN_MS + 1
    assert found.overall.p50_ms == found.overall.p99_ms == found.overall.slowest_ms
    (day,) = found.days
    assert (day.found_on, day.change_count) == (before.date(), 1)
    assert found.lag_s == 0.0


async def test_what_waited_for_the_relay_counts_with_all_of_its_time(shop: Context) -> None:
    await rename(shop, "Found late")
    waiting = await told(later(shop, 600))
    assert waiting.overall is None and waiting.lag_s >= 600
    # Asked at that time, too: it may be another day.
    await show(later(shop, 3_000))
    found = await told(later(shop, 3_000))
    assert found.overall is not None
    assert 3_000_000 < found.overall.p50_ms <= found.overall.slowest_ms < 3_100_000
    assert found.lag_s == 0.0


async def test_what_the_shop_window_was_late_with_counts_as_late(shop: Context) -> None:
    ids = list((await catalog.products_by_handle(shop, ["mug", "cup"])).values())
    changed_at = datetime.now(UTC) - timedelta(seconds=500)
    async with shop.transaction() as tx:
        tx.publish(ListingsChanged(subject="listings", product_ids=ids, changed_at=changed_at))
        tx.publish(ListingsChanged(subject="listings", product_ids=[], changed_at=changed_at))
    await show(shop)
    found = await told(shop)
    assert found.overall is not None
    assert (found.overall.change_count, round(found.overall.slowest_ms / 1000)) == (2, 500)


async def test_a_removed_product_is_a_change_too(shop: Context) -> None:
    product_id = (await catalog.products_by_handle(shop, ["mug"]))["mug"]
    await catalog.delete_product(shop, product_id)
    await show(later(shop, 40))
    found = await told(later(shop, 40))
    assert found.overall is not None and 40_000 < found.overall.slowest_ms < 50_000


async def test_a_window_that_is_made_anew_of_itself_counts_from_its_own_commits(
    shop: Context,
) -> None:
    ids = list((await catalog.products_by_handle(shop, ["mug", "cup"])).values())
    async with shop.transaction() as tx:
        tx.publish(ListingsChanged(subject="listings", product_ids=ids))
    await show(later(shop, 90))
    found = await told(later(shop, 90))
    assert found.overall is not None
    assert (found.overall.change_count, round(found.overall.slowest_ms / 1000)) == (2, 90)


async def test_another_shop_sees_none_of_it(shop: Context, house_ctx: Context) -> None:
    _, other = await open_shop(house_ctx)
    await show(other)
    await rename(shop, "Seen here only")
    await told(later(shop, 100))
    assert (await told(later(other, 100))).lag_s < 100
    await show(shop)
    assert (await told(shop)).overall is not None
    found = await told(other)
    assert (found.overall, found.days, found.lag_s) == (None, [], 0.0)


async def test_an_index_that_lacks_something_or_is_silent_is_told(
    shop: Context, tmp_path: Path
) -> None:
    fresh = open_tantivy(tmp_path)
    elsewhere = Context(replace(shop.engines, search=fresh), shop.tenant, SYSTEM, "elsewhere")
    async with await fresh.open_writer() as writer:
        assert (await search.freshness(elsewhere)).index_state == "remade"
        assert await search.rebuild_index(shop.engines, writer) >= 2
        assert (await search.freshness(elsewhere)).index_state == "whole"
    await fresh.close()
    assert (await search.freshness(elsewhere)).index_state == "silent"


def changes(found_at: datetime, *took_ms: float, count: int = 1) -> list[Found]:
    return [Found(found_at, each, count) for each in took_ms]


async def test_days_are_told_apart_and_forgotten_in_time(ctx: Context) -> None:
    now = ctx.now
    await service.write_found(ctx, [changes(now, 300, 400), changes(now, 300)])
    await service.write_found(ctx, [changes(now - timedelta(days=2), 9_000, count=500)])
    await service.write_found(ctx, [changes(now - timedelta(days=91), 5_000_000)])
    found = await search.freshness(ctx, 2)
    assert found.overall is not None and found.overall.change_count == 3
    found = await search.freshness(ctx, 90)
    assert [each.change_count for each in found.days] == [3, 500]
    assert found.overall is not None
    assert (found.overall.change_count, found.overall.slowest_ms) == (503, 9_000)
    assert found.overall.mean_ms == pytest.approx((300 + 400 + 300 + 500 * 9_000) / 503)
    await jobs.forget_old_questions(ctx)
    rows = await ctx.read("SELECT found_on FROM search.freshness_day WHERE tenant_id = $1")
    assert {row["found_on"] for row in rows} == {now.date(), (now - timedelta(days=2)).date()}


async def test_what_is_counted_of_all_shops_is_forgotten_in_time_as_well(
    house_ctx: Context,
) -> None:
    old = house_ctx.now - timedelta(days=91)
    await service.write_found(house_ctx, [changes(old, 300)])
    await jobs.forget_old_freshness(house_ctx)
    rows = await house_ctx.read("SELECT found_on FROM search.freshness_day WHERE tenant_id = $1")
    assert old.date() not in {row["found_on"] for row in rows}


async def test_a_shop_takes_its_counts_along_and_leaves_none(ctx: Context) -> None:
    await service.write_found(ctx, [changes(ctx.now, 300, 7_200_000)])
    assert ROOM.export is not None and ROOM.erase is not None
    lines = [msgspec.json.decode(part) async for part in ROOM.export(ctx)]
    assert [(each["found"]["bucket"], each["found"]["took_ms_max"]) for each in lines] == [
        (1, 300),
        (len(model.BOUNDS_MS), 7_200_000),
    ]
    await ROOM.erase(ctx)
    assert (await search.freshness(ctx)).overall is None


def test_every_bound_is_the_end_of_its_own_bucket_and_the_last_is_beyond_an_hour() -> None:
    assert [model.bucket_of(bound) for bound in model.BOUNDS_MS] == list(range(44))
    assert model.bucket_of(model.SEEN_WITHIN_MS) == 0
    assert model.bucket_of(10**9) == 44
    assert model.BOUNDS_MS[-2] < 3_600_000 < model.BOUNDS_MS[-1]
    for before, after in pairwise(model.BOUNDS_MS):
        assert after == pytest.approx(before * 1.25)
    assert MAX_STALENESS_S * 1000 == model.SEEN_WITHIN_MS


TIMES = st.floats(model.SEEN_WITHIN_MS, 3_000_000)
CHANGES = st.lists(
    st.tuples(TIMES, st.integers(1, 700), st.integers(0, 2)), min_size=1, max_size=60
)


@given(CHANGES)
def test_percentiles_are_those_of_a_list_to_within_a_quarter(
    noted: list[tuple[float, int, int]],
) -> None:
    found = [Found(NOON + timedelta(days=day), ms, count) for ms, count, day in noted]
    every = sorted(each.took_ms for each in found for _ in range(each.change_count))
    spread = model.spread_of(model.counted(found))
    assert spread.change_count == len(every)
    assert spread.slowest_ms == every[-1]
    assert spread.mean_ms == pytest.approx(sum(every) / len(every))
    for of_100, told_ms in ((50, spread.p50_ms), (90, spread.p90_ms), (99, spread.p99_ms)):
        exact_ms = every[ceil(len(every) * of_100 / 100) - 1]
        assert exact_ms / 1.25 - 1e-6 <= told_ms <= exact_ms * 1.25 + 1e-6
        assert told_ms <= spread.slowest_ms + 1e-6
    assert spread.p50_ms <= spread.p90_ms <= spread.p99_ms


@given(CHANGES)
def test_every_change_is_shown_to_the_operator_between_its_bounds(
    noted: list[tuple[float, int, int]],
) -> None:
    found = [Found(NOON, ms, count) for ms, count, _ in noted]
    counts = model.shown_counts(model.counted(found))
    for upto, bound_ms in enumerate(model.SHOWN_BOUNDS_MS, start=1):
        below = sum(each.change_count for each in found if each.took_ms <= bound_ms)
        assert sum(counts[:upto]) == below
    assert sum(counts) == sum(each.change_count for each in found)


@given(CHANGES)
def test_days_add_up_to_all(noted: list[tuple[float, int, int]]) -> None:
    found = [Found(NOON + timedelta(days=day), ms, count) for ms, count, day in noted]
    days = model.by_day(model.counted(found))
    assert [each.found_on for each in days] == sorted(
        {each.found_at.date() for each in found}, reverse=True
    )
    for day in days:
        of_day = [each for each in found if each.found_at.date() == day.found_on]
        assert day.change_count == sum(each.change_count for each in of_day)
        assert day.slowest_ms == max(each.took_ms for each in of_day)


def test_inside_a_bucket_changes_lie_evenly() -> None:
    spread = model.spread_of(
        [
            Bucket(
                found_on=date(2026, 3, 4),
                bucket=0,
                change_count=100,
                took_ms_sum=22_500,
                took_ms_max=250,
            )
        ]
    )
    assert (spread.p50_ms, spread.p90_ms, spread.p99_ms) == (225, 245, 249.5)
