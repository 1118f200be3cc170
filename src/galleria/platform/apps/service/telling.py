"""What an app is told of: its webhooks begin with its installation and end with it."""

from collections.abc import Iterator
from contextlib import suppress
from uuid import UUID

from galleria.engines.context import Actor, Context
from galleria.engines.sql import Transaction
from galleria.platform import webhooks
from galleria.platform.apps.model.apps import App
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


async def stop(ctx: Context, app: App) -> None:
    """The app is told of nothing any more. Somebody may have removed an endpoint before."""
    for endpoint_id in app.endpoint_ids:
        with suppress(webhooks.WebhookNotFound):
            await webhooks.remove_webhook(ctx, endpoint_id)


async def signing_key(ctx: Context, app_id: UUID) -> bytes:
    """What is sent to an installed app is signed with this."""
    sealed = await repository.signing_of(ctx, app_id)
    assert sealed is not None, "it was made when the app was installed"
    return await opened(ctx, sealed)


async def opened(ctx: Context, sealed: bytes) -> bytes:
    """The key that was encrypted for an app of this shop."""
    return await ctx.engines.secrets.decrypt(ctx.tenant.tenant_id, sealed, PURPOSE)


def _webhooks_of(manifest: Manifest, secret: str | None) -> Iterator[NewWebhook]:
    for each in manifest.webhooks:
        yield NewWebhook(
            name=manifest.name,
            url=each.url,
            subscriptions=[WireChoice(tag=tag) for tag in each.events],
            secret=secret,
        )
