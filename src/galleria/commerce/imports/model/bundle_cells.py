"""A bundle as two cells of a table: what is in it, `CUP*2|PLATE`, and how it is priced.

The price is `own`, or `components` with what is taken off: `components -12.5%`, or amounts by
currency, `components -5.00 EUR -6.00 CHF`.
"""

import re

from galleria.commerce.assortment import BundleTerms, NamedComponent
from galleria.commerce.imports.model.cells import join_list, split_exact, split_raw
from galleria.foundation.errors import InvalidInput
from galleria.foundation.money import Money, decimal_text, parse_amount

_MOST_PIECES = 999
_MOST_COMPONENTS = 50
_PERCENT = re.compile(r"components -([0-9]{1,3})(?:\.([0-9]{1,2}))?%")
_AMOUNTS = re.compile(r"components((?: -[0-9]+(?:\.[0-9]+)? [A-Z]{3}){0,50})")
_AMOUNT = re.compile(r" -([0-9.]+) ([A-Z]{3})")


def bundle_cells(terms: BundleTerms) -> tuple[str, str]:
    """What is in the bundle, and its price."""
    parts = [join_list([each.sku, str(each.quantity)], "*|") for each in terms.components]
    price: str = terms.pricing
    if terms.discount_bp:
        whole, rest = divmod(terms.discount_bp, 100)
        price += f" -{whole}.{rest:02}%"
    for each in terms.discounts:
        price += f" -{decimal_text(each)} {each.currency}"
    return "|".join(parts), price


def bundle_of(parts: str, price: str) -> BundleTerms:
    """What the two cells say; without components the variant is no bundle.

    Raises:
        InvalidInput: they are not written so.
    """
    components = [_component(each) for each in split_raw(parts, "|") if each.strip()]
    if len(components) > _MOST_COMPONENTS:
        raise InvalidInput(f"a bundle has at most {_MOST_COMPONENTS} components")
    price = " ".join(price.split()) if components else ""
    if price in ("", "own"):
        return BundleTerms(components=components)
    if percent := _PERCENT.fullmatch(price):
        discount_bp = int(percent[1]) * 100 + int((percent[2] or "").ljust(2, "0"))
        if discount_bp <= 10_000:
            return BundleTerms(components=components, pricing="components", discount_bp=discount_bp)
    amounts = _AMOUNTS.fullmatch(price)
    if amounts is None:
        raise InvalidInput(f"{price[:50]!r} is no price of a bundle like 'components -10%'")
    discounts: list[Money] = [
        parse_amount(each[1], each[2]) for each in _AMOUNT.finditer(amounts[1])
    ]
    return BundleTerms(components=components, pricing="components", discounts=discounts)


def _component(text: str) -> NamedComponent:
    named = split_exact(text.strip(), "*")
    quantity = named[1].strip() if len(named) > 1 else "1"
    sku = named[0].strip()
    is_number = quantity.isascii() and quantity.isdigit() and len(quantity) <= len("999")
    if len(named) > 2 or not 0 < len(sku) <= 100 or not is_number or int(quantity) < 1:
        raise InvalidInput(
            f"{text[:50]!r} is no component like CUP*2, of which there are 1 to {_MOST_PIECES}"
        )
    return NamedComponent(sku=sku, quantity=int(quantity))
