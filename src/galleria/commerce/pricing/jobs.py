"""What the pricing does by itself."""

from uuid import UUID

import msgspec

from galleria.commerce.pricing import service
from galleria.engines.context import Context
from galleria.engines.event_log import Subscription
from galleria.engines.sql import Transaction
from galleria.foundation.events import Envelope


class RemovedVariants(msgspec.Struct, frozen=True):
    """What is read of `catalog.variants_removed.v1`."""

    variant_ids: list[UUID]


async def forget_variants(
    ctx: Context, tx: Transaction, batch: list[Envelope[RemovedVariants]]
) -> None:
    """Variants that exist no more have no price."""
    for envelope in batch:
        await service.forget_variants(tx, envelope.payload.variant_ids)


SUBSCRIPTIONS = [
    Subscription(
        handler="pricing.forget_variants",
        tag="catalog.variants_removed.v1",
        payload=RemovedVariants,
        handle=forget_variants,
    )
]
