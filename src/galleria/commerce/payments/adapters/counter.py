"""Money that people of the shop take themselves: into the drawer, or by a terminal beside it.

Whoever opens such a payment says that the money is there already, so nothing is asked of anybody
and every answer is yes. Only what the shop's own devices sold is paid like this, never a cart that
a shopper checks out.
"""

from uuid import UUID

from galleria.commerce.payments.errors import CallbackNotGenuine
from galleria.commerce.payments.model import Outcome
from galleria.commerce.payments.ports import AuthorizeRequest, Callback, RefundRequest
from galleria.engines.context import Context

CASH = "cash"
TERMINAL = "terminal"


class CounterGateway:
    """A `PaymentGateway` that is a person at the counter."""

    async def authorize(self, ctx: Context, request: AuthorizeRequest) -> Outcome:
        """See the port. The token is the receipt's number."""
        return Outcome(answer="approved", gateway_reference=request.token)

    async def lookup(self, ctx: Context, attempt_id: UUID) -> Outcome:
        """See the port. The money was there before the attempt was."""
        return Outcome(answer="approved")

    async def refund(self, ctx: Context, request: RefundRequest) -> Outcome:
        """See the port. Whoever asks for it hands the money back."""
        return Outcome(answer="approved", gateway_reference=f"counter_{request.refund_id.hex}")

    async def read_callback(self, ctx: Context, signed: str) -> Callback:
        """See the port. Nobody calls."""
        raise CallbackNotGenuine("nobody calls from a counter")
