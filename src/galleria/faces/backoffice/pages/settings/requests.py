"""What a key asked lately: listed, looked at, copied as a command, and sent again."""

import shlex
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.faces.backoffice import forms
from galleria.faces.backoffice.pages.settings.keys import PLACE, api_address
from galleria.faces.backoffice.visits import Desk
from galleria.foundation.errors import GalleriaError
from galleria.foundation.pagination import InvalidCursor
from galleria.foundation.routing import ASK_AGAIN_KEY
from galleria.platform import access, requests
from galleria.platform.requests import Body, LoggedRequestDetail, Replayed, RequestFilters

PAGE = 50
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
CLASSES = ("2", "3", "4", "5")


@get("/s/{slug:str}/settings/keys/{key_id:uuid}/requests", scope="keys:read")
async def show_requests(desk: NamedDependency[Desk], key_id: FromPath[UUID]) -> Response[bytes]:
    """The last requests of a key, by status, method, address and code."""
    key = await access.get_key(desk.ctx, key_id)
    chosen = {name: desk.question(name) for name in ("status", "method", "path", "code")}
    cursor = desk.question("cursor", 4_000) or None
    filters = RequestFilters(
        status_class=int(chosen["status"]) if chosen["status"] in CLASSES else 0,
        method=chosen["method"] if chosen["method"] in METHODS else "",
        path_prefix=chosen["path"],
        code=chosen["code"],
    )
    try:
        page = await requests.list_requests(desk.ctx, key_id, filters, cursor, PAGE)
    except InvalidCursor:
        return desk.go(desk.at(f"{PLACE}/{key_id}/requests"))
    return desk.show(
        "settings/requests.html",
        key=key,
        page=page,
        chosen=chosen,
        methods=METHODS,
        classes=CLASSES,
        is_first=cursor is None,
        section="keys",
    )


@get("/s/{slug:str}/settings/keys/{key_id:uuid}/requests/{request_id:str}", scope="keys:read")
async def show_request(
    desk: NamedDependency[Desk], key_id: FromPath[UUID], request_id: FromPath[str]
) -> Response[bytes]:
    """One request with what was answered."""
    detail = await requests.get_request(desk.ctx, key_id, request_id[:64])
    return await _show(desk, key_id, detail)


@post("/s/{slug:str}/settings/keys/{key_id:uuid}/requests/{request_id:str}", scope="keys:write")
async def replay_request(
    desk: NamedDependency[Desk], key_id: FromPath[UUID], request_id: FromPath[str]
) -> Response[bytes]:
    """The request is sent again; the page shows both answers."""
    ask_again = desk.request.scope[ASK_AGAIN_KEY]  # type: ignore[literal-required]
    allow_write = "allow_write" in desk.form.values
    detail = await requests.get_request(desk.ctx, key_id, request_id[:64])
    try:
        replayed = await requests.replay_request(
            desk.ctx, key_id, detail.request_id, ask_again, allow_write=allow_write
        )
    except GalleriaError as error:
        forms.refuse(desk.form, error)
        return await _show(desk, key_id, detail, status=error.status)
    return await _show(desk, key_id, replayed.before, replayed)


async def _show(
    desk: Desk,
    key_id: UUID,
    detail: LoggedRequestDetail,
    replayed: Replayed | None = None,
    status: int = 200,
) -> Response[bytes]:
    key = await access.get_key(desk.ctx, key_id)
    return desk.show(
        "settings/request.html",
        status,
        key=key,
        asked=detail,
        replayed=replayed,
        form=desk.form if status >= 400 else forms.empty(),
        curl=curl_of(api_address(desk), detail),
        shown=shown_body,
        may_replay=all(desk.may(scope) for scope in key.scopes),
        section="keys",
    )


def curl_of(address: str, request: LoggedRequestDetail) -> str:
    """A command that asks the same, with the key's text left to whoever has it."""
    query = f"?{request.query}" if request.query else ""
    parts = ["curl"] + ([] if request.method == "GET" else [f"-X {request.method}"])
    parts.append(shlex.quote(f"{address}{request.path}{query}"))
    parts.append('-H "Authorization: Bearer $GALLERIA_KEY"')
    headers = dict(request.headers)
    if request.api_version:
        headers["galleria-version"] = request.api_version
    parts += [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in sorted(headers.items())]
    if request.request_body.text:
        parts.append(f"--data-raw {shlex.quote(request.request_body.text)}")
    return " \\\n  ".join(parts)


def shown_body(body: Body) -> str:
    """A body for the eye: JSON that is whole is indented."""
    if body.state not in ("whole", "redacted"):
        return body.text
    return msgspec.json.format(body.text.encode(), indent=2).decode()


ROUTES = [show_requests, show_request, replay_request]
