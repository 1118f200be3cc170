"""How every page of the back office is made: templates, assets, cookies and the form guard."""

from typing import Any
from urllib.parse import quote, urlsplit

from litestar import Request

from galleria.engines.context import Context
from galleria.faces.backoffice.ports import OpenAndProvision
from galleria.faces.backoffice.words import PROBLEMS, REMEDIES
from galleria.faces.stationery import LOCALES, TOKEN_FIELD, Assets, CookieJar, FormGuard, Press
from galleria.settings import Settings

PACKAGE = "galleria.faces.backoffice"
SESSION = "session"
PENDING = "pending"  # a session that waits for its second factor
VISIT = "desk_visit"  # binds the sign-in form to its browser
THEME = "theme"
LOCALE = "locale"
THEMES = ("auto", "light", "dark")
LANGUAGE_NAMES = {"en": "English", "de": "Deutsch"}


class Shell:
    """See the module. One for all people of a process."""

    def __init__(
        self, settings: Settings, form_key: bytes, open_shop: OpenAndProvision | None
    ) -> None:
        """Load templates and assets."""
        self.settings = settings
        self.open_shop = open_shop
        self.assets = Assets(PACKAGE)
        self.cookies = CookieJar(is_secure=settings.public_scheme == "https")
        self.guard = FormGuard(form_key)
        self.press = Press(
            PACKAGE,
            {
                "asset": self.assets.url,
                "token_field": TOKEN_FIELD,
                "problems": PROBLEMS,
                "remedies": REMEDIES,
                "language_names": LANGUAGE_NAMES,
                "pairs": lambda values: [(value, value) for value in values],
            },
        )
        self._proxies = {
            part.strip() for part in settings.trusted_proxies.split(",") if part.strip()
        }

    def page(
        self, ctx: Context, request: Request[Any, Any, Any], template: str, **values: Any
    ) -> str:
        """A page for anyone; pages for people at work come from `Visit` and `Desk`."""
        values.setdefault("person", None)
        values.setdefault("shop", None)
        values.setdefault("notice", None)
        return self.press.print(
            template,
            self.locale(ctx, request),
            theme=self.theme(request),
            address=address_of(request),
            **values,
        )

    def locale(self, ctx: Context, request: Request[Any, Any, Any]) -> str:
        """The language this browser chose, or the one it asks for."""
        chosen = self.cookies.read(request, LOCALE)
        return chosen if chosen in LOCALES else ctx.locale

    def theme(self, request: Request[Any, Any, Any]) -> str:
        """Bright, dark or as the device is."""
        theme = self.cookies.read(request, THEME)
        return theme if theme in THEMES else THEMES[0]

    def client_address(self, request: Request[Any, Any, Any]) -> str:
        """Where a request came from; what a proxy says counts when it is one of the operator's."""
        address = request.client.host if request.client else "unknown"
        forwarded = request.headers.get("x-forwarded-for", "").split(",")
        while address in self._proxies and forwarded and forwarded[-1].strip():
            address = forwarded.pop().strip()
        return address[:100]


def address_of(request: Request[Any, Any, Any]) -> str:
    """The path and question of a page, as a link to come back by; of a form, the page it was on."""
    if request.method != "GET":
        came_from = urlsplit(request.headers.get("referer", ""))
        return own_path(came_from.path + (f"?{came_from.query}" if came_from.query else ""))
    path, query = quote(str(request.url.path)), request.scope.get("query_string", b"").decode()
    return f"{path}?{query}" if query else path


def own_path(path: str) -> str:
    """A path of this host: never another site's address."""
    is_own = path.startswith("/") and not path.startswith(("//", "/\\"))
    return path if is_own and "\r" not in path and "\n" not in path else "/"
