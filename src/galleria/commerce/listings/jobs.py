"""Keeps the shop window current: listens to catalog, prices and stock, rebuilds when asked."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from galleria.commerce import attributes, catalog, collections
from galleria.commerce.listings import service
from galleria.commerce.listings.events import ListingsChanged
from galleria.engines.context import Context
from galleria.engines.event_log import AnySubscription, Subscription
from galleria.engines.jobs import EnqueueOn, Job, Progress, Schedule
from galleria.engines.sql import Transaction
from galleria.foundation.events import Envelope
from galleria.foundation.ids import made_at

# Events of up to 500 ids each. An import of 2,000 products commits some seventy of them: four about
# products, the others about their variants' prices and stock. Two commits together, so that few
# products are made twice; a batch is some 4,000 products and as many milliseconds, far from the 30
# seconds a transaction may take.
EVENTS_AT_ONCE = 140
PRODUCTS_A_STEP = 2_000
_MEMBERS = "collections.members_changed.v1"
# Names of categories and collections stand in no listing: a new one changes nothing here.
RENAMED = "renamed"
# What happens to a collection that pages of its products show: only its name, or its place.
NAMED = frozenset({"renamed", "shown"})
PLACED = frozenset({"removed", "restored"})
# Its page may look different, too, but not while a rule is on its way through the shop.
SORTING = frozenset({"rule_changed", "rule_applied"})
# What was done to an entry of the dictionary that no product used: not before, or no more.
UNUSED = ("learnt", "created", "adopted", "added", "removed")


class _Changed(msgspec.Struct, frozen=True):
    """What the events that call for new listings name: products, or variants of theirs."""

    product_ids: list[UUID] = []
    variant_ids: list[UUID] = []
    reason: str = ""


class _Removed(msgspec.Struct, frozen=True):
    product_ids: list[UUID]


class _Structure(msgspec.Struct, frozen=True):
    kind: str
    ids: list[str]


class _Dictionary(msgspec.Struct, frozen=True):
    kind: str
    action: str
    ids: list[str]


class _Collection(msgspec.Struct, frozen=True):
    collection_id: UUID
    reason: str


class _Channel(msgspec.Struct, frozen=True):
    channel_id: UUID


class _Shop(msgspec.Struct, frozen=True):
    fields: list[str]


class Rebuild(msgspec.Struct, frozen=True):
    """Make all listings of a shop anew; `reason` is for the reader of the queue."""

    reason: str


class Relabel(msgspec.Struct, frozen=True):
    """Make the listings anew that show one of these attributes, or words of the dictionary."""

    attribute_ids: list[int]
    value_ids: list[int]


class Recount(msgspec.Struct, frozen=True):
    """Count the products of several categories anew; `reason` is for the reader of the queue."""

    reason: str


class ShowCollection(msgspec.Struct, frozen=True):
    """Tell of a collection's members that it looks different.

    With `makes_anew` their listings are made anew: they lie in it no longer, or again.
    """

    collection_id: UUID
    makes_anew: bool


async def on_changed(ctx: Context, tx: Transaction, batch: list[Envelope[_Changed]]) -> None:
    """The products concerned are shown as they are now, each made once for the whole batch.

    An import changes products, prices and stock of the same products in one commit: taken
    together they cost one making instead of three. Those that lie in a place with a new name are
    announced in any case, for whoever keeps the name.
    """
    made = [e.payload for e in batch if e.payload.reason != RENAMED and not _is_ours(e)]
    products = dict.fromkeys(each for payload in made for each in payload.product_ids)
    variants = dict.fromkeys(each for payload in made for each in payload.variant_ids)
    products |= dict.fromkeys(await service.products_of(tx, list(variants)))
    changed_at = _first_commit(batch)
    announced = await service.refresh(tx, list(products), changed_at)
    renamed = {each for e in batch if e.payload.reason == RENAMED for each in e.payload.product_ids}
    service.announce(tx, sorted(renamed - announced), changed_at)


async def on_renamed(ctx: Context, tx: Transaction, batch: list[Envelope[_Structure]]) -> None:
    """Whoever keeps answers of the window forgets them: places have other names, or are gone."""
    if any(e.payload.kind == "category" for e in batch):
        tx.publish(ListingsChanged(subject="listings", product_ids=[]))


async def on_collections(ctx: Context, tx: Transaction, batch: list[Envelope[_Collection]]) -> None:
    """Whoever keeps answers of the window forgets them: collections look different, or are gone."""
    if any(e.payload.reason not in SORTING for e in batch):
        tx.publish(ListingsChanged(subject="listings", product_ids=[]))


def _first_commit(batch: Sequence[Envelope[Any]]) -> datetime:
    """When the earliest of the changes was committed: whatever waits for a batch waits since then.

    An event's id is minted as its transaction commits. Its `occurred_at` is when the request or the
    job began, which for a job may be minutes before.
    """
    return min(made_at(e.event_id) for e in batch)


def _is_ours(envelope: Envelope[_Changed]) -> bool:
    """The products were sorted by a making of listings, which shows them so already."""
    return envelope.tag == _MEMBERS and envelope.payload.reason == "sorted"


async def on_removed(ctx: Context, tx: Transaction, batch: list[Envelope[_Removed]]) -> None:
    """The removed products are shown no longer."""
    product_ids = [each for e in batch for each in e.payload.product_ids]
    await service.remove(tx, product_ids, _first_commit(batch))


async def rebuild(ctx: Context, payload: Rebuild, progress: Progress) -> None:
    """All listings of the shop are made anew, in steps that each commit."""
    after, done = UUID(int=0), 0
    while ids := await catalog.product_ids_after(ctx, after, PRODUCTS_A_STEP):
        async with ctx.transaction() as tx:
            await service.refresh(tx, ids)
        after, done = ids[-1], done + len(ids)
        await progress.report(done, None, "listings")


async def show_collection(ctx: Context, payload: ShowCollection, progress: Progress) -> None:
    """All members of a collection are shown and announced as they are now, in steps."""
    after, done = UUID(int=0), 0
    while ids := await collections.members_after(
        ctx, payload.collection_id, after, PRODUCTS_A_STEP, with_removed=True
    ):
        async with ctx.transaction() as tx:
            if payload.makes_anew:
                await service.refresh(tx, ids)
            else:
                service.announce(tx, ids)
        after, done = ids[-1], done + len(ids)
        await progress.report(done, None, "listings")


async def relabel(ctx: Context, payload: Relabel, progress: Progress) -> None:
    """Listings say by the attributes what they are called now, in steps that each commit.

    The others are looked at and left as they are; all of them can be read meanwhile.
    """
    known = await attributes.dictionary(ctx)
    words = await attributes.values_of(ctx, known, payload.value_ids)
    concerned = {*payload.attribute_ids, *(each.attribute_id for each in words.values())}
    done, looked = 0, 0
    after: UUID | None = UUID(int=0)
    while after is not None:
        ids, after = await catalog.product_ids_using(ctx, concerned, after, PRODUCTS_A_STEP)
        if ids:
            async with ctx.transaction() as tx:
                await service.refresh(tx, ids)
        done, looked = done + len(ids), looked + PRODUCTS_A_STEP
        await progress.report(done, None, f"listings, among the first {looked}")


async def recount(ctx: Context, payload: Recount, progress: Progress) -> None:
    """The counts of categories are right for the tree as it is now."""
    async with ctx.transaction() as tx:
        await service.recount_shared(tx)


async def make_stale_anew(ctx: Context) -> None:
    """No listing of the shop is missing because it was kept in an older way."""
    while await service.renew_step(ctx, PRODUCTS_A_STEP):
        pass


def _relabelled(jobs: list[Relabel]) -> Relabel:
    """All attributes in one walk."""
    return Relabel(
        sorted({each for job in jobs for each in job.attribute_ids}),
        sorted({each for job in jobs for each in job.value_ids}),
    )


def _relabel_after(change: _Dictionary) -> Relabel | None:
    """What to make anew; nothing for what no product says."""
    if change.kind not in ("attribute", "value") or change.action in UNUSED:
        return None
    numbers = [int(each) for each in change.ids]
    return Relabel(numbers, []) if change.kind == "attribute" else Relabel([], numbers)


def _show_after(change: _Collection) -> ShowCollection | None:
    """Whom to tell; nobody when no page of a product shows the difference."""
    if change.reason not in NAMED | PLACED:
        return None
    return ShowCollection(change.collection_id, change.reason in PLACED)


def _last_count(jobs: list[Recount]) -> Recount:
    """One count is enough for all that called for it."""
    return jobs[-1]


def _latest(rebuilds: list[Rebuild]) -> Rebuild:
    """One making of all listings is enough for all that called for it."""
    return rebuilds[-1]


REBUILD = Job("listings.rebuild", Rebuild, rebuild, at_once=2)
RELABEL = Job("listings.relabel", Relabel, relabel, at_once=2)
RECOUNT = Job("listings.recount", Recount, recount, at_once=2, watched=False)
SHOW = Job("listings.show_collection", ShowCollection, show_collection, at_once=2)
SCHEDULES = [Schedule("listings.make_stale_anew", "* * * * *", make_stale_anew)]

SUBSCRIPTIONS: list[AnySubscription] = [
    Subscription(
        "listings.changed",
        (
            "catalog.products_changed.v1",
            "pricing.prices_changed.v1",
            "inventory.stock_changed.v1",
            "assortment.relations_changed.v1",
            "assortment.bundles_changed.v1",
            _MEMBERS,
        ),
        _Changed,
        on_changed,
        at_once=EVENTS_AT_ONCE,
    ),
    Subscription(
        "listings.products_removed",
        "catalog.products_removed.v1",
        _Removed,
        on_removed,
        at_once=EVENTS_AT_ONCE,
    ),
    Subscription(
        "listings.places_renamed",
        "catalog.structure_changed.v1",
        _Structure,
        on_renamed,
    ),
    Subscription(
        "listings.collections_changed",
        "collections.collection_changed.v1",
        _Collection,
        on_collections,
    ),
]
ENQUEUES: list[EnqueueOn[Any]] = [
    EnqueueOn(
        "listings.dictionary_changed",
        "attributes.dictionary_changed.v1",
        _Dictionary,
        RELABEL,
        lambda e: _relabel_after(e.payload),
        join=_relabelled,
    ),
    EnqueueOn(
        "listings.categories_changed",
        "catalog.structure_changed.v1",
        _Structure,
        RECOUNT,
        lambda e: Recount("category") if e.payload.kind == "category" else None,
        join=_last_count,
    ),
    EnqueueOn(
        "listings.collection_changed",
        "collections.collection_changed.v1",
        _Collection,
        SHOW,
        lambda e: _show_after(e.payload),
    ),
    EnqueueOn(
        "listings.metafields_redefined",
        "attributes.dictionary_changed.v1",
        _Dictionary,
        REBUILD,
        lambda e: Rebuild("metafields") if e.payload.kind == "metafield_definition" else None,
        join=_latest,
    ),
    EnqueueOn(
        "listings.channel_changed",
        "tenants.channel_changed.v1",
        _Channel,
        REBUILD,
        lambda _: Rebuild("channel"),
        join=_latest,
    ),
    EnqueueOn(
        "listings.shop_updated",
        "tenants.shop_updated.v1",
        _Shop,
        REBUILD,
        lambda envelope: Rebuild("locales") if "locales" in envelope.payload.fields else None,
        join=_latest,
    ),
]
