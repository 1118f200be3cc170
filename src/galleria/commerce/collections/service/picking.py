"""Members picked by hand: put in, taken out, moved, and named by files."""

from collections import defaultdict
from collections.abc import Collection as Set
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

import msgspec

from galleria.commerce.collections import errors
from galleria.commerce.collections.events import CollectionChanged, members_changed
from galleria.commerce.collections.model.collections import (
    GAP,
    MAX_PICKED,
    Collection,
    CollectionRef,
    Kept,
    Standing,
    positions_between,
)
from galleria.commerce.collections.model.undoing import FilledMember
from galleria.commerce.collections.repository import collections as repository
from galleria.commerce.collections.repository import filled, members
from galleria.commerce.collections.repository.members import Membership, Row
from galleria.commerce.collections.service import reading
from galleria.commerce.collections.service.editing import lock
from galleria.engines.context import Context
from galleria.engines.sql import Transaction
from galleria.foundation.ids import new_id
from galleria.foundation.text import slugify
from galleria.platform import audit


async def fill_collection(
    ctx: Context, collection_id: UUID, added: Sequence[UUID], removed: Sequence[UUID]
) -> None:
    """The collection holds the products added, the new ones last, and none of those removed.

    Raises:
        CollectionNotFound: there is no such collection.
        CollectionByRule: its members are chosen by a rule.
        ProductNotFound: one of those added is no product of this shop.
    """
    async with ctx.transaction() as tx:
        kept = await _lock_picked(tx, collection_id)
        await reading.require_products(tx, added)
        generation = kept.standing.generation
        present = await members.members_among(tx, collection_id, generation, [*added, *removed])
        new = [each for each in dict.fromkeys(added) if each not in present]
        out = sorted({each for each in removed if each in present} - set(new))
        if not new and not out:
            return
        last = await members.last_positions(tx, {collection_id: generation})
        low = last.get(collection_id, 0)
        rows = [
            Row(collection_id, generation, product_id, low + GAP * step)
            for step, product_id in enumerate(new, 1)
        ]
        gone = [Row(collection_id, generation, product_id) for product_id in out]
        await members.write_members(tx, gone, rows)
        await _bump(tx, kept)
        tx.publish(*members_changed(sorted([*new, *out]), "filled", collection_id))
        await audit.record(tx, "products.collection_filled", f"collection:{collection_id}")


async def _lock_picked(tx: Transaction, collection_id: UUID) -> Kept:
    kept = await lock(tx, collection_id)
    if kept.collection.rule is not None:
        raise errors.CollectionByRule("change its rule, or let it be picked by hand")
    return kept


async def _bump(tx: Transaction, kept: Kept) -> None:
    collection = msgspec.structs.replace(kept.collection, version=kept.collection.version + 1)
    await repository.save_collection(tx, msgspec.structs.replace(kept, collection=collection))


async def move_members(
    ctx: Context, collection_id: UUID, product_ids: Sequence[UUID], after: UUID | None = None
) -> None:
    """These members stand in this order right behind `after`, or first of all without it.

    One statement writes those that move; only when there is no gap left are all numbered anew.

    Raises:
        CollectionNotFound, CollectionByRule: see `fill_collection`.
        NoMember: one of them is not in the collection, or `after` is among those that move.
        TooManyMembers: the list would have to be numbered anew, and is too long for that.
    """
    moved = list(dict.fromkeys(product_ids))
    async with ctx.transaction() as tx:
        kept = await _lock_picked(tx, collection_id)
        positions = await _gap(tx, kept, moved, after)
        touched = moved
        if positions is None:
            counts = await repository.counts_of(tx, [collection_id])
            if counts.get(collection_id, 0) > MAX_PICKED:
                raise errors.TooManyMembers(f"at most {MAX_PICKED} can be put in order")
            generation = kept.standing.generation
            touched = await members.number_anew(tx, collection_id, generation)
            positions = await _gap(tx, kept, moved, after)
        assert positions is not None, "the gaps are as wide as they can be"
        placed = dict(zip(moved, positions, strict=True))
        await members.place_members(tx, collection_id, kept.standing.generation, placed)
        await _bump(tx, kept)
        tx.publish(*members_changed(sorted(touched), "moved", collection_id))


