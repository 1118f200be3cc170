"""How the shop describes itself to agents."""

from typing import Any

from galleria.commerce import payments
from galleria.engines.context import Context
from galleria.faces.agents.model.discovery import Handler, profile_of
from galleria.faces.agents.model.protocol import check_version
from galleria.faces.agents.service.calling import address_of_shop, handlers_at
from galleria.faces.agents.service.signing import public_keys


async def profile(ctx: Context, version: str) -> dict[str, Any]:
    """The shop's profile in a version of the protocol.

    Raises:
        VersionUnsupported: it is not spoken here.
    """
    check_version(version, None)
    address = await address_of_shop(ctx)
    return profile_of(version, address, handlers_at(address), await public_keys(ctx))


async def handler(ctx: Context, name: str) -> dict[str, Any]:
    """What an agent has to know to pay by this gateway.

    Raises:
        PaymentMethodUnknown: there is no such gateway.
    """
    found = await _handler(ctx, name)
    return {
        "name": found.name,
        "handler_id": found.handler_id,
        "instrument": {"type": "card", "credential": {"type": "token"}},
        "how": "Send the token that the gateway's own page gave for the card as the instrument's"
        " credential. It is used once and never shown again.",
    }


async def handler_schema(ctx: Context, name: str) -> dict[str, Any]:
    """The JSON Schema of what is set for a gateway: nothing.

    Raises:
        PaymentMethodUnknown: there is no such gateway.
    """
    found = await _handler(ctx, name)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": found.name,
        "type": "object",
        "properties": {},
    }


async def _handler(ctx: Context, name: str) -> Handler:
    payments.gateway_named(name)
    for each in handlers_at(await address_of_shop(ctx)):
        if each.handler_id == name:
            return each
    raise payments.PaymentMethodUnknown(f"no payment method {name[:60]!r}")
