"""What is old goes, what belongs to a removed endpoint goes, and a shop takes its own along."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import msgspec

from galleria.engines.context import Context
from galleria.platform.webhooks.model.endpoints import WebhooksSettings
from galleria.platform.webhooks.repository import deliveries
from galleria.platform.webhooks.repository import endpoints as repository

A_STEP = 5_000
ROWS_AT_ONCE = 500


async def tidy(ctx: Context) -> None:
    """What waited too long has failed, and what was kept long enough is gone, step by step."""
    settings = ctx.engines.settings_of(WebhooksSettings)
    too_long = ctx.wall_now - timedelta(hours=settings.give_up_hours)
    lines = [(UUID(int=0), "")] * A_STEP
    while len(lines) == A_STEP:
        async with ctx.transaction() as tx:
            await deliveries.lock_lines(tx)
            lines = await deliveries.give_up(tx, too_long, A_STEP)
            await deliveries.release_heads(tx, sorted(set(lines)))
    async with ctx.transaction() as tx:
        await deliveries.lock_lines(tx)
        await deliveries.release_forgotten(tx, ctx.wall_now - timedelta(hours=1))
    until = ctx.wall_now - timedelta(days=settings.keep_days)
    gone = A_STEP
    while gone == A_STEP:
        async with ctx.transaction() as tx:
            gone = await deliveries.delete_old(tx, until, A_STEP)
    async with ctx.transaction() as tx:
        await deliveries.delete_old_figures(tx, until)
        await repository.delete_ended_secrets(tx, ctx.wall_now)


async def clear(ctx: Context, endpoint_id: UUID) -> None:
    """Nothing is kept of an endpoint that was removed. Safe to repeat."""
    gone = A_STEP
    while gone == A_STEP:
        async with ctx.transaction() as tx:
            gone = await deliveries.delete_of(tx, endpoint_id, A_STEP)


async def export_webhooks(ctx: Context) -> AsyncIterator[bytes]:
    """Endpoints, without their secrets, and deliveries, a JSON object a line."""
    for endpoint, _ in await repository.every(ctx):
        yield msgspec.json.encode({"webhook": endpoint}) + b"\n"
    after = UUID(int=0)
    while rows := await deliveries.after(ctx, after, ROWS_AT_ONCE):
        yield b"".join(
            msgspec.json.encode({"delivery": delivery, "body": msgspec.Raw(body.encode())}) + b"\n"
            for delivery, body in rows
        )
        after = rows[-1][0].delivery_id


async def erase_webhooks(ctx: Context) -> None:
    """The shop has no webhooks any more, and nothing is kept of them."""
    async with ctx.transaction() as tx:
        await repository.delete_everything(tx)
