"""What the inventory does by itself."""

from uuid import UUID

import msgspec

from galleria.commerce.inventory.service import levels, reserving, watching
from galleria.engines.context import Context
from galleria.engines.event_log import Subscription
from galleria.engines.jobs import Schedule
from galleria.engines.sql import Transaction
from galleria.foundation.events import Envelope


class RemovedVariants(msgspec.Struct, frozen=True):
    """What is read of `catalog.variants_removed.v1`."""

    variant_ids: list[UUID]


async def forget_variants(
    ctx: Context, tx: Transaction, batch: list[Envelope[RemovedVariants]]
) -> None:
    """Variants that exist no more have no stock."""
    for envelope in batch:
        await levels.forget_variants(tx, envelope.payload.variant_ids)


async def release_expired(ctx: Context) -> None:
    """Reservations whose time is over are free again."""
    await reserving.release_expired(ctx)


async def sweep_low(ctx: Context) -> None:
    """The list of what is low follows a number that was changed for the whole shop."""
    await watching.sweep_low(ctx)


SUBSCRIPTIONS = [
    Subscription(
        handler="inventory.forget_variants",
        tag="catalog.variants_removed.v1",
        payload=RemovedVariants,
        handle=forget_variants,
    )
]
SCHEDULES = [
    Schedule("inventory.release_expired", "* * * * *", release_expired),
    Schedule("inventory.sweep_low", "* * * * *", sweep_low),
]
