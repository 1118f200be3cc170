"""Writes that a client may repeat: done once for an `Idempotency-Key`, answered the same again.

Stands between the door and the API's routes. The key is claimed in the first transaction that the
route opens, so in the commit of the write itself: a request that failed has claimed nothing, and of
two at once the second waits for the first. The answer is kept for a day, encrypted with the shop's
own key, since it may hold what is told only once. Routes that keep their own answers say so.
"""

import hashlib
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from galleria.engines.context import Context
from galleria.engines.sql import (
    Answer,
    IdempotencyAnswerLost,
    IdempotencyConflict,
    IdempotencyInProgress,
    Transaction,
    claim,
    forget_claim,
    keep_answer,
)
from galleria.faces.gateway.body import UPLOAD_PATHS, WITH_BODY, Receive
from galleria.faces.gateway.errors import InvalidIdempotencyKey
from galleria.foundation.errors import GalleriaError
from galleria.foundation.routing import CONTEXT_KEY, REPEATS_ITSELF

Send = Callable[[dict[str, Any]], Awaitable[None]]
AsgiApp = Callable[[Any, Any, Any], Awaitable[None]]

# What a write with such a key may be answered besides.
OF_REPEATED = (
    InvalidIdempotencyKey,
    IdempotencyConflict,
    IdempotencyInProgress,
    IdempotencyAnswerLost,
)
HEADER = b"idempotency-key"
REPLAYED = (b"idempotency-replayed", b"true")
LONGEST_KEY = 255
# The protocols of agents say themselves what their keys mean.
PATHS = ("/store/v1/", "/admin/v1/")
# Nobody's keys are told apart by who asks, so they must not be guessed or met by chance.
SHORTEST_OF_NOBODY = 16
MOST_KEPT_BYTES = 1_000_000
_KEPT_HEADERS = frozenset({b"content-type", b"etag", b"location", b"cache-control"})
_PURPOSE = "repeated answers"


class _AnsweredBefore(GalleriaError):
    """Ends a request whose answer is kept; never seen outside, the kept answer is."""


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    headers: list[tuple[bytes, bytes]]
    body: bytes


class Repeating:
    """See the module."""

    def __init__(self, app: AsgiApp) -> None:
        """Stand in front of `app`."""
        self._app = app

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request.

        Raises:
            InvalidIdempotencyKey: the key is too short, too long, or not printable ASCII.
        """
        key = _key_in(scope)
        if key is None:
            await self._app(scope, receive, send)
            return
        message = await receive()  # the door has read all of it
        once = _Once(scope, key, message.get("body", b""), send)
        once.ctx.before_first_write = once.begin
        told = [message]

        async def again() -> dict[str, Any]:
            return told.pop() if told else await receive()

        await self._app(scope, again, once.send)


def _key_in(scope: dict[str, Any]) -> str | None:
    """The key of a request that this layer looks after."""
    path: str = scope["path"]
    if scope["method"] not in WITH_BODY or not path.startswith(PATHS):
        return None
    if path.startswith(UPLOAD_PATHS):
        return None
    raw = next((value for name, value in scope["headers"] if name == HEADER), None)
    if raw is None:
        return None
    key: str = raw.decode("latin-1")
    _check(key, 1)
    return key


def _check(key: str, least: int) -> None:
    if not (least <= len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        raise InvalidIdempotencyKey(
            f"send {least} to {LONGEST_KEY} printable ASCII characters, such as a UUID, and the"
            " same ones when you repeat the request"
        )


class _Once:
    """One request with a key."""

    def __init__(self, scope: dict[str, Any], key: str, body: bytes, send: Send) -> None:
        self.ctx: Context = scope[CONTEXT_KEY]
        self._scope = scope
        self._key = key
        self._name = f"http:{self.ctx.actor.kind}:{self.ctx.actor.actor_id}"
        asked = (scope["method"].encode(), scope["raw_path"], scope["query_string"], body)
        self._fingerprint = hashlib.sha256(b"\x00".join(asked)).digest()
        self._send = send
        self._is_claimed = False
        self._found: Answer | None = None
        self._start: dict[str, Any] = {}
        self._body: list[bytes] = []

    async def begin(self, tx: Transaction) -> None:
        """The write that is about to be done is this key's; or it was done before."""
        if self._scope["route_handler"].opt.get(REPEATS_ITSELF):
            return
        if self.ctx.actor.kind == "anonymous":
            _check(self._key, SHORTEST_OF_NOBODY)
        self._found = await claim(tx, self._name, self._key, self._fingerprint)
        if self._found is not None:
            raise _AnsweredBefore("answered before")
        self._is_claimed = True

    async def send(self, message: dict[str, Any]) -> None:
        """Pass an answer on, once it is kept; a kept one takes its place."""
        if not (self._is_claimed or self._found):
            await self._send(message)
        elif message["type"] == "http.response.start":
            self._start = message
        else:
            self._body.append(message.get("body", b""))
            if not message.get("more_body"):
                await self._finish()

    async def _finish(self) -> None:
        start, body = self._start, b"".join(self._body)
        if self._found is not None:
            kept = await self._opened(self._found)
            start = {
                **start,
                "status": self._found.status,
                "headers": [
                    *kept.headers,
                    (b"content-length", str(len(kept.body)).encode()),
                    REPLAYED,
                ],
            }
            body = kept.body
        else:
            await self._settle(start["status"], start["headers"], body)
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body, "more_body": False})

    async def _settle(self, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        """What succeeded is kept; what was refused may be tried again with the same key."""
        if status >= 400 or len(body) > MOST_KEPT_BYTES:
            async with self.ctx.transaction() as tx:
                await forget_claim(tx, self._name, self._key)
            return
        kept = _Kept([each for each in headers if each[0] in _KEPT_HEADERS], body)
        tenant_id, secrets = self.ctx.tenant.tenant_id, self.ctx.engines.secrets
        sealed = await secrets.encrypt(tenant_id, msgspec.msgpack.encode(kept), _PURPOSE)
        async with self.ctx.transaction() as tx:
            await keep_answer(tx, self._name, self._key, status, sealed)

    async def _opened(self, found: Answer) -> _Kept:
        secrets = self.ctx.engines.secrets
        plain = await secrets.decrypt(self.ctx.tenant.tenant_id, found.body, _PURPOSE)
        return msgspec.msgpack.decode(plain, type=_Kept)
