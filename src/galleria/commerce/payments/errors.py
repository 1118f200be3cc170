"""What can go wrong with a payment."""

from galleria.foundation.errors import Conflict, GalleriaError, InvalidInput, NotFound


class PaymentNotFound(NotFound):
    """This shop has no such payment."""

    code = "payment_not_found"
    title = "No such payment"


class PaymentDeclined(GalleriaError):
    """The gateway refused to take the money."""

    code = "payment_declined"
    status = 402
    title = "The payment was declined"


class PaymentMethodUnknown(InvalidInput):
    """The shop takes no payments this way."""

    code = "payment_method_unknown"
    title = "This way of paying is not offered"


class RefundTooLarge(Conflict):
    """More than what is left of the captured amount."""

    code = "refund_too_large"
    title = "The refund is more than what is left of the payment"


class CallbackNotGenuine(InvalidInput):
    """The gateway did not write this, or not for this shop."""

    code = "callback_not_genuine"
    title = "This callback is not from the gateway"
