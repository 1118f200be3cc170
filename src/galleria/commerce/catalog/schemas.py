"""What comes in over the wire beside drafts and changes of products."""

from typing import Annotated, TypeAlias
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType, field

from galleria.commerce.attributes import NewMetafields
from galleria.commerce.catalog.model.drafts import ProductDraft, Words
from galleria.commerce.catalog.model.generating import AxisChoice
from galleria.commerce.catalog.model.products import MAX_OPTIONS, Status, StatusChange
from galleria.foundation.http import MAX_INT53, Handle, Name, WireInput

MAX_BULK = 500
Position: TypeAlias = Annotated[int, Meta(ge=0, le=1_000_000)]
ManyIds: TypeAlias = Annotated[list[UUID], Meta(max_length=MAX_BULK)]


class BulkProducts(WireInput, frozen=True, kw_only=True):
    """Products to be made or changed together, found by external_ref or handle."""

    products: Annotated[list[ProductDraft], Meta(min_length=1, max_length=MAX_BULK)]


class BulkStatus(WireInput, frozen=True, kw_only=True):
    """Products that are all to have one status."""

    product_ids: Annotated[list[UUID], Meta(min_length=1, max_length=MAX_BULK)]
    status: Status


class BulkStatusAnswer(WireInput, frozen=True, kw_only=True):
    """What became of each product, in the order asked."""

    items: list[StatusChange]


class GenerateVariants(WireInput, frozen=True, kw_only=True):
    """Which combinations to make; all values of an option that is not among the choices."""

    choices: Annotated[list[AxisChoice], Meta(max_length=MAX_OPTIONS)] = field(default_factory=list)


class RestoreProduct(WireInput, frozen=True, kw_only=True):
    """A version of a product to go back to."""

    version: Annotated[int, Meta(ge=1, le=MAX_INT53)]


class NewCategory(WireInput, frozen=True, kw_only=True):
    """A category to be made; without a handle it gets one from its path."""

    name: Name
    parent_id: UUID | None = None
    handle: Handle | None = None
    translations: Words = field(default_factory=dict)
    position: Position = 0
    attribute_set_id: UUID | None = None
    metafields: NewMetafields | None = None


class CategoryChanges(WireInput, frozen=True, kw_only=True):
    """Fields of a category to be replaced. A new parent takes the whole branch along.

    A new name leaves the path as it is, so that a file that still uses the old name finds the
    category. Metafields are changed by name, null takes one away.
    """

    name: Name | UnsetType = UNSET
    parent_id: UUID | UnsetType | None = UNSET
    handle: Handle | UnsetType = UNSET
    translations: Words | UnsetType = UNSET
    position: Position | UnsetType = UNSET
    attribute_set_id: UUID | UnsetType | None = UNSET
    metafields: NewMetafields | UnsetType | None = UNSET
