"""What happened to money, for whoever waits for it."""

from typing import ClassVar
from uuid import UUID

from galleria.foundation.events import Event
from galleria.foundation.money import Money


class PaymentCaptured(Event):
    """The money of an order was taken."""

    TAG: ClassVar[str] = "payments.payment_captured.v1"
    SUBJECT: ClassVar[str] = "order_ref"
    payment_id: UUID
    order_ref: UUID
    amount: Money


class PaymentDeclined(Event):
    """The money of an order was not taken and will not be."""

    TAG: ClassVar[str] = "payments.payment_declined.v1"
    SUBJECT: ClassVar[str] = "order_ref"
    payment_id: UUID
    order_ref: UUID
    decline_code: str


class RefundSucceeded(Event):
    """Money went back."""

    TAG: ClassVar[str] = "payments.refund_succeeded.v1"
    SUBJECT: ClassVar[str] = "order_ref"
    refund_id: UUID
    payment_id: UUID
    order_ref: UUID
    amount: Money


class RefundFailed(Event):
    """Money that should go back did not, and will not by itself."""

    TAG: ClassVar[str] = "payments.refund_failed.v1"
    SUBJECT: ClassVar[str] = "order_ref"
    refund_id: UUID
    payment_id: UUID
    order_ref: UUID
    amount: Money
    failure_code: str
