"""What comes in over the wire."""

from datetime import datetime
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Meta

from galleria.commerce.assortment.model.bundles import (
    MAX_COMPONENTS,
    MAX_PIECES,
    WHOLE_BP,
    BundleFault,
    BundlePricing,
)
from galleria.commerce.assortment.model.relations import MAX_RELATIONS
from galleria.foundation.http import ShortText, Sku, WireInput
from galleria.foundation.money import Money

MAX_ROWS = 500
Kind: TypeAlias = Annotated[
    str, Meta(min_length=1, max_length=60, pattern=r"^[a-z0-9]+([_-][a-z0-9]+)*$(?!\n)")
]
"""accessory, cross_sell, up_sell, replacement, or what the shop calls it."""


class NamedProducts(WireInput, frozen=True, kw_only=True):
    """The products that are named, in order; with `is_mutual` each names the product back."""

    product_ids: Annotated[list[UUID], Meta(max_length=MAX_RELATIONS)]
    is_mutual: bool = False


class RelationRow(WireInput, frozen=True, kw_only=True):
    """What a product is to name for a reason; each is meant by its handle, or a SKU of its own."""

    product: ShortText
    kind: Kind
    related: Annotated[list[ShortText], Meta(max_length=MAX_RELATIONS)]
    is_mutual: bool = False


class RelationRows(WireInput, frozen=True, kw_only=True):
    """Rows, each of another product or kind."""

    rows: Annotated[list[RelationRow], Meta(min_length=1, max_length=MAX_ROWS)]


class RelationOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a row; `code` and `detail` say why it was refused."""

    product: str
    kind: str
    outcome: Literal["set", "refused"]
    code: str = ""
    detail: str = ""


class RelationView(msgspec.Struct, frozen=True, kw_only=True):
    """A product that another names, for the back office."""

    kind: str
    product_id: UUID
    handle: str
    title: str
    status: str
    position: int
    is_mutual: bool


class NewComponent(WireInput, frozen=True, kw_only=True):
    """So many of a variant in one bundle."""

    variant_id: UUID
    quantity: Annotated[int, Meta(ge=1, le=MAX_PIECES)] = 1


Discount = Annotated[int, Meta(ge=0, le=WHOLE_BP)]
Discounts = Annotated[list[Money], Meta(max_length=50)]


class NewBundle(WireInput, frozen=True, kw_only=True):
    """What a variant is to consist of.

    With `own` pricing it has a price as other variants do. With `components` it costs what they
    cost one by one, less `discount_bp` hundredths of a percent, or less the amount for the
    currency.
    """

    components: Annotated[list[NewComponent], Meta(min_length=1, max_length=MAX_COMPONENTS)]
    pricing: BundlePricing = "own"
    discount_bp: Discount = 0
    discounts: Discounts = msgspec.field(default_factory=list)


class NamedComponent(WireInput, frozen=True, kw_only=True):
    """So many of the variant with this SKU."""

    sku: Sku
    quantity: Annotated[int, Meta(ge=1, le=MAX_PIECES)] = 1


class BundleTerms(WireInput, frozen=True, kw_only=True):
    """What a variant is to consist of, by SKUs; of no component: it is no bundle."""

    components: Annotated[list[NamedComponent], Meta(max_length=MAX_COMPONENTS)]
    pricing: BundlePricing = "own"
    discount_bp: Discount = 0
    discounts: Discounts = msgspec.field(default_factory=list)


class BundleRow(BundleTerms, frozen=True, kw_only=True):
    """What the variant with this SKU is to consist of; of no component: it is no bundle."""

    sku: Sku


class BundleRows(WireInput, frozen=True, kw_only=True):
    """Rows, each of another variant."""

    rows: Annotated[list[BundleRow], Meta(min_length=1, max_length=MAX_ROWS)]


class BundleAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a wish; `code` and `detail` say why it was refused."""

    outcome: Literal["set", "unchanged", "removed", "refused"]
    code: str = ""
    detail: str = ""


class BundleOutcome(BundleAnswer, frozen=True, kw_only=True):
    """What became of the row of a SKU."""

    sku: str


class ComponentView(msgspec.Struct, frozen=True, kw_only=True):
    """A component for the back office; without a title the variant is gone."""

    variant_id: UUID
    product_id: UUID | None
    sku: str | None
    title: str | None
    option_values: list[str]
    status: str | None
    quantity: int
    available: int | None


class BundleView(msgspec.Struct, frozen=True, kw_only=True):
    """A bundle for the back office.

    `available` is how many can be sold now, None for any number; `fault` says why none can be
    whatever is in stock.
    """

    variant_id: UUID
    product_id: UUID
    pricing: BundlePricing
    discount_bp: int
    discounts: list[Money]
    components: list[ComponentView]
    available: int | None
    fault: BundleFault | None
    updated_at: datetime
