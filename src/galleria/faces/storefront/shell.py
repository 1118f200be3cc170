"""What every page of a shop has around it: name, menu, languages, basket; and how it is made."""

import secrets
from typing import Any

import msgspec
from litestar import Request, Response

from galleria.commerce import listings
from galleria.commerce.listings import CategoryNode, Window
from galleria.content.redirects import HitCounter
from galleria.engines.cache import CacheKey
from galleria.engines.context import Context
from galleria.faces.stationery import (
    TOKEN_FIELD,
    Assets,
    CookieJar,
    Form,
    FormGuard,
    Press,
    html,
)
from galleria.platform import tenants
from galleria.platform.tenants import Shop
from galleria.settings import Settings

PACKAGE = "galleria.faces.storefront"
SHOP_KEPT_S = 5.0
VISIT = "visit"
CART = "cart"
COUNT = "count"
SHOPPER = "shopper"  # the session; the door looks for it under this name
THEME = "theme"
LOCALE = "locale"
PART_HEADER = "x-galleria-part"
VISIT_AGE_S = 30 * 24 * 3600
LANGUAGE_NAMES = {"en": "English", "de": "Deutsch"}


class Shell:
    """See the module. One for all shops of a process."""

    def __init__(self, settings: Settings, form_key: bytes) -> None:
        """Load templates and assets."""
        self.settings = settings
        self.assets = Assets(PACKAGE)
        self.cookies = CookieJar(is_secure=settings.public_scheme == "https")
        self.guard = FormGuard(form_key)
        self.hits = HitCounter()
        self.press = Press(PACKAGE, {"asset": self.assets.url, "token_field": TOKEN_FIELD})

    async def shop(self, ctx: Context) -> Shop:
        """The shop of this request, kept for some seconds."""
        key = CacheKey(ctx.tenant.tenant_id, "storefront-shop")
        kept = await ctx.engines.cache.get(key)
        if kept is not None:
            return msgspec.json.decode(kept, type=Shop)
        shop = await tenants.shop_of(ctx)
        await ctx.engines.cache.set(key, msgspec.json.encode(shop), SHOP_KEPT_S)
        return shop

    async def window(self, ctx: Context) -> Window:
        """The shop's default channel in the reader's language."""
        return await listings.window_of(ctx)

    async def page(
        self, ctx: Context, request: Request[Any, Any, Any], template: str, **values: Any
    ) -> str:
        """A whole page of the shop."""
        shop = await self.shop(ctx)
        window = await self.window(ctx)
        return self.press.print(
            template,
            window.locale,
            shop=shop,
            window=window,
            tagline=_in_language(shop.settings.get("tagline"), window.locale),
            menu=[node for node in await self.categories(ctx) if node.parent_id is None],
            languages=[(code, LANGUAGE_NAMES.get(code, code)) for code in window.locales],
            basket_count=self.basket_count(request),
            is_shopper=ctx.actor.kind == "shopper",
            theme=self._theme(request),
            address=str(request.url.path),
            **values,
        )

    async def send(
        self, ctx: Context, request: Request[Any, Any, Any], template: str, **values: Any
    ) -> Response[bytes]:
        """The page as a response, without forms that write."""
        return html(await self.page(ctx, request, template, **values), cache="private, no-cache")

    async def send_with_form(
        self,
        ctx: Context,
        request: Request[Any, Any, Any],
        template: str,
        status: int = 200,
        **values: Any,
    ) -> Response[bytes]:
        """The page with forms that write: they carry a token bound to a cookie of this browser."""
        visit = self.cookies.read(request, VISIT)
        cookies = []
        if visit is None or len(visit) != 32:
            visit = secrets.token_hex(16)
            cookies.append(self.cookies.make(VISIT, visit, VISIT_AGE_S))
        page = await self.page(ctx, request, template, form_token=self.guard.token(visit), **values)
        return html(page, status, cookies=cookies)

    def check_form(self, request: Request[Any, Any, Any], form: Form[Any]) -> None:
        """Pass when the form is from our page and this browser.

        Raises:
            FormRefused: it is not.
        """
        visit = self.cookies.read(request, VISIT)
        self.guard.check(request, visit, form.values.get(TOKEN_FIELD, ""))

    def wants_part(self, request: Request[Any, Any, Any]) -> bool:
        """A script of ours asks, for the part of a page that it changes."""
        return PART_HEADER in request.headers

    def basket_count(self, request: Request[Any, Any, Any]) -> int:
        """How many pieces the basket had when it was last changed; for show only."""
        text = self.cookies.read(request, COUNT) or "0"
        return int(text) if text.isdigit() and len(text) < 6 else 0

    def _theme(self, request: Request[Any, Any, Any]) -> str:
        theme = self.cookies.read(request, THEME)
        return theme if theme in {"light", "dark"} else "auto"

    async def categories(self, ctx: Context) -> list[CategoryNode]:
        """The shop's categories as the window names them."""
        window, reader = await self.window(ctx), ctx
        if window.locale != ctx.locale:
            reader = Context(
                ctx.engines, ctx.tenant, ctx.actor, ctx.request_id, window.locale, ctx.now
            )
        return await listings.categories_of(reader, window)


def _in_language(texts: object, locale: str) -> str:
    """A setting that is a text, or texts by language."""
    if isinstance(texts, dict):
        return str(texts.get(locale) or next(iter(texts.values()), ""))
    return str(texts or "")
