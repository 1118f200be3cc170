"""What people see of a product's past, and what became of taking bulk work back."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from galleria.foundation.errors import FieldError
from galleria.platform.changes import (
    ChangeDoesNotFit,
    ChangeView,
    Difference,
    DifferenceShown,
    Path,
    apply,
    path_text,
)

# How many steps of a path lead to a field by itself, where it is not the first.
_DEPTHS = {"variants": 3, "attributes": 2, "translations": 2}


class ProductVersion(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a product, who made it and when, and how it differs from the one before.

    `act` is created, changed or deleted. `cause` says what the change was a part of, like
    "import:0192…"; empty for an edit. `fields` names what differs, `places` what the categories
    among the differences are called now.
    """

    version: int | None
    act: str
    at: datetime
    actor_kind: str
    actor_id: str
    cause: str
    fields: list[str]
    differences: list[DifferenceShown]
    places: dict[UUID, str]


class UndoneRemark(msgspec.Struct, frozen=True, kw_only=True):
    """What was left as it is when bulk work was taken back, and why.

    `path` is a field of the product, empty for the product as a whole. Codes are edited_since,
    ordered_since, removed_since, or what keeps it from being as it was, like sku_taken.
    """

    product_id: UUID
    handle: str
    path: str
    code: str
    reason: str


class UndonePart(msgspec.Struct, frozen=True, kw_only=True):
    """A part of bulk work that was taken back; `number` is where the next one lies below.

    Of the products one is removed, reverted (perhaps in part, then a remark says so) or kept.
    """

    number: int
    removed_count: int
    reverted_count: int
    kept_count: int
    remarks: list[UndoneRemark]


def shown_version(view: ChangeView, places: dict[UUID, str]) -> ProductVersion:
    """A change of the history as a version of the product."""
    told = [each for each in view.differences if each.path != "version"]
    return ProductVersion(
        version=view.version,
        act=view.act,
        at=view.at,
        actor_kind=view.actor_kind,
        actor_id=view.actor_id,
        cause=view.note,
        fields=list(dict.fromkeys(_field_of(each.path) for each in told if each.path)),
        differences=told,
        places={each: places[each] for each in places_in(view) if each in places},
    )


def places_in(view: ChangeView) -> set[UUID]:
    """The categories that the change speaks of."""
    return {
        UUID(value)
        for each in view.differences
        if _field_of(each.path) == "category_ids"
        for value in (each.before, each.after)
        if isinstance(value, str)
    }


def _field_of(path: str) -> str:
    return path.partition(".")[0].partition("[")[0]


def reverted(
    tree: dict[str, Any], differences: Iterable[Difference], spared: Collection[str]
) -> tuple[dict[str, Any], list[FieldError]]:
    """The product without these differences, as far as they still are there; what is left, why.

    Args:
        tree: the product as it is.
        differences: what was done to it.
        spared: variants that were ordered since, and stay.
    """
    left: list[FieldError] = []
    taken: list[Difference] = []
    for each in differences:
        if each.path == ("version",):
            continue
        if each.kind == "added" and _variant_of(each) in spared:
            message = "the variant was ordered since, and stays"
            left.append(FieldError(f"variants[{_variant_of(each)}]", "ordered_since", message))
        else:
            taken.append(each)
    try:
        return apply(tree, taken, reverse=True), left
    except ChangeDoesNotFit:
        # Field by field, so that what was edited since keeps only itself.
        for place, own in _by_field(taken).items():
            try:
                tree = apply(tree, own, reverse=True)
            except ChangeDoesNotFit:
                message = "it was edited since, and stays"
                left.append(FieldError(path_text(place), "edited_since", message))
        return tree, left


def version_before(differences: Iterable[Difference]) -> int | None:
    """The version that the product had before these differences, if they say one."""
    return next((each.before for each in differences if each.path == ("version",)), None)


def _by_field(differences: Iterable[Difference]) -> dict[Path, list[Difference]]:
    """The differences by what is kept or taken back as one, each field's in their order."""
    fields: dict[Path, list[Difference]] = {}
    for each in differences:
        depth = _DEPTHS.get(str(each.path[0]), 1) if each.path else 0
        fields.setdefault(each.path[:depth], []).append(each)
    return fields


def _variant_of(difference: Difference) -> str:
    """The variant that a difference is about as a whole; empty when there is none."""
    match difference.path:
        case ("variants", step) if not isinstance(step, str | int):
            return str(step.value)
    return ""
