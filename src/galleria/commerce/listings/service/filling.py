"""Filling the shop window: products become listings, and what changed is announced."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

import msgspec

from galleria.commerce import assortment, attributes, catalog, collections, pricing
from galleria.commerce.catalog import ProductTree
from galleria.commerce.listings.events import ListingsChanged
from galleria.commerce.listings.model import making as model
from galleria.commerce.listings.model import packed
from galleria.commerce.listings.model.making import Beside, Listing, Stock
from galleria.commerce.listings.model.places import Tree, counts_of
from galleria.commerce.listings.repository import places, rows
from galleria.commerce.listings.repository.rows import Row
from galleria.commerce.listings.service.trees import load_tree
from galleria.engines.sql import Reader, Record, Transaction
from galleria.platform import tenants
from galleria.platform.tenants import Channel

AT_ONCE = 1_000  # products made into listings together; bounds memory to some 20 MB
IDS_AN_EVENT = 500
_NO_TREE = Tree([])
# The collections of each product, with its position in each.
Members: TypeAlias = Mapping[UUID, Mapping[UUID, int]]


class _Windows(msgspec.Struct, frozen=True):
    """The numbers of a shop's windows by channel and language, and all of them in order."""

    numbers: dict[tuple[UUID, str], int]
    every: list[int]


async def refresh(
    tx: Transaction, product_ids: Sequence[UUID], changed_at: datetime | None = None
) -> set[UUID]:
    """The shop window shows these products as they are now; what changed is announced, and comes
    back.

    `changed_at` is when the first of the changes was committed that this is to show.
    """
    channels = await tenants.list_channels(tx)
    await rows.lock_window(tx)
    # Before the products are read: what changes after this look is sorted after it, too.
    await collections.hold_sorting(tx)
    unique = list(dict.fromkeys(product_ids))
    announced: set[UUID] = set()
    for chunk in await catalog.in_portions(tx, unique, AT_ONCE):
        changed = await _refresh_chunk(tx, channels, chunk)
        announce(tx, sorted(changed), changed_at)
        announced |= changed
    return announced


async def products_of(reader: Reader, variant_ids: Sequence[UUID]) -> list[UUID]:
    """The products these variants belong to, each once."""
    return await catalog.products_of_variants(reader, variant_ids) if variant_ids else []


async def remove(
    tx: Transaction, product_ids: Sequence[UUID], changed_at: datetime | None = None
) -> None:
    """These products are shown no longer."""
    await rows.lock_window(tx)
    windows = await _windows(tx, [])
    changed = await _write(tx, windows, product_ids, [], {}, {})
    announce(tx, sorted(changed), changed_at)


async def _refresh_chunk(
    tx: Transaction, channels: Sequence[Channel], product_ids: Sequence[UUID]
) -> set[UUID]:
    products = await catalog.products_for_listing(tx, product_ids)
    shown = [product for product in products if product.status == "active"]
    # Rules may choose what is no longer on sale, or not yet.
    variant_ids = [v.variant_id for product in products for v in product.variants]
    bundles = await assortment.load_bundles(tx, variant_ids)
    availability = await assortment.availability(tx, bundles, variant_ids)
    stocks = [
        Stock(prices, availability, lowest)
        for channel in channels
        for prices, lowest in [await _prices(tx, bundles, channel, variant_ids)]
    ]
    usual = (stock for channel, stock in zip(channels, stocks, strict=True) if channel.is_default)
    members = await _sort(tx, products, next(usual, Stock({}, availability, {})))
    beside = Beside(
        await attributes.dictionary(tx),
        await assortment.relations_of(tx, [product.product_id for product in shown]),
        members,
        bundles,
    )
    listings: list[Listing] = []
    for channel, stock in zip(channels, stocks, strict=True):
        for locale in channel.locales or [channel.locale]:
            made = (
                model.make_listing(product, channel, locale, stock, beside) for product in shown
            )
            listings += [listing for listing in made if listing is not None]
    windows = await _windows(tx, channels)
    numbers = await _numbers(tx, shown, members)
    return await _write(tx, windows, product_ids, listings, numbers, members)


async def _sort(tx: Transaction, products: Sequence[ProductTree], stock: Stock) -> Members:
    """Every collection of each product with its position there, once the rules have seen it."""
    facts = (
        collections.facts_of(product, stock.prices, stock.availability) for product in products
    )
    return await collections.sort_in(tx, [each.product_id for each in products], facts)


async def _prices(
    tx: Transaction,
    bundles: assortment.Bundles,
    channel: Channel,
    variant_ids: Sequence[UUID],
) -> tuple[dict[UUID, pricing.ResolvedPrice], dict[UUID, int]]:
    """What everybody pays for one piece; and of what is reduced, the lowest of 30 days before."""
    place = (channel.channel_id, channel.currency)
    quantities = dict.fromkeys(variant_ids, 1)
    prices = await assortment.prices_for(tx, bundles, quantities, *place, at=tx.now)
    starts = {each: price.since for each, price in prices.items() if price.is_reduced}
    if not starts:
        return prices, {}
    return prices, await pricing.lowest_in_days(tx, list(starts), *place, before=starts)


