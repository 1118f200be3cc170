"""Keys that may search: made with limits, shown once, revoked; and whether others may search."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.visits import Desk
from galleria.faces.stationery import Form
from galleria.foundation.errors import GalleriaError
from galleria.foundation.pagination import InvalidCursor
from galleria.growth import search
from galleria.growth.search import FEATURES, CreatedSearchKey, NewSearchKey, SearchSettings
from galleria.platform import tenants

PLACE = "/search/keys"
PAGE = 50
LIFETIMES_DAYS = (30, 90, 365)
_OF_LIMITS = "limits."


@get("/s/{slug:str}/search/keys", scope="keys:read")
async def show_keys(desk: NamedDependency[Desk]) -> Response[bytes]:
    """Keys that were made to search, the newest first; never the keys themselves."""
    return await _show(desk, forms.empty())


async def _show(
    desk: Desk, form: Form[Any], status: int = 200, created: CreatedSearchKey | None = None
) -> Response[bytes]:
    cursor = desk.question("cursor", 4_000) or None
    try:
        page = await search.list_keys(desk.ctx, cursor, PAGE)
    except InvalidCursor:
        return desk.go(desk.at(PLACE))
    return desk.show(
        "search/keys.html",
        status,
        form=form,
        page=page,
        is_first=cursor is None,
        created=created,
        settings=await search.get_settings(desk.ctx),
        channels=await tenants.list_channels(desk.ctx),
        features=FEATURES,
        lifetimes=LIFETIMES_DAYS,
    )


@post("/s/{slug:str}/search/keys", scope="keys:write")
async def create_key(desk: NamedDependency[Desk]) -> Response[bytes]:
    """A key; the page that answers is the only one that ever shows it."""
    form = desk.form
    try:
        wanted = await _wanted(desk)
        if wanted is None:
            return await _show(desk, form, 422)
        created = await search.create_key(
            desk.ctx, wanted.name, wanted.limits.limits(), wanted.expires_at
        )
    except GalleriaError as error:
        forms.refuse(form, error)
        return await _show(desk, form, error.status)
    return await _show(desk, forms.empty(), created=created)


@post("/s/{slug:str}/search/keys/{key_id:uuid}/revoke", scope="keys:write")
async def revoke_key(desk: NamedDependency[Desk], key_id: FromPath[UUID]) -> Response[bytes]:
    """The key and its passes search nothing any more."""
    found = await search.revoke_key(desk.ctx, key_id)
    return desk.go(desk.at(PLACE), Notice("key_revoked", name=found.key.name[:80]))


@post("/s/{slug:str}/search/keys/settings", scope="settings:write")
async def change_settings(desk: NamedDependency[Desk]) -> Response[bytes]:
    """Anyone may ask the search over the API, or keys only."""
    wanted = SearchSettings(is_open=desk.form.values.get("is_open") == "true")
    await search.change_settings(desk.ctx, wanted)
    return desk.go(
        desk.at(PLACE), Notice("search_is_open" if wanted.is_open else "search_needs_keys")
    )


async def _wanted(desk: Desk) -> NewSearchKey | None:
    """The form as a key; None when it does not fit, and then the form says why."""
    sent = desk.form.values
    channel = sent.get("channel", "").strip() or None
    limits: dict[str, Any] = {
        "channel": channel,
        "locale": sent.get("locale", "").strip() or None,
        "categories": forms.listed(sent.get("categories", ""), "\n"),
        "collections": forms.listed(sent.get("collections", "")),
        "filters": _filters(sent.get("filters", "")),
        "only_available": "only_available" in sent,
        "price_max": await _price(desk, channel),
        "most_per_page": sent.get("most_per_page", "").strip() or None,
        "features": desk.form.many.get("features", []),
    }
    days = sent.get("days", "")
    is_limited = days.isdigit() and int(days) in LIFETIMES_DAYS
    expires_at = desk.ctx.now + timedelta(days=int(days)) if is_limited else None
    fields = {"name": sent.get("name", "").strip(), "limits": limits, "expires_at": expires_at}
    wanted = forms.convert(desk.form, fields, NewSearchKey)
    for path in [path for path in desk.form.errors if path.startswith(_OF_LIMITS)]:
        name = path.removeprefix(_OF_LIMITS).partition("[")[0].partition(".")[0]
        desk.form.errors[name] = desk.form.errors.pop(path)
    return wanted


async def _price(desk: Desk, channel: str | None) -> dict[str, object] | None:
    text = desk.form.values.get("price_max", "")
    if not text.strip():
        return None
    currency = (await tenants.channel_of(desk.ctx, channel)).currency
    return {
        "amount_minor": forms.read_amount(text, currency, "price_max"),
        "currency": currency,
    }


def _filters(text: str) -> dict[str, list[str]]:
    """A line each: `brand = Oak, Elm`."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        if not line.strip():
            continue
        code, _, values = line.partition("=")
        if not code.strip() or not forms.listed(values):
            raise forms.refused("filters", "filter_unreadable")
        found.setdefault(code.strip(), []).extend(forms.listed(values))
    return found


ROUTES = [show_keys, create_key, revoke_key, change_settings]
