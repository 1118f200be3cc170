"""Values: added, renamed, put in order, merged, looked through."""

from collections.abc import Sequence

from msgspec.structs import replace

from galleria.commerce.attributes import errors
from galleria.commerce.attributes.events import ValuesMerged, dictionary_changed
from galleria.commerce.attributes.model.attributes import (
    SHARED,
    Attribute,
    AttributeValue,
    check_swatch,
    word_fault,
    word_key,
)
from galleria.commerce.attributes.model.rules import values_in, with_merged
from galleria.commerce.attributes.repository import entries, versions
from galleria.commerce.attributes.repository import values as repository
from galleria.commerce.attributes.repository.entries import PRODUCT_TYPES
from galleria.commerce.attributes.schemas import AttributeValueChanges, NewAttributeValue
from galleria.commerce.attributes.service.asking import answers
from galleria.commerce.attributes.service.attributes import get_attribute
from galleria.commerce.attributes.service.keeping import (
    keys_of,
    page_of,
    refuse_faulty,
    set_fields,
)
from galleria.commerce.attributes.service.snapshots import dictionary
from galleria.engines.context import Context
from galleria.engines.sql import Transaction
from galleria.foundation.errors import FieldError
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.platform import audit

REMOVE_S = 2.0  # as long as somebody waits for a page


async def add_value(ctx: Context, code: str, wanted: NewAttributeValue) -> AttributeValue:
    """The attribute has the value, behind those it had.

    Raises:
        AttributeNotFound: the dictionary has no such code.
        InvalidAttributeValue: its values are not chosen among words, or this is no word or swatch.
        WordTaken: the attribute has the word.
    """
    async with ctx.transaction() as tx:
        await versions.lock_names(tx)
        attribute = await get_attribute(tx, code)
        _refuse_unchosen(attribute)
        number = await repository.last_number(tx) + 1
        value = AttributeValue(
            value_id=number,
            attribute_id=attribute.attribute_id,
            word=" ".join(wanted.word.split()),
            labels=wanted.labels,
            swatch=wanted.swatch,
            position=number,
        )
        _refuse_faulty(value)
        if await repository.holder_of(tx, value.attribute_id, value.word):
            raise errors.WordTaken(f"{code} has this word")
        await repository.add_values(tx, [value])
        await _told(tx, [number], "added")
    return value


def _refuse_unchosen(attribute: Attribute) -> None:
    if attribute.kind not in SHARED:
        fault = FieldError("code", "not_chosen", f"{attribute.code} is a {attribute.kind}")
        raise errors.InvalidAttributeValue("its values are not chosen among words", errors=[fault])


def _refuse_faulty(value: AttributeValue) -> None:
    fault = word_fault(value.word)
    faults = [FieldError("word", "invalid_word", fault)] if fault else []
    swatch = check_swatch(value.swatch)
    refuse_faulty(errors.InvalidAttributeValue, faults + ([swatch] if swatch else []))


async def _told(tx: Transaction, value_ids: Sequence[int], action: str) -> None:
    await versions.renew_values(tx)
    tx.publish(*dictionary_changed("value", action, value_ids))
    await audit.record(tx, f"attributes.value_{action}", f"attribute_value:{value_ids[0]}")


async def update_value(
    ctx: Context, value_id: int, changes: AttributeValueChanges
) -> AttributeValue:
    """The value with these changes; a file that uses its old word still finds it.

    Raises:
        AttributeValueNotFound: there is no such value, or it was merged into another.
        InvalidAttributeValue: this is no word or swatch.
        WordTaken: another value of the attribute is, or was, this word.
    """
    async with ctx.transaction() as tx:
        await versions.lock_names(tx)
        before = await repository.find_value(tx, value_id)
        if before is None:
            raise errors.AttributeValueNotFound(f"no value {value_id}")
        fields = set_fields(changes)
        if "word" in fields:
            fields["word"] = " ".join(fields["word"].split())
        after = replace(before, **fields)
        _refuse_faulty(after)
        if word_key(after.word) == word_key(before.word):
            await repository.save_value(tx, after)
        else:
            await _rename(tx, before, after)
        await _told(tx, [value_id], "changed")
    return after


async def _rename(tx: Transaction, before: AttributeValue, after: AttributeValue) -> None:
    """The value has its new word, and the old one is another name for it."""
    holder = await repository.holder_of(tx, after.attribute_id, after.word)
    if holder is None:
        number = await repository.last_number(tx) + 1
    else:
        number, stands_for = holder
        if stands_for != after.value_id:
            raise errors.WordTaken("another value of the attribute is this word")
        # It was called so once: the two names change places.
        await repository.delete_value(tx, number)
    await repository.save_value(tx, after)
    old_name = replace(before, value_id=number, is_archived=True)
    await repository.add_values(tx, [old_name], merged_into=after.value_id)


async def order_values(ctx: Context, code: str, value_ids: Sequence[int]) -> None:
    """The values take, in this order, the places that they have between them.

    Raises:
        AttributeNotFound: the dictionary has no such code.
        AttributeValueNotFound: one of them is no value of the attribute.
    """
    async with ctx.transaction() as tx:
        await versions.lock_names(tx)
        chosen = list(dict.fromkeys(value_ids))
        found = await _values_of(tx, await get_attribute(tx, code), chosen)
        places = sorted(each.position for each in found.values())
        await repository.place(tx, dict(zip(chosen, places, strict=True)))
        await _told(tx, chosen, "ordered")


