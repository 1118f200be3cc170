"""The requests of a key over HTTP: listed, looked at, sent again."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, PathParameter, QueryParameter

from galleria.engines.context import Context
from galleria.foundation.errors import InvalidInput
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.foundation.routing import (
    ASK_AGAIN_KEY,
    CursorQuery,
    LimitQuery,
    problems,
    requires,
)
from galleria.platform.access import KeyNotFound, ScopeNotHeld
from galleria.platform.requests.errors import (
    ReplayWouldWrite,
    RequestNotKept,
    RequestNotReplayable,
)
from galleria.platform.requests.model.kept import (
    LoggedRequest,
    LoggedRequestDetail,
    Replayed,
    RequestFilters,
)
from galleria.platform.requests.schemas import Replay
from galleria.platform.requests.service import reading, replaying

PATH = "/admin/v1/keys/{key_id:uuid}/requests"
TAGS = ["keys"]
StatusQuery = Annotated[int, QueryParameter(name="filter[status_class]", ge=0, le=5)]
MethodQuery = Annotated[
    str, QueryParameter(name="filter[method]", max_length=20, pattern=r"^[A-Z]*$(?!\n)")
]
PathQuery = Annotated[
    str, QueryParameter(name="filter[path]", max_length=500, pattern=r"^[^\x00]*$")
]
CodeQuery = Annotated[
    str, QueryParameter(name="filter[code]", max_length=100, pattern=r"^[a-z0-9_]*$(?!\n)")
]
RequestId = Annotated[
    str, PathParameter(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9._-]+$(?!\n)")
]


@get(
    PATH,
    operation_id="ListKeyRequests",
    tags=TAGS,
    guards=[requires("keys:read")],
    responses=problems(KeyNotFound, InvalidCursor),
)
async def list_key_requests(
    ctx: NamedDependency[Context],
    key_id: FromPath[UUID],
    status_class: StatusQuery = 0,
    method: MethodQuery = "",
    path_prefix: PathQuery = "",
    code: CodeQuery = "",
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[LoggedRequest]:
    """The last requests with a key, the newest first: 500 of them at most, of three days. There a
    second after they were answered; in a flood a sample, with the others counted."""
    filters = RequestFilters(
        status_class=status_class, method=method, path_prefix=path_prefix, code=code
    )
    return await reading.list_requests(ctx, key_id, filters, cursor, limit)


@get(
    PATH + "/{request_id:str}",
    operation_id="GetKeyRequest",
    tags=TAGS,
    guards=[requires("keys:read")],
    responses=problems(InvalidInput, KeyNotFound, RequestNotKept),
)
async def get_key_request(
    ctx: NamedDependency[Context], key_id: FromPath[UUID], request_id: RequestId
) -> LoggedRequestDetail:
    """A request by its `X-Request-Id`, with bodies for who may do all that the key may. Secrets and
    personal data are never in them."""
    return await reading.get_request(ctx, key_id, request_id)


@post(
    PATH + "/{request_id:str}/replay",
    operation_id="ReplayKeyRequest",
    tags=TAGS,
    guards=[requires("keys:write")],
    responses=problems(
        KeyNotFound,
        ScopeNotHeld,
        InvalidInput,
        RequestNotKept,
        RequestNotReplayable,
        ReplayWouldWrite,
    ),
    status_code=200,
)
async def replay_key_request(
    ctx: NamedDependency[Context],
    request: Request[Any, Any, Any],
    key_id: FromPath[UUID],
    request_id: RequestId,
    data: JSONBody[Replay],
) -> Replayed:
    """Send a request again as the same key, and see the new answer beside the old. A write needs
    `allow_write`, unless the shop is a sandbox, and gets an `Idempotency-Key` of its own."""
    ask_again = request.scope[ASK_AGAIN_KEY]  # type: ignore[literal-required]
    return await replaying.replay_request(
        ctx, key_id, request_id, ask_again, allow_write=data.allow_write
    )


ROUTES = [list_key_requests, get_key_request, replay_key_request]
