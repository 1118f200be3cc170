"""How a request can fail before it reaches a room."""

from galleria.commerce.accounts import ShopperSignedOut
from galleria.foundation.errors import (
    Forbidden,
    GalleriaError,
    Gone,
    InvalidInput,
    NotFound,
    RateLimited,
    TooLarge,
    Unauthenticated,
    Unavailable,
    UnsupportedMedia,
)
from galleria.platform.access import (
    KeyAddressNotAllowed,
    KeyGraceIsOver,
    KeyInBrownOut,
    KeyIsDisabled,
    KeyIsExpired,
    KeyIsRevoked,
    KeyOriginNotAllowed,
    PassExpired,
    PassUnreadable,
)


class UnknownHost(NotFound):
    code = "unknown_host"
    title = "No shop lives at this address"


class ShopNotNamed(NotFound):
    code = "shop_not_named"
    title = "The request does not say which shop it is for"


class ShopMismatch(GalleriaError):
    code = "shop_mismatch"
    status = 421
    title = "Host, key and header name different shops"


class ShopClosed(Gone):
    code = "shop_closed"
    title = "This shop is closed"


class KeyNotAccepted(Unauthenticated):
    code = "key_not_accepted"
    title = "This is no key, or none of this shop"


class BodyTooLarge(TooLarge):
    code = "body_too_large"
    title = "The body is larger than this address accepts"


class NotJson(UnsupportedMedia):
    code = "json_expected"
    title = "This address takes application/json"


class MethodNotAllowed(GalleriaError):
    """The address is known, but not for this method; the header `Allow` names those it takes."""

    code = "method_not_allowed"
    status = 405
    title = "This address does not take this method"


class InvalidIdempotencyKey(InvalidInput):
    code = "invalid_idempotency_key"
    title = "The Idempotency-Key cannot be kept"


class MalformedRequest(InvalidInput):
    code = "malformed_request"
    status = 400
    title = "The request cannot be read"


class HeadersTooLarge(GalleriaError):
    """More or longer headers than any client of ours sends; cookies count in."""

    code = "headers_too_large"
    status = 431
    title = "The headers are too large"


class RateLimitExceeded(RateLimited):
    """`Retry-After` says when to come back, `RateLimit-Policy` how much may be asked."""

    code = "rate_limit_exceeded"
    title = "Too many requests"

    def __init__(
        self, detail: str, *, retry_after_s: int, headers: list[tuple[bytes, bytes]]
    ) -> None:
        super().__init__(detail, retry_after_s=retry_after_s)
        self.headers = headers


class RequestTimedOut(Unavailable):
    """It took longer than a request of its kind may; nothing of it was kept."""

    code = "request_timed_out"
    title = "The request took too long"


class OriginNotAllowed(Forbidden):
    """A page of another site asked from a browser, and the shop does not list that site."""

    code = "origin_not_allowed"
    title = "This site may not write to the shop"


class UnknownVersion(InvalidInput):
    """`Galleria-Version` names no version there is, or none yet."""

    code = "unknown_version"
    status = 400
    title = "There is no such version of the API"


class VersionRetired(Gone):
    """The version's time is over; the changelog says how the API differs now."""

    code = "version_retired"
    title = "This version of the API is no longer answered"


# What a request may be answered by the door itself, for those who describe the API.
OF_ANY_REQUEST = (
    MalformedRequest,
    KeyNotAccepted,
    KeyIsExpired,
    KeyIsRevoked,
    KeyGraceIsOver,
    KeyIsDisabled,
    KeyInBrownOut,
    KeyAddressNotAllowed,
    KeyOriginNotAllowed,
    ShopperSignedOut,
    PassExpired,
    PassUnreadable,
    UnknownHost,
    ShopNotNamed,
    ShopMismatch,
    ShopClosed,
    HeadersTooLarge,
    RateLimitExceeded,
    RequestTimedOut,
    OriginNotAllowed,
    UnknownVersion,
    VersionRetired,
)
OF_BODIES = (BodyTooLarge,)
OF_JSON = (NotJson,)
