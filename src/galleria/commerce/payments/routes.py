"""Where gateways call us. The token they send is signed for one shop."""

from litestar import post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from galleria.commerce.payments import service
from galleria.commerce.payments.errors import CallbackNotGenuine, PaymentNotFound
from galleria.commerce.payments.schemas import CallbackReceipt, GatewayCallback
from galleria.engines.context import Context
from galleria.foundation.errors import InvalidInput
from galleria.foundation.routing import problems


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


ROUTES = [receive_test_callback]
