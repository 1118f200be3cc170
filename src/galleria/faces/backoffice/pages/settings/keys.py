"""Keys for programs: made, shown once, and revoked."""

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
from galleria.platform import access
from galleria.platform.access import SHOP_SCOPES, CreatedKey

PLACE = "/settings/keys"
PAGE = 50
LIFETIMES_DAYS = (30, 90, 365)


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
        scopes=SHOP_SCOPES,
        areas=sorted({scope.partition(":")[0] for scope in SHOP_SCOPES}),
        lifetimes=LIFETIMES_DAYS,
        created=created,
        api_address=_api_address(desk),
        section="keys",
    )


def _api_address(desk: Desk) -> str:
    settings = desk.shell.settings
    return f"{settings.public_scheme}://api.{settings.base_domain}{settings.public_port}"


@post("/s/{slug:str}/settings/keys", scope="keys:write")
async def create_key(desk: NamedDependency[Desk]) -> Response[bytes]:
    """A key; the page that answers is the only one that ever shows it."""
    form = desk.form
    name = form.values.get("name", "").strip()[:200]
    days = form.values.get("days", "")
    is_limited = days.isdigit() and int(days) in LIFETIMES_DAYS
    expires_at = desk.ctx.now + timedelta(days=int(days)) if is_limited else None
    try:
        if not name:
            raise forms.refused("name", "required")
        scopes = form.many.get("scopes", [])[:100]
        created = await access.create_key(desk.ctx, name, scopes, expires_at)
    except GalleriaError as error:
        forms.refuse(form, error)
        return await _show(desk, form, error.status)
    return await _show(desk, forms.empty(), created=created)


@post("/s/{slug:str}/settings/keys/{key_id:uuid}/revoke", scope="keys:write")
async def revoke_key(desk: NamedDependency[Desk], key_id: FromPath[UUID]) -> Response[bytes]:
    """The key opens nothing any more."""
    key = await access.revoke_key(desk.ctx, key_id)
    return desk.go(desk.at(PLACE), Notice("key_revoked", name=key.name[:80]))


ROUTES = [show_keys, create_key, revoke_key]
