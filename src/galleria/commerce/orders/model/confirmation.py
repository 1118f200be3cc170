"""The words of the order confirmation, in the shopper's language."""

from collections.abc import Mapping

from galleria.commerce.orders.model.order import Order, OrderLine
from galleria.foundation.money import Money, decimal_text

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "subject": "Your order {number} at {shop}",
        "greeting": "Thank you for your order, {name}.",
        "shipping": "Shipping ({method})",
        "total": "Total",
        "address": "We send it to:",
    },
    "de": {
        "subject": "Ihre Bestellung {number} bei {shop}",
        "greeting": "Vielen Dank für Ihre Bestellung, {name}.",
        "shipping": "Versand ({method})",
        "total": "Gesamt",
        "address": "Wir senden sie an:",
    },
}


def confirmation_of(order: Order, shop_name: str) -> tuple[str, str]:
    """Subject and text of the mail that says the order was placed."""
    words = _WORDS.get(order.locale.partition("-")[0], _WORDS["en"])
    address = order.shipping_address
    town = f"{address.postal_code} {address.city}".strip()
    lines = [
        words["greeting"].format(name=address.name),
        "",
        *(f"{line.quantity} x {_named(line)}: {_told(line.total)}" for line in order.lines),
        f"{words['shipping'].format(method=order.shipping_method_name)}: {_told(order.shipping)}",
        f"{words['total']}: {_told(order.total)}",
        "",
        words["address"],
        *(part for part in (address.name, address.company, address.line1, address.line2) if part),
        f"{town}, {address.country}",
        "",
        shop_name,
    ]
    subject = words["subject"].format(number=order.number, shop=shop_name)
    return subject, "\n".join(lines) + "\n"


def _told(amount: Money) -> str:
    return f"{decimal_text(amount)} {amount.currency}"


def _named(line: OrderLine) -> str:
    return " / ".join((line.title, *(option.value for option in line.options)))
