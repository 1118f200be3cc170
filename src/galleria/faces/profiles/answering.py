"""Answers as the client's profile has them: stands between the gateway and the API's routes.

A route says in its `opt` what its answer is made of (`shape="product"`). Where the profile changes
nothing, the answer passes through untouched, and costs nothing.
"""

import re
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any

import msgspec

from galleria.engines.context import Context
from galleria.faces.profiles.model.asking import with_vary
from galleria.faces.profiles.model.profiles import Profile
from galleria.faces.profiles.model.shaping import Shaper
from galleria.faces.profiles.service.enriching import enrich, is_enriched
from galleria.foundation.routing import CONTEXT_KEY, SHAPE

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
AsgiApp = Callable[[Any, Any, Any], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

PROFILE_KEY = "galleria.profile"
"""Where the door leaves the request's profile in the ASGI scope."""
PRIVATE = (b"cache-control", b"private, no-store")
_KEPT_FOR = re.compile(rb"s-maxage=[0-9]+")
_decoder, _encoder = msgspec.json.Decoder(dict[str, Any]), msgspec.json.Encoder()


class Shaping:
    """An ASGI application whose answers have the form of the profile in the scope."""

    def __init__(self, app: AsgiApp) -> None:
        """Stand in front of `app`."""
        self._app = app

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request."""
        profile: Profile | None = scope.get(PROFILE_KEY)
        if profile is None:
            await self._app(scope, receive, send)
            return
        answer = _Answer(scope, send, profile)
        if not profile.changes_nothing:
            scope["headers"] = _unnamed(scope["headers"], profile)
        await self._app(scope, receive, answer.send)


class _Answer:
    """Holds an answer back until it is whole, if it has a shape; lets all others pass."""

    def __init__(self, scope: dict[str, Any], send: Send, profile: Profile) -> None:
        self._scope = scope
        self._send = send
        self._profile = profile
        self._start: dict[str, Any] | None = None
        self._body: list[bytes] = []

    async def send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            await self._begin(message)
        elif self._start is None:
            await self._send(message)
        else:
            self._body.append(message.get("body", b""))
            if not message.get("more_body"):
                await self._finish(self._start, b"".join(self._body))

    async def _begin(self, message: dict[str, Any]) -> None:
        shape, status = self._shape(), message["status"]
        if shape is None or status not in (200, 304):
            await self._send(message)
            return
        headers = _told_of(message["headers"], self._profile)
        if self._profile.changes_nothing or status == 304:
            await self._send({**message, "headers": headers})
            return
        self._start = {**message, "headers": headers}

    async def _finish(self, start: dict[str, Any], body: bytes) -> None:
        shape = self._shape()
        assert shape is not None, "only what has a shape is held back"
        ctx: Context = self._scope[CONTEXT_KEY]
        answer = _decoder.decode(body)
        headers: Headers = start["headers"]
        if is_enriched(ctx, self._profile, shape):
            await enrich(ctx, self._profile, shape, answer)
            # What some may know is kept for nobody, and has no tag: stock changes without it.
            gone = (b"etag", b"cache-control")
            headers = [each for each in headers if each[0] not in gone] + [PRIVATE]
        shaped = _encoder.encode(Shaper(self._profile).shape(shape, answer))
        headers = [
            (name, str(len(shaped)).encode() if name == b"content-length" else value)
            for name, value in headers
        ]
        await self._send({**start, "headers": headers})
        await self._send({"type": "http.response.body", "body": shaped, "more_body": False})

    def _shape(self) -> str | None:
        handler = self._scope.get("route_handler")
        shape: str | None = None if handler is None else handler.opt.get(SHAPE)
        return shape


def _told_of(headers: Headers, profile: Profile) -> Headers:
    """The headers of an answer by the profile: that it depends on it, and how long it may be kept.

    A tag names the bytes that a room made; of another form it says so, or a client that changes its
    profile would be told that nothing has changed.
    """
    mark = b"" if profile.changes_nothing else profile.tag.encode()
    vary, told = b"", []
    for name, value in headers:
        if name == b"vary":
            vary = vary or value
            continue
        if name == b"cache-control":
            told.append((name, _kept_for(value, profile.staleness_s)))
        elif mark and name == b"etag" and value[:1] == b'"':
            told.append((name, b'"%s.%s' % (mark, value[1:])))
        else:
            told.append((name, value))
    told.append((b"vary", with_vary(vary.decode("latin-1")).encode("latin-1")))
    return told


@lru_cache(maxsize=1_024)
def _kept_for(cache_control: bytes, seconds: int) -> bytes:
    """With the time that the profile lets an answer be kept, where it may be kept in common."""
    return _KEPT_FOR.sub(b"s-maxage=%d" % seconds, cache_control)


def _unnamed(headers: Headers, profile: Profile) -> Headers:
    mark = b'"%s.' % profile.tag.encode()
    return [
        (name, value.replace(mark, b'"') if name == b"if-none-match" and mark in value else value)
        for name, value in headers
        if name != b"if-none-match" or mark in value
    ]
