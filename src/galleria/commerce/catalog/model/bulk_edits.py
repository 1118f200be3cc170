"""Many variants of a product changed at once: all of the changes hold, or none."""

from collections.abc import Mapping, Sequence
from typing import Annotated, TypeAlias
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, field

from galleria.commerce.attributes import MetafieldDefinitions, changed_metafields
from galleria.commerce.catalog.model.changes import VariantChanges, set_fields
from galleria.commerce.catalog.model.drafts import (
    VariantDraft,
    check_combinations,
    check_variant,
)
from galleria.commerce.catalog.model.products import Option, Variant
from galleria.foundation.errors import FieldError
from galleria.foundation.http import Name, ShortText, WireInput

MAX_ROWS = 500
_MOST_VALUES = 2_048
# What names one variant cannot be said of many.
_ONES_OWN = ("sku", "barcode", "external_ref")

ByOption: TypeAlias = dict[Name, Annotated[list[ShortText], Meta(max_length=_MOST_VALUES)]]


class VariantRow(WireInput, frozen=True, kw_only=True):
    """A variant, and what is to be different about it."""

    variant_id: UUID
    changes: VariantChanges


class VariantSelection(WireInput, frozen=True, kw_only=True):
    """Some of a product's variants: those named, those with these option values, or all."""

    variant_ids: Annotated[list[UUID], Meta(max_length=MAX_ROWS)] = field(default_factory=list)
    option_values: ByOption = field(default_factory=dict)


class BulkVariantChanges(WireInput, frozen=True, kw_only=True):
    """Either rows with changes of their own, or the same `changes` for a selection."""

    rows: Annotated[list[VariantRow], Meta(max_length=MAX_ROWS)] = field(default_factory=list)
    selection: VariantSelection | None = None
    changes: VariantChanges | None = None


class BulkVariantsAnswer(WireInput, frozen=True, kw_only=True):
    """What came of it: the product's version afterwards, and how many variants differ."""

    product_id: UUID
    version: int
    changed_count: int


Edit: TypeAlias = tuple[str, Variant, Variant]
"""Where in the body it stands, the variant before, and after."""


def edits_of(
    options: Sequence[Option],
    variants: Sequence[Variant],
    wanted: BulkVariantChanges,
    definitions: MetafieldDefinitions,
) -> tuple[list[Edit], list[FieldError]]:
    """What is to become of which variants, and all that stands against it.

    Only variants that would differ are among the edits. SKUs and combinations that meet those of
    variants of the product are found; what other products have is not looked at.
    """
    if bool(wanted.rows) == (wanted.selection is not None and wanted.changes is not None):
        message = "either rows, or a selection with its changes"
        return [], [FieldError("", "rows_or_selection", message)]
    asked, faults = _asked(options, {each.variant_id: each for each in variants}, wanted)
    edits = []
    for path, before, changes in asked:
        beside, errors = changed_metafields(definitions, before.metafields, changes.metafields)
        faults += [msgspec.structs.replace(e, path=f"{path}.{e.path}") for e in errors]
        fields = set_fields(changes) | {"metafields": beside}
        after = msgspec.structs.replace(before, **fields)
        if after != before:
            edits.append((path, before, after))
            faults += check_variant(_draft_of(after), f"{path}.")
    edited = {before.variant_id for _, before, _ in edits}
    others = [each for each in variants if each.variant_id not in edited]
    return edits, faults + _clashes(options, others, edits)


def _asked(
    options: Sequence[Option], by_id: Mapping[UUID, Variant], wanted: BulkVariantChanges
) -> tuple[list[tuple[str, Variant, VariantChanges]], list[FieldError]]:
    """Which variants are asked to change how, and where the body says so."""
    if wanted.selection is not None and wanted.changes is not None:
        return _of_selection(options, by_id, wanted.selection, wanted.changes)
    asked, faults = [], []
    seen: set[UUID] = set()
    for at, row in enumerate(wanted.rows):
        path = f"rows[{at}].variant_id"
        if row.variant_id not in by_id:
            faults.append(FieldError(path, "variant_not_found", "the product has no such variant"))
        elif row.variant_id in seen:
            faults.append(FieldError(path, "duplicate_variant", "an earlier row names it"))
        else:
            seen.add(row.variant_id)
            asked.append((f"rows[{at}].changes", by_id[row.variant_id], row.changes))
    return asked, faults


def _of_selection(
    options: Sequence[Option],
    by_id: Mapping[UUID, Variant],
    selection: VariantSelection,
    changes: VariantChanges,
) -> tuple[list[tuple[str, Variant, VariantChanges]], list[FieldError]]:
    faults = [
        FieldError(f"selection.variant_ids[{at}]", "variant_not_found", "no such variant")
        for at, variant_id in enumerate(selection.variant_ids)
        if variant_id not in by_id
    ]
    names = [option.name for option in options]
    for name in selection.option_values.keys() - set(names):
        path = f"selection.option_values.{name[:100]}"
        faults.append(FieldError(path, "unknown_option", "the product has no such option"))
    for name in _ONES_OWN:
        if isinstance(getattr(changes, name), str):
            faults.append(FieldError(f"changes.{name}", "not_for_many", "it names one variant"))
    if changes.option_values is not UNSET:
        message = "two variants never have the same option values"
        faults.append(FieldError("changes.option_values", "not_for_many", message))
    if faults:
        return [], faults
    named = set(selection.variant_ids)
    wanted = [(names.index(name), set(values)) for name, values in selection.option_values.items()]
    return [
        ("changes", variant, changes)
        for variant_id, variant in by_id.items()
        if (not named or variant_id in named)
        and all(variant.option_values[axis] in values for axis, values in wanted)
    ], []


def _draft_of(variant: Variant) -> VariantDraft:
    return VariantDraft(
        sku=variant.sku,
        barcode=variant.barcode,
        weight_g=variant.weight_g,
        image_url=variant.image_url,
        external_ref=variant.external_ref,
    )


def _clashes(
    options: Sequence[Option], others: Sequence[Variant], edits: Sequence[Edit]
) -> list[FieldError]:
    """Faults of edits that would have a combination or SKU which another variant has."""
    faults: list[FieldError] = []
    if any(after.option_values != before.option_values for _, before, after in edits):
        combinations = [each.option_values for each in others]
        combinations += [after.option_values for _, _, after in edits]
        for error in check_combinations(options, combinations):
            at, _, rest = error.path.removeprefix("variants[").partition("]")
            if int(at) >= len(others):
                path = f"{edits[int(at) - len(others)][0]}{rest}"
                faults.append(FieldError(path, error.code, error.message))
    holders = {each.sku for each in others if each.sku is not None}
    for path, _, after in edits:
        if after.sku in holders:
            message = "another variant of the product has this SKU"
            faults.append(FieldError(f"{path}.sku", "duplicate_sku", message))
        elif after.sku is not None:
            holders.add(after.sku)
    return faults
