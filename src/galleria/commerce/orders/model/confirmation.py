"""The words of the order confirmation, in the shopper's language."""

from collections.abc import Mapping

from galleria.commerce.downloads import BoughtDownloads
from galleria.commerce.orders.model.order import Order, OrderLine
from galleria.foundation.money import Money, decimal_text

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "subject": "Your order {number} at {shop}",
        "greeting": "Thank you for your order, {name}.",
        "shipping": "Shipping ({method})",
        "total": "Total",
        "address": "We send it to:",
        "downloads": "Your downloads (the links work until {day}):",
        "licences": "Your licences:",
        "owed": "{count} more licences follow as soon as we have them.",
        "downloads_subject": "Your downloads of order {number} at {shop}",
    },
    "de": {
        "subject": "Ihre Bestellung {number} bei {shop}",
        "greeting": "Vielen Dank für Ihre Bestellung, {name}.",
        "shipping": "Versand ({method})",
        "total": "Gesamt",
        "address": "Wir senden sie an:",
        "downloads": "Ihre Downloads (die Links gelten bis {day}):",
        "licences": "Ihre Lizenzen:",
        "owed": "{count} weitere Lizenzen folgen, sobald wir sie haben.",
        "downloads_subject": "Ihre Downloads zur Bestellung {number} bei {shop}",
    },
}


def confirmation_of(
    order: Order, shop_name: str, bought: BoughtDownloads, address: str
) -> tuple[str, str]:
    """Subject and text of the mail that says the order was placed.

    `bought` is what the buyer fetches from the shop at the web `address`.
    """
    words = _words(order)
    lines = [
        words["greeting"].format(name=_name(order)),
        "",
        *(f"{line.quantity} x {_named(line)}: {_told(line.total)}" for line in order.lines),
    ]
    if order.shipping_method:
        method = order.shipping_method_name
        lines.append(f"{words['shipping'].format(method=method)}: {_told(order.shipping)}")
    lines += [f"{words['total']}: {_told(order.total)}", ""]
    lines += _downloads(words, bought, address)
    place = order.shipping_address
    if place is not None and order.shipping_method:
        town = f"{place.postal_code} {place.city}".strip()
        street = (place.name, place.company, place.line1, place.line2)
        lines += [words["address"], *(part for part in street if part)]
        lines += [f"{town}, {place.country}", ""]
    subject = words["subject"].format(number=order.number, shop=shop_name)
    return subject, "\n".join([*lines, shop_name]) + "\n"


def downloads_mail_of(
    order: Order, shop_name: str, bought: BoughtDownloads, address: str
) -> tuple[str, str]:
    """Subject and text of the mail that says once more what can be fetched, and where."""
    words = _words(order)
    subject = words["downloads_subject"].format(number=order.number, shop=shop_name)
    return subject, "\n".join([*_downloads(words, bought, address), shop_name]) + "\n"


def _words(order: Order) -> Mapping[str, str]:
    return _WORDS.get(order.locale.partition("-")[0], _WORDS["en"])


def _name(order: Order) -> str:
    place = order.shipping_address or order.billing_address
    return place.name if place else order.email


def _downloads(words: Mapping[str, str], bought: BoughtDownloads, address: str) -> list[str]:
    """What can be fetched, each part with an empty line behind it."""
    lines: list[str] = []
    linked = [each for each in bought.files if each.path and each.link_expires_at]
    if linked:
        day = min(each.link_expires_at for each in linked if each.link_expires_at)
        lines.append(words["downloads"].format(day=day.date().isoformat()))
        lines += [f"{each.name}: {address}{each.path}" for each in linked] + [""]
    if bought.licences:
        lines += [words["licences"], *(each.text for each in bought.licences), ""]
    if bought.owed:
        lines += [words["owed"].format(count=bought.owed), ""]
    return lines


def _told(amount: Money) -> str:
    return f"{decimal_text(amount)} {amount.currency}"


def _named(line: OrderLine) -> str:
    return " / ".join((line.title, *(option.value for option in line.options)))
