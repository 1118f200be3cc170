"""Attributes: added, taken over from the base dictionary, changed, looked through."""

from collections.abc import Sequence

from msgspec.structs import replace

from galleria.commerce.attributes import errors
from galleria.commerce.attributes.model.attributes import (
    MAX_ATTRIBUTES,
    Attribute,
    AttributeValue,
    Kind,
    check_attribute,
    label_of,
    word_key,
)
from galleria.commerce.attributes.model.base import BASE, BaseAttribute
from galleria.commerce.attributes.repository import entries, values, versions
from galleria.commerce.attributes.repository.entries import ATTRIBUTES
from galleria.commerce.attributes.schemas import AttributeChanges, NewAttribute
from galleria.commerce.attributes.service.keeping import (
    keys_of,
    list_entries,
    page_of,
    refuse_faulty,
    refuse_stale,
    set_fields,
    told,
)
from galleria.commerce.attributes.service.snapshots import dictionary
from galleria.engines.context import Context
from galleria.engines.sql import Reader, Transaction
from galleria.foundation.errors import FieldError
from galleria.foundation.pagination import Page

_COLOURED = ("select", "swatch")


async def create_attribute(ctx: Context, wanted: NewAttribute) -> Attribute:
    """The attribute is in the dictionary.

    Raises:
        InvalidAttribute: its kind, unit, bounds or reference do not go together.
        AttributeCodeTaken: another attribute has the code.
        DictionaryFull: the shop has 10,000 attributes.
    """
    fields = {name: getattr(wanted, name) for name in wanted.__struct_fields__}
    fields["label"] = wanted.label or label_of(wanted.code)
    attribute = Attribute(attribute_id=0, **fields)
    refuse_faulty(errors.InvalidAttribute, check_attribute(attribute))
    async with ctx.transaction() as tx:
        await versions.lock_names(tx)
        if await entries.find_named(tx, ATTRIBUTES, [attribute.code]):
            raise errors.AttributeCodeTaken("another attribute has this code")
        attribute = replace(attribute, attribute_id=await _next_number(tx))
        await entries.add(tx, ATTRIBUTES, attribute)
        await told(tx, "attribute", attribute.attribute_id, "created")
    return attribute


async def _next_number(tx: Transaction) -> int:
    number = await entries.last_number(tx) + 1
    if number > MAX_ATTRIBUTES:
        raise errors.DictionaryFull(f"a shop has at most {MAX_ATTRIBUTES} attributes")
    return number


async def get_attribute(reader: Reader, code: str) -> Attribute:
    """The attribute of this code.

    Raises:
        AttributeNotFound: the dictionary has no such code.
    """
    attribute = await entries.find_named(reader, ATTRIBUTES, [code])
    if attribute is None:
        raise errors.AttributeNotFound(f"no attribute {code!r}")
    return attribute


async def update_attribute(
    ctx: Context, code: str, changes: AttributeChanges, expected_version: int | None = None
) -> Attribute:
    """The attribute with these changes.

    Raises:
        AttributeNotFound: the dictionary has no such code.
        DictionaryEntryChanged: it has another version than `expected_version`.
        InvalidAttribute: it could not hold what products say by it, or what a product type needs.
    """
    async with ctx.transaction() as tx:
        await versions.lock_names(tx)
        before = await get_attribute(tx, code)
        refuse_stale(before, expected_version)
        after = replace(before, version=before.version + 1, **set_fields(changes))
        refuse_faulty(errors.InvalidAttribute, _fixed(before, after) + check_attribute(after))
        if before.is_axis and not after.is_axis:
            await _refuse_axis(tx, after)
        await entries.save(tx, ATTRIBUTES, after)
        await told(tx, "attribute", after.attribute_id, "changed")
    return after


def _fixed(before: Attribute, after: Attribute) -> list[FieldError]:
    """What may not change, since it says what the numbers stand for that products hold."""
    faults = []
    if after.kind != before.kind and before.kind not in _COLOURED:
        faults.append(FieldError("kind", "fixed", f"it stays {before.kind}"))
    if before.unit is not None and after.unit != before.unit:
        faults.append(FieldError("unit", "fixed", f"it stays {before.unit}"))
    return faults


async def _refuse_axis(tx: Transaction, attribute: Attribute) -> None:
    using = await entries.types_with_axis(tx, attribute.attribute_id)
    if using:
        message = f"variants of {using[0].name} differ by it"
        raise errors.InvalidAttribute(message, errors=[FieldError("is_axis", "in_use", message)])


async def list_attributes(
    ctx: Context,
    cursor: str | None = None,
    limit: int = 50,
    *,
    kind: Kind | None = None,
    query: str = "",
) -> Page[Attribute]:
    """A page of the dictionary by code: of one kind, and with `query` in code or a label, if given.

    Raises:
        InvalidCursor: the cursor is not one of this list.
    """
    wanted = word_key(query)
    if not wanted:
        return await list_entries(ctx, ATTRIBUTES, cursor, limit, {"kind": kind} if kind else None)
    scope = f"attributes.found:{kind}:{wanted}"
    after = "" if cursor is None else str(keys_of(ctx, cursor, scope, 1)[0])
    # The dictionary is in memory anyhow, and no index knows what stands inside a word.
    known = (await dictionary(ctx)).by_code
    found = [
        known[code]
        for code in sorted(known)
        if code > after and kind in (None, known[code].kind) and _is_called(known[code], wanted)
    ]
    return page_of(ctx, found[: limit + 1], limit, scope, ["code"])


def _is_called(attribute: Attribute, wanted: str) -> bool:
    names = (attribute.code, attribute.label, *attribute.labels.values())
    return any(wanted in word_key(name) for name in names)


def base_attributes() -> list[BaseAttribute]:
    """The whole base dictionary, the same for every shop."""
    return list(BASE.values())


async def adopt_base(ctx: Context, codes: Sequence[str]) -> list[Attribute]:
    """The attributes of these codes, taken over from the base dictionary where they lacked.

    An attribute the shop has already stays as it is, its values too. Safe to repeat.

    Raises:
        BaseAttributeNotFound: the base dictionary has no such code.
        DictionaryFull: the shop would have more than 10,000 attributes.
    """
    for code in codes:
        if code not in BASE:
            raise errors.BaseAttributeNotFound(f"no {code!r} in the base dictionary")
    adopted = []
    async with ctx.transaction() as tx:
        await versions.lock_names(tx)
        for code in dict.fromkeys(codes):
            known = await entries.find_named(tx, ATTRIBUTES, [code])
            adopted.append(known or await _adopt(tx, BASE[code]))
    return adopted


async def _adopt(tx: Transaction, base: BaseAttribute) -> Attribute:
    attribute = Attribute(
        attribute_id=await _next_number(tx),
        code=base.code,
        label=base.label,
        labels=base.labels,
        kind=base.kind,
        decimals=base.decimals,
        unit=base.unit,
        is_filterable=base.is_filterable,
        is_axis=base.is_axis,
    )
    await entries.add(tx, ATTRIBUTES, attribute)
    if base.values:
        last = await values.last_number(tx)
        made = [
            AttributeValue(
                value_id=number,
                attribute_id=attribute.attribute_id,
                word=each.word,
                labels=each.labels,
                swatch=each.swatch,
                position=number,
            )
            for number, each in enumerate(base.values, last + 1)
        ]
        await values.add_values(tx, made)
        await versions.renew_values(tx)
    await told(tx, "attribute", attribute.attribute_id, "adopted")
    return attribute
