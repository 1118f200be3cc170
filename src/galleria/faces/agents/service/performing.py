"""One way for every call of an agent, over REST or MCP alike: who, whether, once, what."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import msgspec

from galleria.engines.context import Context
from galleria.engines.sql import claim, keep_answer
from galleria.faces.agents.errors import InvalidRequest
from galleria.faces.agents.model.protocol import (
    CART,
    CHECKOUT,
    LOOKUP,
    ORDER,
    SEARCH,
    Introduction,
    check_version,
    common_capabilities,
    concerning,
    is_first,
)
from galleria.faces.agents.model.refusing import refusal
from galleria.faces.agents.service import browsing, carting, ordering, selling
from galleria.faces.agents.service.calling import Call, Reply
from galleria.faces.agents.service.knowing import profile_of
from galleria.foundation.errors import GalleriaError, NotFound
from galleria.foundation.telemetry import logger

Run = Callable[[Context, Call], Awaitable[Reply]]
LONGEST_KEY = 255
_log = logger(__name__)


@dataclass(frozen=True)
class Operation:
    """Something an agent can have done: by which capability, and whether it writes.

    What writes in one transaction is kept with its answer under the agent's key. A checkout goes
    through several, and has the key kept with its order.
    """

    run: Run
    capability: str
    keeps_answer: bool = False
    is_of_first: bool = True


OPERATIONS = {
    "create_checkout": Operation(selling.create_checkout, CHECKOUT, keeps_answer=True),
    "get_checkout": Operation(selling.get_checkout, CHECKOUT),
    "update_checkout": Operation(selling.update_checkout, CHECKOUT, keeps_answer=True),
    "complete_checkout": Operation(selling.complete_checkout, CHECKOUT),
    "cancel_checkout": Operation(selling.cancel_checkout, CHECKOUT, keeps_answer=True),
    "create_cart": Operation(carting.create_cart, CART, keeps_answer=True, is_of_first=False),
    "get_cart": Operation(carting.get_cart, CART, is_of_first=False),
    "update_cart": Operation(carting.update_cart, CART, keeps_answer=True, is_of_first=False),
    "cancel_cart": Operation(carting.cancel_cart, CART, keeps_answer=True, is_of_first=False),
    "search_catalog": Operation(browsing.search_catalog, SEARCH, is_of_first=False),
    "lookup_catalog": Operation(browsing.lookup_catalog, LOOKUP, is_of_first=False),
    "get_product": Operation(browsing.get_product, LOOKUP, is_of_first=False),
    "get_order": Operation(ordering.get_order, ORDER),
}


async def introduced(ctx: Context, call: Call, said: Introduction) -> Call:
    """The call with what is known of the agent and what both sides can.

    Raises:
        VersionUnsupported, CapabilitiesIncompatible: they cannot deal with each other.
        InvalidProfileUrl, ProfileUnreachable, ProfileMalformed: the agent is not known.
    """
    check_version(call.version, said.version)
    agent = await profile_of(ctx, said)
    check_version(call.version, agent.version)
    names = common_capabilities(call.version, agent.capabilities)
    return msgspec.structs.replace(call, agent=agent, names=tuple(names))


async def perform(ctx: Context, name: str, call: Call) -> Reply:
    """What the operation answers; a refusal too is an answer."""
    try:
        return await _perform(ctx, OPERATIONS[name], name, call)
    except GalleriaError as error:
        return refused(call.version, error)


def refused(version: str, error: GalleriaError) -> Reply:
    """The answer that says why not."""
    if error.status >= 500:
        _log.error("request_failed", code=error.code, detail=error.detail)
    status, body = refusal(version, error)
    return Reply(status, body)


async def _perform(ctx: Context, operation: Operation, name: str, call: Call) -> Reply:
    check_version(call.version, None)
    if is_first(call.version) and not operation.is_of_first:
        raise NotFound(f"{name} is not part of {call.version}")
    if operation.capability not in call.names:
        raise NotFound(f"{operation.capability} is not in force between us")
    _check_key(call.key)
    names = concerning(call.version, operation.capability, call.names)
    call = msgspec.structs.replace(call, names=tuple(names))
    if not operation.keeps_answer or call.key is None:
        return await operation.run(ctx, call)
    asked = [call.version, call.thing_id, call.body.decode("utf-8", "replace")]
    fingerprint = hashlib.sha256(msgspec.json.encode(asked)).digest()
    # Two agents may call their requests alike, and neither shall get the other's checkout.
    agent = call.agent.url if call.agent else ""
    scope = f"agents.{name}.{hashlib.sha256(agent.encode()).hexdigest()[:16]}"
    async with ctx.transaction() as tx:
        before = await claim(tx, scope, call.key, fingerprint)
        if before is not None:
            return Reply(before.status, msgspec.json.decode(before.body))
        reply = await operation.run(ctx, call)
        await keep_answer(tx, scope, call.key, reply.status, msgspec.json.encode(reply.body))
    return reply


def _check_key(key: str | None) -> None:
    if key is not None and not (
        0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()
    ):
        raise InvalidRequest(f"an idempotency key has 1 to {LONGEST_KEY} printable characters")
