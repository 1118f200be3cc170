"""Sends a request again, as the same key, through the same door, and shows both answers."""

from uuid import UUID

from galleria.engines.context import Context
from galleria.foundation.ids import new_id
from galleria.platform import access, audit
from galleria.platform.requests.errors import ReplayWouldWrite, RequestNotReplayable
from galleria.platform.requests.model.heard import HeardRequest
from galleria.platform.requests.model.kept import (
    Body,
    KeptParts,
    LoggedRequest,
    NewAnswer,
    Replayed,
    body_of,
    code_of,
)
from galleria.platform.requests.ports import AskAgain, Asked
from galleria.platform.requests.service.reading import detail_of, kept_request


async def replay_request(
    ctx: Context, key_id: UUID, request_id: str, ask_again: AskAgain, *, allow_write: bool = False
) -> Replayed:
    """The request was sent once more; a write gets an `Idempotency-Key` of its own.

    Args:
        ctx: who wants it; they must be able to do all that the key may, or replaying would be a way
            to do more.
        key_id: whose request it was.
        request_id: the one to send again.
        ask_again: the door.
        allow_write: whether it may be one that changes something; in a sandbox it always may.

    Raises:
        KeyNotFound, RequestNotKept: there is none.
        ScopeNotHeld: the key may do more than whoever asks.
        RequestNotReplayable: not all of it was kept, or the key opens nothing any more.
        ReplayWouldWrite: it is a write, and those were not allowed.
    """
    key = await access.get_key(ctx, key_id)
    access.check_held(ctx.actor.may, key.scopes)
    request, parts = await kept_request(ctx, key_id, request_id)
    _check_replayable(request, allow_write=allow_write or ctx.tenant.is_sandbox)
    # Before it is sent: whoever repeats this with the same Idempotency-Key does not send it twice.
    async with ctx.transaction() as tx:
        detail = {"request_id": request_id, "method": request.method, "path": request.path}
        await audit.record(tx, "requests.replayed", f"key:{key_id}", detail)
    try:
        heard = await ask_again(ctx, key_id, _asked(request, parts))
    except access.KeyRefused as refused:
        # Not as 401: whoever asks for the replay is known, it is the key that opens nothing.
        raise RequestNotReplayable(f"{refused.title}: {refused.detail}") from None
    now = body_of(heard, heard.answered, is_answer=True)
    return Replayed(
        before=detail_of(request, parts),
        now=_answer_of(heard, now),
        is_same_answer=heard.status == request.status and _is_same(parts.answered, now),
    )


def _check_replayable(request: LoggedRequest, *, allow_write: bool) -> None:
    if request.replays == "no":
        raise RequestNotReplayable(
            "parts of it were redacted, cut or never kept, or a pass was sent with it; send it"
            " yourself with the key"
        )
    if request.replays == "write" and not allow_write:
        raise ReplayWouldWrite("set `allow_write` if that is meant")


def _asked(request: LoggedRequest, parts: KeptParts) -> Asked:
    headers = list(parts.headers)
    if request.api_version:
        headers.append(("galleria-version", request.api_version))
    if request.replays == "write":
        headers.append(("idempotency-key", str(new_id())))
    return Asked(
        method=request.method,
        path=request.path,
        query=request.query,
        headers=headers,
        body=parts.asked.text.encode(),
        replay_of=request.request_id,
    )


def _answer_of(heard: HeardRequest, body: Body) -> NewAnswer:
    return NewAnswer(
        request_id=heard.request_id,
        status=heard.status,
        code=code_of(heard),
        duration_ms=round(heard.duration_ms, 2),
        answer_bytes=heard.answered.size_bytes,
        body=body,
    )


def _is_same(before: Body, now: Body) -> bool:
    return (before.state, before.text) == (now.state, now.text)
