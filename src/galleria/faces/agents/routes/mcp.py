"""The Model Context Protocol over HTTP: one message a request, one JSON answer, no session.

A shop remembers nothing of a client between two requests, so there is nothing to resume and
nothing to listen to: `GET` and `DELETE` are refused, as the transport allows.
Source: https://modelcontextprotocol.io, Streamable HTTP; JSON-RPC 2.0.
"""

from typing import Annotated, Any
from urllib.parse import urlsplit

import msgspec
from litestar import Request, Response, post
from litestar.di import NamedDependency
from msgspec import UNSET, Meta, UnsetType

from galleria.engines.context import Context
from galleria.faces.agents.errors import InvalidProfileUrl
from galleria.faces.agents.model.protocol import NEWEST, introduction
from galleria.faces.agents.model.tools import GREETING_VERSIONS, PROTOCOL_VERSIONS, TOOLS
from galleria.faces.agents.routes.messages import checked
from galleria.faces.agents.service.calling import MAX_BODY_BYTES, Call, Reply
from galleria.faces.agents.service.performing import OPERATIONS, introduced, perform, refused
from galleria.faces.agents.service.plain import PLAIN
from galleria.faces.agents.service.sandbox import is_sandbox
from galleria.foundation.errors import GalleriaError
from galleria.foundation.http import decode_json
from galleria.platform import tenants

HttpRequest = Request[Any, Any, Any]
INVALID_REQUEST, NO_METHOD, INVALID_PARAMS = -32600, -32601, -32602
UNSPOKEN = -32022  # MCP's own, since its newest version
# The protocol's own: agent and shop cannot deal with each other, or do not know each other.
NO_DEAL = -32001
# How long a client may keep a list, since the newest version; older ones pass it over.
KEPT = {"ttlMs": 300_000, "cacheScope": "public", "resultType": "complete"}
_THINGS = ("checkout", "cart", "catalog")
_DEALS = frozenset(
    {
        *("version_unsupported", "invalid_profile_url", "profile_unreachable"),
        *("profile_malformed", "signature_missing", "signature_invalid", "key_not_found"),
        *("digest_mismatch", "algorithm_unsupported"),
    }
)


class Ask(msgspec.Struct, frozen=True):
    """A message of JSON-RPC. Without an `id` nobody waits for an answer."""

    jsonrpc: Annotated[str, Meta(pattern=r"^2\.0$")]
    method: Annotated[str, Meta(max_length=200)]
    id: int | str | UnsetType = UNSET
    params: dict[str, Any] = {}


class ToolCall(msgspec.Struct, frozen=True):
    """The parameters of `tools/call`."""

    name: Annotated[str, Meta(max_length=200)]
    arguments: dict[str, Any] = {}


class _Refusal(Exception):
    """An error of JSON-RPC."""

    def __init__(self, code: int, message: str, data: Any = None) -> None:
        super().__init__(message)
        self.code, self.message, self.data = code, message, data


@post(["/mcp", "/store/v1/mcp"], status_code=200, include_in_schema=False)
async def answer_mcp(ctx: NamedDependency[Context], request: HttpRequest) -> Response[bytes]:
    """One message of a client, answered at once."""
    if not _is_at_home(request):
        return _json({"error": "pages of other hosts may not ask"}, 403)
    try:
        ask = _read(await request.body())
        _check_headers(request, ask)
    except _Refusal as wrong:
        return _error(None, wrong.code, wrong.message, 400, wrong.data)
    if ask.id is UNSET:
        return Response(b"", status_code=202)
    try:
        return _json({"jsonrpc": "2.0", "id": ask.id, "result": await _result(ctx, request, ask)})
    except _Refusal as wrong:
        return _error(ask.id, wrong.code, wrong.message, data=wrong.data)


async def _result(ctx: Context, request: HttpRequest, ask: Ask) -> dict[str, Any]:
    if ask.method == "initialize":
        return await _greeting(ctx, ask.params)
    if ask.method == "server/discover":
        return await _discovered(ctx)
    if ask.method == "ping":
        return {}
    if ask.method == "tools/list":
        return {"tools": [tool.told() for tool in TOOLS.values()], **KEPT}
    if ask.method == "tools/call":
        return await _call(ctx, request, ask.params)
    raise _Refusal(NO_METHOD, f"no method {ask.method!r}")


async def _discovered(ctx: Context) -> dict[str, Any]:
    """What the newest version asks instead of a greeting."""
    told = await _greeting(ctx, {})
    return {
        "supportedVersions": list(PROTOCOL_VERSIONS),
        "capabilities": told["capabilities"],
        "instructions": told["instructions"],
        "_meta": {"io.modelcontextprotocol/serverInfo": told["serverInfo"]},
        **KEPT,
    }


async def _greeting(ctx: Context, params: dict[str, Any]) -> dict[str, Any]:
    shop = await tenants.shop_of(ctx)
    wanted = params.get("protocolVersion")
    return {
        "protocolVersion": wanted if wanted in GREETING_VERSIONS else GREETING_VERSIONS[0],
        "capabilities": {"tools": {"listChanged": False}},
        "serverInfo": {"name": "galleria", "title": shop.name, "version": NEWEST},
        "instructions": f"Tools of the shop {shop.name}. Amounts are in minor units. Ask the buyer"
        " before you place an order, and show the total.",
    }


