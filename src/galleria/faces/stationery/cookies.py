"""Cookies as the house sets them: for one host, out of scripts' reach, and only sent to itself."""

from typing import Any

from litestar import Request
from litestar.datastructures import Cookie


class CookieJar:
    """Reads and makes the cookies of one face. With TLS their names begin with `__Host-`."""

    def __init__(self, *, is_secure: bool) -> None:
        """Say whether browsers reach us by https."""
        self._is_secure = is_secure

    def name(self, short: str) -> str:
        """The cookie's full name."""
        return f"__Host-galleria_{short}" if self._is_secure else f"galleria_{short}"

    def read(self, request: Request[Any, Any, Any], short: str) -> str | None:
        """The cookie's value, None when the browser sent none."""
        return request.cookies.get(self.name(short))

    def make(
        self, short: str, value: str, max_age_s: int | None = None, *, for_scripts: bool = False
    ) -> Cookie:
        """The cookie to set; without `max_age_s` it goes with the browser's session."""
        return Cookie(
            self.name(short),
            value=value,
            path="/",
            max_age=max_age_s,
            httponly=not for_scripts,
            secure=self._is_secure,
            samesite="lax",
        )

    def forget(self, short: str) -> Cookie:
        """The cookie that removes it."""
        return self.make(short, "", 0)
