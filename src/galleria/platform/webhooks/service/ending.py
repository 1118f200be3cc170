"""What becomes of deliveries after a try, and of endpoints after many."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from galleria.engines.context import Context
from galleria.engines.sql import Transaction
from galleria.platform.webhooks.model.deliveries import Tried
from galleria.platform.webhooks.model.endpoints import WebhooksSettings
from galleria.platform.webhooks.model.retrying import GONE, Health, after, fate_of, pause_s
from galleria.platform.webhooks.repository import deliveries, sending
from galleria.platform.webhooks.repository import endpoints as repository
from galleria.platform.webhooks.repository.sending import Ended
from galleria.platform.webhooks.service.endpoints import disable

Luck = Callable[[], float]


async def write(ctx: Context, tries: Mapping[UUID, Sequence[Tried]], luck: Luck) -> None:
    """The tries of a shop are kept with all they lead to, in one commit: the state of each
    delivery, the next of its subject, the endpoint's health and figures."""
    ends = [_end_of(ctx, each, luck) for of_one in tries.values() for each in of_one]
    async with ctx.transaction() as tx:
        done = sorted(
            {
                (each.tried.claimed.endpoint_id, each.tried.claimed.subject_id)
                for each in ends
                if each.fate != "again"
            }
        )
        if any(each.tried.is_ordered for each in ends):
            await deliveries.lock_lines(tx)
        await sending.write_ends(tx, ends)
        await deliveries.release_heads(tx, done)
        # An endpoint that was removed meanwhile has no health any more, and no figures.
        healths = await repository.lock_health(tx, list(tries))
        known = {each: tries[each] for each in healths}
        if known:
            await _judge(tx, healths, known, luck)
            await sending.count_tries(tx, known)


async def _judge(
    tx: Transaction,
    healths: Mapping[UUID, Health],
    tries: Mapping[UUID, Sequence[Tried]],
    luck: Luck,
) -> None:
    now = tx.ctx.wall_clock.now()
    judged: dict[UUID, Health] = {}
    for endpoint_id, before in healths.items():
        judged[endpoint_id] = before
        for each in tries[endpoint_id]:
            judged[endpoint_id] = after(judged[endpoint_id], each.outcome, now, luck())
    await repository.save_health(tx, judged)
    longest = timedelta(hours=tx.ctx.engines.settings_of(WebhooksSettings).disable_hours)
    for endpoint_id, health in judged.items():
        if any(each.outcome.status == GONE for each in tries[endpoint_id]):
            await disable(tx, endpoint_id, "gone")
        elif health.failing_since is not None and now - health.failing_since >= longest:
            await disable(tx, endpoint_id, "failing")


def _end_of(ctx: Context, tried: Tried, luck: Luck) -> Ended:
    fate = fate_of(tried.outcome, tried.claimed.tries + 1)
    due_at: datetime = ctx.wall_now
    if fate == "again":
        due_at += timedelta(seconds=pause_s(tried.outcome, tried.claimed.tries + 1, luck()))
    return Ended(tried=tried, fate=fate, due_at=due_at)
