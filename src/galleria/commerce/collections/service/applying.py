"""A changed rule sees every product of the shop, while the members of before stay in their place.

The new members are gathered as a generation of their own, chunk by chunk, each committed with how
far the walk has come. When the walk is over, one row says that this generation counts from now on;
then those who came and those who left are announced, and the old rows are cleared away.
"""

from datetime import timedelta
from typing import Protocol
from uuid import UUID

from galleria.commerce import catalog
from galleria.commerce.collections.events import CollectionChanged, members_changed
from galleria.commerce.collections.model.collections import Kept, settled
from galleria.commerce.collections.model.matching import RuleBook, Target
from galleria.commerce.collections.repository import collections as repository
from galleria.commerce.collections.repository import members, sorting
from galleria.commerce.collections.service.sorting import gather_facts, place, sort_anew
from galleria.engines.context import Context
from galleria.engines.sql import Transaction
from galleria.foundation.ids import new_id

PRODUCTS_A_STEP = 1_000
ROWS_A_STEP = 2_000
# Of products that have grown too old, in one round of the schedule; the next goes on.
MOST_DUE = 10_000
MOST_WINDOWS = 200
MOST_PURGED = 20
KEPT_REMOVED = timedelta(days=1)  # a removed collection can be taken back so long
_FIRST = UUID(int=0)


class Reports(Protocol):
    """Somebody who wants to know how far it is."""

    async def report(self, done: int, total: int | None = None, note: str = "") -> None:
        """So many products have been seen."""


def _fresh(ctx: Context) -> Context:
    """The same shop at this moment: a walk outlasts the instant it began at."""
    return Context(ctx.engines, ctx.tenant, ctx.actor, ctx.request_id, ctx.locale)


async def apply_rule(ctx: Context, collection_id: UUID, progress: Reports | None = None) -> None:
    """The collection's members are those its present rule chooses.

    Safe to repeat from any point, also when another rule has taken the place of this one.
    """
    done = 0
    while (seen := await _step(_fresh(ctx), collection_id)) is not None:
        done += seen
        if progress is not None:
            await progress.report(done, None, "products")
    await _tell_newcomers(_fresh(ctx), collection_id)
    await _clear(_fresh(ctx), collection_id)


async def _step(ctx: Context, collection_id: UUID) -> int | None:
    """How many products the pending rule has seen in a step; None when nothing is left to do."""
    async with ctx.transaction() as tx:
        # Held before the facts are read: see the sorting.
        await sorting.hold(tx)
        kept = await repository.lock_collection(tx, collection_id)
        if kept is None or kept.removed_at is not None:
            return None
        generation, rule = kept.standing.pending_generation, kept.collection.rule
        if generation is None or rule is None:
            return None
        after = kept.standing.walked_to or _FIRST
        ids = await catalog.product_ids_after(tx, after, PRODUCTS_A_STEP)
        if not ids:
            await _settle(tx, kept)
            return None
        book = RuleBook([(Target(collection_id, generation), rule)])
        facts = await gather_facts(tx, ids, tx.now)
        await place(tx, book, facts, "rule", is_whole=False)
        await repository.note_walk(tx, collection_id, ids[-1])
    return len(ids)


async def _settle(tx: Transaction, kept: Kept) -> None:
    collection_id = kept.collection.collection_id
    await repository.save_collection(tx, settled(kept))
    await sorting.turn_page(tx, new_id())
    tx.publish(CollectionChanged(collection_id=collection_id, reason="rule_applied"))


async def _tell_newcomers(ctx: Context, collection_id: UUID) -> None:
    """Products that came with the present generation are announced, if they were not yet."""
    kept = await repository.find_collection(ctx, collection_id)
    if kept is None or not kept.standing.is_untold:
        return
    generation, after = kept.standing.generation, _FIRST
    while True:
        async with ctx.transaction() as tx:
            page = await members.newcomers(tx, collection_id, generation, after, ROWS_A_STEP)
            came = [product_id for product_id, is_new in page if is_new]
            tx.publish(*members_changed(came, "rule", collection_id))
            if len(page) < ROWS_A_STEP:
                await repository.note_told(tx, collection_id)
                return
        after = page[-1][0]


async def _clear(ctx: Context, collection_id: UUID) -> None:
    """Rows of generations that no longer count are gone, and their products announced."""
    while True:
        async with ctx.transaction() as tx:
            kept = await repository.lock_collection(tx, collection_id)
            if kept is None:
                return
            standing = kept.standing
            counting = [standing.generation]
            if standing.pending_generation is not None:
                counting.append(standing.pending_generation)
            cleared = await members.clear_leftovers(tx, collection_id, counting, ROWS_A_STEP)
            still = await members.members_among(tx, collection_id, standing.generation, cleared)
            left = sorted(set(cleared) - still.keys())
            tx.publish(*members_changed(left, "rule", collection_id))
        if len(cleared) < ROWS_A_STEP:
            return


async def sort_due(ctx: Context) -> None:
    """Products that have grown too old for some rule are looked at again, and only those."""
    for _ in range(MOST_DUE // PRODUCTS_A_STEP):
        fresh = _fresh(ctx)
        async with fresh.transaction() as tx:
            ids = await sorting.due_before(tx, tx.now, PRODUCTS_A_STEP)
            if not ids:
                return
            await sorting.hold(tx)
            await sort_anew(tx, ids, "rule")
            # One that was deleted meanwhile has no facts, and would stay due for ever.
            there = await catalog.products_for_listing(tx, ids)
            gone = sorted(set(ids) - {each.product_id for each in there})
            await sorting.save_due(tx, {}, gone)


async def turn_windows(ctx: Context) -> None:
    """Collections whose window has opened or closed since the last look are announced."""
    async with ctx.transaction() as tx:
        for collection_id in await repository.turn_windows(tx, MOST_WINDOWS):
            tx.publish(CollectionChanged(collection_id=collection_id, reason="shown"))


async def purge_removed(ctx: Context) -> None:
    """Collections removed more than a day ago are gone for good, with their members."""
    long_gone = await repository.removed_before(ctx, ctx.now - KEPT_REMOVED, MOST_PURGED)
    for collection_id in long_gone:
        while True:
            async with ctx.transaction() as tx:
                kept = await repository.lock_collection(tx, collection_id)
                if kept is None or kept.removed_at is None:
                    break
                cleared = await members.clear_leftovers(tx, collection_id, [], ROWS_A_STEP)
                if len(cleared) < ROWS_A_STEP:
                    await repository.delete_collection(tx, collection_id)
                    break


async def forget_products(tx: Transaction, product_ids: list[UUID]) -> None:
    """Products that exist no more are in no collection."""
    await members.forget_products(tx, product_ids)
    await sorting.save_due(tx, {}, product_ids)
