"""A request as it is kept and shown, and what is made of it when it is written down."""

from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

import msgspec

from galleria.platform.requests.model.heard import Heard, HeardRequest
from galleria.platform.requests.model.redacting import Redactor

KEPT_OF_A_KEY = 500
KEPT_DAYS = 3
MOST_KEPT_BYTES = 8 * 1024
MOST_PATH, MOST_QUERY, MOST_AGENT, MOST_CODE = 500, 1_000, 200, 100
# Carts, orders, accounts and payments of shoppers, keys and webhooks with their secrets: whatever
# is said there stays there.
UNHEARD = (
    "/store/v1/account",
    "/store/v1/carts",
    "/store/v1/downloads",
    "/store/v1/mcp",
    "/store/v1/orders",
    "/store/v1/payments",
    "/admin/v1/keys",
    "/admin/v1/search/keys",
    "/admin/v1/webhooks",
)
# Fields of these answers have the names the asker gave them, so names say nothing.
FREELY_NAMED = ("/store/v1/graphql", "/admin/v1/graphql")
JSON_TYPES = frozenset({"application/json", "application/problem+json"})
PROBLEM_TYPE = "application/problem+json"

BodyState: TypeAlias = Literal["none", "whole", "redacted", "cut", "not_kept"]
Replays: TypeAlias = Literal["no", "read", "write"]


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a body. `state`: there was none; all of it; all but secrets and personal
    data; its beginning; nothing, since it is none of a kind that is kept."""

    state: BodyState = "none"
    text: str = ""


class KeptParts(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept encrypted: headers that change an answer, and the two bodies."""

    headers: list[tuple[str, str]]
    asked: Body
    answered: Body


class LoggedRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A request of a key and how it went.

    `left_out` is how many requests of the key right before it were counted and not kept.
    `replays` says whether it can be sent again, and whether that would change something.
    """

    request_id: str
    asked_at: datetime
    method: str
    path: str
    query: str
    status: int
    code: str
    duration_ms: float
    api_version: str
    client: str
    agent: str
    request_bytes: int
    answer_bytes: int
    left_out: int
    replays: Replays
    replay_of: str | None


class LoggedRequestDetail(LoggedRequest, frozen=True, kw_only=True):
    """The same with headers and bodies; without them (`shows_bodies` false) for who may do less
    than the key."""

    shows_bodies: bool
    headers: dict[str, str]
    request_body: Body
    answer_body: Body


class NewAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What a request was answered when it was sent again."""

    request_id: str
    status: int
    code: str
    duration_ms: float
    answer_bytes: int
    body: Body


class Replayed(msgspec.Struct, frozen=True, kw_only=True):
    """A request, what it was answered then (in `before`), and what it is answered now."""

    before: LoggedRequestDetail
    now: NewAnswer
    is_same_answer: bool
    """True when status and body are the same; of what is not kept whole, as far as it is kept."""


class RequestFilters(msgspec.Struct, frozen=True, kw_only=True):
    """Which requests of a key are wanted; empty values want any."""

    status_class: int = 0
    """The first digit of the status: 4 for 404."""
    method: str = ""
    path_prefix: str = ""
    code: str = ""


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """A row to be: a request without `asked_at`, and its parts."""

    key_id: UUID
    request_id: str
    method: str
    path: str
    query: str
    status: int
    code: str
    duration_ms: float
    api_version: str
    client: str
    agent: str
    request_bytes: int
    answer_bytes: int
    replays: Replays
    replay_of: str | None
    parts: KeptParts


def written_of(heard: HeardRequest, client: str) -> Written:
    """What is kept of a request; `client` is the network it came from."""
    redactor = Redactor(heard.path)
    path, query = redactor.path(heard.raw_path), redactor.query(heard.query)
    is_whole = not redactor.has_changed and len(path) <= MOST_PATH and len(query) <= MOST_QUERY
    asked = body_of(heard, heard.asked, is_answer=False)
    return Written(
        key_id=heard.key_id,
        request_id=heard.request_id,
        method=heard.method,
        path=path[:MOST_PATH],
        query=query[:MOST_QUERY],
        status=heard.status,
        code=code_of(heard),
        duration_ms=round(heard.duration_ms, 2),
        api_version=heard.api_version,
        client=client,
        agent=redactor.text(heard.agent[:MOST_AGENT]),
        request_bytes=heard.asked.size_bytes,
        answer_bytes=heard.answered.size_bytes,
        replays=_replays(heard, asked) if is_whole else "no",
        replay_of=heard.replay_of,
        parts=KeptParts(
            headers=heard.headers,
            asked=asked,
            answered=body_of(heard, heard.answered, is_answer=True),
        ),
    )


def _replays(heard: HeardRequest, asked: Body) -> Replays:
    """Whether it can be sent again as it was. A pass is not: its key may do more."""
    if heard.is_by_pass or heard.content_type == "text/event-stream":
        return "no"
    if asked.state not in ("none", "whole"):
        return "no"
    return "read" if heard.is_read else "write"


def body_of(heard: HeardRequest, body: Heard, *, is_answer: bool) -> Body:
    """What may be kept of one of the bodies of a request."""
    if body.size_bytes == 0:
        return Body()
    is_json = heard.content_type in JSON_TYPES if is_answer else _is_json(heard)
    is_problem = is_answer and heard.content_type == PROBLEM_TYPE
    is_unheard = heard.path.startswith(UNHEARD) and not is_problem
    is_free = is_answer and heard.path.startswith(FREELY_NAMED)
    raw = body.whole
    if raw is None or not is_json or is_unheard or is_free:
        return Body(state="not_kept")
    return _kept(raw, heard.path)


def _kept(raw: bytes, path: str) -> Body:
    redactor = Redactor(path)
    shown = redactor.json(raw)
    if shown is None:
        return Body(state="not_kept")
    if len(shown) > MOST_KEPT_BYTES:
        return Body(state="cut", text=shown[:MOST_KEPT_BYTES].decode(errors="ignore"))
    return Body(state="redacted" if redactor.has_changed else "whole", text=shown.decode())


def _is_json(heard: HeardRequest) -> bool:
    said = next((value for name, value in heard.headers if name == "content-type"), "")
    return said.partition(";")[0].strip().lower() == "application/json"


def code_of(heard: HeardRequest) -> str:
    """The code of the problem that a request was answered with; empty when there is none."""
    raw = heard.answered.whole
    if heard.content_type != PROBLEM_TYPE or raw is None:
        return ""
    try:
        return msgspec.json.decode(raw, type=_Coded).code[:MOST_CODE]
    except msgspec.DecodeError:
        return ""


class _Coded(msgspec.Struct, frozen=True):
    code: str = ""