async def _gap(
    tx: Transaction, kept: Kept, moved: list[UUID], after: UUID | None
) -> list[int] | None:
    """Positions for those that move, None when the gap is too narrow."""
    collection_id, generation = kept.collection.collection_id, kept.standing.generation
    asked = moved if after is None else [*moved, after]
    present = await members.members_among(tx, collection_id, generation, asked)
    missing = [each for each in asked if each not in present]
    if missing or after in moved:
        raise errors.NoMember(f"{missing[0] if missing else after} cannot stand there")
    low = None if after is None else present[after]
    place = None if low is None or after is None else (low, after)
    high = await members.neighbour(tx, collection_id, generation, place, moved)
    if low is None:
        low = (0 if high is None else high) - GAP * (len(moved) + 1)
    return positions_between(low, high, len(moved))


async def step_member(ctx: Context, collection_id: UUID, product_id: UUID, step: int) -> None:
    """The member stands one place earlier (step -1) or later (step 1); at the end it stays.

    Raises:
        CollectionNotFound, CollectionByRule, NoMember, TooManyMembers: see `move_members`.
    """
    assert step in (-1, 1), "one place at a time"
    async with ctx.transaction() as tx:
        kept = await _lock_picked(tx, collection_id)
        generation = kept.standing.generation
        present = await members.members_among(tx, collection_id, generation, [product_id])
        if product_id not in present:
            raise errors.NoMember(f"{product_id} is not in the collection")
        own = (present[product_id], product_id)
        if step > 0:
            page = await members.page_of_members(tx, collection_id, generation, own, 1)
            if page:
                await move_members(ctx, collection_id, [product_id], page[0].product_id)
            return
        before = await members.page_before(tx, collection_id, generation, own, 2)
        if before:
            behind = before[1].product_id if len(before) > 1 else None
            await move_members(ctx, collection_id, [product_id], behind)


async def set_collections_of(
    ctx: Context, product_id: UUID, collection_ids: Sequence[UUID]
) -> list[CollectionRef]:
    """Of the collections picked by hand the product is in these and no others; all it is in.

    Those that choose it by a rule may be named and make no difference.

    Raises:
        ProductNotFound: this shop has no such product.
        CollectionNotFound: one of them is no collection of this shop.
    """
    async with ctx.transaction() as tx:
        await reading.require_products(tx, [product_id])
        known = await repository.refs_of(tx, collection_ids)
        unknown = set(collection_ids) - {each.collection_id for each in known}
        if unknown:
            raise errors.CollectionNotFound(f"no collection {min(unknown)}")
        wanted = {product_id: [each for each in known if not each.is_by_rule]}
        await _place(tx, wanted)
        standing = await members.memberships(tx, [product_id])
        return await repository.refs_of(
            tx, [each.collection_id for each in standing if each.is_live]
        )


async def fill_by_name(
    tx: Transaction,
    names: Mapping[UUID, Sequence[str]],
    *,
    work_id: UUID | None = None,
    are_new: Set[UUID] = frozenset(),
) -> set[UUID]:
    """Of the collections picked by hand, each product is in those named and no others.

    A name is a title or a handle; a collection that is missing is made. One with a rule cannot be
    filled and is passed over. Set-based: what does not differ is not written.

    Args:
        tx: commits it.
        names: for each product the names of all its collections.
        work_id: the import that this belongs to, so that `undo_filled` can take it back.
        are_new: products whose places go with them, so that nothing needs to be remembered.

    Returns:
        The products whose collections differ from before.
    """
    handles: dict[str, str] = {}
    for each in names.values():
        for name in each:
            handles.setdefault(slugify(name), name)
    known = await repository.ids_at(tx, list(handles))
    if len(known) < len(handles):
        known = await _make_missing(tx, handles)
    wanted = {
        product_id: [
            found
            for handle in dict.fromkeys(map(slugify, each))
            if not (found := known[handle]).is_by_rule
        ]
        for product_id, each in names.items()
    }
    gone, added = await _place(tx, wanted)
    if work_id is not None:
        await _remember(tx, work_id, gone, [row for row in added if row.product_id not in are_new])
    return {row.product_id for row in (*gone, *added)}


