"""Endpoints: made, changed, paused, enabled and removed."""

import hashlib
from collections.abc import Sequence
from uuid import UUID

import msgspec
from msgspec import UNSET

from galleria.engines.context import Context
from galleria.engines.sql import Transaction, claim, keep_answer
from galleria.foundation.errors import FieldError, GalleriaError, PreconditionFailed
from galleria.foundation.ids import new_id
from galleria.platform import audit
from galleria.platform.webhooks.errors import (
    EventScopeNotHeld,
    InvalidWebhook,
    TooManyWebhooks,
    WebhookNotFound,
)
from galleria.platform.webhooks.events import EndpointChanged, EndpointDisabled, EndpointRemoved
from galleria.platform.webhooks.model.catalogue import LEAVES, event_types
from galleria.platform.webhooks.model.choosing import Choice
from galleria.platform.webhooks.model.endpoints import (
    MOST_ENDPOINTS,
    Endpoint,
    ShownEndpoint,
    Status,
    WebhooksSettings,
    check_choices,
    shown,
)
from galleria.platform.webhooks.model.retrying import Health
from galleria.platform.webhooks.repository import deliveries
from galleria.platform.webhooks.repository import endpoints as repository
from galleria.platform.webhooks.schemas import CreatedWebhook, NewWebhook, WebhookChanges
from galleria.platform.webhooks.service import secrets

_CREATE = "webhooks.create"


async def list_webhooks(ctx: Context) -> list[ShownEndpoint]:
    """All endpoints of the shop, the oldest first; at most MOST_ENDPOINTS."""
    return [shown(each, health, ctx.wall_now) for each, health in await repository.every(ctx)]


async def get_webhook(ctx: Context, endpoint_id: UUID) -> ShownEndpoint:
    """The endpoint and how it does.

    Raises:
        WebhookNotFound: this shop has none with this id.
    """
    found = await repository.find(ctx, endpoint_id)
    if found is None:
        raise WebhookNotFound(f"no webhook {endpoint_id}")
    return shown(*found, ctx.wall_now)


async def create_webhook(
    ctx: Context, wanted: NewWebhook, key: str | None = None
) -> CreatedWebhook:
    """The endpoint is there and is told of events from now on. With an idempotency key: once.

    Raises:
        InvalidWebhook: its address may not be called, or it wants events or fields there are not.
        EventScopeNotHeld: the actor may not read what some events tell.
        TooManyWebhooks: the shop has as many as it may.
        IdempotencyConflict, IdempotencyInProgress: see `engines.sql.claim`.
    """
    await check_webhook(ctx, wanted)
    async with ctx.transaction() as tx:
        if key is not None and (kept := await _kept(tx, key, wanted)) is not None:
            return await _created(ctx, kept)
        endpoint = await place_webhook(ctx, tx, wanted)
        if key is not None:
            await keep_answer(tx, _CREATE, key, 201, endpoint.endpoint_id.bytes)
    return await _created(ctx, endpoint.endpoint_id)


async def check_webhook(ctx: Context, wanted: NewWebhook) -> None:
    """Pass when this may be an endpoint. Looks its host up, so not inside a transaction.

    Raises:
        InvalidWebhook, EventScopeNotHeld: see `create_webhook`.
    """
    _check_choices(ctx, [each.choice() for each in wanted.subscriptions])
    await _check_address(ctx, wanted.url)


async def place_webhook(ctx: Context, tx: Transaction, wanted: NewWebhook) -> Endpoint:
    """The endpoint, which was checked, is there with this commit.

    Raises:
        InvalidWebhook: the secret that was brought is none.
        TooManyWebhooks: the shop has as many as it may.
    """
    made_with = secrets.key_for(wanted.secret)
    if await repository.lock_all(tx) >= MOST_ENDPOINTS:
        raise TooManyWebhooks(f"a shop has at most {MOST_ENDPOINTS} webhooks")
    endpoint = Endpoint(
        endpoint_id=new_id(),
        name=wanted.name.strip(),
        url=wanted.url,
        subscriptions=[each.choice() for each in wanted.subscriptions],
        is_ordered=wanted.is_ordered,
        timeout_s=wanted.timeout_s,
        status="enabled",
        disabled_reason=None,
        version=1,
        created_at=ctx.wall_now,
        updated_at=ctx.wall_now,
    )
    await repository.add(tx, endpoint)
    await secrets.add(ctx, tx, endpoint.endpoint_id, made_with)
    await _tell(tx, endpoint, "created")
    return endpoint


async def change_webhook(
    ctx: Context, endpoint_id: UUID, changes: WebhookChanges, expected_version: int | None = None
) -> ShownEndpoint:
    """What is named of the endpoint is so from now on. What waits already stays as it was made.

    Raises:
        WebhookNotFound, InvalidWebhook, EventScopeNotHeld: see `create_webhook`.
        PreconditionFailed: it is not at the expected version.
    """
    sent = {
        name: value for name, value in msgspec.structs.asdict(changes).items() if value is not UNSET
    }
    if "subscriptions" in sent:
        sent["subscriptions"] = [each.choice() for each in sent["subscriptions"]]
        _check_choices(ctx, sent["subscriptions"])
    if "url" in sent:
        await _check_address(ctx, sent["url"])
    async with ctx.transaction() as tx:
        before, health = await _locked(tx, endpoint_id, expected_version)
        if not any(getattr(before, name) != value for name, value in sent.items()):
            return shown(before, health, ctx.wall_now)
        # Whoever changes where events go, or how, has to be allowed all that goes there.
        _check_held(ctx, sent.get("subscriptions", before.subscriptions))
        after = await _save(tx, before, **sent)
        if before.is_ordered and not after.is_ordered:
            await deliveries.release_all(tx, endpoint_id)
        await _tell(tx, after, "changed", {"fields": sorted(sent)})
    return shown(after, health, ctx.wall_now)


