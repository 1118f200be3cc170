"""Collections made, described, given a rule, removed, and taken back."""

from collections.abc import Container
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET

from galleria.commerce import catalog
from galleria.commerce.catalog import HandleTaken, StaleVersion
from galleria.commerce.collections import errors
from galleria.commerce.collections.events import CollectionChanged
from galleria.commerce.collections.model.collections import (
    MAX_RULES,
    Collection,
    Kept,
    SortOrder,
    Standing,
    check_window,
    free_handle,
    with_rule,
)
from galleria.commerce.collections.model.rules import Group, check_rule, conditions_of
from galleria.commerce.collections.repository import collections as repository
from galleria.commerce.collections.repository import sorting
from galleria.commerce.collections.schemas import CollectionChanges, NewCollection
from galleria.engines.context import Context
from galleria.engines.sql import Reader, Transaction
from galleria.foundation.errors import FieldError
from galleria.foundation.ids import new_id
from galleria.foundation.text import clean_html, slugify
from galleria.platform import audit

# What pages of products show of a collection: when one of these differs they are made anew.
_ON_PRODUCTS = ("handle", "title", "translations", "position")


async def create_collection(ctx: Context, wanted: NewCollection) -> Collection:
    """The collection, empty; one with a rule is filled by it as soon as a worker comes to it.

    Raises:
        HandleTaken: another collection has the handle.
        InvalidRule: the rule could never be followed.
        InvalidCollection: its window closes before it opens.
        TooManyRules: the shop has as many as it may.
    """
    async with ctx.transaction() as tx:
        await repository.lock_names(tx)
        base = wanted.handle or slugify(wanted.title)
        taken = await repository.handles_like(tx, base)
        _refuse_handle(wanted.handle, taken)
        collection = _collection_of(wanted, free_handle(base, taken))
        check_window(collection)
        kept = Kept(
            collection=collection,
            standing=Standing(),
            is_shown=collection.is_shown_at(tx.now),
        )
        reason = "created"
        if wanted.rule is not None:
            await _require_room(tx)
            await require_rule(tx, wanted.rule)
            kept, reason = with_rule(kept, wanted.rule), "rule_changed"
            await sorting.turn_page(tx, new_id())
        await repository.add_collections(tx, [kept])
        await told(tx, collection.collection_id, reason, "collection_created")
    return kept.collection


def _collection_of(wanted: NewCollection, handle: str) -> Collection:
    usual: SortOrder = "manual" if wanted.rule is None else "newest"
    return Collection(
        collection_id=new_id(),
        handle=handle,
        title=wanted.title,
        translations=wanted.translations,
        position=wanted.position,
        version=1,
        description_html=clean_html(wanted.description_html),
        media_id=wanted.media_id,
        seo=wanted.seo,
        sort_order=wanted.sort_order or usual,
        is_published=wanted.is_published,
        published_from=wanted.published_from,
        published_until=wanted.published_until,
    )


def _refuse_handle(handle: str | None, taken: Container[str]) -> None:
    if handle is not None and handle in taken:
        raise HandleTaken("another has this handle")


async def require_rule(reader: Reader, rule: Group) -> None:
    """Pass when the rule can be followed in this shop.

    Raises:
        InvalidRule: with an error for each condition at fault.
    """
    wrong = check_rule(rule)
    if not wrong:
        wrong = await _unknown_categories(reader, rule)
    if wrong:
        raise errors.InvalidRule("the rule is not valid", errors=wrong)


async def _unknown_categories(reader: Reader, rule: Group) -> list[FieldError]:
    """An error for each condition on a category that the shop does not have."""
    asked = [
        (path, UUID(str(value)))
        for path, condition in conditions_of(rule)
        if condition.field == "category"
        for value in (condition.values if condition.operator == "in" else [condition.value])
    ]
    if not asked:
        return []
    known = {each.category_id for each in await catalog.all_categories(reader)}
    return [
        FieldError(path, "category_not_found", f"no category {category_id}")
        for path, category_id in asked
        if category_id not in known
    ]


async def _require_room(reader: Reader) -> None:
    if await repository.count_rules(reader) >= MAX_RULES:
        raise errors.TooManyRules(f"a shop has at most {MAX_RULES} collections with a rule")


async def lock(tx: Transaction, collection_id: UUID, expected_version: int | None = None) -> Kept:
    """The collection, locked until the commit, and at the version the caller saw, if it says one.

    Raises:
        CollectionNotFound: this shop has no such collection, or it was removed.
        StaleVersion: it has another version by now.
    """
    kept = await repository.lock_collection(tx, collection_id)
    if kept is None or kept.removed_at is not None:
        raise errors.CollectionNotFound(f"no collection {collection_id}")
    version = kept.collection.version
    if expected_version not in (None, version):
        raise StaleVersion(f"the collection is at version {version}")
    return kept


