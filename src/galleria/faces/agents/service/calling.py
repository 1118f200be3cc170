"""A call of an agent, whatever way it came, and what every answer needs to know of the shop."""

from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec

from galleria.commerce import payments
from galleria.commerce.orders import ShopLinks
from galleria.engines.cache import CacheKey
from galleria.engines.context import Context
from galleria.faces.agents.errors import InvalidRequest, RequestTooLarge
from galleria.faces.agents.model.discovery import Handler, handlers_of
from galleria.faces.agents.model.protocol import AgentProfile
from galleria.foundation.errors import FieldError, InvalidInput
from galleria.foundation.http import decode_json
from galleria.platform import tenants

MAX_BODY_BYTES = 200_000
ADDRESS_KEPT_S = 30.0
BodyT = TypeVar("BodyT")


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """What an agent asks. `names` are the capabilities that both sides have.

    `key` is the agent's own name for the request, under which it may repeat it. `agent` is None
    for a client of the plain tools, which has no profile.
    """

    version: str
    body: bytes = b""
    thing_id: str = ""
    key: str | None = None
    agent: AgentProfile | None = None
    names: tuple[str, ...] = ()


class Reply(msgspec.Struct, frozen=True):
    """What is answered: an HTTP status and a JSON object."""

    status: int
    body: dict[str, Any]


def read_body(call: Call, kind: type[BodyT]) -> BodyT:
    """The body as what the operation takes.

    Raises:
        InvalidRequest: it is not that.
        RequestTooLarge: it is longer than any sensible one.
    """
    if len(call.body) > MAX_BODY_BYTES:
        raise RequestTooLarge(f"at most {MAX_BODY_BYTES} bytes")
    try:
        return decode_json(call.body or b"{}", kind)
    except InvalidInput as wrong:
        raise InvalidRequest(wrong.detail, errors=wrong.errors) from None


def lacking(path: str, message: str) -> InvalidRequest:
    """A refusal that names the field which is missing."""
    return InvalidRequest(message, errors=[FieldError(path, "required", message)])


async def address_of_shop(ctx: Context) -> str:
    """The shop's web address, at its own domain when it has one; up to half a minute old."""
    key = CacheKey(ctx.tenant.tenant_id, "agents-address")
    kept = await ctx.engines.cache.get(key)
    if kept is not None:
        return kept.decode()
    domains = await tenants.list_domains(ctx)
    links = ctx.engines.settings_of(ShopLinks)
    address = links.address_of(ctx.tenant.slug, domains[0].host if domains else None)
    await ctx.engines.cache.set(key, address.encode(), ADDRESS_KEPT_S)
    return address


def handlers_at(address: str) -> list[Handler]:
    """The ways to pay in a shop at this address."""
    host = urlsplit(address).hostname or "localhost"
    return handlers_of(host, address, payments.gateway_names())
