"""Apps leave the shop: at once and whole. What is old goes, and a shop takes its own along."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import msgspec

from galleria.engines.context import Context
from galleria.engines.sql import Transaction
from galleria.platform import access, audit
from galleria.platform.apps.errors import AppNotFound
from galleria.platform.apps.events import AppUninstalled
from galleria.platform.apps.model.apps import App
from galleria.platform.apps.repository import apps as repository
from galleria.platform.apps.service import telling
from galleria.platform.apps.service.asking import asking

UNINSTALLED = "app_uninstalled"
CODES_KEPT = timedelta(days=1)  # a code that is used twice is noticed for as long


async def uninstall(ctx: Context, app_id: UUID, *, keeps_metafields: bool) -> None:
    """The app is gone: its keys open nothing, it is told of nothing and asked nothing, in one
    commit. Its metafields are anybody's from then on, or gone too.

    Raises:
        AppNotFound: this shop has none with this id.
    """
    async with ctx.transaction() as tx:
        app = await locked(tx, app_id)
        await revoke_keys(ctx, app, UNINSTALLED)
        await telling.stop(ctx, app)
        namespace = app.manifest.metafield_namespace
        if namespace is not None and app.status == "installed" and not keeps_metafields:
            await asking.forget_namespace(tx, namespace)
        await repository.remove(tx, app_id)
        tx.publish(
            AppUninstalled(app_id=app_id, handle=app.handle, keeps_metafields=keeps_metafields)
        )
        detail = {"name": app.manifest.name, "keeps_metafields": keeps_metafields}
        await audit.record(tx, "apps.uninstalled", f"app:{app_id}", detail)


async def locked(tx: Transaction, app_id: UUID) -> App:
    """The app; nobody else changes it until the commit.

    Raises:
        AppNotFound: this shop has none with this id.
    """
    app = await repository.find(tx, app_id, lock=True)
    if app is None:
        raise AppNotFound(f"no app {app_id}")
    return app


async def revoke_keys(ctx: Context, app: App, reason: str) -> None:
    """The app's keys open nothing any more."""
    for key_id in app.key_ids:
        await access.revoke_key(ctx, key_id, reason)


async def follow_successor(tx: Transaction, key_id: UUID, successor_id: UUID) -> None:
    """The key that replaces an app's is the app's too."""
    await repository.add_key(tx, key_id, successor_id)


async def tidy(ctx: Context) -> None:
    """Codes that ended long ago are gone."""
    async with ctx.transaction() as tx:
        await repository.delete_codes(tx, ctx.now - CODES_KEPT)


async def export_apps(ctx: Context) -> AsyncIterator[bytes]:
    """Apps without their secrets, a JSON object a line."""
    for app in await repository.every(ctx):
        yield msgspec.json.encode({"app": app}) + b"\n"


async def erase_apps(ctx: Context) -> None:
    """The shop has no apps any more."""
    async with ctx.transaction() as tx:
        await repository.delete_everything(tx)