async def update_collection(
    ctx: Context,
    collection_id: UUID,
    changes: CollectionChanges,
    expected_version: int | None = None,
) -> Collection:
    """The collection with these changes. Under a new rule it keeps its members for a while.

    Raises:
        CollectionNotFound: there is no such collection.
        StaleVersion: it has another version than `expected_version`.
        HandleTaken: another collection has the handle.
        InvalidRule, InvalidCollection, TooManyRules: see `create_collection`.
    """
    async with ctx.transaction() as tx:
        await repository.lock_names(tx)
        before = await lock(tx, collection_id, expected_version)
        after = await _changed(tx, before, changes)
        await repository.save_collection(tx, after)
        await told(tx, collection_id, _reason(before, after), "collection_changed")
        if after.standing != before.standing:
            await sorting.turn_page(tx, new_id())
            tx.publish(CollectionChanged(collection_id=collection_id, reason="rule_changed"))
    return after.collection


async def _changed(tx: Transaction, before: Kept, changes: CollectionChanges) -> Kept:
    fields = _set_fields(changes)
    rule = fields.pop("rule", before.collection.rule)
    if "description_html" in fields:
        fields["description_html"] = clean_html(fields["description_html"])
    collection = msgspec.structs.replace(
        before.collection, version=before.collection.version + 1, **fields
    )
    check_window(collection)
    if collection.handle != before.collection.handle:
        _refuse_handle(collection.handle, await repository.ids_at(tx, [collection.handle]))
    after = msgspec.structs.replace(
        before, collection=collection, is_shown=collection.is_shown_at(tx.now)
    )
    if rule == before.collection.rule:
        return after
    if rule is not None:
        if before.collection.rule is None:
            await _require_room(tx)
        await require_rule(tx, rule)
    return with_rule(after, rule)


def _set_fields(changes: msgspec.Struct) -> dict[str, Any]:
    values = {name: getattr(changes, name) for name in changes.__struct_fields__}
    return {name: value for name, value in values.items() if value is not UNSET}


def _reason(before: Kept, after: Kept) -> str:
    if after.is_shown != before.is_shown:
        return "shown"
    old, new = before.collection, after.collection
    differs = any(getattr(old, name) != getattr(new, name) for name in _ON_PRODUCTS)
    return "renamed" if differs else "changed"


async def remove_collection(ctx: Context, collection_id: UUID) -> None:
    """The collection is in no list any more; its products stay. For a day it can be taken back.

    Raises:
        CollectionNotFound: there is no such collection.
    """
    async with ctx.transaction() as tx:
        await repository.lock_names(tx)
        kept = await lock(tx, collection_id)
        gone = msgspec.structs.replace(kept, removed_at=tx.now)
        await repository.save_collection(tx, gone)
        if kept.collection.rule is not None:
            await sorting.turn_page(tx, new_id())
        await told(tx, collection_id, "removed", "collection_removed")


async def restore_collection(ctx: Context, collection_id: UUID) -> Collection:
    """The removed collection is back with its members; one with a rule is sorted anew.

    It gets a handle of its own when another has taken the old one. Safe to repeat.

    Raises:
        CollectionNotFound: there is no such collection, or it was removed too long ago.
        TooManyRules: it has a rule, and the shop has as many as it may.
    """
    async with ctx.transaction() as tx:
        await repository.lock_names(tx)
        kept = await repository.lock_collection(tx, collection_id)
        if kept is None:
            raise errors.CollectionNotFound(f"no collection {collection_id}")
        if kept.removed_at is None:
            return kept.collection
        taken = await repository.handles_like(tx, kept.collection.handle)
        collection = msgspec.structs.replace(
            kept.collection,
            handle=free_handle(kept.collection.handle, taken),
            version=kept.collection.version + 1,
        )
        back = Kept(
            collection=collection,
            standing=kept.standing,
            is_shown=collection.is_shown_at(tx.now),
        )
        if collection.rule is not None:
            await _require_room(tx)
            # Products have changed meanwhile, and nobody has looked.
            back = with_rule(back, collection.rule)
            await sorting.turn_page(tx, new_id())
            tx.publish(CollectionChanged(collection_id=collection_id, reason="rule_changed"))
        await repository.save_collection(tx, back)
        await told(tx, collection_id, "restored", "collection_restored")
    return back.collection


async def told(tx: Transaction, collection_id: UUID, reason: str, action: str) -> None:
    """Other rooms hear of it, and the diary has it."""
    tx.publish(CollectionChanged(collection_id=collection_id, reason=reason))
    await audit.record(tx, f"products.{action}", f"collection:{collection_id}")
