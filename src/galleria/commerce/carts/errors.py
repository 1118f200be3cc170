"""What can go wrong with a cart."""

from galleria.foundation.errors import Conflict, InvalidInput, NotFound, PreconditionFailed


class CartNotFound(NotFound):
    """This shop has no such cart, or it has expired."""

    code = "cart_not_found"
    title = "No such cart"


class CartNotOpen(Conflict):
    """The cart has become an order."""

    code = "cart_not_open"
    title = "This cart has been ordered and no longer changes"


class CartLineNotFound(NotFound):
    """The cart has no such line."""

    code = "cart_line_not_found"
    title = "No such line in this cart"


class CartFull(Conflict):
    """The cart holds as many different things as a cart may."""

    code = "cart_full"
    title = "This cart is full"


class QuantityTooLarge(InvalidInput):
    """More pieces of one thing than a line may hold."""

    code = "quantity_too_large"
    title = "Too many pieces of one thing"


class VariantNotForSale(InvalidInput):
    """There is no such variant on sale in this cart's channel."""

    code = "variant_not_for_sale"
    title = "This is not for sale"


class CartChanged(PreconditionFailed):
    """The cart has changed since it was read, for instance in another tab."""

    code = "cart_changed"
    title = "The cart has changed since it was read"
