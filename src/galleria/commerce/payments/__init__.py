"""The money of orders: asking gateways for it, learning what became of it, giving it back.

Owns `payments.payment`, `payment_attempt`, `refund`, `gateway_callback`, and the books of the test
gateway (`test_charge`, `test_refund`). Publishes `payments.payment_captured.v1`,
`payment_declined.v1`, `refund_succeeded.v1`, `refund_failed.v1`. Knows orders only by reference.

No gateway is called inside a transaction, and each call carries an id under which the gateway acts
once. What was charged can therefore be repeated, and found out, after any crash.
"""

from galleria.commerce.payments.errors import (
    CallbackNotGenuine,
    PaymentDeclined,
    PaymentMethodUnknown,
    PaymentNotFound,
    RefundTooLarge,
)
from galleria.commerce.payments.model import Attempt, Outcome, Payment, Refund
from galleria.commerce.payments.service import (
    authorize,
    check_method,
    counter_names,
    deliver_test_callbacks,
    gateway_named,
    gateway_names,
    look_up,
    open_payment,
    payment_of,
    receive_callback,
    record_outcome,
    resume_attempt,
    send_refund,
    settle_due,
    start_refund,
    test_gateway,
)

__all__ = [
    "Attempt",
    "CallbackNotGenuine",
    "Outcome",
    "Payment",
    "PaymentDeclined",
    "PaymentMethodUnknown",
    "PaymentNotFound",
    "Refund",
    "RefundTooLarge",
    "authorize",
    "check_method",
    "counter_names",
    "deliver_test_callbacks",
    "gateway_named",
    "gateway_names",
    "look_up",
    "open_payment",
    "payment_of",
    "receive_callback",
    "record_outcome",
    "resume_attempt",
    "send_refund",
    "settle_due",
    "start_refund",
    "test_gateway",
]
