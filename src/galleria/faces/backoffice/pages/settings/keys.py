"""Keys for programs: made, shown once, revoked; what ends soon, and what is done about leaks."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.commerce import inventory
from galleria.faces import profiles
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.visits import Desk
from galleria.faces.stationery import Form
from galleria.foundation.errors import GalleriaError
from galleria.platform import access
from galleria.platform.access import (
    KIOSK_SCOPE,
    SHOP_SCOPES,
    CreatedKey,
    KeyTerms,
    LeakPolicy,
    ListedKey,
)

PLACE = "/settings/keys"
PAGE = 50
LIFETIMES_DAYS = (30, 90, 365)
KINDS = ("restricted", "publishable", "secret")
ON_LEAK = ("revoke", "end_soon", "warn")
LEAK_GRACES_S = (600, 3_600, 86_400)


@get("/s/{slug:str}/settings/keys", scope="keys:read")
async def show_keys(desk: NamedDependency[Desk]) -> Response[bytes]:
    """All keys, the newest first; never the keys themselves."""
    return await _show(desk, forms.empty())


async def _show(
    desk: Desk, form: Form[Any], status: int = 200, created: CreatedKey | None = None
) -> Response[bytes]:
    cursor = desk.question("cursor", 4_000) or None
    return desk.show(
        "settings/keys.html",
        status,
        form=form,
        page=await access.list_keys(desk.ctx, cursor, PAGE),
        ending=await access.ending_soon(desk.ctx),
        policy=await access.get_leak_policy(desk.ctx),
        scopes=SHOP_SCOPES,
        areas=sorted({scope.partition(":")[0] for scope in SHOP_SCOPES - {KIOSK_SCOPE}}),
        kiosk_scope=KIOSK_SCOPE,
        lifetimes=LIFETIMES_DAYS,
        created=created,
        bindings=await bindings_of(desk),
        api_address=api_address(desk),
        section="keys",
    )


def api_address(desk: Desk) -> str:
    """Where programs ask with a key."""
    settings = desk.shell.settings
    return f"{settings.public_scheme}://api.{settings.base_domain}{settings.public_port}"


async def bindings_of(desk: Desk, key: ListedKey | None = None) -> dict[str, dict[str, str]]:
    """The profiles and the places to which a key can be bound, names by codes; with those to which
    this one is bound, even if they are gone: a form that is saved must not let it loose."""
    known = {each.code: each.name for each in await profiles.list_profiles(desk.ctx)}
    places = await inventory.list_locations(desk.ctx)
    stands = {each.code: each.name for each in places if each.is_active}
    for choices, code in ((known, key and key.profile), (stands, key and key.location)):
        if code:
            choices.setdefault(code, code)
    return {"profiles": known, "locations": stands}


def read_terms(form: Form[Any]) -> KeyTerms:
    """Who looks after a key and to what it is bound, as the form has it.

    Raises:
        InvalidInput: the number is none.
    """
    values = {name: text.strip() for name, text in form.values.items()}
    most = forms.read_whole(
        values.get("requests_per_minute", ""), "requests_per_minute", least=1, most=1_000_000
    )
    return KeyTerms(
        owner=" ".join(values.get("owner", "").split())[:200],
        notes=values.get("notes", "")[:2_000],
        allowed_networks=_lines(values.get("allowed_networks", "")),
        allowed_origins=_lines(values.get("allowed_origins", "")),
        requests_per_minute=most,
        profile=values.get("profile", "")[:60],
        profile_is_fixed="profile_is_fixed" in values,
        location=values.get("location", "")[:60],
    )


def _lines(text: str) -> list[str]:
    return list(dict.fromkeys(text.replace(",", " ").split()))[:50]


def refuse(form: Form[Any], error: GalleriaError) -> None:
    """The form tells what is wrong, at the field of each line that cannot be read."""
    forms.refuse(form, error)
    for each in error.errors:
        name = each.path.partition("[")[0]
        if name not in (each.path, "scopes"):
            form.errors[name] = each.code


@post("/s/{slug:str}/settings/keys", scope="keys:write")
async def create_key(desk: NamedDependency[Desk]) -> Response[bytes]:
    """A key; the page that answers is the only one that ever shows it."""
    form = desk.form
    name = form.values.get("name", "").strip()[:200]
    days = form.values.get("days", "")
    is_limited = days.isdigit() and int(days) in LIFETIMES_DAYS
    expires_at = desk.ctx.now + timedelta(days=int(days)) if is_limited else None
    chosen = form.values.get("kind", KINDS[0])
    kind = msgspec.convert(chosen if chosen in KINDS else KINDS[0], access.NewKind)
    try:
        if not name:
            raise forms.refused("name", "required")
        created = await access.create_key(
            desk.ctx,
            name,
            _scopes(form, kind),
            expires_at,
            kind=kind,
            terms=read_terms(form),
            is_canary="is_canary" in form.values,
        )
    except GalleriaError as error:
        refuse(form, error)
        return await _show(desk, form, error.status)
    return await _show(desk, forms.empty(), created=created)


def _scopes(form: Form[Any], kind: access.NewKind) -> list[str]:
    """What was ticked; of a secret key with nothing ticked everything, of one for browsers the only
    thing it may have."""
    ticked = form.many.get("scopes", [])[:100]
    if kind == "publishable":
        return ticked or [access.SEARCH_SCOPE]
    return ticked or (["*"] if kind == "secret" else [])


@post("/s/{slug:str}/settings/keys/{key_id:uuid}/revoke", scope="keys:write")
async def revoke_key(desk: NamedDependency[Desk], key_id: FromPath[UUID]) -> Response[bytes]:
    """The key opens nothing any more."""
    key = await access.revoke_key(desk.ctx, key_id)
    return desk.go(desk.at(PLACE), Notice("key_revoked", name=key.name[:80]))


@post("/s/{slug:str}/settings/keys/leak-policy", scope="keys:write")
async def save_leak_policy(desk: NamedDependency[Desk]) -> Response[bytes]:
    """What is done with a key that was found in public."""
    form = desk.form
    on_leak, grace = form.values.get("on_leak", ""), form.values.get("grace_s", "")
    if on_leak not in ON_LEAK or grace not in map(str, LEAK_GRACES_S):
        forms.refuse(form, forms.refused("on_leak", "unknown_value"))
        return await _show(desk, form, 422)
    wanted = msgspec.convert(on_leak, access.OnLeak)
    await access.set_leak_policy(desk.ctx, LeakPolicy(on_leak=wanted, grace_s=int(grace)))
    return desk.go(desk.at(PLACE) + "#leaks", Notice("saved"))


ROUTES = [show_keys, create_key, revoke_key, save_leak_policy]
