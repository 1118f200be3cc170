"""The clock of a shop: looked at and, in a sandbox, moved ahead."""

from datetime import datetime, timedelta
from functools import partial

from galleria.engines.context import Context
from galleria.engines.sql import directory
from galleria.platform import audit
from galleria.platform.tenants import model
from galleria.platform.tenants.errors import ClockGoesBack, ShopIsLive
from galleria.platform.tenants.events import ShopUpdated
from galleria.platform.tenants.model import ShopClock
from galleria.platform.tenants.service.opening import forget_directory


def clock_of(ctx: Context) -> ShopClock:
    """What time it is in this shop: the house's own, unless it is a sandbox that was moved."""
    return _clock(ctx, ctx.tenant.clock_ahead_s)


async def move_clock(ctx: Context, now: datetime) -> ShopClock:
    """It is `now` in this sandbox, and time goes on from there. In this process at once, in others
    within two seconds.

    Raises:
        ShopIsLive: this shop is none.
        ClockGoesBack: it is later already.
        InvalidInput: that is more than ten years ahead.
    """
    if not ctx.tenant.is_sandbox:
        raise ShopIsLive("open one with `galleria shop open SLUG --sandbox`")
    ahead_s = model.ahead_of(ctx.wall_now, now, ctx.tenant.clock_ahead_s)
    async with ctx.transaction() as tx:
        if not await directory.move_clock(tx, ahead_s):
            raise ClockGoesBack("it was moved further meanwhile")
        # Answers that are kept show prices of before.
        tx.publish(ShopUpdated(slug=ctx.tenant.slug, fields=["test_clock"]))
        subject = f"shop:{ctx.tenant.slug}"
        await audit.record(tx, "shops.clock_moved", subject, {"ahead_s": ahead_s})
        tx.after_commit(partial(forget_directory, ctx))
    return _clock(ctx, ahead_s)


def _clock(ctx: Context, ahead_s: int) -> ShopClock:
    return ShopClock(
        now=ctx.wall_now + timedelta(seconds=ahead_s),
        house_now=ctx.wall_now,
        ahead_s=ahead_s,
        can_be_moved=ctx.tenant.is_sandbox,
    )
