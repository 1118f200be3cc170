"""What a shop brings along beside its products: customers, orders and old addresses.

The drafts are what a file says, whole and in order; the rooms that take them in decide what becomes
of them. Sources: Shopify help, "Customer CSV file", "Exporting orders", "URL redirects".
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeAlias

import msgspec
from msgspec import field

from galleria.commerce.customers import CustomerDraft
from galleria.commerce.imports.model.runs import Format, Position, Problem
from galleria.content.redirects import RedirectDraft

MOVING: frozenset[Format] = frozenset(
    ("shopify_customers_csv", "shopify_orders_csv", "shopify_redirects_csv")
)
_CUSTOMER_COLUMNS = frozenset(("first name", "last name", "email"))
_CUSTOMERS_ALONE = frozenset(
    (
        "accepts email marketing",
        "accepts marketing",
        "total spent",
        "total orders",
        "customer id",
        "default address address1",
    )
)
_ORDER_COLUMNS = frozenset(("name", "financial status", "lineitem name", "lineitem quantity"))
_REDIRECT_COLUMNS = frozenset(("redirect from", "redirect to"))


class PlaceDraft(msgspec.Struct, frozen=True, kw_only=True):
    """Where an order's goods or bill went, as the other shop wrote it."""

    name: str = ""
    company: str = ""
    line1: str = ""
    line2: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""
    phone: str = ""


class OrderLineDraft(msgspec.Struct, frozen=True, kw_only=True):
    """So many of one thing at a price each, in minor units of the order's currency."""

    title: str
    quantity: int
    price_minor: int
    discount_minor: int = 0
    sku: str | None = None
    is_shippable: bool = True
    is_taxable: bool = True
    is_fulfilled: bool = False


class OrderDraft(msgspec.Struct, frozen=True, kw_only=True):
    """An order made elsewhere. `external_ref` finds it again; amounts are in minor units."""

    external_ref: str
    number: str
    email: str
    currency: str
    placed_at: datetime
    paid_at: datetime | None = None
    fulfilled_at: datetime | None = None
    cancelled_at: datetime | None = None
    financial_status: str = ""
    fulfillment_status: str = ""
    subtotal_minor: int = 0
    shipping_minor: int = 0
    tax_minor: int = 0
    discount_minor: int = 0
    total_minor: int = 0
    refunded_minor: int = 0
    discount_code: str = ""
    shipping_method: str = ""
    payment_method: str = ""
    note: str = ""
    tags: list[str] = field(default_factory=list)
    billing: PlaceDraft | None = None
    shipping: PlaceDraft | None = None
    lines: list[OrderLineDraft] = field(default_factory=list)


Draft: TypeAlias = CustomerDraft | OrderDraft | RedirectDraft


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """What came out of a row, or of the rows of one order: a draft, or why there is none."""

    draft: Draft | None
    problems: list[Problem]
    line: int
    end: Position


def moving_format(header: Sequence[str]) -> Format | None:
    """Which of these files has this header; None if none has."""
    names = {" ".join(name.split()).lower() for name in header}
    if names >= _ORDER_COLUMNS:
        return "shopify_orders_csv"
    if names >= _CUSTOMER_COLUMNS and names & _CUSTOMERS_ALONE:
        return "shopify_customers_csv"
    if names >= _REDIRECT_COLUMNS:
        return "shopify_redirects_csv"
    return None
