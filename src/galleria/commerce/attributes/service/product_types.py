"""Product types: made, changed, removed, and asked what they allow."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from msgspec.structs import replace

from galleria.commerce.attributes import errors
from galleria.commerce.attributes.model.attributes import CHOSEN, Attribute
from galleria.commerce.attributes.model.dictionary import Dictionary
from galleria.commerce.attributes.model.encoding import encode_attributes, with_words
from galleria.commerce.attributes.model.grammar import (
    Grammar,
    check_combination,
    compile_grammar,
)
from galleria.commerce.attributes.model.product_types import ProductType, check_product_type
from galleria.commerce.attributes.model.rules import Rule, check_rules, values_in
from galleria.commerce.attributes.repository import entries, values, versions
from galleria.commerce.attributes.repository.entries import PRODUCT_TYPES, SETS
from galleria.commerce.attributes.schemas import (
    CombinationAnswer,
    NewProductType,
    ProductTypeChanges,
)
from galleria.commerce.attributes.service.interning import find_words
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
from galleria.commerce.attributes.service.snapshots import dictionary, grammars, words_of
from galleria.engines.context import Context
from galleria.engines.sql import Reader, Transaction
from galleria.foundation.errors import FieldError
from galleria.foundation.ids import new_id
from galleria.foundation.pagination import Page


async def create_product_type(ctx: Context, wanted: NewProductType) -> ProductType:
    """The product type is there.

    Raises:
        InvalidProductType: an axis, a rule or the pattern of SKUs cannot be.
        AttributeSetNotFound: it names a set that is not there.
        DictionaryHandleTaken: another product type has the handle.
    """
    fields = {name: getattr(wanted, name) for name in wanted.__struct_fields__}
    async with ctx.transaction() as tx:
        await versions.lock_names(tx)
        fields["handle"] = await handle_for(tx, PRODUCT_TYPES, wanted.handle, wanted.name)
        made = ProductType(product_type_id=new_id(), **fields)
        await _refuse_faulty(tx, made)
        await entries.add(tx, PRODUCT_TYPES, made)
        await told(tx, "product_type", made.product_type_id, "created")
    return made


async def _refuse_faulty(reader: Reader, wanted: ProductType) -> None:
    attributes = (await dictionary(reader)).attributes
    refuse_faulty(errors.InvalidProductType, check_product_type(wanted, attributes))
    axes = {axis: attributes[axis] for axis in wanted.axes}
    refuse_faulty(errors.InvalidProductType, check_rules(wanted.rules, axes))
    refuse_faulty(errors.InvalidProductType, await _unknown_values(reader, wanted, axes))
    if wanted.attribute_set_id is not None:
        await entry_of(reader, SETS, wanted.attribute_set_id, errors.AttributeSetNotFound)


async def _unknown_values(
    reader: Reader, wanted: ProductType, axes: Mapping[int, Attribute]
) -> list[FieldError]:
    named = values_in(wanted.rules, axes)
    found = await values.values_among(reader, sorted(set().union(*named.values())))
    return [
        FieldError("rules", "unknown_value", f"{axes[axis].label} has no value {value_id}")
        for axis, value_ids in named.items()
        for value_id in sorted(value_ids)
        if value_id not in found or found[value_id].attribute_id != axis
    ]


async def get_product_type(reader: Reader, product_type_id: UUID) -> ProductType:
    """The product type.

    Raises:
        ProductTypeNotFound: this tenant has no such product type.
    """
    return await entry_of(reader, PRODUCT_TYPES, product_type_id, errors.ProductTypeNotFound)


async def product_types_of(
    reader: Reader, product_type_ids: Collection[UUID]
) -> dict[UUID, ProductType]:
    """The product types of these ids, by id; those that are not there are left out."""
    found = await entries.product_types_of(reader, list(product_type_ids))
    return {each.product_type_id: each for each in found}


async def ensure_product_types(tx: Transaction, names: Mapping[str, str]) -> dict[str, UUID]:
    """The id of each product type by handle, made under its name where missing.

    One statement when nothing is missing; otherwise the names are locked until the commit.
    """
    known = await entries.product_type_ids(tx, list(names))
    if len(known) == len(names):
        return known
    await versions.lock_names(tx)
    known = await entries.product_type_ids(tx, list(names))
    for handle in sorted(names.keys() - known.keys()):
        made = ProductType(
            product_type_id=new_id(), handle=handle, name=names[handle].strip(), labels={}, axes=[]
        )
        await entries.add(tx, PRODUCT_TYPES, made)
        await told(tx, "product_type", made.product_type_id, "created")
        known[handle] = made.product_type_id
    return known


async def update_product_type(
    ctx: Context,
    product_type_id: UUID,
    changes: ProductTypeChanges,
    expected_version: int | None = None,
) -> ProductType:
    """The product type with these changes. Variants that are there already stay.

    Raises:
        ProductTypeNotFound: there is no such product type.
        DictionaryEntryChanged: it has another version than `expected_version`.
        InvalidProductType: an axis, a rule or the pattern of SKUs cannot be.
        AttributeSetNotFound: it names a set that is not there.
        DictionaryHandleTaken: another product type has the handle.
    """
    async with ctx.transaction() as tx:
        await versions.lock_names(tx)
        before = await get_product_type(tx, product_type_id)
        refuse_stale(before, expected_version)
        after = replace(before, version=before.version + 1, **set_fields(changes))
        await _refuse_faulty(tx, after)
        if after.handle != before.handle:
            await refuse_taken(tx, PRODUCT_TYPES, [after.handle])
        await entries.save(tx, PRODUCT_TYPES, after)
        await told(tx, "product_type", product_type_id, "changed")
    return after


async def remove_product_type(ctx: Context, product_type_id: UUID) -> None:
    """The product type is there no more; products that name it are of no type.

    Raises:
        ProductTypeNotFound: there is no such product type.
    """
    async with ctx.transaction() as tx:
        await versions.lock_names(tx)
        await get_product_type(tx, product_type_id)
        await entries.delete(tx, PRODUCT_TYPES, product_type_id)
        await told(tx, "product_type", product_type_id, "removed")


async def list_product_types(
    ctx: Context, cursor: str | None = None, limit: int = 50
) -> Page[ProductType]:
    """A page of product types by handle.

    Raises:
        InvalidCursor: the cursor is not one of this list.
    """
    return await list_entries(ctx, PRODUCT_TYPES, cursor, limit)


def grammar_of(tenant_id: int, snapshot: Dictionary, product_type: ProductType) -> Grammar:
    """The product type's rules, compiled once for as long as the dictionary stays as it is.

    The product type is to be read before the snapshot, which then has all its axes.
    """
    place = (tenant_id, snapshot.version, product_type.product_type_id, product_type.version)
    grammar = grammars.get(place)
    if grammar is None:
        axes = {axis: snapshot.attributes[axis] for axis in product_type.axes}
        grammar = compile_grammar(product_type.rules, axes)
        grammars.put(place, grammar)
    return grammar


async def check_selection(
    ctx: Context,
    product_type_id: UUID,
    raw: Mapping[str, object],
    rules: Sequence[Rule] | None = None,
) -> CombinationAnswer:
    """Whether a combination, given by code, is made; if not, why, and what is instead.

    With `rules` as if the product type had these: nobody has saved them yet.

    Raises:
        ProductTypeNotFound: there is no such product type.
        InvalidAttributeValue: something chosen is no axis, or no value of it.
        InvalidProductType: it cannot have these rules.
    """
    product_type = await get_product_type(ctx, product_type_id)
    snapshot = await dictionary(ctx)
    if rules is None:
        grammar = grammar_of(ctx.tenant.tenant_id, snapshot, product_type)
    else:
        product_type = replace(product_type, rules=list(rules))
        await _refuse_faulty(ctx, product_type)
        axes = {axis: snapshot.attributes[axis] for axis in product_type.axes}
        grammar = compile_grammar(product_type.rules, axes)
    selection = await _selection(ctx, snapshot, product_type.axes, raw)
    if not check_combination(grammar, selection):
        return CombinationAnswer(is_legal=True, violations=[])
    named = set().union(*values_in(product_type.rules, grammar.attributes).values())
    chosen = {value for axis, value in selection.items() if grammar.attributes[axis].kind in CHOSEN}
    shown = await words_of(ctx, named | chosen, ctx.locale)
    words = {value_id: view.label for value_id, view in shown.items()}
    return CombinationAnswer(
        is_legal=False, violations=check_combination(grammar, selection, words)
    )


async def _selection(
    ctx: Context, snapshot: Dictionary, axes: Sequence[int], raw: Mapping[str, object]
) -> dict[int, int]:
    encoded = encode_attributes(snapshot, raw)
    faults = list(encoded.errors)
    faults += [
        FieldError(f"attributes.{code}", "not_an_axis", "variants do not differ by it")
        for code in raw
        if code in snapshot.by_code and snapshot.by_code[code].attribute_id not in axes
    ]
    refuse_faulty(errors.InvalidAttributeValue, faults)
    known = (await find_words(ctx, encoded.wanted_words)).words
    unknown = [
        FieldError(f"attributes.{code}", "unknown_value", f"{word[:50]!r} is no value of it")
        for code, words in encoded.wanted_words.items()
        for word in words
        if word not in known.get(code, {})
    ]
    refuse_faulty(errors.InvalidAttributeValue, unknown)
    stored = with_words(encoded, snapshot, known)
    return {axis: value for axis, value in stored.items() if isinstance(value, int)}
