"""Makes customers, orders and redirects of the rows of Shopify's exports."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from galleria.commerce.customers import CustomerDraft, PostalAddress
from galleria.commerce.imports.model.moving_in import (
    OrderDraft,
    OrderLineDraft,
    PlaceDraft,
)
from galleria.commerce.imports.model.moving_rows import Cells, Make
from galleria.commerce.imports.model.runs import Format
from galleria.content.redirects import RedirectDraft
from galleria.foundation.http import field_error

_CURRENCY = re.compile(r"[A-Z]{3}")
_WHOLE = re.compile(r"[0-9]{1,7}")
_NOT_PHONE = re.compile(r"[^0-9+()/. -]")
_PATH = re.compile(r"/[^\s\x00-\x1f]*")
_TARGET = re.compile(r"(?:https?://[^\s\x00-\x1f/?#]+|/)[^\s\x00-\x1f]*")
_TAGGED = re.compile(r"\s*,\s*")


def customer_of(rows: Sequence[Cells]) -> CustomerDraft | None:
    """A customer with the address that is known; None, with the reason, without an e-mail."""
    row = rows[0]
    email = row.said("email")
    if not email:
        row.refuse("Email", "missing_email", "without an e-mail address nobody can be known again")
        return None
    address = _address_of(row)
    wanted: dict[str, Any] = {
        "email": email,
        "name": f"{row.said('first name')} {row.said('last name')}".strip(),
        "phone": _phone_of(row, "phone", "default address phone"),
        "accepts_marketing": row.fact("accepts email marketing") or row.fact("accepts marketing"),
        "addresses": [address] if address else [],
    }
    try:
        return msgspec.convert(wanted, CustomerDraft)
    except msgspec.ValidationError as error:
        fault = field_error(str(error))
        row.refuse(fault.path.capitalize(), fault.code, fault.message)
        return None


def _address_of(row: Cells) -> dict[str, str] | None:
    """The address; None when there is none, or when it is no place a parcel could go to."""

    def said(name: str) -> str:
        return row.said(f"default address {name}", name)

    name = f"{row.said('first name')} {row.said('last name')}".strip()
    found = {
        "name": name or said("company"),
        "company": said("company"),
        "line1": said("address1"),
        "line2": said("address2"),
        "city": said("city"),
        "region": row.said("default address province code", "province code", "province"),
        "country": row.said("default address country code", "country code", "country").upper(),
        "postal_code": said("zip").removeprefix("'"),
        "phone": _phone_of(row, "default address phone", "phone"),
    }
    if not any(found[each] for each in ("line1", "city", "postal_code")):
        return None
    try:
        msgspec.convert(found, PostalAddress)
    except msgspec.ValidationError as error:
        fault = field_error(str(error))
        reason = f"the address has no usable {fault.path}; the customer went in without it"
        row.note(f"Default Address {fault.path}", "address_left_out", reason)
        return None
    return found


def _phone_of(row: Cells, *names: str) -> str:
    text = row.said(*names).removeprefix("'")
    # An extension in words is nothing a telephone dials.
    return _NOT_PHONE.split(text)[0].strip()[:40]


def order_of(rows: Sequence[Cells]) -> OrderDraft | None:
    """An order with its lines: all about it stands in its first row."""
    first = rows[0]
    currency = first.said("currency").upper()
    number = first.said("name")
    if not number:
        first.refuse("Name", "missing_key", "the row does not say which order it belongs to")
    if not _CURRENCY.fullmatch(currency):
        first.refuse("Currency", "unknown_currency", f"{currency[:20]!r} is no currency")
        return None
    placed_at = _instant_of(first, "created at")
    if placed_at is None:
        if not first.said("created at"):
            first.refuse("Created at", "required", "the order has no date")
        return None
    return OrderDraft(
        external_ref=first.said("id") or number,
        number=number,
        email=first.said("email"),
        currency=currency,
        placed_at=placed_at,
        paid_at=_instant_of(first, "paid at"),
        fulfilled_at=_instant_of(first, "fulfilled at"),
        cancelled_at=_instant_of(first, "cancelled at"),
        financial_status=first.said("financial status").lower(),
        fulfillment_status=first.said("fulfillment status").lower(),
        subtotal_minor=first.amount("subtotal", currency),
        shipping_minor=first.amount("shipping", currency),
        tax_minor=first.amount("taxes", currency),
        discount_minor=first.amount("discount amount", currency),
        total_minor=first.amount("total", currency),
        refunded_minor=first.amount("refunded amount", currency),
        discount_code=first.said("discount code"),
        shipping_method=first.said("shipping method"),
        payment_method=first.said("payment method"),
        note=first.said("notes"),
        tags=[each for each in _TAGGED.split(first.said("tags")) if each],
        billing=_place_of(first, "billing"),
        shipping=_place_of(first, "shipping"),
        lines=_lines_of(rows, currency),
    )


def _lines_of(rows: Sequence[Cells], currency: str) -> list[OrderLineDraft]:
    lines: list[OrderLineDraft] = []
    for row in rows:
        title, text = row.said("lineitem name"), row.said("lineitem quantity")
        if not title and not text:
            continue
        if not _WHOLE.fullmatch(text) or not int(text):
            row.refuse("Lineitem quantity", "invalid_quantity", f"{text[:50]!r} is no quantity")
            continue
        lines.append(
            OrderLineDraft(
                title=title,
                quantity=int(text),
                price_minor=row.amount("lineitem price", currency),
                discount_minor=row.amount("lineitem discount", currency),
                sku=row.said("lineitem sku").removeprefix("'") or None,
                is_shippable=row.said("lineitem requires shipping").lower() != "false",
                is_taxable=row.said("lineitem taxable").lower() != "false",
                is_fulfilled=row.said("lineitem fulfillment status").lower() == "fulfilled",
            )
        )
    if not lines:
        rows[0].refuse("Lineitem name", "missing_lines", "the order has no line")
    return lines


def _place_of(row: Cells, kind: str) -> PlaceDraft | None:
    def said(name: str) -> str:
        return row.said(f"{kind} {name}").removeprefix("'")

    place = PlaceDraft(
        name=said("name"),
        company=said("company"),
        line1=said("address1") or said("street"),
        line2=said("address2"),
        city=said("city"),
        region=said("province"),
        postal_code=said("zip"),
        country=said("country").upper(),
        phone=said("phone"),
    )
    return None if place == PlaceDraft() else place


def _instant_of(row: Cells, name: str) -> datetime | None:
    """The cell as an instant in UTC (`2026-03-01 10:15:00 +0100`), also where no zone is said."""
    text = row.said(name)
    if not text:
        return None
    # fromisoformat of Python 3.11 takes `+0100` and a `T`, or a space, between date and time.
    plain = re.sub(r"\s+(?=[+-][0-9]{4}$)", "", text.replace(" UTC", "+0000"))
    try:
        instant = datetime.fromisoformat(plain)
        # The first and the last day there is have no such moment everywhere.
        return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        row.refuse(name.capitalize(), "invalid_date", f"{text[:50]!r} is no date")
        return None


def redirect_of(rows: Sequence[Cells]) -> RedirectDraft | None:
    """An old address and where it leads now."""
    row = rows[0]
    old, new = row.said("redirect from"), row.said("redirect to")
    if not _PATH.fullmatch(old):
        row.refuse("Redirect from", "invalid_path", f"{old[:80]!r} is no path like /old")
    if not _TARGET.fullmatch(new):
        row.refuse("Redirect to", "invalid_path", f"{new[:80]!r} is neither path nor address")
    elif new == old:
        row.refuse("Redirect to", "redirect_to_itself", "the address would lead to itself")
    return None if row.problems else RedirectDraft(from_path=old, to=new)


MAKERS: dict[Format, tuple[Make, str | None]] = {
    "shopify_customers_csv": (customer_of, None),
    "shopify_orders_csv": (order_of, "name"),
    "shopify_redirects_csv": (redirect_of, None),
}
