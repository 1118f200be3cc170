"""What messages are signed with: made, shown to who may, brought in beside the old one."""

import os
from collections.abc import Sequence
from uuid import UUID

from galleria.engines.context import Context
from galleria.engines.sql import Transaction
from galleria.foundation.ids import new_id
from galleria.platform import audit
from galleria.platform.webhooks.errors import TooManySecrets, WebhookNotFound
from galleria.platform.webhooks.events import EndpointChanged
from galleria.platform.webhooks.model import signing
from galleria.platform.webhooks.model.signing import Secret, ShownSecret
from galleria.platform.webhooks.repository import endpoints as repository
from galleria.platform.webhooks.schemas import RotateSecret

_PURPOSE = "webhook secret"


def key_for(secret: str | None) -> bytes:
    """The bytes of the secret somebody brings, or fresh ones.

    Raises:
        InvalidWebhook: see `signing.key_of`.
    """
    return os.urandom(signing.SECRET_BYTES) if secret is None else signing.key_of(secret)


async def add(ctx: Context, tx: Transaction, endpoint_id: UUID, key: bytes) -> None:
    """The endpoint's messages are signed with this key too."""
    sealed = await ctx.engines.secrets.encrypt(ctx.tenant.tenant_id, key, _PURPOSE)
    secret = Secret(secret_id=new_id(), sealed=sealed, made_at=ctx.wall_now, ends_at=None)
    await repository.add_secret(tx, endpoint_id, secret)


async def keys_of(ctx: Context, sealed: Sequence[bytes]) -> list[bytes]:
    """The keys in clear, in their order."""
    tenant_id = ctx.tenant.tenant_id
    return [await ctx.engines.secrets.decrypt(tenant_id, each, _PURPOSE) for each in sealed]


async def show_secrets(ctx: Context, endpoint_id: UUID) -> list[ShownSecret]:
    """The secrets that sign at present, the newest first.

    Raises:
        WebhookNotFound: this shop has no such endpoint.
    """
    found = await repository.secrets_of(ctx, endpoint_id, ctx.wall_now)
    if not found:
        raise WebhookNotFound(f"no webhook {endpoint_id}")
    keys = await keys_of(ctx, [each.sealed for each in found])
    return [
        ShownSecret(
            secret_id=each.secret_id,
            secret=signing.secret_text(key),
            made_at=each.made_at,
            ends_at=each.ends_at,
        )
        for each, key in zip(found, keys, strict=True)
    ]


async def rotate_secret(ctx: Context, endpoint_id: UUID, wanted: RotateSecret) -> list[ShownSecret]:
    """Messages are signed with a new secret, and with the old ones until the grace is over.

    Raises:
        WebhookNotFound: this shop has no such endpoint.
        InvalidWebhook: the secret that was brought is none.
        TooManySecrets: as many are alive as may be; wait, or rotate without grace.
    """
    key = key_for(wanted.secret)
    async with ctx.transaction() as tx:
        found = await repository.find(tx, endpoint_id, lock=True)
        if found is None:
            raise WebhookNotFound(f"no webhook {endpoint_id}")
        ends_at = signing.end_of_grace(wanted.grace_hours, ctx.wall_now)
        await repository.end_secrets(tx, endpoint_id, ends_at)
        alive = await repository.secrets_of(tx, endpoint_id, ctx.wall_now)
        if len(alive) >= signing.MOST_ALIVE:
            raise TooManySecrets(f"at most {signing.MOST_ALIVE} secrets sign at the same time")
        await add(ctx, tx, endpoint_id, key)
        tx.publish(EndpointChanged(endpoint_id=endpoint_id, action="secret_rotated"))
        detail = {"name": found[0].name, "grace_hours": wanted.grace_hours}
        await audit.record(tx, "webhooks.secret_rotated", f"webhook:{endpoint_id}", detail)
    return await show_secrets(ctx, endpoint_id)
