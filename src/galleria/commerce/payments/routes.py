"""The ways to pay, and where gateways call us. The token they send is signed for one shop."""

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from galleria.commerce.payments import service
from galleria.commerce.payments.errors import CallbackNotGenuine, PaymentNotFound
from galleria.commerce.payments.schemas import CallbackReceipt, GatewayCallback
from galleria.engines.context import Context
from galleria.foundation.errors import InvalidInput
from galleria.foundation.pagination import Page
from galleria.foundation.routing import SHAPE, problems


@post(
    "/store/v1/payments/test/callback",
    operation_id="ReceiveTestCallback",
    tags=["payments"],
    status_code=200,
    responses=problems(InvalidInput, CallbackNotGenuine, PaymentNotFound),
)
async def receive_test_callback(
    ctx: NamedDependency[Context], data: JSONBody[GatewayCallback]
) -> CallbackReceipt:
    """The test gateway tells what became of an attempt. Safe to repeat."""
    return CallbackReceipt(await service.receive_callback(ctx, "test", data.token))


class OfferedPayment(msgspec.Struct, frozen=True):
    """A way to pay: `code` is what a checkout names as its `payment_method`."""

    code: str


@get(
    "/store/v1/payment-methods",
    operation_id="ListStorePaymentMethods",
    opt={SHAPE: "methods"},
    tags=["carts"],
)
async def list_payment_methods() -> Response[Page[OfferedPayment]]:
    """The ways to pay, the one to be offered first in front."""
    items = [OfferedPayment(code) for code in service.gateway_names()]
    return Response(Page(items, None), headers={"cache-control": "public, max-age=0, s-maxage=5"})


ROUTES = [receive_test_callback, list_payment_methods]