async def pause_webhook(ctx: Context, endpoint_id: UUID) -> ShownEndpoint:
    """Nothing is sent there; what happens meanwhile waits. Safe to repeat.

    Raises:
        WebhookNotFound: this shop has none with this id.
    """
    return await _turn(ctx, endpoint_id, "paused")


async def enable_webhook(ctx: Context, endpoint_id: UUID) -> ShownEndpoint:
    """What waits is sent there again, at once. Safe to repeat.

    Raises:
        WebhookNotFound: this shop has none with this id.
    """
    return await _turn(ctx, endpoint_id, "enabled")


async def remove_webhook(ctx: Context, endpoint_id: UUID) -> None:
    """The endpoint is told nothing any more; a worker clears away what was kept of it.

    Raises:
        WebhookNotFound: this shop has none with this id.
    """
    async with ctx.transaction() as tx:
        endpoint, _ = await _locked(tx, endpoint_id)
        await repository.remove(tx, endpoint_id)
        tx.publish(EndpointRemoved(endpoint_id=endpoint_id))
        await _tell(tx, endpoint, "removed")


async def disable(tx: Transaction, endpoint_id: UUID, reason: str) -> None:
    """The house gives up on the endpoint, and says so; nothing when it is not enabled."""
    found = await repository.find(tx, endpoint_id, lock=True)
    if found is None or found[0].status != "enabled":
        return
    after = await _save(tx, found[0], status="disabled", disabled_reason=reason)
    tx.publish(EndpointDisabled(endpoint_id=endpoint_id, name=after.name, reason=reason))
    await audit.record(
        tx, "webhooks.disabled", f"webhook:{endpoint_id}", {"name": after.name, "reason": reason}
    )


async def _turn(ctx: Context, endpoint_id: UUID, status: Status) -> ShownEndpoint:
    async with ctx.transaction() as tx:
        # In the order in which a sender takes the two.
        await repository.lock_health(tx, [endpoint_id])
        before, health = await _locked(tx, endpoint_id)
        if before.status == status and not (status == "enabled" and health.open_until):
            return shown(before, health, ctx.wall_now)
        if status == "enabled":
            _check_held(ctx, before.subscriptions)
            # Somebody has looked at it: it gets a fair try.
            health = Health(last_success_at=health.last_success_at)
            await repository.save_health(tx, {endpoint_id: health})
        after = await _save(tx, before, status=status, disabled_reason=None)
        await _tell(tx, after, status)
    return shown(after, health, ctx.wall_now)


async def _save(tx: Transaction, before: Endpoint, **changes: object) -> Endpoint:
    after = msgspec.structs.replace(
        before, **changes, version=before.version + 1, updated_at=tx.wall_now
    )
    await repository.save(tx, after)
    return after


async def _locked(
    tx: Transaction, endpoint_id: UUID, expected_version: int | None = None
) -> tuple[Endpoint, Health]:
    found = await repository.find(tx, endpoint_id, lock=True)
    if found is None:
        raise WebhookNotFound(f"no webhook {endpoint_id}")
    if expected_version is not None and found[0].version != expected_version:
        raise PreconditionFailed(f"the webhook is at version {found[0].version}")
    return found


async def _tell(
    tx: Transaction, endpoint: Endpoint, action: str, more: dict[str, object] | None = None
) -> None:
    tx.publish(EndpointChanged(endpoint_id=endpoint.endpoint_id, action=action))
    told = {"name": endpoint.name, "url": endpoint.url[:500], **(more or {})}
    await audit.record(tx, f"webhooks.{action}", f"webhook:{endpoint.endpoint_id}", told)


def _check_choices(ctx: Context, choices: Sequence[Choice]) -> None:
    check_choices(choices, {each.tag: each.fields for each in event_types()})
    _check_held(ctx, choices)


def _check_held(ctx: Context, choices: Sequence[Choice]) -> None:
    missing = sorted({scope for each in choices if not ctx.actor.may(scope := LEAVES[each.tag])})
    if missing:
        raise EventScopeNotHeld(f"these events need {', '.join(missing)}")


async def _check_address(ctx: Context, url: str) -> None:
    """Pass when messages may be sent there at present; each try checks again."""
    said = ""
    may_be_http = ctx.engines.settings_of(WebhooksSettings).allow_http
    if not (may_be_http or url.startswith("https://")):
        said = "an address starts with https://"
    else:
        try:
            await ctx.engines.outbound.check(url)
        except GalleriaError as error:
            said = error.detail
    if said:
        raise InvalidWebhook(said, errors=[FieldError("url", "address_refused", said)])


async def _kept(tx: Transaction, key: str, wanted: NewWebhook) -> UUID | None:
    """What this request made the first time; None when this is the first time."""
    fingerprint = hashlib.sha256(msgspec.json.encode(wanted)).digest()
    kept = await claim(tx, _CREATE, key, fingerprint)
    # The secret is not kept beside the answer: it is read where it lies encrypted.
    return None if kept is None else UUID(bytes=kept.body)


async def _created(ctx: Context, endpoint_id: UUID) -> CreatedWebhook:
    webhook = await get_webhook(ctx, endpoint_id)
    return CreatedWebhook(webhook=webhook, secret=(await secrets.show_secrets(ctx, endpoint_id))[0])
