"""A request as it was signed."""

from typing import Any

from litestar import Request

from galleria.engines.context import Context
from galleria.faces.agents.model.protocol import LOOKUP, SEARCH
from galleria.faces.agents.model.signatures import Message
from galleria.faces.agents.service.calling import Call
from galleria.faces.agents.service.performing import OPERATIONS
from galleria.faces.agents.service.verifying import check_signature


async def message_of(request: Request[Any, Any, Any]) -> Message:
    """What of the request can be signed."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in request.scope["headers"]:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return Message(
        method=request.method,
        authority=headers.get("host", "").lower(),
        path=request.scope["raw_path"].decode("latin-1").partition("?")[0],
        query=request.scope["query_string"].decode("latin-1"),
        headers=headers,
        body=await request.body(),
    )


async def checked(
    ctx: Context,
    request: Request[Any, Any, Any],
    name: str,
    call: Call,
    *,
    has_key_inside: bool = False,
) -> None:
    """Pass when the request is signed as it has to be. A body that holds the idempotency key
    itself has it signed with the digest.

    Raises:
        As `check_signature`.
    """
    assert call.agent is not None, "it has introduced itself"
    operation = OPERATIONS[name]
    await check_signature(
        ctx,
        await message_of(request),
        call.agent,
        is_write=not has_key_inside and (operation.keeps_answer or name == "complete_checkout"),
        is_public=operation.capability in (SEARCH, LOOKUP),
    )
