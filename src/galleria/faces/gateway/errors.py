"""How a request can fail before it reaches a room."""

from galleria.commerce.accounts import ShopperSignedOut
from galleria.foundation.errors import (
    GalleriaError,
    Gone,
    InvalidInput,
    NotFound,
    TooLarge,
    Unauthenticated,
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
)
OF_BODIES = (BodyTooLarge,)
OF_JSON = (NotJson,)