async def _values_of(
    tx: Transaction, attribute: Attribute, value_ids: Sequence[int]
) -> dict[int, AttributeValue]:
    found = await repository.values_among(tx, value_ids)
    for value_id in value_ids:
        value = found.get(value_id)
        if value is None or value.attribute_id != attribute.attribute_id:
            raise errors.AttributeValueNotFound(f"{attribute.code} has no value {value_id}")
    return found


async def merge_values(
    ctx: Context, code: str, merged_ids: Sequence[int], value_id: int
) -> AttributeValue:
    """`value_id` stands for all of them from now on, in rules and for files that use their words.

    Products go on holding the numbers merged until their keeper has handled the event; meanwhile
    those read as the value they were merged into.

    Raises:
        AttributeNotFound: the dictionary has no such code.
        AttributeValueNotFound: one of them is no value of the attribute.
        InvalidAttributeValue: the value that stays is among those that go.
    """
    merged = sorted(set(merged_ids))
    if value_id in merged:
        fault = FieldError("value_id", "merged_into_itself", "it is among those that go")
        raise errors.InvalidAttributeValue(fault.message, errors=[fault])
    async with ctx.transaction() as tx:
        await versions.lock_names(tx)
        attribute = await get_attribute(tx, code)
        found = await _values_of(tx, attribute, [*merged, value_id])
        await repository.merge(tx, merged, value_id)
        for each in await entries.types_with_axis(tx, attribute.attribute_id):
            rules = with_merged(each.rules, attribute.attribute_id, set(merged), value_id)
            if rules != each.rules:
                changed = replace(each, rules=rules, version=each.version + 1)
                await entries.save(tx, PRODUCT_TYPES, changed)
                tx.publish(*dictionary_changed("product_type", "changed", [each.product_type_id]))
        await versions.renew_dictionary(tx)
        await versions.renew_values(tx)
        tx.publish(
            ValuesMerged(attribute_id=attribute.attribute_id, merged_ids=merged, value_id=value_id)
        )
        detail = {"merged_ids": merged}
        await audit.record(tx, "attributes.values_merged", f"attribute_value:{value_id}", detail)
    return found[value_id]


async def remove_value(ctx: Context, value_id: int, time_limit_s: float = REMOVE_S) -> None:
    """The value, and every word it had before, is there no more. Nothing used it.

    Raises:
        AttributeValueNotFound: there is no such value, or it was merged into another.
        AttributeValueInUse: a product or a rule of a product type names it.
        AttributeValueUseUnknown: the shop has more products than can be looked through in time;
            archive the value instead.
    """
    async with ctx.transaction() as tx:
        before = await repository.find_value(tx, value_id)
        if before is None:
            raise errors.AttributeValueNotFound(f"no value {value_id}")
        names = await repository.names_of(tx, value_id)
        # Products go first, since who writes them locks their names before ours.
        is_used = await answers.is_value_used(tx, before.attribute_id, names, time_limit_s)
        if is_used is None:
            raise errors.AttributeValueUseUnknown("there was no time to look at all products")
        await versions.lock_names(tx)
        if is_used or await repository.names_of(tx, value_id) != names:
            raise errors.AttributeValueInUse(f"a product says {before.word}")
        await _refuse_ruled(tx, before)
        await repository.remove(tx, names)
        await _told(tx, names, "removed")


async def _refuse_ruled(tx: Transaction, value: AttributeValue) -> None:
    axes = (await dictionary(tx)).attributes
    for each in await entries.types_with_axis(tx, value.attribute_id):
        if value.value_id in values_in(each.rules, axes).get(value.attribute_id, ()):
            raise errors.AttributeValueInUse(f"a rule of {each.name} names {value.word}")


async def list_values(
    ctx: Context,
    code: str,
    prefix: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[AttributeValue]:
    """A page of an attribute's values in their order, or by word those that begin with `prefix`.

    Raises:
        AttributeNotFound: the dictionary has no such code.
        InvalidCursor: the cursor is not one of this list.
    """
    attribute = await get_attribute(ctx, code)
    number = attribute.attribute_id
    if prefix is not None:
        scope = f"attributes.words:{number}:{word_key(prefix)}"
        after = "" if cursor is None else str(keys_of(ctx, cursor, scope, 1)[0])
        found = await repository.page_by_word(
            ctx, number, word_key(prefix), word_key(after), limit + 1
        )
        return page_of(ctx, found, limit, scope, ["word"])
    scope = f"attributes.values:{number}"
    place = (-1, 0)
    if cursor is not None:
        position, value_id = keys_of(ctx, cursor, scope, 2)
        if not isinstance(position, int) or not isinstance(value_id, int):
            raise InvalidCursor("this cursor is not one of this list")
        place = (position, value_id)
    found = await repository.page_by_position(ctx, number, place, limit + 1)
    return page_of(ctx, found, limit, scope, ["position", "value_id"])
