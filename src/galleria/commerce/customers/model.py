"""A customer, their addresses, and how an e-mail address is compared."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from galleria.foundation.http import CountryCode, Email, LocaleCode, Name, WireInput

MAX_ADDRESSES = 50  # a person's address book, not a company's list of branches
MAX_GROUPS = 500  # groups of a shop: they are kinds of customers, not lists of them
MAX_GROUPS_A_CUSTOMER = 20  # each is asked after whenever a cart of theirs is priced
FORGOTTEN_DOMAIN = "deleted.invalid"  # no letter can ever go there (RFC 6761)

Line = Annotated[str, Meta(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)")]
"""One line of text that may be empty."""
Phone = Annotated[str, Meta(max_length=40, pattern=r"^[0-9+()/. -]*$(?!\n)")]


class PostalAddress(WireInput):
    """Where a parcel or a bill goes: the fields every carrier asks for, none invented."""

    name: Name
    line1: Name
    city: Name
    country: CountryCode
    company: Line = ""
    line2: Line = ""
    region: Line = ""
    postal_code: Annotated[str, Meta(max_length=20, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)")] = ""
    phone: Phone = ""


class Customer(msgspec.Struct, frozen=True, kw_only=True):
    """A person who buys in one shop, known by an e-mail address."""

    customer_id: UUID
    email: str
    name: str
    locale: str
    phone: str
    accepts_marketing: bool
    version: int
    created_at: datetime
    updated_at: datetime


class SavedAddress(msgspec.Struct, frozen=True, kw_only=True):
    """An address in a customer's book; at most one of them is the default."""

    address_id: UUID
    address: PostalAddress
    is_default: bool


class CustomerDetail(Customer, frozen=True, kw_only=True):
    """A customer with the whole address book, the default first, then the oldest."""

    addresses: list[SavedAddress]
    metafields: dict[str, Any] | None = None


class CustomerGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Customers who are treated alike: wholesalers, members, staff."""

    customer_group_id: UUID
    code: str
    name: str
    version: int
    created_at: datetime
    updated_at: datetime


class CustomerDraft(WireInput):
    """A customer as another shop system knew them. Without a locale they have the shop's."""

    email: Email
    name: Line = ""
    locale: LocaleCode | None = None
    phone: Phone = ""
    accepts_marketing: bool = False
    addresses: Annotated[list[PostalAddress], Meta(max_length=MAX_ADDRESSES)] = msgspec.field(
        default_factory=list
    )


class MergedCustomer(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a draft."""

    customer_id: UUID
    outcome: Literal["created", "changed", "unchanged"]


def email_key(email: str) -> str:
    """The address as it is compared: one person is not two because of a capital letter.

    The local part is case-sensitive by RFC 5321, 2.4, but no provider of weight treats it so.
    """
    return email.strip().casefold()
