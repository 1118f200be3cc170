"""Carts, checkouts and orders in the form that agents read, in both versions of the protocol."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from galleria.commerce.carts import PricedLine
from galleria.commerce.orders import OfferedMethod, OrderDetail, OrderLine
from galleria.faces.agents.model.choices import (
    DESTINATION_ID,
    GROUP_ID,
    METHOD_ID,
    Choices,
    Lack,
    Place,
)
from galleria.faces.agents.model.discovery import Handler, first_handler
from galleria.faces.agents.model.protocol import is_first
from galleria.foundation.money import Money

Wire = dict[str, Any]
_UNAVAILABLE = {
    "sold_out": ("out_of_stock", "is sold out"),
    "not_enough_stock": ("out_of_stock", "is not there in this number"),
    "not_for_sale": ("item_unavailable", "is not for sale any more"),
    "no_price": ("item_unavailable", "has no price at present"),
    "component_unavailable": ("item_unavailable", "cannot be put together at present"),
}


class ShownLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a cart or an order: the same variant has the same line in both."""

    variant_id: UUID
    title: str
    price_minor: int
    quantity: int
    total_minor: int
    image_url: str | None
    is_shipped: bool
    unavailable: str | None = None

    @property
    def line_id(self) -> str:
        """The line's name. A cart has one line of a variant, and so has its order."""
        return line_id_of(self.variant_id)


def line_id_of(variant_id: UUID) -> str:
    """The name of the line of a variant, in carts, checkouts and orders alike."""
    return f"li_{variant_id.hex}"


def line_of_cart(line: PricedLine, address: str) -> ShownLine:
    """A line of a cart at today's price."""
    return ShownLine(
        variant_id=line.variant_id,
        title=_title(line.title or "", line.options),
        price_minor=line.unit_price.amount_minor if line.unit_price else 0,
        quantity=line.quantity,
        total_minor=line.total.amount_minor if line.total else 0,
        image_url=_picture(address, line.media_id),
        is_shipped=line.is_shippable,
        unavailable=line.unavailable_reason,
    )


def line_of_order(line: OrderLine, address: str) -> ShownLine:
    """A line of an order at the price that was paid."""
    return ShownLine(
        variant_id=line.variant_id,
        title=_title(line.title, line.options),
        price_minor=line.unit_price.amount_minor,
        quantity=line.quantity,
        total_minor=line.total.amount_minor,
        image_url=_picture(address, line.media_id),
        is_shipped=line.is_shippable,
    )


def _title(title: str, options: Sequence[Any]) -> str:
    chosen = " / ".join(each.value for each in options)
    return f"{title} ({chosen})" if chosen else title


def _picture(address: str, media_id: UUID | None) -> str | None:
    return None if media_id is None else f"{address}/media/{media_id}"


def wire_line(line: ShownLine) -> Wire:
    """A line of a cart or checkout."""
    return {
        "id": line.line_id,
        "item": _item(line),
        "quantity": line.quantity,
        "totals": [total("subtotal", line.total_minor), total("total", line.total_minor)],
    }


def _item(line: ShownLine) -> Wire:
    item: Wire = {"id": str(line.variant_id), "title": line.title, "price": line.price_minor}
    return item if line.image_url is None else {**item, "image_url": line.image_url}


def total(kind: str, amount_minor: int) -> Wire:
    """One entry of the totals."""
    return {"type": kind, "amount": amount_minor}


def totals_of(subtotal_minor: int, shipping_minor: int | None) -> list[Wire]:
    """Subtotal, shipping when it is known, and the total."""
    entries = [total("subtotal", subtotal_minor)]
    if shipping_minor is not None:
        entries.append(total("fulfillment", shipping_minor))
    return [*entries, total("total", subtotal_minor + (shipping_minor or 0))]


def error_message(
    code: str, content: str, path: str | None = None, severity: str = "recoverable"
) -> Wire:
    """An error among the messages."""
    message = {"type": "error", "code": code, "content": content, "severity": severity}
    return message if path is None else {**message, "path": path}


def messages_of(lines: Sequence[ShownLine], lacks: Sequence[Lack]) -> list[Wire]:
    """What stands in the way of buying, lines first."""
    found = [
        error_message(code, f"{line.title} {said}", f"$.line_items[{position}]")
        for position, line in enumerate(lines)
        if line.unavailable is not None
        for code, said in (_UNAVAILABLE[line.unavailable],)
    ]
    return found + [error_message(each.code, each.content, each.path) for each in lacks]


def fulfillment_of(
    version: str,
    lines: Sequence[ShownLine],
    choices: Choices,
    options: Sequence[OfferedMethod],
    subtotal: Money,
) -> Wire:
    """How the goods can go: one way, one parcel, with the shop's methods to choose from."""
    ids = [line.line_id for line in lines if line.is_shipped]
    chosen = choices.option if choices.option in [each.code for each in options] else None
    method: Wire = {
        "id": METHOD_ID,
        "type": "shipping",
        "line_item_ids": ids,
        "groups": [
            {
                "id": GROUP_ID,
                "line_item_ids": ids,
                "options": [_option(each, subtotal) for each in options],
                "selected_option_id": chosen,
            }
        ],
    }
    if choices.place is not None:
        place = wire_place(version, choices.place)
        method |= {"destinations": [place], "selected_destination_id": place["id"]}
    return {"methods": [method]}


