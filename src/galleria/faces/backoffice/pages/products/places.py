"""Categories and collections to choose from: as many as a person can look through."""

from collections.abc import Collection as AnyOf
from collections.abc import Sequence
from uuid import UUID

import msgspec

from galleria.commerce import catalog, collections
from galleria.commerce.catalog import Category
from galleria.commerce.collections import CollectionRef
from galleria.engines.context import Context

MOST_CATEGORIES = 400  # more make a list nobody reads, and a heavy page
MOST_COLLECTIONS = 100


class Choice(msgspec.Struct, frozen=True):
    """A collection to tick."""

    collection_id: UUID
    title: str


async def categories_to_choose(ctx: Context, always: AnyOf[UUID] = ()) -> list[Category]:
    """The shop's tree, without its deepest levels when it is very large.

    Those in `always` are there however deep they lie: a form that does not show where a product
    lies would take it away from there.
    """
    return fitting(await catalog.all_categories(ctx), always)


def fitting(categories: Sequence[Category], always: AnyOf[UUID]) -> list[Category]:
    """As many levels of the tree as make at most 400 categories, the first level whole."""
    for depth in range(8, 0, -1):
        shown = [c for c in categories if len(c.lineage) <= depth or c.category_id in always]
        if len(shown) <= MOST_CATEGORIES:
            return shown
    return shown


async def collections_to_choose(ctx: Context, held: Sequence[CollectionRef]) -> list[Choice]:
    """The first collections of the shop that are picked by hand, and all such of `held`."""
    page = await collections.list_collections(ctx, None, MOST_COLLECTIONS)
    choices = {each.collection_id: each.title for each in held if not each.is_by_rule}
    choices |= {each.collection_id: each.title for each in page.items if each.rule is None}
    return [Choice(collection_id, title) for collection_id, title in choices.items()]


async def collections_to_look_in(ctx: Context) -> list[Choice]:
    """The first collections of the shop, picked by hand or by a rule."""
    page = await collections.list_collections(ctx, None, MOST_COLLECTIONS)
    return [Choice(each.collection_id, each.title) for each in page.items]
