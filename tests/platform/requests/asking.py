"""Requests as the door hears them."""

from uuid import UUID

from galleria.foundation.ids import new_id
from galleria.platform.requests import Heard, HeardRequest


def heard(
    path: str,
    *,
    method: str = "POST",
    query: str = "",
    asked: bytes = b"",
    answered: bytes = b"",
    status: int = 200,
    key_id: UUID | None = None,
) -> HeardRequest:
    """A request with JSON bodies, as the door has heard it."""
    bodies = Heard(is_held=True), Heard(is_held=True)
    for body, chunk in zip(bodies, (asked, answered), strict=True):
        body.add(chunk)
    request = HeardRequest(
        key_id=key_id or new_id(),
        request_id=str(new_id()),
        method=method,
        path=path,
        raw_path=path,
        query=query,
        headers=[("content-type", "application/json; charset=utf-8")],
        address="192.0.2.77",
        agent="till/1",
        is_by_pass=False,
        replay_of=None,
        asked=bodies[0],
        answered=bodies[1],
    )
    request.begin_answer(status, [(b"content-type", b"application/json")])
    return request
