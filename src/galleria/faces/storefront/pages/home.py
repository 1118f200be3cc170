"""The way in: the home page, preferences, and what machines ask for first."""

import re
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from galleria.commerce import listings
from galleria.commerce.listings import Card
from galleria.engines.context import Context
from galleria.faces.stationery import check_origin, read_form, see_other
from galleria.faces.storefront.shell import LANGUAGE_NAMES, LOCALE, THEME, Shell

NEWEST = 12
PREFERENCE_AGE_S = 365 * 24 * 3600
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
WHITE, NEAR_BLACK = "#ffffff", "#1b1512"
DEFAULT_ACCENT = "#8a4b2a"
DEFAULT_ACCENT_DARK = "#e0a57f"


@get("/", include_in_schema=False)
async def show_home(
    ctx: NamedDependency[Context], shell: NamedDependency[Shell], request: Request[Any, Any, Any]
) -> Response[bytes]:
    """The shop's first page: who it is, what is new, where to look."""
    window = await shell.window(ctx)
    cards, _ = await listings.page_of_cards(ctx, window, sort="newest", limit=NEWEST)
    decoder = msgspec.json.Decoder(Card)
    newest = [decoder.decode(card) for card in cards]
    return await shell.send(ctx, request, "home/home.html", newest=newest)


@get("/theme.css", include_in_schema=False)
async def send_theme(
    ctx: NamedDependency[Context], shell: NamedDependency[Shell]
) -> Response[bytes]:
    """The shop's own colours."""
    theme = (await shell.shop(ctx)).settings.get("theme") or {}
    accent = _color(theme.get("accent"), DEFAULT_ACCENT)
    dark = _color(theme.get("accent_dark"), DEFAULT_ACCENT_DARK)
    css = (
        f":root{{--accent-light:{accent};--accent-dark:{dark};"
        f"--on-light:{readable_on(accent)};--on-dark:{readable_on(dark)}}}"
    )
    return Response(
        css.encode(),
        media_type="text/css",
        headers={"cache-control": "public, max-age=60"},
    )


def readable_on(color: str) -> str:
    """White or near black, whichever stands out more on `color` ("#rrggbb").

    Source: relative luminance and contrast of WCAG 2.2.
    """
    channels = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return WHITE if 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.0575 else NEAR_BLACK


def _color(value: object, default: str) -> str:
    text = str(value or "")
    return text if _COLOR.fullmatch(text) else default


@post("/preferences", include_in_schema=False, status_code=303)
async def keep_preferences(
    shell: NamedDependency[Shell], request: Request[Any, Any, Any]
) -> Response[bytes]:
    """Language and light are remembered in this browser."""
    check_origin(request)
    form = await read_form(request)
    cookies = []
    if form.values.get("locale") in LANGUAGE_NAMES:
        cookies.append(shell.cookies.make(LOCALE, form.values["locale"], PREFERENCE_AGE_S))
    if form.values.get("theme") in {"light", "dark", "auto"}:
        cookies.append(shell.cookies.make(THEME, form.values["theme"], PREFERENCE_AGE_S))
    return see_other(_own_path(form.values.get("back", "/")), *cookies)


def _own_path(path: str) -> str:
    """A path of this host: never another site's address."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else "/"


@get("/robots.txt", include_in_schema=False)
async def send_robots(
    shell: NamedDependency[Shell], request: Request[Any, Any, Any]
) -> Response[bytes]:
    """What search engines may read: all but baskets, checkout and orders."""
    host = request.headers.get("host", "")
    text = (
        "User-agent: *\nDisallow: /cart\nDisallow: /checkout\nDisallow: /orders/\n"
        "Disallow: /account\n"
        f"Sitemap: {shell.settings.public_scheme}://{host}/sitemap.xml\n"
    )
    return Response(text.encode(), media_type="text/plain")


@get("/sitemap.xml", include_in_schema=False)
async def send_sitemap(
    ctx: NamedDependency[Context], shell: NamedDependency[Shell], request: Request[Any, Any, Any]
) -> Response[bytes]:
    """The newest thousand products for search engines."""
    window = await shell.window(ctx)
    base = f"{shell.settings.public_scheme}://{request.headers.get('host', '')}"
    handles, cursor = [], None
    for _ in range(10):
        cards, cursor = await listings.page_of_cards(ctx, window, cursor=cursor, limit=100)
        handles += [msgspec.json.decode(card, type=_Handle).handle for card in cards]
        if cursor is None:
            break
    urls = "".join(f"<url><loc>{base}/products/{handle}</loc></url>" for handle in handles)
    xml = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'
    )
    return Response(xml.encode(), media_type="application/xml")


class _Handle(msgspec.Struct):
    handle: str


ROUTES = [show_home, send_theme, keep_preferences, send_robots, send_sitemap]
