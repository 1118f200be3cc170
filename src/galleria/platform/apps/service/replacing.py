"""A secret of an app is replaced, and nothing else of it: no approval, no other key."""

import os
from datetime import timedelta
from uuid import UUID

from galleria.engines.context import Context
from galleria.foundation import rotation
from galleria.foundation.ids import mint_token, token_hash
from galleria.foundation.rotation import Life
from galleria.platform import audit, webhooks
from galleria.platform.apps.errors import AppNotInstalled, AppSecretInGrace
from galleria.platform.apps.model.apps import SECRET, App, NewSecret
from galleria.platform.apps.repository import apps as repository
from galleria.platform.apps.schemas import ReplaceSecret
from galleria.platform.apps.service import telling
from galleria.platform.apps.service.removing import locked


async def replace_secret(ctx: Context, app_id: UUID, wanted: ReplaceSecret) -> NewSecret:
    """The app has a new secret of this kind, told this once.

    A client secret ends with this commit. A signing secret signs beside the new one until its
    grace is over: webhooks and questions of the checkout have a signature by each.

    Raises:
        AppNotFound: this shop has none with this id.
        AppNotInstalled: it has no signing secret before it is approved.
        AppSecretInGrace: two sign already, and neither is to end at once.
        TooManySecrets: somebody has given one of its webhooks as many as may be.
    """
    async with ctx.transaction() as tx:
        app = await locked(tx, app_id)
        if wanted.which == "client_secret":
            made = NewSecret(
                which="client_secret",
                secret=mint_token(SECRET, ctx.tenant.tenant_id),
                old_ends_at=ctx.wall_now,
            )
            await repository.replace_secret(tx, app_id, token_hash(made.secret))
        else:
            made = await _replace_signing(ctx, app, wanted.grace_hours)
        detail = {
            "name": app.manifest.name,
            "which": wanted.which,
            "old_ends_at": made.old_ends_at.isoformat(),
        }
        await audit.record(tx, "apps.secret_replaced", f"app:{app_id}", detail)
    return made


async def _replace_signing(ctx: Context, app: App, grace_hours: int) -> NewSecret:
    key = os.urandom(32)
    sealed = await ctx.engines.secrets.encrypt(ctx.tenant.tenant_id, key, telling.PURPOSE)
    async with ctx.transaction() as tx:
        present = await repository.signing_of(tx, app.app_id)
        if present is None:
            raise AppNotInstalled(f"{app.handle} has no signing secret before it is approved")
        if grace_hours and len(present.alive_at(ctx.wall_now)) > 1:
            said = f"the one before signs until {present.old_ends_at}; wait, or set no grace"
            raise AppSecretInGrace(said)
        ends_at = rotation.grace_end(Life(), ctx.wall_now, timedelta(hours=grace_hours))
        await repository.replace_signing(tx, app.app_id, sealed, ends_at)
        await telling.replace(ctx, app.endpoint_ids, key, grace_hours)
    return NewSecret(which="signing_secret", secret=webhooks.secret_text(key), old_ends_at=ends_at)
