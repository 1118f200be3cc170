"""Name, languages and colours of the shop, and the domains that lead to it."""

import re
from datetime import timedelta
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency

from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.visits import Desk
from galleria.faces.stationery import Form
from galleria.foundation.errors import GalleriaError
from galleria.platform import tenants
from galleria.platform.tenants import ChangeShop, Shop

PLACE = "/settings"
# As the shop's own style sheet has them when it chose none.
DEFAULT_ACCENT, DEFAULT_ACCENT_DARK = "#8a4b2a", "#e0a57f"
ADVANCES_S = (3_600, 86_400, 7 * 86_400, 30 * 86_400, 365 * 86_400)
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")


@get("/s/{slug:str}/settings", scope="settings:read")
async def show_general(desk: NamedDependency[Desk]) -> Response[bytes]:
    """Who the shop is."""
    return await _show(desk, _form_of(desk.shop))


def _form_of(shop: Shop) -> Form[Any]:
    theme = shop.settings.get("theme") or {}
    form = forms.empty(
        version=str(shop.version),
        name=shop.name,
        country=shop.country,
        locales=", ".join(shop.locales),
        default_locale=shop.default_locale,
        accent=str(theme.get("accent") or DEFAULT_ACCENT),
        allowed_origins=", ".join(map(str, shop.settings.get(tenants.ALLOWED_ORIGINS) or [])),
        accent_dark=str(theme.get("accent_dark") or DEFAULT_ACCENT_DARK),
    )
    taglines = shop.settings.get("tagline") or {}
    for locale in shop.locales:
        tagline = taglines.get(locale, "") if isinstance(taglines, dict) else str(taglines)
        form.values[f"tagline.{locale}"] = str(tagline)
    return form


async def _show(desk: Desk, form: Form[Any], status: int = 200) -> Response[bytes]:
    return desk.show(
        "settings/general.html",
        status,
        form=form,
        domains=await tenants.list_domains(desk.ctx),
        section="general",
    )


@post("/s/{slug:str}/settings", scope="settings:write")
async def save_general(desk: NamedDependency[Desk]) -> Response[bytes]:
    """The shop is as the form has it, unless somebody else was quicker."""
    form = desk.form
    changes = _changes(form, desk.shop)
    if changes is None:
        return await _show(desk, form, 422)
    try:
        version = forms.read_whole(form.values.get("version", "") or "0", "version", most=2**53)
        await tenants.update_shop(desk.ctx, changes, version)
    except GalleriaError as error:
        forms.refuse(form, error, {f"settings.{tenants.ALLOWED_ORIGINS}": tenants.ALLOWED_ORIGINS})
        if error.status == 412:
            form.values["version"] = str((await tenants.shop_of(desk.ctx)).version)
        return await _show(desk, form, error.status)
    return desk.go(desk.at(PLACE), Notice("saved"))


def _changes(form: Form[Any], shop: Shop) -> ChangeShop | None:
    values = {name: text.strip() for name, text in form.values.items()}
    for name in ("accent", "accent_dark"):
        if not _COLOR.fullmatch(values.get(name, "")):
            form.errors[name] = "invalid_color"
    if not values.get("name"):
        form.errors["name"] = "required"
    if form.errors:
        return None
    theme = {**(shop.settings.get("theme") or {})}
    theme.update(accent=values["accent"].lower(), accent_dark=values["accent_dark"].lower())
    settings: dict[str, Any] = {"theme": theme}
    taglines = {
        locale: values[f"tagline.{locale}"][:300]
        for locale in shop.locales
        if values.get(f"tagline.{locale}")
    }
    settings["tagline"] = taglines or None
    settings[tenants.ALLOWED_ORIGINS] = (
        forms.listed(values.get(tenants.ALLOWED_ORIGINS, "")) or None
    )
    fields = {
        "name": values["name"],
        "country": values.get("country", shop.country).upper(),
        "locales": forms.listed(values.get("locales", "")) or shop.locales,
        "default_locale": values.get("default_locale") or shop.default_locale,
        "settings": settings,
    }
    return forms.convert(form, fields, ChangeShop)


@post("/s/{slug:str}/settings/domains", scope="settings:write")
async def add_domain(desk: NamedDependency[Desk]) -> Response[bytes]:
    """The domain leads to the shop; the box makes it the one that links use."""
    sent = desk.form.values
    host = sent.get("host", "").strip()[:253]
    form = _form_of(desk.shop)
    form.values["host"] = host
    try:
        if not host:
            raise forms.refused("host", "required")
        await tenants.add_domain(desk.ctx, host, "is_primary" in sent)
    except GalleriaError as error:
        forms.refuse(form, error)
        form.errors["host"] = error.code if not error.errors else error.errors[0].code
        return await _show(desk, form, error.status)
    return desk.go(desk.at(PLACE) + "#domains", Notice("domain_added", name=host))


@post("/s/{slug:str}/settings/domains/remove", scope="settings:write")
async def remove_domain(desk: NamedDependency[Desk]) -> Response[bytes]:
    """The domain leads here no longer."""
    host = desk.form.values.get("host", "")[:253]
    await tenants.remove_domain(desk.ctx, host)
    return desk.go(desk.at(PLACE) + "#domains", Notice("removed"))


@post("/s/{slug:str}/settings/clock", scope="settings:write")
async def move_clock(desk: NamedDependency[Desk]) -> Response[bytes]:
    """It is later in this sandbox."""
    form = _form_of(desk.shop)
    span = desk.form.values.get("advance_s", "")
    try:
        if span not in map(str, ADVANCES_S):
            raise forms.refused("advance_s", "unknown_value")
        await tenants.move_clock(desk.ctx, desk.ctx.now + timedelta(seconds=int(span)))
    except GalleriaError as error:
        forms.refuse(form, error)
        return await _show(desk, form, error.status)
    return desk.go(desk.at(PLACE) + "#clock", Notice("saved"))


ROUTES = [show_general, save_general, add_domain, remove_domain, move_clock]
