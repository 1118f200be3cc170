"""A shop with goods and collections, and the events between them worked off."""

from typing import Any
from uuid import UUID

from galleria.commerce import catalog, collections
from galleria.commerce.collections import Collection, Condition, Group, NewCollection
from galleria.commerce.collections.room import ROOM as COLLECTIONS
from galleria.commerce.listings.room import ROOM as LISTINGS
from galleria.commerce.listings.service import refresh
from galleria.engines.context import Context
from galleria.engines.event_log import Relay
from tests.commerce.collections.rules_for_tests import condition
from tests.commerce.selling import Sold, put_on_sale


def rule(*conditions: Condition, match: Any = "all", groups: Any = ()) -> Group:
    """A rule of these conditions."""
    return Group(match=match, conditions=list(conditions), groups=list(groups))


def tagged(*tags: str) -> Group:
    """A rule that chooses products with any of the tags."""
    return rule(condition("tag", "in", values=list(tags)))


async def goods(ctx: Context, *sold: Sold) -> list[UUID]:
    """The ids of goods put on sale."""
    return [each.product_id for each in await put_on_sale(ctx, *sold) if each.product_id]


async def by_rule(ctx: Context, title: str, asked: Group) -> Collection:
    """A collection with a rule that has seen every product."""
    made = await collections.create_collection(ctx, NewCollection(title=title, rule=asked))
    await collections.apply_rule(ctx, made.collection_id)
    return made


async def by_hand(ctx: Context, title: str, *product_ids: UUID) -> Collection:
    """A collection of these products."""
    made = await collections.create_collection(ctx, NewCollection(title=title))
    if product_ids:
        await collections.fill_collection(ctx, made.collection_id, product_ids, [])
    return made


async def held(ctx: Context, made: Collection) -> list[UUID]:
    """The members of a collection in their order."""
    found: list[UUID] = []
    cursor = None
    while True:
        page = await collections.list_members(ctx, made.collection_id, cursor, 100)
        found += [each.product_id for each in page.items]
        cursor = page.next_cursor
        if cursor is None:
            return found


async def counted(ctx: Context, made: Collection) -> int:
    """How many members the collection says it has."""
    counts = await collections.count_members(ctx, [made.collection_id])
    return counts[made.collection_id]


async def work_off(ctx: Context) -> None:
    """All events so far have reached collections and shop window."""
    relay = Relay(ctx.engines, [*COLLECTIONS.subscriptions, *LISTINGS.subscriptions])
    while await relay.drain():
        pass


async def refreshed(ctx: Context, *product_ids: UUID) -> None:
    """The listings of these products are made anew."""
    async with ctx.transaction() as tx:
        await refresh(tx, product_ids)


async def retitled(ctx: Context, product_id: UUID, **changes: Any) -> None:
    """The product has these changes."""
    await catalog.update_product(ctx, product_id, catalog.ProductChanges(**changes))
