"""One key: to what it is bound, who uses it, and the cockpit in which it is replaced."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.pages.settings.keys import (
    PLACE,
    api_address,
    bindings_of,
    read_terms,
    refuse,
)
from galleria.faces.backoffice.visits import Desk
from galleria.faces.stationery import Form
from galleria.foundation.errors import GalleriaError
from galleria.foundation.pagination import InvalidCursor
from galleria.platform import access
from galleria.platform.access import KeyChanges, ListedKey, RotatedKey

PAGE = 50
GRACES_S = (0, 3_600, 86_400, 7 * 86_400, 30 * 86_400)
PERCENTS = (0, 1, 10, 50, 100)
QUIET_HOURS = (1, 24, 72, 168)


@get("/s/{slug:str}/settings/keys/{key_id:uuid}", scope="keys:read")
async def show_key(desk: NamedDependency[Desk], key_id: FromPath[UUID]) -> Response[bytes]:
    """The key, who uses it, and how far its replacing is."""
    key = await access.get_key(desk.ctx, key_id)
    try:
        return await _show(desk, key, _form_of(key))
    except InvalidCursor:
        return desk.go(_at(desk, key_id))


def _form_of(key: ListedKey) -> Form[Any]:
    most = key.requests_per_minute
    return forms.empty(
        name=key.name,
        owner=key.owner,
        notes=key.notes,
        allowed_networks="\n".join(key.allowed_networks),
        allowed_origins="\n".join(key.allowed_origins),
        requests_per_minute="" if most is None else str(most),
        profile=key.profile,
        location=key.location,
        **({"profile_is_fixed": "true"} if key.profile_is_fixed else {}),
    )


async def _show(
    desk: Desk,
    key: ListedKey,
    form: Form[Any],
    status: int = 200,
    rotated: RotatedKey | None = None,
) -> Response[bytes]:
    cursor = desk.question("cursor", 4_000) or None
    hours = desk.question("quiet")
    quiet = int(hours) if hours in map(str, QUIET_HOURS) else QUIET_HOURS[1]
    is_replaced = key.grace_ends_at is not None
    return desk.show(
        "settings/key.html",
        status,
        key=key,
        form=form,
        rotation=await access.rotation_of(desk.ctx, key.key_id, quiet) if is_replaced else None,
        uses=await access.list_uses(desk.ctx, key.key_id, cursor, PAGE),
        rotated=rotated,
        graces=GRACES_S,
        percents=PERCENTS,
        hours=QUIET_HOURS,
        api_address=api_address(desk),
        is_first=cursor is None,
        bindings=await bindings_of(desk, key),
        section="keys",
    )


@post("/s/{slug:str}/settings/keys/{key_id:uuid}", scope="keys:write")
async def save_key(desk: NamedDependency[Desk], key_id: FromPath[UUID]) -> Response[bytes]:
    """The key is named and bound as the form has it."""
    form = desk.form
    name = form.values.get("name", "").strip()[:200]
    try:
        if not name:
            raise forms.refused("name", "required")
        terms = read_terms(form)
        changes = KeyChanges(
            name=name,
            owner=terms.owner,
            notes=terms.notes,
            allowed_networks=terms.allowed_networks,
            allowed_origins=terms.allowed_origins,
            requests_per_minute=terms.requests_per_minute,
            profile=terms.profile,
            profile_is_fixed=terms.profile_is_fixed,
            location=terms.location,
        )
        await access.change_key(desk.ctx, key_id, changes)
    except GalleriaError as error:
        refuse(form, error)
        return await _show(desk, await access.get_key(desk.ctx, key_id), form, error.status)
    return desk.go(_at(desk, key_id), Notice("saved", name=name[:80]))


@post("/s/{slug:str}/settings/keys/{key_id:uuid}/switch", scope="keys:write")
async def switch_key(desk: NamedDependency[Desk], key_id: FromPath[UUID]) -> Response[bytes]:
    """The key opens nothing until it is switched on again, or does again."""
    is_enabled = desk.form.values.get("is_enabled") == "true"
    key = await access.change_key(desk.ctx, key_id, KeyChanges(is_enabled=is_enabled))
    told = "key_switched_on" if is_enabled else "key_switched_off"
    return desk.go(_at(desk, key_id), Notice(told, name=key.name[:80]))


@post("/s/{slug:str}/settings/keys/{key_id:uuid}/rotate", scope="keys:write")
async def rotate_key(desk: NamedDependency[Desk], key_id: FromPath[UUID]) -> Response[bytes]:
    """A successor; the page that answers is the only one that ever shows its text."""
    grace = desk.form.values.get("grace_s", "")
    form = forms.empty()
    try:
        if grace not in map(str, GRACES_S):
            raise forms.refused("grace_s", "unknown_value")
        rotated = await access.rotate_key(desk.ctx, key_id, int(grace))
    except GalleriaError as error:
        key = await access.get_key(desk.ctx, key_id)
        form = _form_of(key)
        refuse(form, error)
        return await _show(desk, key, form, error.status)
    return await _show(desk, rotated.old, _form_of(rotated.old), rotated=rotated)


@post("/s/{slug:str}/settings/keys/{key_id:uuid}/finish", scope="keys:write")
async def finish_rotation(desk: NamedDependency[Desk], key_id: FromPath[UUID]) -> Response[bytes]:
    """The old key ends now."""
    key = await access.finish_rotation(desk.ctx, key_id)
    return desk.go(_at(desk, key_id), Notice("rotation_finished", name=key.name[:80]))


@post("/s/{slug:str}/settings/keys/{key_id:uuid}/cancel", scope="keys:write")
async def cancel_rotation(desk: NamedDependency[Desk], key_id: FromPath[UUID]) -> Response[bytes]:
    """The old key stays, and the new one opens nothing."""
    key = await access.cancel_rotation(desk.ctx, key_id)
    return desk.go(_at(desk, key_id), Notice("rotation_cancelled", name=key.name[:80]))


@post("/s/{slug:str}/settings/keys/{key_id:uuid}/brown-out", scope="keys:write")
async def set_brown_out(desk: NamedDependency[Desk], key_id: FromPath[UUID]) -> Response[bytes]:
    """So many of a hundred requests with the old key are refused."""
    percent = desk.form.values.get("percent", "")
    if percent in map(str, PERCENTS):
        await access.set_brown_out(desk.ctx, key_id, int(percent))
        return desk.go(_at(desk, key_id), Notice("brown_out_set", count=int(percent)))
    return desk.go(_at(desk, key_id))


def _at(desk: Desk, key_id: UUID) -> str:
    return desk.at(f"{PLACE}/{key_id}")


ROUTES = [
    show_key,
    save_key,
    switch_key,
    rotate_key,
    finish_rotation,
    cancel_rotation,
    set_brown_out,
]
