"""What can go wrong with an order."""

from galleria.foundation.errors import Conflict, InvalidInput, NotFound, PreconditionFailed


class OrderNotFound(NotFound):
    """This shop has no such order."""

    code = "order_not_found"
    title = "No such order"


class OrderLineNotFound(NotFound):
    """The order has no such line."""

    code = "order_line_not_found"
    title = "No such line in this order"


class ShippingMethodNotFound(NotFound):
    """This shop has no such shipping method."""

    code = "shipping_method_not_found"
    title = "No such shipping method"


class CheckoutRefused(Conflict):
    """An app of the shop refuses this order; the detail is its message to the shopper."""

    code = "checkout_refused"
    title = "The shop does not take this order"


class ShippingMethodCodeTaken(Conflict):
    """Another method has the code in this currency."""

    code = "shipping_method_code_taken"
    title = "Another shipping method has this code"


class ShippingMethodUnavailable(InvalidInput):
    """The method is not offered for this cart and this country."""

    code = "shipping_method_unavailable"
    title = "This shipping method is not offered here"


class ShippingAddressRequired(InvalidInput):
    """Something in the cart is sent, so it must be said where to and how."""

    code = "shipping_address_required"
    title = "Something in the cart is sent: say where to"


class OrderHasNoDownloads(Conflict):
    """The order brought nothing that its buyer could fetch."""

    code = "order_has_no_downloads"
    title = "This order has no downloads"


class IdempotencyKeyRequired(InvalidInput):
    """The request moves money, so it must be safe to repeat."""

    code = "idempotency_key_required"
    title = "This request needs an Idempotency-Key"


class CartNotReady(Conflict):
    """Something in the cart cannot be bought; `errors` says which line and why."""

    code = "cart_not_ready"
    title = "The cart cannot be ordered as it is"


class CartAlreadyOrdered(Conflict):
    """An order was made of this cart by another request, for instance in another tab."""

    code = "cart_already_ordered"
    title = "This cart has been ordered already"


class TotalChanged(Conflict):
    """The total is not what the shopper has seen."""

    code = "total_changed"
    title = "The total has changed"


class OrderChanged(PreconditionFailed):
    """Somebody else worked on the order meanwhile."""

    code = "order_changed"
    title = "The order has changed since it was read"


class ShippingMethodChanged(PreconditionFailed):
    """Somebody else edited the method meanwhile."""

    code = "shipping_method_changed"
    title = "The shipping method has changed since it was read"


class OrderNotFulfillable(Conflict):
    """The order, or this many pieces of it, cannot be sent."""

    code = "order_not_fulfillable"
    title = "This cannot be fulfilled"


class OrderNotCancellable(Conflict):
    """The order is past cancelling."""

    code = "order_not_cancellable"
    title = "This order can no longer be cancelled"


class OrderNotRefundable(Conflict):
    """More pieces or more money than is left to give back."""

    code = "order_not_refundable"
    title = "This cannot be refunded"
