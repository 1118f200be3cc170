"""An order, the rules it keeps, and the shipping rates it is sent by."""

from galleria.commerce.orders.model.confirmation import confirmation_of
from galleria.commerce.orders.model.order import (
    Entry,
    Fulfillment,
    FulfillmentStatus,
    Order,
    OrderDetail,
    OrderFilter,
    OrderLine,
    OrderStatus,
    OrderSummary,
    PaymentStatus,
    Refund,
    RefundLine,
    Tracking,
)
from galleria.commerce.orders.model.rules import (
    cancel,
    capture_late,
    fulfil,
    give_up,
    payment_status,
    place,
    refund_pieces,
    rest_of,
    settle_refund,
    start_refund,
)
from galleria.commerce.orders.model.shipping import ShippingMethod

__all__ = [
    "Entry",
    "Fulfillment",
    "FulfillmentStatus",
    "Order",
    "OrderDetail",
    "OrderFilter",
    "OrderLine",
    "OrderStatus",
    "OrderSummary",
    "PaymentStatus",
    "Refund",
    "RefundLine",
    "ShippingMethod",
    "Tracking",
    "cancel",
    "capture_late",
    "confirmation_of",
    "fulfil",
    "give_up",
    "payment_status",
    "place",
    "refund_pieces",
    "rest_of",
    "settle_refund",
    "start_refund",
]
