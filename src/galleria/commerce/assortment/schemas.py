"""What comes in over the wire."""

from typing import Annotated, Literal, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Meta

from galleria.commerce.assortment.model import MAX_RELATIONS
from galleria.foundation.http import ShortText, WireInput

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
