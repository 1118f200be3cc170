"""Makes sure that a form was sent from our own page, on behalf of the browser it was made for."""

import hashlib
import hmac
from typing import Any

from litestar import Request

from galleria.foundation.errors import Forbidden

TOKEN_FIELD = "form_token"  # noqa: S105 - a field's name
TOKEN_LENGTH = 32


class FormRefused(Forbidden):
    code = "form_refused"
    title = "The form did not come from this page"


class FormGuard:
    """Binds forms to a cookie: another site can neither read the token nor make one."""

    def __init__(self, key: bytes) -> None:
        """Sign with `key`, one of this face's own."""
        self._key = key

    def token(self, bound_to: str) -> str:
        """The token for forms of the browser that holds `bound_to` in a cookie."""
        digest = hmac.new(self._key, bound_to.encode(), hashlib.sha256)
        return digest.hexdigest()[:TOKEN_LENGTH]

    def check(self, request: Request[Any, Any, Any], bound_to: str | None, token: str) -> None:
        """Pass when origin and token are right.

        Raises:
            FormRefused: another site's page sent the form, or the page is too old.
        """
        check_origin(request)
        if bound_to is None or not hmac.compare_digest(self.token(bound_to), token):
            raise FormRefused("the page is out of date; go back, reload it and try again")


def check_origin(request: Request[Any, Any, Any]) -> None:
    """Pass when the browser says that our own page sent the request.

    Raises:
        FormRefused: it says another one did, or says nothing.
    """
    host = request.headers.get("host", "").lower()
    origin = request.headers.get("origin")
    if origin is not None:
        if origin.lower().partition("://")[2] == host:
            return
    elif request.headers.get("sec-fetch-site") == "same-origin":
        return
    raise FormRefused("the form was sent from another site")
