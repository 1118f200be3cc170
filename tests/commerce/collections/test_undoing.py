"""What an import did to collections is taken back, as far as it still is so."""

from uuid import UUID

import pytest

from galleria.commerce import catalog, collections
from galleria.commerce.collections import Collection, CollectionChanges
from galleria.commerce.collections.service import forget_fillings
from galleria.commerce.collections.service.undoing import KEPT_FOR
from galleria.engines.context import Context
from galleria.foundation.ids import new_id
from tests.commerce.catalog.wares import made, simple
from tests.commerce.collections.lists import by_hand, counted, held, tagged


@pytest.fixture
async def products(ctx: Context) -> list[UUID]:
    return [await made(ctx, simple(f"mug-{at}")) for at in range(4)]


@pytest.fixture
async def best(ctx: Context, products: list[UUID]) -> Collection:
    """A collection of the first three, the last of them first."""
    return await by_hand(ctx, "Best", *reversed(products[:3]))


async def filled(
    ctx: Context,
    work_id: UUID,
    names: dict[UUID, list[str]],
    are_new: frozenset[UUID] = frozenset(),
) -> None:
    """An import names the collections of these products."""
    async with ctx.transaction() as tx:
        await collections.fill_by_name(tx, names, work_id=work_id, are_new=are_new)


async def undone(ctx: Context, work_id: UUID, most: int = 100) -> list[int]:
    """How many places each step put right, until nothing was left."""
    steps: list[int] = []
    while True:
        async with ctx.transaction() as tx:
            reverted_count = await collections.undo_filled(tx, work_id, most)
        if reverted_count is None:
            return steps
        steps.append(reverted_count)


async def test_members_stand_where_they_stood(
    ctx: Context, products: list[UUID], best: Collection
) -> None:
    before, work = await held(ctx, best), new_id()
    other = await by_hand(ctx, "Other")
    await filled(ctx, work, {products[1]: ["other"], products[3]: ["best", "other"]})
    await filled(ctx, work, {products[2]: []})
    assert await held(ctx, best) == [products[0], products[3]]

    assert await undone(ctx, work, most=2) == [2, 2, 1]

    assert (await held(ctx, best), await held(ctx, other)) == (before, [])
    assert (await counted(ctx, best), await counted(ctx, other)) == (3, 0)
    assert await undone(ctx, work) == []


async def test_what_came_and_went_again_is_as_it_was_before_the_work(
    ctx: Context, products: list[UUID], best: Collection
) -> None:
    work = new_id()
    await filled(ctx, work, {products[0]: [], products[3]: ["best"]})
    await filled(ctx, work, {products[0]: ["best"], products[3]: []})

    assert await undone(ctx, work) == [0]

    assert set(await held(ctx, best)) == set(products[:3])


async def test_what_somebody_put_right_by_hand_stays_so(
    ctx: Context, products: list[UUID], best: Collection
) -> None:
    work = new_id()
    await filled(ctx, work, {products[0]: [], products[3]: ["best"]})
    await collections.fill_collection(ctx, best.collection_id, [products[0]], [products[3]])
    by_then = await held(ctx, best)

    assert await undone(ctx, work) == [0]

    assert await held(ctx, best) == by_then


async def test_collections_that_are_gone_or_have_a_rule_and_gone_products_are_left_alone(
    ctx: Context, products: list[UUID], best: Collection
) -> None:
    ruled, gone, work = await by_hand(ctx, "Ruled"), await by_hand(ctx, "Gone"), new_id()
    await filled(ctx, work, {products[0]: ["ruled", "gone"], products[1]: [], products[2]: []})
    changes = CollectionChanges(rule=tagged("none"))
    await collections.update_collection(ctx, ruled.collection_id, changes)
    await collections.remove_collection(ctx, gone.collection_id)
    await catalog.delete_product(ctx, products[1])

    # The first two left the best as well, and the second is no more.
    assert await undone(ctx, work) == [2]

    assert await held(ctx, best) == [products[2], products[0]]


async def test_new_products_and_whoever_does_no_bulk_work_leave_nothing_to_undo(
    ctx: Context, another_ctx: Context, products: list[UUID], best: Collection
) -> None:
    work = new_id()
    await filled(ctx, work, {products[3]: ["best"]}, are_new=frozenset(products))
    async with ctx.transaction() as tx:
        await collections.fill_by_name(tx, {products[0]: []})
    assert await undone(ctx, work) == []
    await filled(ctx, work, {products[3]: []})
    assert await undone(another_ctx, work) == [], "another shop's"
    assert await undone(ctx, work) == [1]


async def test_what_can_no_longer_be_undone_is_forgotten(
    ctx: Context, products: list[UUID], best: Collection
) -> None:
    work = new_id()
    await filled(ctx, work, {products[3]: ["best"]})
    later = Context(ctx.engines, ctx.tenant, ctx.actor, "later", now=ctx.now + 2 * KEPT_FOR)

    await forget_fillings(ctx)
    async with ctx.transaction() as tx:
        assert await collections.undo_filled(tx, new_id()) is None
    await forget_fillings(later)

    assert await undone(ctx, work) == []
    assert products[3] in await held(ctx, best)
