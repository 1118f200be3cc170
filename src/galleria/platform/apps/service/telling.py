"""What an app is told of: its webhooks begin with its installation and end with it."""

import math
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from galleria.engines.context import Actor, Context
from galleria.engines.sql import Transaction
from galleria.platform import webhooks
from galleria.platform.apps.model.apps import App, Signing
from galleria.platform.apps.model.manifest import Manifest
from galleria.platform.apps.repository import apps as repository
from galleria.platform.webhooks import NewWebhook, WireChoice

PURPOSE = "app signing"


def as_app(ctx: Context, app: App, manifest: Manifest) -> Context:
    """The same shop, acted in by who approved the app, with no more than the app may do."""
    kind, _, actor_id = (app.approved_by or "system:galleria").partition(":")
    return ctx.as_actor(Actor(kind, actor_id, frozenset(manifest.scopes)))


async def check(ctx: Context, manifest: Manifest) -> None:
    """Pass when the app may be told of what it wants, where it wants. Not inside a transaction.

    Raises:
        InvalidWebhook: an address may not be called.
    """
    for each in _webhooks_of(manifest, None):
        await webhooks.check_webhook(ctx, each)


async def begin(ctx: Context, tx: Transaction, manifest: Manifest, signing: bytes) -> list[UUID]:
    """Events that the manifest names are sent to the app, signed with this key, from this commit
    on; the endpoints' ids.

    Raises:
        TooManyWebhooks: the shop has as many as it may.
    """
    secret = webhooks.secret_text(signing)
    return [
        (await webhooks.place_webhook(ctx, tx, each)).endpoint_id
        for each in _webhooks_of(manifest, secret)
    ]


async def begin_again(ctx: Context, tx: Transaction, app: App, manifest: Manifest) -> list[UUID]:
    """As `begin`, for an installed app, signed with all that sign at present."""
    signing = await repository.signing_of(tx, app.app_id)
    assert signing is not None, "it was made when the app was installed"
    newest, *older = await opened(ctx, signing)
    first = older[0] if older else newest
    endpoint_ids = await begin(as_app(ctx, app, manifest), tx, manifest, first)
    if older and signing.old_ends_at is not None:
        # Endpoints count the grace in whole hours: rather too long than a message not believed.
        left = math.ceil((signing.old_ends_at - ctx.wall_now) / timedelta(hours=1))
        await replace(ctx, endpoint_ids, newest, left)
    return endpoint_ids


async def replace(ctx: Context, endpoint_ids: Sequence[UUID], key: bytes, grace_hours: int) -> None:
    """The app's events are signed with this key, and with those until now for so many hours more.

    Raises:
        TooManySecrets: somebody has given an endpoint as many as may be.
    """
    wanted = webhooks.RotateSecret(grace_hours=grace_hours, secret=webhooks.secret_text(key))
    for endpoint_id in endpoint_ids:
        with suppress(webhooks.WebhookNotFound):
            await webhooks.rotate_secret(ctx, endpoint_id, wanted)


async def stop(ctx: Context, app: App) -> None:
    """The app is told of nothing any more. Somebody may have removed an endpoint before."""
    for endpoint_id in app.endpoint_ids:
        with suppress(webhooks.WebhookNotFound):
            await webhooks.remove_webhook(ctx, endpoint_id)


async def signing_keys(ctx: Context, app_id: UUID) -> list[bytes]:
    """What is sent to an installed app is signed with these, the newest first."""
    signing = await repository.signing_of(ctx, app_id)
    assert signing is not None, "it was made when the app was installed"
    return await opened(ctx, signing)


async def opened(ctx: Context, signing: Signing) -> list[bytes]:
    """The keys that sign at present, the newest first."""
    return [
        await ctx.engines.secrets.decrypt(ctx.tenant.tenant_id, each, PURPOSE)
        for each in signing.alive_at(ctx.wall_now)
    ]


def _webhooks_of(manifest: Manifest, secret: str | None) -> Iterator[NewWebhook]:
    for each in manifest.webhooks:
        yield NewWebhook(
            name=manifest.name,
            url=each.url,
            subscriptions=[WireChoice(tag=tag) for tag in each.events],
            secret=secret,
        )
