"""Who may call a route of an account, and where a request came from."""

from typing import Annotated, Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.params import HeaderParameter

from galleria.commerce.accounts.errors import ShopperRequired, ShopperSignedOut
from galleria.commerce.accounts.model.accounts import Client
from galleria.foundation.routing import CONTEXT_KEY, ScopeGuard, client_address

IfMatch = Annotated[str | None, HeaderParameter(name="If-Match")]
IdempotencyKey = Annotated[str | None, HeaderParameter(name="Idempotency-Key")]
# Whose answer it is stands in the token, not in the address: nobody may keep it.
NO_STORE = {"Cache-Control": "no-store"}


class ShopperGuard(ScopeGuard):
    """A Litestar guard that lets a shopper pass who has signed in, and no key."""

    async def __call__(
        self, connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
    ) -> None:
        """Return when a shopper asks.

        Raises:
            ShopperSignedOut: nobody is known to be asking.
            ShopperRequired: somebody else is.
        """
        kind = connection.scope[CONTEXT_KEY].actor.kind  # type: ignore[literal-required]
        if kind == "anonymous":
            raise ShopperSignedOut("send the session as `Authorization: Bearer gal_shopper_…`")
        if kind != "shopper":
            raise ShopperRequired("a key has no account")


for_shoppers = ShopperGuard(())


def client_of(request: Request[Any, Any, Any]) -> Client:
    """Where a request came from, and what the program calls itself."""
    name = "".join(
        each for each in request.headers.get("user-agent", "")[:200] if each.isprintable()
    )
    return Client(client_address(request.scope), name)