async def _windows(tx: Transaction, channels: Sequence[Channel]) -> _Windows:
    """The windows by number, new channels and languages numbered on; the window is locked."""
    known = await places.all_windows(tx)
    numbers = {(row["channel_id"], row["locale"]): row["window_id"] for row in known}
    missing = [
        (channel.channel_id, locale, channel.currency)
        for channel in channels
        for locale in channel.locales or [channel.locale]
        if (channel.channel_id, locale) not in numbers
    ]
    if missing:
        first = max(numbers.values(), default=0) + 1
        await places.add_windows(tx, first, missing)
        numbers |= {(each[0], each[1]): at for at, each in enumerate(missing, first)}
    return _Windows(numbers, sorted(numbers.values()))


async def _numbers(
    tx: Transaction, products: Iterable[ProductTree], members: Members
) -> dict[UUID, int]:
    """The number of each place these products lie in, and of all places above those."""
    ids: dict[UUID, None] = {}
    for product in products:
        ids |= dict.fromkeys(each.category_id for each in product.categories)
        ids |= dict.fromkeys(members[product.product_id])
    return await number_places(tx, list(ids))


async def number_places(tx: Transaction, place_ids: Sequence[UUID]) -> dict[UUID, int]:
    """The number of each of these categories and collections; the window is locked."""
    numbers = await places.numbers_of(tx, place_ids) if place_ids else {}
    missing = [each for each in place_ids if each not in numbers]
    if missing:
        await places.add_places(tx, missing)
        numbers |= await places.numbers_of(tx, missing)
    return numbers


async def _write(
    tx: Transaction,
    windows: _Windows,
    product_ids: Sequence[UUID],
    listings: Sequence[Listing],
    numbers: dict[UUID, int],
    members: Members,
) -> set[UUID]:
    """Rows, chunks, placements and counts of these products are those of the listings."""
    made: list[Row] = []
    chunks: list[tuple[int, UUID, int, bytes]] = []
    for listing in listings:
        window_id = windows.numbers[listing.channel_id, listing.locale]
        small = packed.pack_listing(listing, numbers)
        made.append(_row(window_id, listing, small))
        chunks += [
            (window_id, listing.card.product_id, at, chunk)
            for at, chunk in enumerate(small.chunks, 1)
        ]
    before = await rows.rows_before(tx, windows.every, product_ids)
    changed = await rows.replace_rows(tx, windows.every, product_ids, made)
    if chunks or any(row["has_chunks"] for row in before):
        changed |= await rows.replace_chunks(tx, windows.every, product_ids, chunks)
    listed = {row.product_id for row in made}
    positions = {
        (numbers[collection_id], product_id): position
        for product_id in listed
        for collection_id, position in members[product_id].items()
    }
    return changed | await _place(tx, before, made, positions)


def _row(window_id: int, listing: Listing, small: packed.PackedListing) -> Row:
    card = listing.card
    return Row(
        window_id=window_id,
        product_id=card.product_id,
        handle_hash=packed.handle_hash(window_id, card.handle),
        price_min_minor=card.price_range.min.amount_minor,
        published_at=card.published_at,
        tie=packed.tie_of(card.product_id),
        category=small.category,
        title_sort=listing.title_sort,
        extra=small.extra,
        document=small.document,
        picker=small.picker,
    )


async def _place(
    tx: Transaction,
    before: Sequence[Record],
    made: Sequence[Row],
    positions: Mapping[tuple[int, UUID], int],
) -> set[UUID]:
    """Extra places and counts follow the rows; products that stand elsewhere come back.

    `positions` are by (place, product), for places that are collections.
    """
    old = {(r["window_id"], r["product_id"]): (r["category"], r["extra"]) for r in before}
    new = {(row.window_id, row.product_id): (row.category, row.extra) for row in made}
    moved = [key for key in old.keys() | new.keys() if old.get(key) != new.get(key)]
    if not moved and not positions:
        return set()
    had = {(place, key[1]) for key, (_, extra) in old.items() for place in extra or ()}
    has = {(place, key[1]) for key, (_, extra) in new.items() for place in extra or ()}
    placed = dict.fromkeys(has - had, 0) | dict(positions)
    replaced = await rows.change_placements(tx, had - has, placed)
    if not moved:
        return replaced
    tree = await load_tree(tx) if had or has else _NO_TREE
    changes: Counter[tuple[int, int, bool]] = Counter()
    for key in moved:
        for sign, where in ((-1, old.get(key)), (1, new.get(key))):
            if where is not None:
                for counted, change in counts_of([where[0], *(where[1] or ())], tree).items():
                    changes[key[0], *counted] += sign * change
    await places.add_counts(tx, changes)
    return replaced


async def recount_shared(tx: Transaction) -> None:
    """Counts of branches are right again after categories moved: products of several categories
    are taken off where these meet now."""
    await rows.lock_window(tx)
    await number_places(tx, [each.category_id for each in await catalog.all_categories(tx)])
    tree = await load_tree(tx)
    await places.forget_shared(tx)
    every = [row["window_id"] for row in await places.all_windows(tx)]
    changes: Counter[tuple[int, int, bool]] = Counter()
    for row in await places.places_of_several(tx, every, list(tree.by_place)):
        for counted, change in counts_of([row["category"], *row["extra"]], tree).items():
            if counted[1]:
                changes[row["window_id"], *counted] += change
    await places.add_counts(tx, changes)


def announce(
    tx: Transaction, product_ids: Sequence[UUID], changed_at: datetime | None = None
) -> None:
    """What shoppers see of these products is different."""
    for start in range(0, len(product_ids), IDS_AN_EVENT):
        part = list(product_ids[start : start + IDS_AN_EVENT])
        subject = str(part[0]) if len(part) == 1 else "listings"
        tx.publish(ListingsChanged(subject=subject, product_ids=part, changed_at=changed_at))
