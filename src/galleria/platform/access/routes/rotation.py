"""Replacing a key over HTTP."""

from typing import Annotated
from uuid import UUID

from litestar import delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from galleria.engines.context import Context
from galleria.foundation.routing import problems, requires
from galleria.platform.access.errors import (
    KeyAlreadyRotated,
    KeyExpiryInPast,
    KeyNotFound,
    KeyNotInGrace,
    KeyNotRotatable,
    ScopeNotHeld,
)
from galleria.platform.access.model.keys import ListedKey, RotatedKey
from galleria.platform.access.model.usage import QUIET_HOURS, RotationView
from galleria.platform.access.schemas import BrownOut, Rotate
from galleria.platform.access.service import rotating

PATH = "/admin/v1/keys/{key_id:uuid}/rotation"
QuietHours = Annotated[int, QueryParameter(ge=1, le=24 * 90)]


@post(
    PATH,
    operation_id="RotateKey",
    tags=["keys"],
    guards=[requires("keys:write")],
    responses=problems(
        KeyNotFound, KeyNotRotatable, KeyAlreadyRotated, ScopeNotHeld, KeyExpiryInPast
    ),
)
async def rotate_key(
    ctx: NamedDependency[Context], key_id: FromPath[UUID], data: JSONBody[Rotate]
) -> RotatedKey:
    """Replace a key. Both are good for `grace_s` seconds; the new text is in this answer only. Who
    has lost the answer cancels and begins again: a second one is refused."""
    return await rotating.rotate_key(ctx, key_id, data.grace_s, data.expires_at)


@get(
    PATH,
    operation_id="GetRotation",
    tags=["keys"],
    guards=[requires("keys:read")],
    responses=problems(KeyNotFound, KeyNotInGrace),
)
async def get_rotation(
    ctx: NamedDependency[Context],
    key_id: FromPath[UUID],
    quiet_hours: QuietHours = QUIET_HOURS,
) -> RotationView:
    """Who still uses the old key, and whether it is safe to finish."""
    return await rotating.rotation_of(ctx, key_id, quiet_hours)


@post(
    PATH + "/finish",
    operation_id="FinishRotation",
    tags=["keys"],
    guards=[requires("keys:write")],
    responses=problems(KeyNotFound, KeyNotInGrace),
    status_code=200,
)
async def finish_rotation(ctx: NamedDependency[Context], key_id: FromPath[UUID]) -> ListedKey:
    """Let the old key end now. Safe to repeat."""
    return await rotating.finish_rotation(ctx, key_id)


@delete(
    PATH,
    operation_id="CancelRotation",
    tags=["keys"],
    guards=[requires("keys:write")],
    responses=problems(KeyNotFound, KeyNotInGrace, KeyAlreadyRotated),
    status_code=200,
)
async def cancel_rotation(ctx: NamedDependency[Context], key_id: FromPath[UUID]) -> ListedKey:
    """Keep the old key as it was, and revoke the new one."""
    return await rotating.cancel_rotation(ctx, key_id)


@put(
    PATH + "/brown-out",
    operation_id="SetBrownOut",
    tags=["keys"],
    guards=[requires("keys:write")],
    responses=problems(KeyNotFound, KeyNotInGrace),
)
async def set_brown_out(
    ctx: NamedDependency[Context], key_id: FromPath[UUID], data: JSONBody[BrownOut]
) -> ListedKey:
    """Refuse so many of a hundred requests with the old key, so that its last users notice."""
    return await rotating.set_brown_out(ctx, key_id, data.percent)


ROUTES = [rotate_key, get_rotation, finish_rotation, cancel_rotation, set_brown_out]
