"""Names of categories and collections, found when somebody reads and kept for some seconds."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

import msgspec

from galleria.commerce import catalog, collections
from galleria.commerce.collections import CollectionRef
from galleria.commerce.listings.model.making import ShownCategory
from galleria.commerce.listings.model.places import Category, Tree
from galleria.commerce.listings.repository import places
from galleria.engines.cache import CacheKey
from galleria.engines.context import Context
from galleria.engines.sql import Reader

NAMES_KEPT_S = 3.0  # with the seconds an answer is kept: a new name is seen within ten


class _KeptCollection(msgspec.Struct, frozen=True):
    """A collection as the window needs it; `position` and handle say where it stands."""

    handle: str
    title: str
    titles: dict[str, str]
    position: int


_DECODER = msgspec.json.Decoder(_KeptCollection | None)


async def load_tree(reader: Reader) -> Tree:
    """The shop's categories as they are now."""
    return _tree(await _encoded(reader))


async def _encoded(reader: Reader) -> bytes:
    found = await catalog.all_categories(reader)
    numbers = await places.numbers_of(reader, [each.category_id for each in found])
    return msgspec.json.encode(
        [
            Category(
                each.category_id,
                each.parent_id,
                each.handle,
                each.name,
                each.translations,
                each.path,
                numbers.get(each.category_id, 0),
                each.metafields,
            )
            for each in found
        ]
    )


@lru_cache(maxsize=64)
def _tree(encoded: bytes) -> Tree:
    return Tree(msgspec.json.decode(encoded, type=list[Category]))


def _tree_key(ctx: Context) -> CacheKey:
    return CacheKey(ctx.tenant.tenant_id, "listings-tree")


async def tree_of(ctx: Context, with_places: Iterable[int] = ()) -> Tree:
    """The shop's categories as they were some seconds ago; newer when a place is not among them."""
    kept = await ctx.engines.cache.get(_tree_key(ctx))
    if kept is not None:
        tree = _tree(kept)
        if all(place in tree.by_place for place in with_places):
            return tree
    encoded = await _encoded(ctx)
    await ctx.engines.cache.set(_tree_key(ctx), encoded, NAMES_KEPT_S)
    return _tree(encoded)


async def counts_of_window(ctx: Context, window_id: int) -> dict[int, int]:
    """How many products each place showed some seconds ago."""
    key = CacheKey(ctx.tenant.tenant_id, "listings-counts", str(window_id))
    kept = await ctx.engines.cache.get(key)
    if kept is not None:
        return msgspec.json.decode(kept, type=dict[int, int])
    counts = await places.counts_in(ctx, window_id)
    await ctx.engines.cache.set(key, msgspec.json.encode(counts), NAMES_KEPT_S)
    return counts


def shown_categories(tree: Tree, numbers: Sequence[int], locale: str) -> list[ShownCategory]:
    """The categories of these numbers by path; one that is gone is left out."""
    found = [tree.by_place[number] for number in numbers if number in tree.by_place]
    return [
        ShownCategory(each.handle, each.name_in(locale), each.path)
        for each in sorted(found, key=lambda each: each.path)
    ]


async def load_collections(ctx: Context, numbers: Iterable[int]) -> dict[int, _KeptCollection]:
    """The collections of these numbers that shoppers see now."""
    ids = await places.places_numbered(ctx, list(numbers))
    shown = await collections.shown_collections(ctx, list(ids.values()), ctx.now)
    return {number: _kept(shown[each]) for number, each in ids.items() if each in shown}


async def collections_of(ctx: Context, numbers: Iterable[int]) -> dict[int, _KeptCollection]:
    """The collections of these numbers that shoppers saw some seconds ago."""
    found: dict[int, _KeptCollection | None] = {}
    missing: list[int] = []
    for number in dict.fromkeys(numbers):
        kept = await ctx.engines.cache.get(_collection_key(ctx, number))
        if kept is None:
            missing.append(number)
        else:
            found[number] = _DECODER.decode(kept)
    if missing:
        loaded = await load_collections(ctx, missing)
        for number in missing:
            # That nobody sees one is kept as well: its members are many.
            found[number] = loaded.get(number)
            await ctx.engines.cache.set(
                _collection_key(ctx, number), msgspec.json.encode(found[number]), NAMES_KEPT_S
            )
    return {number: each for number, each in found.items() if each is not None}


def _kept(ref: CollectionRef) -> _KeptCollection:
    return _KeptCollection(ref.handle, ref.title, ref.translations, ref.position)


def _collection_key(ctx: Context, number: int) -> CacheKey:
    return CacheKey(ctx.tenant.tenant_id, "listings-collection", str(number))


def collections_on_page(
    known: dict[int, _KeptCollection], numbers: Sequence[int], locale: str
) -> list[ShownCategory]:
    """The collections of these numbers as they are arranged."""
    found = [known[number] for number in numbers if number in known]
    return [
        ShownCategory(each.handle, each.titles.get(locale) or each.title, each.handle)
        for each in sorted(found, key=lambda each: (each.position, each.handle))
    ]