async def _remember(
    tx: Transaction, work_id: UUID, gone: Sequence[Row], added: Sequence[Row]
) -> None:
    places = [(row, row.position, False) for row in gone]
    changed = [*places, *((row, None, True) for row in added)]
    if changed:
        await filled.note_filled(
            tx,
            work_id,
            [
                FilledMember(
                    product_id=row.product_id,
                    collection_id=row.collection_id,
                    position_before=position,
                    is_member=is_member,
                )
                for row, position, is_member in changed
            ],
        )


async def differing(tx: Transaction, names: Mapping[UUID, Sequence[str]]) -> set[UUID]:
    """The products that `fill_by_name` would change, without doing it."""
    handles = {slugify(name) for each in names.values() for name in each}
    known = await repository.ids_at(tx, sorted(handles))
    standing = await reading.collections_of(tx, list(names))
    found: set[UUID] = set()
    for product_id, each in names.items():
        asked = set(map(slugify, each))
        wanted = {handle for handle in asked if handle not in known or not known[handle].is_by_rule}
        present = {ref.handle for ref in standing[product_id] if not ref.is_by_rule}
        if wanted != present:
            found.add(product_id)
    return found


async def _make_missing(tx: Transaction, names: Mapping[str, str]) -> dict[str, CollectionRef]:
    await repository.lock_names(tx)
    known = await repository.ids_at(tx, list(names))
    made = [
        Collection(
            collection_id=new_id(),
            handle=handle,
            title=names[handle].strip(),
            translations={},
            position=0,
            version=1,
        )
        for handle in sorted(names.keys() - known.keys())
    ]
    await repository.add_collections(
        tx, [Kept(collection=each, standing=Standing()) for each in made]
    )
    for each in made:
        tx.publish(CollectionChanged(collection_id=each.collection_id, reason="created"))
    return await repository.ids_at(tx, list(names))


async def _place(
    tx: Transaction, wanted: Mapping[UUID, Sequence[CollectionRef]]
) -> tuple[list[Row], list[Row]]:
    """The products are in these collections, of those picked by hand; who left, and who came."""
    pairs = {(each.collection_id, product) for product, refs in wanted.items() for each in refs}
    gone, added = _difference(await members.memberships(tx, list(wanted)), pairs)
    if not gone and not added:
        return [], []
    # A rule may have come meanwhile; under the lock none does.
    live = await repository.lock_for_members(
        tx, sorted({collection_id for collection_id, _ in (*gone, *added)})
    )
    standing = await members.memberships(tx, list(wanted))
    gone, added = _difference(standing, pairs)
    last = await members.last_positions(tx, {each: live[each] for each, _ in added if each in live})
    rows = _appended(added, live, last)
    places = {(m.collection_id, m.product_id): m.position for m in standing if m.is_live}
    out = [
        Row(each, live[each], product, places[each, product])
        for each, product in sorted(gone)
        if each in live
    ]
    if rows or out:
        await members.write_members(tx, out, rows)
        changed = {row.product_id for row in (*rows, *out)}
        tx.publish(*members_changed(sorted(changed), "filled"))
    return out, rows


def _difference(
    standing: Iterable[Membership], wanted: set[tuple[UUID, UUID]]
) -> tuple[set[tuple[UUID, UUID]], set[tuple[UUID, UUID]]]:
    """(collection, product) pairs to be taken out, and to be put in."""
    present = {
        (each.collection_id, each.product_id)
        for each in standing
        if each.is_live and not each.is_by_rule
    }
    return present - wanted, wanted - present


def _appended(
    added: Iterable[tuple[UUID, UUID]], live: Mapping[UUID, int], last: Mapping[UUID, int]
) -> list[Row]:
    """The new members behind those that are there, by id."""
    products: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for collection_id, product_id in sorted(added):
        if collection_id in live:
            products[collection_id].append(product_id)
    return [
        Row(each, live[each], product_id, last.get(each, 0) + GAP * step)
        for each, ids in products.items()
        for step, product_id in enumerate(ids, 1)
    ]