def wire_place(version: str, place: Place) -> Wire:
    """An address as it came, with an id, and with its kind where that has to be said."""
    told: Wire = {"id": DESTINATION_ID, **msgspec.to_builtins(place)}
    return told if is_first(version) else {**told, "type": "shipping_address"}


def _option(each: OfferedMethod, subtotal: Money) -> Wire:
    price = fee_of(each, subtotal)
    return {"id": each.code, "title": each.name, "totals": [total("total", price)]}


def fee_of(method: OfferedMethod, subtotal: Money) -> int:
    """What sending goods of this worth costs, in minor units."""
    free = method.free_from
    is_free = free is not None and subtotal.amount_minor >= free.amount_minor
    return 0 if is_free else method.price.amount_minor


def payment_of(version: str, handlers: Sequence[Handler]) -> Wire:
    """Ways to pay in the body of a checkout; the newest version has them in its head."""
    if is_first(version):
        return {
            "payment": {"handlers": [first_handler(each) for each in handlers], "instruments": []}
        }
    return {"payment": {"instruments": []}}


def wire_order(
    version: str, order: OrderDetail, address: str, order_id: str, checkout_id: str, page: str
) -> Wire:
    """An order with all that happened to it, whole."""
    shown = {line.line_id: line_of_order(line, address) for line in order.lines}
    by_line = {line.line_id: shown[line.line_id].line_id for line in order.lines}
    told: Wire = {
        "id": order_id,
        "checkout_id": checkout_id,
        "permalink_url": page,
        "line_items": [_order_line(version, line, shown[line.line_id]) for line in order.lines],
        "fulfillment": {
            "expectations": _expectations(version, order, shown),
            "events": [
                {
                    "id": str(parcel.fulfillment_id),
                    "occurred_at": instant(parcel.created_at),
                    "type": "shipped",
                    "line_items": [
                        {"id": by_line[line_id], "quantity": pieces}
                        for line_id, pieces in parcel.quantities.items()
                        if line_id in by_line
                    ],
                    **{
                        key: value
                        for key, value in (
                            ("carrier", parcel.carrier),
                            ("tracking_number", parcel.tracking_number),
                            ("tracking_url", parcel.tracking_url),
                        )
                        if value
                    },
                }
                for parcel in order.fulfillments
            ],
        },
        "adjustments": _adjustments(version, order, by_line),
        "totals": totals_of(
            order.subtotal.amount_minor,
            order.shipping.amount_minor if order.shipping_method else None,
        ),
    }
    return told if is_first(version) else {**told, "currency": order.currency}


def _order_line(version: str, line: OrderLine, shown: ShownLine) -> Wire:
    total_pieces = line.quantity - line.removed_quantity
    if total_pieces == 0:
        status = "removed"
    elif line.fulfilled_quantity >= total_pieces:
        status = "fulfilled"
    else:
        status = "partial" if line.fulfilled_quantity else "processing"
    quantity = {"total": total_pieces, "fulfilled": min(line.fulfilled_quantity, total_pieces)}
    if not is_first(version):
        quantity["original"] = line.quantity
    return {**wire_line(shown), "quantity": quantity, "status": status}


def _expectations(version: str, order: OrderDetail, shown: dict[UUID, ShownLine]) -> list[Wire]:
    address = order.shipping_address
    lines = [
        {"id": shown[line.line_id].line_id, "quantity": line.quantity - line.removed_quantity}
        for line in order.lines
        if line.is_shippable and line.quantity > line.removed_quantity
    ]
    if address is None or not lines:
        return []
    place = Place(
        street_address=address.line1,
        extended_address=address.line2 or None,
        address_locality=address.city,
        address_region=address.region or None,
        postal_code=address.postal_code or None,
        address_country=address.country,
        full_name=address.name,
    )
    return [
        {
            "id": GROUP_ID,
            "line_items": lines,
            "method_type": "shipping",
            "destination": wire_place(version, place),
            "description": order.shipping_method_name or order.shipping_method,
        }
    ]


_STATES = {"requested": "pending", "succeeded": "completed", "failed": "failed"}


def _adjustments(version: str, order: OrderDetail, by_line: dict[UUID, str]) -> list[Wire]:
    """Money that went back, or is on its way: unsigned in the first version, negative later."""
    sign = 1 if is_first(version) else -1
    found: list[Wire] = []
    for refund in order.refunds:
        amount = refund.amount.amount_minor
        entry: Wire = {
            "id": str(refund.refund_id),
            "type": "refund",
            "occurred_at": instant(refund.created_at),
            "status": _STATES.get(refund.state, "pending"),
            "line_items": [
                {"id": by_line[each.line_id], "quantity": sign * each.quantity}
                for each in refund.lines
                if each.line_id in by_line
            ],
        }
        if refund.reason:
            entry["description"] = refund.reason
        told = {"amount": amount} if is_first(version) else {"totals": [total("total", -amount)]}
        found.append({**entry, **told})
    return found


def instant(at: datetime) -> str:
    """An instant as RFC 3339 writes it."""
    return at.isoformat().replace("+00:00", "Z")
