"""Asks the hottest routes without the framework, where a question is as plain as can be.

For every request the framework (Litestar 2.25) looks up the path, makes an object, walks its
extractors, resolves dependencies and checks all values once more: for the page of a product that is
as much work as reading it from the database. A route with `opt={STRAIGHT: True}` is called at once
when it is asked by GET, for one thing with a plain name at most, and with no parameter it knows.
All else goes the usual way, to the same function.
"""

import re
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from litestar import Litestar
from litestar.enums import ParamType
from litestar.handlers import HTTPRouteHandler
from litestar.params import ParameterKwarg
from litestar.routes import HTTPRoute

from galleria.faces.gateway.problems import problem_bytes
from galleria.foundation.errors import GalleriaError
from galleria.foundation.routing import CONTEXT_KEY, STRAIGHT, ReadyJson

Send = Callable[[dict[str, Any]], Awaitable[None]]

_PLAIN_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")  # any route that takes a name takes these


class NotStraight(ValueError):
    """A route says that it can be asked without the framework, and cannot."""


class _Way(NamedTuple):
    """A route as this layer asks it.

    `fixed` is its path up to the name, all of it where there is none; `name_in` the argument that
    takes the name, `parameters` what a plain query does not say.
    """

    handler: HTTPRouteHandler
    fixed: str
    name_in: str | None
    takes_scope: bool
    parameters: frozenset[bytes]


class Shortcut:
    """See the module."""

    def __init__(self, app: Litestar) -> None:
        """Stand in front of `app`.

        Raises:
            NotStraight: a route says that it can be asked so, and asks for more.
        """
        self._app = app
        routes = [each for each in app.routes if isinstance(each, HTTPRoute)]
        ways = [_way_to(route, handler) for route in routes for handler in _straight_in(route)]
        self._whole = {way.fixed: way for way in ways if way.name_in is None}
        self._named = {way.fixed: way for way in ways if way.name_in is not None}
        # What has a path of its own is not a name in that of another.
        self._others = frozenset(each.path for each in app.routes)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Send) -> None:
        """Answer one request."""
        way, name = self._way(scope)
        if way is None:
            await self._app(scope, receive, send)  # type: ignore[arg-type]
            return
        scope["route_handler"] = way.handler
        arguments = {"ctx": scope[CONTEXT_KEY]}
        if way.takes_scope:
            arguments["scope"] = scope
        if way.name_in is not None:
            arguments[way.name_in] = name
        try:
            answer: ReadyJson = await way.handler.fn(**arguments)
        except GalleriaError as error:
            if error.status >= 500:
                raise
            await _send_problem(error, send)
            return
        await answer(scope, receive, send)

    def _way(self, scope: dict[str, Any]) -> tuple[_Way | None, str]:
        """The route that a request leads straight to, if any, and the name in its path."""
        if scope["type"] != "http" or scope["method"] != "GET":
            return None, ""
        path: str = scope["path"]
        name = ""
        if (way := self._whole.get(path)) is None:
            fixed, _, name = path.rpartition("/")
            way = self._named.get(fixed)
            if way is None or path in self._others or not _PLAIN_NAME.fullmatch(name):
                return None, ""
        return (way, name) if _is_plain(scope["query_string"], way.parameters) else (None, "")


def _is_plain(query: bytes, parameters: frozenset[bytes]) -> bool:
    """Whether a query says nothing that its route would listen to."""
    if not query:
        return True
    if b"%" in query or b"+" in query:
        return False
    return all(pair.partition(b"=")[0] not in parameters for pair in query.split(b"&"))


async def _send_problem(error: GalleriaError, send: Send) -> None:
    status, body, headers = problem_bytes(error)
    headers.append((b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def _straight_in(route: HTTPRoute) -> list[HTTPRouteHandler]:
    handlers = (handler for handler, _ in route.route_handler_map.values())
    return [each for each in dict.fromkeys(handlers) if each.opt.get(STRAIGHT)]


def _way_to(route: HTTPRoute, handler: HTTPRouteHandler) -> _Way:
    arguments = dict(handler.parsed_fn_signature.parameters)
    del arguments["ctx"]
    takes_scope = arguments.pop("scope", None) is not None
    fixed, name_in = route.path, None
    for name_in in route.path_parameters:
        fixed = route.path.removesuffix(f"/{{{name_in}:str}}")
        del arguments[name_in]
    parameters = []
    for name, each in arguments.items():
        told = each.kwarg_definition
        if not isinstance(told, ParameterKwarg) or told.param_type is not ParamType.QUERY:
            raise NotStraight(f"{handler.handler_name} asks for {name}, which is not in the query")
        if not each.has_default:
            raise NotStraight(f"{handler.handler_name} must be told {name}")
        parameters.append((told.name or name).encode())
    if "{" in fixed or handler.resolve_guards() or set(handler.http_methods) != {"GET"}:
        raise NotStraight(f"{handler.handler_name} has guards, other methods or a path too rich")
    return _Way(handler, fixed, name_in, takes_scope, frozenset(parameters))
