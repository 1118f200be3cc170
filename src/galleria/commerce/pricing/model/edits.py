"""Bulk edits: which prices, by which formula, how far, and what came of it."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from galleria.commerce.catalog import ProductFilter
from galleria.commerce.pricing.errors import InvalidFormula
from galleria.commerce.pricing.model.formulas import PriceFormula, Refusal
from galleria.foundation.errors import FieldError
from galleria.foundation.http import Name, WireInput

PREVIEW_ROWS = 50
MAX_SELECTED = 1_000  # ids that one request names

EditState = Literal["waiting", "running", "done", "undoing", "undone"]
Outcome = Literal["changed", "reverted", "kept"]
Ids = Annotated[tuple[UUID, ...], Meta(max_length=MAX_SELECTED)]


class PriceSelection(WireInput):
    """Which prices of a list: of these variants, or of these products, or of all that fit.

    Nothing named is everything. `category_id` means the category and all below it.
    """

    variant_ids: Ids = ()
    product_ids: Ids = ()
    category_id: UUID | None = None
    collection_id: UUID | None = None
    brand: Name | None = None
    status: Literal["draft", "active", "archived"] | None = None

    @property
    def as_filter(self) -> ProductFilter:
        """The products that fit, as far as the catalog knows; it knows of no collections."""
        return ProductFilter(status=self.status, category_id=self.category_id, brand=self.brand)


class Place(msgspec.Struct, frozen=True):
    """How far a walk has come: all products up to one, and of the next all variants up to one."""

    after_product_id: UUID = UUID(int=0)
    after_variant_id: UUID = UUID(int=0)


class PriceEdit(msgspec.Struct, frozen=True, kw_only=True):
    """A bulk edit. Counts are of prices, and grow while it is under way.

    `refused_count` are those whose result would have been below zero or too large: they stay as
    they were. `kept_count` are those an undo left alone, since they had been changed again.
    """

    edit_id: UUID
    price_list_id: int
    formula: PriceFormula
    selection: PriceSelection
    state: EditState
    changed_count: int
    unchanged_count: int
    refused_count: int
    reverted_count: int
    kept_count: int
    actor: str
    requested_at: datetime
    finished_at: datetime | None

    @property
    def has_ended(self) -> bool:
        """Whether nobody works at it."""
        return self.state in ("done", "undone")


class EditRow(msgspec.Struct, frozen=True, kw_only=True):
    """A price that an edit changed: before, after, and what became of it."""

    variant_id: UUID
    min_quantity: int
    amount_before: int
    compare_at_before: int | None
    amount_after: int
    compare_at_after: int | None
    outcome: Outcome


class PreviewRow(msgspec.Struct, frozen=True, kw_only=True):
    """A price that an edit would change, or would have to refuse."""

    variant_id: UUID
    min_quantity: int
    amount_before: int
    compare_at_before: int | None
    amount_after: int
    compare_at_after: int | None
    refusal: Refusal | None


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What an edit would do: its first rows, and how many.

    The counts are exact when `is_complete`; else time was up, and they are of what was looked at.
    """

    price_list_id: int
    currency: str
    rows: list[PreviewRow]
    changed_count: int
    unchanged_count: int
    refused_count: int
    is_complete: bool


def check_selection(selection: PriceSelection) -> None:
    """Pass when the selection names prices in one way.

    Raises:
        InvalidFormula: it names variants, products and properties at once.
    """
    by_filter = any(
        value is not None
        for value in (
            selection.category_id,
            selection.collection_id,
            selection.brand,
            selection.status,
        )
    )
    if [bool(selection.variant_ids), bool(selection.product_ids), by_filter].count(True) > 1:
        message = "name variants, or products, or what they have in common"
        raise InvalidFormula(message, errors=[FieldError("selection", "ambiguous", message)])
