"""What shoppers have put together but not yet bought.

Owns `carts.cart` and `carts.cart_line`. A cart is known by an opaque token that carries its shop;
prices, titles and stock are looked up at each reading and never stored, so a cart cannot promise a
price of yesterday. Lines that can no longer be bought stay and say why. Says nothing by event.
"""

from galleria.commerce.carts.errors import (
    CartChanged,
    CartFull,
    CartLineNotFound,
    CartNotFound,
    CartNotOpen,
    QuantityTooLarge,
    VariantNotForSale,
)
from galleria.commerce.carts.model import (
    Cart,
    CartLine,
    LineComponent,
    PricedCart,
    PricedLine,
    SelectedOption,
)
from galleria.commerce.carts.schemas import CartView, NewCart, NewLine, Pieces, cart_view
from galleria.commerce.carts.service import (
    OpenedCart,
    add_line,
    discard_cart,
    get_cart,
    join_carts,
    open_cart,
    price_cart,
    remove_line,
    reopen_cart,
    replace_lines,
    set_quantity,
    take_cart,
)

__all__ = [
    "Cart",
    "CartChanged",
    "CartFull",
    "CartLine",
    "CartLineNotFound",
    "CartNotFound",
    "CartNotOpen",
    "CartView",
    "LineComponent",
    "NewCart",
    "NewLine",
    "OpenedCart",
    "Pieces",
    "PricedCart",
    "PricedLine",
    "QuantityTooLarge",
    "SelectedOption",
    "VariantNotForSale",
    "add_line",
    "cart_view",
    "discard_cart",
    "get_cart",
    "join_carts",
    "open_cart",
    "price_cart",
    "remove_line",
    "reopen_cart",
    "replace_lines",
    "set_quantity",
    "take_cart",
]
