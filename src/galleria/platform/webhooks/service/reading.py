"""The log of deliveries, and how an endpoint does."""

from datetime import timedelta
from uuid import UUID

from galleria.engines.context import Context
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.platform.webhooks.errors import WebhookDeliveryNotFound
from galleria.platform.webhooks.model.deliveries import Delivery, DeliveryDetail
from galleria.platform.webhooks.model.figures import EndpointStats, stats_of
from galleria.platform.webhooks.repository import deliveries as repository
from galleria.platform.webhooks.service.endpoints import get_webhook

NEWEST = UUID(int=2**128 - 1)
MOST_ATTEMPTS = 50  # shown of one delivery: ten a round, and rounds are rare


async def list_deliveries(
    ctx: Context,
    endpoint_id: UUID,
    kinds: tuple[str, str] = ("", ""),
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Delivery]:
    """A page of an endpoint's deliveries, the newest first.

    Args:
        ctx: the shop.
        endpoint_id: whose.
        kinds: a state and a tag, each "" for any.
        cursor: where the page before ended.
        limit: 1 to 100.

    Raises:
        WebhookNotFound: this shop has no such endpoint.
        InvalidCursor: the cursor is not one of this list.
    """
    await get_webhook(ctx, endpoint_id)
    scope = f"webhooks.deliveries:{endpoint_id}:{kinds[0]}:{kinds[1]}"
    before = NEWEST if cursor is None else _delivery_id(ctx, cursor, scope)
    found = await repository.page_before(ctx, endpoint_id, before, kinds, limit + 1)
    if len(found) <= limit:
        return Page(items=found)
    last = str(found[limit - 1].delivery_id)
    cursors = ctx.engines.cursors
    return Page(found[:limit], cursors.encode(ctx.tenant.tenant_id, scope, [last]))


async def get_delivery(ctx: Context, endpoint_id: UUID, delivery_id: UUID) -> DeliveryDetail:
    """A delivery with its body and its tries.

    Raises:
        WebhookNotFound, WebhookDeliveryNotFound: there is none.
    """
    webhook = await get_webhook(ctx, endpoint_id)
    found = await repository.find(ctx, endpoint_id, delivery_id)
    if found is None:
        raise WebhookDeliveryNotFound(f"no delivery {delivery_id}")
    delivery, body, is_expanded = found
    attempts = await repository.attempts_of(ctx, delivery_id, MOST_ATTEMPTS)
    return DeliveryDetail(
        delivery=delivery,
        url=webhook.endpoint.url,
        body=body,
        is_expanded=is_expanded,
        attempts=attempts,
    )


async def stats(ctx: Context, endpoint_id: UUID, hours: int = 24) -> EndpointStats:
    """How the endpoint did in the last hours, 1 to 720.

    Raises:
        WebhookNotFound: this shop has no such endpoint.
    """
    await get_webhook(ctx, endpoint_id)
    rows = await repository.hours_since(ctx, endpoint_id, ctx.wall_now - timedelta(hours=hours))
    oldest = await repository.oldest_waiting(ctx, endpoint_id)
    age_s = 0.0 if oldest is None else max(0.0, (ctx.wall_now - oldest).total_seconds())
    return stats_of(endpoint_id, hours, rows, age_s)


def _delivery_id(ctx: Context, cursor: str, scope: str) -> UUID:
    keys = ctx.engines.cursors.decode(cursor, ctx.tenant.tenant_id, scope)
    if len(keys) != 1 or not isinstance(keys[0], str):
        raise InvalidCursor("this cursor is not one of this list")
    return UUID(keys[0])
