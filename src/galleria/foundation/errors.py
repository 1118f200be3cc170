"""What can go wrong in a shop, said once: typed errors and the problem a caller receives.

A room derives its own errors from the bases here and raises them in its model or service; the door
turns any of them into an RFC 9457 problem. `code` is for programs and never changes once published,
`title` names the kind of problem, `detail` is about this occurrence.
"""

from collections.abc import Sequence

import msgspec

# A urn needs no server to stay valid: a problem read from an old log still names its kind.
TYPE_PREFIX = "urn:galleria:problem:"


class FieldError(msgspec.Struct, frozen=True):
    """One field that was refused: where (`lines[0].quantity`), a stable code, and a sentence."""

    path: str
    code: str
    message: str


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A problem as it goes over the wire, `application/problem+json`. Source: RFC 9457."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    instance: str | None = None
    errors: list[FieldError] = []


class GalleriaError(Exception):
    """An expected failure. Subclasses set `code`, `status` and `title`; never raised itself."""

    code: str = "internal_error"
    status: int = 500
    title: str = "Something went wrong on our side"

    def __init__(
        self,
        detail: str,
        *,
        errors: Sequence[FieldError] = (),
        retry_after_s: int | None = None,
    ) -> None:
        """Say what happened this time.

        Args:
            detail: one sentence about this occurrence; the caller reads it, so no secrets.
            errors: the fields at fault, in the order they were found.
            retry_after_s: whole seconds after which trying again is worth it, None when unknown.
        """
        super().__init__(detail)
        self.detail = detail
        self.errors = tuple(errors)
        self.retry_after_s = retry_after_s


class InvalidInput(GalleriaError):
    """What was sent cannot be right, whatever the state of the shop."""

    code = "invalid_input"
    status = 422
    title = "The input is not valid"


class NotFound(GalleriaError):
    """There is no such thing in this tenant."""

    code = "not_found"
    status = 404
    title = "Not found"


class Conflict(GalleriaError):
    """The request is sound, but the state of the thing does not allow it."""

    code = "conflict"
    status = 409
    title = "The present state does not allow this"


class Gone(GalleriaError):
    """It existed and will not come back."""

    code = "gone"
    status = 410
    title = "No longer available"


class Forbidden(GalleriaError):
    """We know who asks, and they may not."""

    code = "forbidden"
    status = 403
    title = "Not allowed"


class Unauthenticated(GalleriaError):
    """We do not know who asks, and must."""

    code = "unauthenticated"
    status = 401
    title = "Who is asking is not known"


class PreconditionFailed(GalleriaError):
    """The caller's version is not the present one."""

    code = "precondition_failed"
    status = 412
    title = "It has changed since it was read"


class TooLarge(GalleriaError):
    """More bytes or items than this place accepts."""

    code = "too_large"
    status = 413
    title = "Too large"


class UnsupportedMedia(GalleriaError):
    """A format this place does not read."""

    code = "unsupported_media"
    status = 415
    title = "This format is not accepted here"


class RateLimited(GalleriaError):
    """Asked too often; `retry_after_s` says when to come back."""

    code = "rate_limited"
    status = 429
    title = "Too many requests"


class Unavailable(GalleriaError):
    """Something we stand on does not answer at present."""

    code = "unavailable"
    status = 503
    title = "Not available at present"


def problem_of(error: GalleriaError, instance: str | None = None) -> Problem:
    """The RFC 9457 problem that tells a caller about `error`.

    Args:
        error: what was raised.
        instance: a URI reference of this occurrence (the request's path or id), if there is one.
    """
    return Problem(
        type=TYPE_PREFIX + error.code,
        title=error.title,
        status=error.status,
        code=error.code,
        detail=error.detail,
        instance=instance,
        errors=list(error.errors),
    )