async def _call(ctx: Context, request: HttpRequest, params: dict[str, Any]) -> dict[str, Any]:
    try:
        asked = msgspec.convert(params, ToolCall)
    except msgspec.ValidationError as error:
        raise _Refusal(INVALID_PARAMS, str(error)[:300]) from None
    if asked.name not in TOOLS:
        raise _Refusal(INVALID_PARAMS, f"no tool {asked.name!r}")
    if asked.name in PLAIN:
        try:
            reply = await PLAIN[asked.name](ctx, msgspec.json.encode(asked.arguments))
        except GalleriaError as error:
            reply = refused(NEWEST, error)
    else:
        reply = await _by_protocol(ctx, request, asked)
    return _told(reply)


async def _by_protocol(ctx: Context, request: HttpRequest, asked: ToolCall) -> Reply:
    """What an operation of the protocol answers."""
    assert asked.name in OPERATIONS, "a tool of the protocol is one of its operations"
    told = asked.arguments
    meta = told.get("meta") if isinstance(told.get("meta"), dict) else {}
    assert isinstance(meta, dict), "just made sure"
    thing = next((told[name] for name in _THINGS if name in told), None)
    thing_id, key = told.get("id", ""), meta.get("idempotency-key")
    if not isinstance(thing_id, str) or not isinstance(key, str | None):
        raise _Refusal(INVALID_PARAMS, "id and idempotency-key are text")
    raw = b"" if thing is None else msgspec.json.encode(thing)
    call = Call(version=NEWEST, body=raw, thing_id=thing_id, key=key)
    try:
        call = await introduced(ctx, call, _introduction(ctx, meta))
        await checked(ctx, request, asked.name, call, has_key_inside=True)
    except GalleriaError as error:
        return refused(NEWEST, error)
    return await perform(ctx, asked.name, call)


def _introduction(ctx: Context, meta: dict[str, Any]) -> Any:
    agent = meta.get("ucp-agent")
    url = agent.get("profile") if isinstance(agent, dict) else None
    if not isinstance(url, str):
        raise InvalidProfileUrl('name your profile: meta["ucp-agent"].profile')
    sandbox = is_sandbox(ctx)
    return introduction(url, allows_http=sandbox)


def _told(reply: Reply) -> dict[str, Any]:
    """A reply as the result of a tool, or as an error where the protocol has one for it."""
    code = reply.body.get("code")
    if reply.status >= 400 and code in _DEALS:
        raise _Refusal(NO_DEAL, reply.body["content"], reply.body)
    if reply.status == 400:
        raise _Refusal(INVALID_PARAMS, reply.body.get("content", "invalid"), reply.body)
    text = msgspec.json.encode(reply.body).decode()
    return {
        "content": [{"type": "text", "text": text}],
        "structuredContent": reply.body,
        "isError": reply.status >= 400,
        "resultType": "complete",
    }


def _read(raw: bytes) -> Ask:
    if len(raw) > MAX_BODY_BYTES:
        raise _Refusal(INVALID_REQUEST, f"at most {MAX_BODY_BYTES} bytes")
    try:
        return decode_json(raw, Ask)
    except GalleriaError as wrong:
        raise _Refusal(INVALID_REQUEST, wrong.detail[:300]) from None


def _check_headers(request: HttpRequest, ask: Ask) -> None:
    """Pass when the headers say what the body says, for those who look at headers only.

    Raises:
        _Refusal: they do not, or name a version that is not spoken.
    """
    version = request.headers.get("mcp-protocol-version")
    if version is not None and version not in PROTOCOL_VERSIONS:
        data = {"supported": list(PROTOCOL_VERSIONS), "requested": version[:40]}
        raise _Refusal(UNSPOKEN, f"spoken here: {', '.join(PROTOCOL_VERSIONS)}", data)
    said = request.headers.get("mcp-method", ask.method), request.headers.get("mcp-name")
    if said[0] != ask.method or said[1] not in (None, ask.params.get("name")):
        raise _Refusal(INVALID_REQUEST, "the headers Mcp-Method and Mcp-Name differ from the body")


def _is_at_home(request: HttpRequest) -> bool:
    """Whether no page of another host asks: such a page could sit in front of an inner network."""
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc.lower() == request.headers.get("host", "")


def _error(
    ask_id: int | str | None, code: int, message: str, status: int = 200, data: Any = None
) -> Response[bytes]:
    error: dict[str, Any] = {"code": code, "message": message}
    if data is not None:
        error["data"] = data
    return _json({"jsonrpc": "2.0", "id": ask_id, "error": error}, status)


def _json(told: Any, status: int = 200) -> Response[bytes]:
    return Response(
        msgspec.json.encode(told),
        status_code=status,
        media_type="application/json",
        headers={"Cache-Control": "no-store"},
    )


ROUTES = [answer_mcp]
