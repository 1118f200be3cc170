"""What agents send. Fields nobody here knows are passed over, as the protocol grows by them."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from galleria.faces.agents.model.choices import Buyer, Line, Place

Identifier = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[!-~]+$(?!\n)")]
Cursor = Annotated[str, Meta(max_length=2_000)]
MAX_LINES = 100
MAX_IDS = 50
DEFAULT_PAGE = 10


class WantedItem(msgspec.Struct, frozen=True):
    """What is wanted, by the id of a variant."""

    id: Identifier


class WantedLine(msgspec.Struct, frozen=True):
    """So many pieces of something."""

    item: WantedItem
    quantity: Annotated[int, Meta(ge=1, le=1_000_000)] = 1


class WantedGroup(msgspec.Struct, frozen=True):
    """A parcel, and how it shall go."""

    selected_option_id: Annotated[str, Meta(max_length=200)] | None = None


class WantedMethod(msgspec.Struct, frozen=True):
    """How the goods reach the buyer."""

    type: Annotated[str, Meta(max_length=50)] = "shipping"
    destinations: Annotated[list[Place], Meta(max_length=20)] | None = None
    selected_destination_id: Annotated[str, Meta(max_length=200)] | None = None
    groups: Annotated[list[WantedGroup], Meta(max_length=20)] | None = None


class WantedFulfillment(msgspec.Struct, frozen=True):
    """All the ways in which the goods shall go; one is offered."""

    methods: Annotated[list[WantedMethod], Meta(max_length=10)] | None = None


class CartBody(msgspec.Struct, frozen=True):
    """A cart, whole."""

    line_items: Annotated[list[WantedLine], Meta(max_length=MAX_LINES)]


class CheckoutBody(msgspec.Struct, frozen=True):
    """A checkout, whole: what is not sent is not wanted any more."""

    line_items: Annotated[list[WantedLine], Meta(max_length=MAX_LINES)] | None = None
    id: Identifier | None = None
    cart_id: Identifier | None = None
    buyer: Buyer | None = None
    fulfillment: WantedFulfillment | None = None


class Credential(msgspec.Struct, frozen=True):
    """What the gateway's own page gave for a card. Never shown again."""

    token: Annotated[str, Meta(min_length=1, max_length=500, pattern=r"^[!-~]+$(?!\n)")]


class Instrument(msgspec.Struct, frozen=True):
    """What the buyer pays with."""

    handler_id: Identifier
    credential: Credential | None = None
    selected: bool | None = None


class PaymentBody(msgspec.Struct, frozen=True):
    """The instruments that are meant; one of them counts."""

    instruments: Annotated[list[Instrument], Meta(max_length=10)] = []


class CompleteBody(msgspec.Struct, frozen=True):
    """Buy it now. Buyer and fulfillment, when they come along, count as a last change."""

    payment: PaymentBody | None = None
    payment_data: Instrument | None = None
    buyer: Buyer | None = None
    fulfillment: WantedFulfillment | None = None


class PriceFilter(msgspec.Struct, frozen=True):
    """Prices from and to, in minor units."""

    min: Annotated[int, Meta(ge=0, le=2**53 - 1)] | None = None
    max: Annotated[int, Meta(ge=0, le=2**53 - 1)] | None = None


class SearchFilters(msgspec.Struct, frozen=True):
    """What narrows a search."""

    categories: Annotated[list[Annotated[str, Meta(max_length=500)]], Meta(max_length=20)] = []
    price: PriceFilter | None = None


class PageWanted(msgspec.Struct, frozen=True):
    """Which page."""

    cursor: Cursor | None = None
    limit: Annotated[int, Meta(ge=1, le=1_000_000)] = DEFAULT_PAGE


class SearchBody(msgspec.Struct, frozen=True):
    """A search: words, filters, or both. A cursor may also stand beside them."""

    query: Annotated[str, Meta(max_length=500)] | None = None
    filters: SearchFilters | None = None
    pagination: PageWanted | None = None
    cursor: Cursor | None = None
    limit: Annotated[int, Meta(ge=1, le=1_000_000)] | None = None


class LookupBody(msgspec.Struct, frozen=True):
    """Products by id, their own or those of variants."""

    ids: Annotated[list[Annotated[str, Meta(max_length=200)]], Meta(min_length=1, max_length=5_000)]


class SelectedLabel(msgspec.Struct, frozen=True):
    """A value chosen for an option."""

    name: Annotated[str, Meta(max_length=200)]
    label: Annotated[str, Meta(max_length=200)]


class ProductBody(msgspec.Struct, frozen=True):
    """A product by its id or that of a variant, with what is chosen of its options."""

    id: Annotated[str, Meta(min_length=1, max_length=200)]
    selected: Annotated[list[SelectedLabel], Meta(max_length=20)] = []


class Meta_(msgspec.Struct, frozen=True, rename="kebab"):
    """What stands in for headers where there are none: the agent, and the key of a repeat."""

    ucp_agent: dict[str, Any] | None = None
    idempotency_key: Annotated[str, Meta(max_length=255)] | None = None


def lines_of(wanted: list[WantedLine]) -> list[Line]:
    """The lines as plain values."""
    return [Line(each.item.id, each.quantity) for each in wanted]
