"""Orders: what was bought, paid, sent, cancelled and given back.

Owns `orders."order"`, `order_line`, `order_counter`, `fulfillment`, `fulfillment_line`, `refund`,
`refund_line`, `order_entry`, `shipping_method` and `past_order`, which holds orders of another
system. Publishes `orders.order_placed.v1`, `order_cancelled.v1`, `order_fulfilled.v1` and
`order_refunded.v1`; hears what became of payments.
A checkout happens once, whatever crashes or is repeated: see `service/checkout.py`.
"""

from galleria.commerce.orders.errors import (
    CartAlreadyOrdered,
    CartNotReady,
    IdempotencyKeyRequired,
    OrderChanged,
    OrderHasNoDownloads,
    OrderLineNotFound,
    OrderNotCancellable,
    OrderNotFound,
    OrderNotFulfillable,
    OrderNotRefundable,
    ShippingAddressRequired,
    ShippingMethodChanged,
    ShippingMethodCodeTaken,
    ShippingMethodNotFound,
    ShippingMethodUnavailable,
    TotalChanged,
)
from galleria.commerce.orders.model import (
    Entry,
    Fulfillment,
    Order,
    OrderDetail,
    OrderFilter,
    OrderLine,
    OrderSummary,
    Refund,
    RefundLine,
    ShippingMethod,
)
from galleria.commerce.orders.model.links import ShopLinks
from galleria.commerce.orders.model.past import (
    MergedPastOrder,
    PastLineDraft,
    PastOrder,
    PastOrderDraft,
    PastPlace,
)
from galleria.commerce.orders.schemas import (
    Cancellation,
    Checkout,
    NewFulfillment,
    NewNote,
    NewRefund,
    NewShippingMethod,
    OfferedMethod,
    PaymentChoice,
    Pieces,
    ShippingMethodChanges,
    StoreOrder,
    TrackingInput,
)
from galleria.commerce.orders.service.checkout import check_out
from galleria.commerce.orders.service.confirming import send_confirmations, send_downloads
from galleria.commerce.orders.service.owning import (
    hand_over,
    order_of_customer,
    orders_of_customer,
    past_order_of_customer,
)
from galleria.commerce.orders.service.past import get_past_order, merge_past_orders
from galleria.commerce.orders.service.reading import (
    get_order,
    list_orders,
    order_by_token,
    order_of,
    ordered_variants,
    token_of,
)
from galleria.commerce.orders.service.refunding import refund_order
from galleria.commerce.orders.service.shipping import (
    create_method,
    delete_method,
    list_methods,
    offered_methods,
    update_method,
)
from galleria.commerce.orders.service.working import (
    add_note,
    cancel_order,
    change_metafields,
    fulfil_order,
)

__all__ = [
    "Cancellation",
    "CartAlreadyOrdered",
    "CartNotReady",
    "Checkout",
    "Entry",
    "Fulfillment",
    "IdempotencyKeyRequired",
    "MergedPastOrder",
    "NewFulfillment",
    "NewNote",
    "NewRefund",
    "NewShippingMethod",
    "OfferedMethod",
    "Order",
    "OrderChanged",
    "OrderDetail",
    "OrderFilter",
    "OrderHasNoDownloads",
    "OrderLine",
    "OrderLineNotFound",
    "OrderNotCancellable",
    "OrderNotFound",
    "OrderNotFulfillable",
    "OrderNotRefundable",
    "OrderSummary",
    "PastLineDraft",
    "PastOrder",
    "PastOrderDraft",
    "PastPlace",
    "PaymentChoice",
    "Pieces",
    "Refund",
    "RefundLine",
    "ShippingAddressRequired",
    "ShippingMethod",
    "ShippingMethodChanged",
    "ShippingMethodChanges",
    "ShippingMethodCodeTaken",
    "ShippingMethodNotFound",
    "ShippingMethodUnavailable",
    "ShopLinks",
    "StoreOrder",
    "TotalChanged",
    "TrackingInput",
    "add_note",
    "cancel_order",
    "change_metafields",
    "check_out",
    "create_method",
    "delete_method",
    "fulfil_order",
    "get_order",
    "get_past_order",
    "hand_over",
    "list_methods",
    "list_orders",
    "merge_past_orders",
    "offered_methods",
    "order_by_token",
    "order_of",
    "order_of_customer",
    "ordered_variants",
    "orders_of_customer",
    "past_order_of_customer",
    "refund_order",
    "send_confirmations",
    "send_downloads",
    "token_of",
    "update_method",
]
