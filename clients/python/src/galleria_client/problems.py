"""What the API refuses, as exceptions: one class a kind, with the stable `code` to tell them apart.

Source: RFC 9457, problem details for HTTP APIs.
"""

from dataclasses import dataclass
from typing import Any

import httpx


@dataclass(frozen=True)
class RefusedField:
    """A field that was refused: where (`lines[0].quantity`), a stable code, and a sentence."""

    path: str
    code: str
    message: str


class Problem(Exception):
    """The API said no. Catch a subclass, or look at `code`, which never changes once published."""

    def __init__(
        self,
        status: int,
        code: str,
        title: str,
        detail: str,
        *,
        errors: tuple[RefusedField, ...] = (),
        request_id: str | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        """Keep what the answer said; `request_id` finds the request in the server's log."""
        super().__init__(f"{code}: {detail or title}")
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail
        self.errors = errors
        self.request_id = request_id
        self.retry_after_s = retry_after_s


class Unauthenticated(Problem):
    """401: no key, or one that is not accepted."""


class Forbidden(Problem):
    """403: the key lacks a scope."""


class NotFound(Problem):
    """404 and 410: there is no such thing, or not any more."""


class Conflict(Problem):
    """409: the state of the thing does not allow it."""


class Outdated(Problem):
    """412: somebody changed it since it was read. Read it again, then try again."""


class InvalidInput(Problem):
    """422: `errors` says which fields."""


class TooManyRequests(Problem):
    """429: slow down; `retry_after_s` says by how much."""


class Unavailable(Problem):
    """502, 503, 504: try again later."""


_BY_STATUS: dict[int, type[Problem]] = {
    401: Unauthenticated,
    403: Forbidden,
    404: NotFound,
    410: NotFound,
    409: Conflict,
    412: Outdated,
    422: InvalidInput,
    429: TooManyRequests,
    502: Unavailable,
    503: Unavailable,
    504: Unavailable,
}


def problem_of(response: httpx.Response) -> Problem:
    """The failure an answer stands for, whoever answered: a proxy in between sends no problem."""
    try:
        said: Any = response.json()
    except ValueError:
        said = None
    if not isinstance(said, dict):
        said = {}
    kind = _BY_STATUS.get(response.status_code, Problem)
    return kind(
        response.status_code,
        str(said.get("code", f"http_{response.status_code}")),
        str(said.get("title", response.reason_phrase)),
        str(said.get("detail", "")),
        errors=tuple(
            RefusedField(str(each.get("path")), str(each.get("code")), str(each.get("message")))
            for each in said.get("errors", ())
            if isinstance(each, dict)
        ),
        request_id=response.headers.get("x-request-id"),
        retry_after_s=retry_after_s(response),
    )


def retry_after_s(response: httpx.Response) -> float | None:
    """The seconds an answer asks us to wait; None when it names none, or a date."""
    value = response.headers.get("retry-after", "")
    return float(value) if value.isdigit() else None
