"""Attribute sets: made, changed, removed, looked through."""

from uuid import UUID

from msgspec.structs import replace

from galleria.commerce.attributes import errors
from galleria.commerce.attributes.model.sets import AttributeSet, check_set
from galleria.commerce.attributes.repository import entries, versions
from galleria.commerce.attributes.repository.entries import SETS
from galleria.commerce.attributes.schemas import AttributeSetChanges, NewAttributeSet
from galleria.commerce.attributes.service.keeping import (
    entry_of,
    handle_for,
    list_entries,
    refuse_faulty,
    refuse_stale,
    refuse_taken,
    set_fields,
    told,
)
from galleria.commerce.attributes.service.snapshots import dictionary
from galleria.engines.context import Context
from galleria.engines.sql import Reader, Transaction
from galleria.foundation.ids import new_id
from galleria.foundation.pagination import Page


async def create_attribute_set(ctx: Context, wanted: NewAttributeSet) -> AttributeSet:
    """The set is there.

    Raises:
        InvalidAttributeSet: it names an attribute that is not there, or one twice.
        DictionaryHandleTaken: another set has the handle.
    """
    async with ctx.transaction() as tx:
        await versions.lock_names(tx)
        made = AttributeSet(
            attribute_set_id=new_id(),
            handle=await handle_for(tx, SETS, wanted.handle, wanted.name),
            name=wanted.name,
            labels=wanted.labels,
            items=wanted.items,
        )
        await _refuse_faulty(tx, made)
        await entries.add(tx, SETS, made)
        await told(tx, "attribute_set", made.attribute_set_id, "created")
    return made


async def _refuse_faulty(tx: Transaction, made: AttributeSet) -> None:
    known = (await dictionary(tx)).attributes
    refuse_faulty(errors.InvalidAttributeSet, check_set(made.items, known))


async def get_attribute_set(reader: Reader, attribute_set_id: UUID) -> AttributeSet:
    """The set.

    Raises:
        AttributeSetNotFound: this tenant has no such set.
    """
    return await entry_of(reader, SETS, attribute_set_id, errors.AttributeSetNotFound)


async def update_attribute_set(
    ctx: Context,
    attribute_set_id: UUID,
    changes: AttributeSetChanges,
    expected_version: int | None = None,
) -> AttributeSet:
    """The set with these changes.

    Raises:
        AttributeSetNotFound: there is no such set.
        DictionaryEntryChanged: it has another version than `expected_version`.
        InvalidAttributeSet: it would name an attribute that is not there, or one twice.
        DictionaryHandleTaken: another set has the handle.
    """
    async with ctx.transaction() as tx:
        await versions.lock_names(tx)
        before = await get_attribute_set(tx, attribute_set_id)
        refuse_stale(before, expected_version)
        after = replace(before, version=before.version + 1, **set_fields(changes))
        await _refuse_faulty(tx, after)
        if after.handle != before.handle:
            await refuse_taken(tx, SETS, [after.handle])
        await entries.save(tx, SETS, after)
        await told(tx, "attribute_set", attribute_set_id, "changed")
    return after


async def remove_attribute_set(ctx: Context, attribute_set_id: UUID) -> None:
    """The set is there no more; a category that names it inherits past it.

    Raises:
        AttributeSetNotFound: there is no such set.
        AttributeSetInUse: a product type names it.
    """
    async with ctx.transaction() as tx:
        await versions.lock_names(tx)
        await get_attribute_set(tx, attribute_set_id)
        if await entries.is_set_used(tx, attribute_set_id):
            raise errors.AttributeSetInUse("a product type uses this set")
        await entries.delete(tx, SETS, attribute_set_id)
        await told(tx, "attribute_set", attribute_set_id, "removed")


async def list_attribute_sets(
    ctx: Context, cursor: str | None = None, limit: int = 50
) -> Page[AttributeSet]:
    """A page of sets by handle.

    Raises:
        InvalidCursor: the cursor is not one of this list.
    """
    return await list_entries(ctx, SETS, cursor, limit)
