"""What programs ask with their keys is heard here for the log of their key, and asked once more.

The log is of programs alone: neither shoppers nor people in the back office are heard, nor whoever
brings no key, or one that opens nothing.
"""

from typing import Any
from urllib.parse import unquote
from uuid import UUID

from galleria.engines.context import SYSTEM, Context, Engines, Tenant
from galleria.faces.gateway.body import Receive
from galleria.faces.gateway.request import Request, Scope
from galleria.faces.gateway.resolution import Resolved
from galleria.platform.requests import Asked, Heard, HeardRequest, RequestLog, kept_headers

API_PATHS = ("/store/v1/", "/admin/v1/")
REPLAYED_WITHIN_S = 60.0


class Hearing:
    """The log of requests, as the door uses it."""

    def __init__(self, engines: Engines) -> None:
        """Note what is heard in the notebook of `engines`."""
        self._engines = engines
        self._log = RequestLog()

    def begin(
        self, resolved: Resolved, request: Request, asked: Asked | None = None
    ) -> HeardRequest | None:
        """What will be heard of this request; None when nothing is. `asked` when it is a replay."""
        actor, path = resolved.actor, request.path
        if actor.kind != "key" or not path.startswith(API_PATHS):
            return None
        scope = request.scope
        is_held = asked is not None or self._log.may_hold()
        return HeardRequest(
            key_id=UUID(actor.actor_id),
            request_id=request.request_id,
            method=scope["method"],
            path=path,
            raw_path=scope["raw_path"].decode("latin-1"),
            query=scope["query_string"].decode("latin-1"),
            headers=kept_headers(scope["headers"]),
            address=request.address,
            agent=request.header(b"user-agent") or "",
            is_by_pass=bool(actor.says),
            replay_of=asked.replay_of if asked else None,
            asked=Heard(is_held=is_held),
            answered=Heard(is_held=is_held),
        )

    def end(self, tenant: Tenant, heard: HeardRequest, took_s: float) -> None:
        """The request was answered, which took so long; one that never was is not told of."""
        heard.duration_ms = took_s * 1000
        if heard.status:
            ctx = Context(self._engines, tenant, SYSTEM, heard.request_id)
            self._log.note(ctx, heard)


def heard_while(receive: Receive, heard: HeardRequest | None) -> Receive:
    """A `receive` whose body is heard as it comes in."""
    if heard is None:
        return receive
    asked = heard.asked

    async def hear() -> dict[str, Any]:
        message = await receive()
        if message["type"] == "http.request" and (chunk := message.get("body")):
            asked.add(chunk)
        return message

    return hear


def scope_of(asked: Asked, address: str) -> Scope:
    """The scope of a request that comes from inside, for somebody at `address`."""
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in asked.headers]
    headers += [
        (b"host", b"localhost"),
        (b"user-agent", b"galleria-replay"),
        (b"content-length", str(len(asked.body)).encode()),
    ]
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "scheme": "http",
        "method": asked.method,
        "path": unquote(asked.path),
        "raw_path": asked.path.encode("latin-1"),
        "query_string": asked.query.encode("latin-1"),
        "root_path": "",
        "headers": headers,
        "client": (address, 0),
        "server": ("localhost", 80),
    }


async def drop(message: dict[str, Any]) -> None:
    """Nobody waits for an answer from outside: it was heard."""
