"""Apps come into the shop by their manifests, and are given other ones."""

from uuid import UUID

import msgspec

from galleria.engines.context import Context
from galleria.engines.outbound import OutboundRequest
from galleria.engines.sql import Transaction
from galleria.foundation.errors import FieldError
from galleria.foundation.http import decode_json
from galleria.foundation.ids import mint_token, new_id, token_hash
from galleria.platform import access, audit, webhooks
from galleria.platform.apps.errors import (
    AppHandleTaken,
    AppNamespaceTaken,
    AppNotFound,
    InvalidManifest,
    TooManyApps,
)
from galleria.platform.apps.model.apps import (
    CLIENT,
    MOST_APPS,
    SECRET,
    AddedApp,
    App,
    AppsSettings,
)
from galleria.platform.apps.model.manifest import MOST_BYTES, Manifest, asks_more, check_manifest
from galleria.platform.apps.repository import apps as repository
from galleria.platform.apps.schemas import NewManifest
from galleria.platform.apps.service import telling

FETCH_S = 5.0


async def list_apps(ctx: Context) -> list[App]:
    """All apps of the shop, the oldest first; at most MOST_APPS."""
    return await repository.every(ctx)


async def get_app(ctx: Context, app_id: UUID) -> App:
    """The app.

    Raises:
        AppNotFound: this shop has none with this id.
    """
    found = await repository.find(ctx, app_id)
    if found is None:
        raise AppNotFound(f"no app {app_id}")
    return found


async def add_app(ctx: Context, wanted: NewManifest) -> AddedApp:
    """The shop has the app, which may do nothing before it is approved. Its secret is told once.

    Raises:
        InvalidManifest: this cannot be an app, or there is no manifest at the address.
        AppHandleTaken, AppNamespaceTaken: another app of the shop has its handle or namespace.
        TooManyApps: the shop has as many as it may.
        Outbound...: its address may not be called or does not answer.
    """
    manifest = await _manifest_of(ctx, wanted)
    secret = mint_token(SECRET, ctx.tenant.tenant_id)
    app = App(
        app_id=new_id(),
        handle=manifest.handle,
        client_id=mint_token(CLIENT, ctx.tenant.tenant_id),
        status="proposed",
        manifest=manifest,
        pending=None,
        manifest_url=wanted.manifest_url,
        key_ids=[],
        endpoint_ids=[],
        approved_by=None,
        installed_at=None,
        version=1,
        created_at=ctx.now,
        updated_at=ctx.now,
    )
    async with ctx.transaction() as tx:
        if await repository.lock_all(tx) >= MOST_APPS:
            raise TooManyApps(f"a shop has at most {MOST_APPS} apps")
        await _refuse_taken(tx, app)
        await repository.add(tx, app, token_hash(secret))
        await audit.record(tx, "apps.added", f"app:{app.app_id}", _detail(app))
    return AddedApp(app=app, client_secret=secret)


async def update_app(ctx: Context, app_id: UUID, wanted: NewManifest) -> App:
    """The app is as its new manifest says; of what is installed, only when that asks for no more
    than was approved. Else it goes on as it was, and the manifest waits for approval.

    Raises:
        AppNotFound: this shop has none with this id.
        InvalidManifest, AppNamespaceTaken: see `add_app`.
    """
    manifest = await _manifest_of(ctx, wanted)
    present = await get_app(ctx, app_id)
    as_app = telling.as_app(ctx, present, manifest)
    if present.status == "installed":
        await telling.check(as_app, manifest)
    async with ctx.transaction() as tx:
        await repository.lock_all(tx)
        before = await repository.find(tx, app_id, lock=True)
        if before is None:
            raise AppNotFound(f"no app {app_id}")
        if manifest.handle != before.handle:
            raise _fixed("handle")
        if before.status == "installed":
            after = await _renewed(ctx, tx, before, manifest)
        else:
            after = msgspec.structs.replace(before, manifest=manifest)
        after = msgspec.structs.replace(
            after,
            manifest_url=wanted.manifest_url,
            version=before.version + 1,
            updated_at=ctx.now,
        )
        await _refuse_taken(tx, after)
        await repository.save(tx, after)
        detail = {**_detail(after), "waits": after.pending is not None}
        await audit.record(tx, "apps.changed", f"app:{app_id}", detail)
    return after


async def _renewed(ctx: Context, tx: Transaction, before: App, manifest: Manifest) -> App:
    """An installed app by another manifest."""
    if manifest.metafield_namespace != before.manifest.metafield_namespace:
        raise _fixed("metafield_namespace")
    if asks_more(before.manifest, manifest):
        return msgspec.structs.replace(before, pending=manifest)
    endpoint_ids = before.endpoint_ids
    if manifest.webhooks != before.manifest.webhooks:
        await telling.stop(ctx, before)
        endpoint_ids = await telling.begin_again(ctx, tx, before, manifest)
    return msgspec.structs.replace(
        before, manifest=manifest, pending=None, endpoint_ids=endpoint_ids
    )


async def _manifest_of(ctx: Context, wanted: NewManifest) -> Manifest:
    """The manifest that was brought, or the one at the address, checked."""
    if (wanted.manifest is None) == (wanted.manifest_url is None):
        said = "send manifest or manifest_url, one of the two"
        raise InvalidManifest(said, errors=[FieldError("manifest", "required", said)])
    manifest = wanted.manifest or await _fetched(ctx, wanted.manifest_url or "")
    settings = ctx.engines.settings_of(AppsSettings)
    check_manifest(manifest, access.SHOP_SCOPES, webhooks.LEAVES, allow_http=settings.allow_http)
    return manifest


async def _fetched(ctx: Context, url: str) -> Manifest:
    if not (url.startswith("https://") or ctx.engines.settings_of(AppsSettings).allow_http):
        said = "an address starts with https://"
        raise InvalidManifest(said, errors=[FieldError("manifest_url", "address_refused", said)])
    answer = await ctx.engines.outbound.send(
        OutboundRequest(
            tenant_id=ctx.tenant.tenant_id,
            url=url,
            headers={"accept": "application/json"},
            deadline_s=FETCH_S,
            limit_bytes=MOST_BYTES,
        )
    )
    if answer.status != 200:
        said = f"the address answers {answer.status}"
        raise InvalidManifest(said, errors=[FieldError("manifest_url", "no_manifest", said)])
    return decode_json(answer.body, Manifest)


async def _refuse_taken(tx: Transaction, app: App) -> None:
    namespace = app.manifest.metafield_namespace
    taken = await repository.taken_names(tx, app.app_id, app.handle, namespace)
    if "handle" in taken:
        raise AppHandleTaken(f"there is an app {app.handle} already")
    if "namespace" in taken:
        raise AppNamespaceTaken(f"another app keeps its metafields in {namespace}")


def _fixed(name: str) -> InvalidManifest:
    said = f"{name} stays as it was; add an app of its own, or remove this one first"
    return InvalidManifest(said, errors=[FieldError(name, "field_is_fixed", said)])


def _detail(app: App) -> dict[str, object]:
    return {"name": app.wanted.name, "handle": app.handle, "scopes": app.wanted.scopes}
