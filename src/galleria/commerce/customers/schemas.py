"""What the back office sends about customers."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from galleria.commerce.customers.model import Line, Phone, PostalAddress
from galleria.foundation.http import Email, Handle, LocaleCode, Name, WireInput


class NewCustomer(WireInput):
    """A customer entered by hand, for instance after a telephone order."""

    email: Email
    name: Line = ""
    locale: LocaleCode = "en"
    phone: Phone = ""
    accepts_marketing: bool = False


class CustomerChanges(WireInput):
    """The fields to change; what is left out stays as it is."""

    email: Email | UnsetType = UNSET
    name: Line | UnsetType = UNSET
    locale: LocaleCode | UnsetType = UNSET
    phone: Phone | UnsetType = UNSET
    accepts_marketing: bool | UnsetType = UNSET

    def apply_to(self, fields: dict[str, object]) -> dict[str, object]:
        """`fields` with each change that was sent."""
        return fields | {
            name: value
            for name, value in msgspec.structs.asdict(self).items()
            if value is not UNSET
        }


class NewAddress(WireInput):
    """An address for the book; as the default it takes the place of the former one."""

    address: PostalAddress
    is_default: bool = False


class NewCustomerGroup(WireInput):
    """A group of customers who are to be treated alike."""

    code: Handle
    name: Name


class CustomerGroupChanges(WireInput):
    """The fields to change; what is left out stays as it is."""

    code: Handle | UnsetType = UNSET
    name: Name | UnsetType = UNSET


class GroupMembers(WireInput):
    """Customers to take into a group, or out of it."""

    customer_ids: Annotated[list[UUID], Meta(min_length=1, max_length=500)]
