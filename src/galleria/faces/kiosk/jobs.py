"""What the kiosks do when others tell something, when they asked for a pack, and by the clock."""

from typing import Any
from uuid import UUID

import msgspec

from galleria.engines.context import Context
from galleria.engines.event_log import Subscription
from galleria.engines.jobs import EnqueueOn, Job, Progress, Schedule
from galleria.engines.sql import Transaction
from galleria.faces.kiosk.service import changes, leaving, packs
from galleria.foundation.events import Envelope


class Asked(msgspec.Struct, frozen=True):
    """Make this pack."""

    pack_id: UUID


class _Item(msgspec.Struct, frozen=True):
    product_id: UUID


class _Changed(msgspec.Struct, frozen=True):
    """What the events that change a kiosk's view name: products, or variants of theirs."""

    product_ids: list[UUID] = []
    variant_ids: list[UUID] = []
    items: list[_Item] = []


async def note(ctx: Context, tx: Transaction, batch: list[Envelope[_Changed]]) -> None:
    """The products concerned are told of, each once for the whole batch."""
    products = [each for e in batch for each in e.payload.product_ids]
    products += [each.product_id for e in batch for each in e.payload.items]
    variants = [each for e in batch for each in e.payload.variant_ids]
    await changes.note(tx, products, variants)


async def make(ctx: Context, payload: Asked, _: Progress) -> None:
    """The pack is there."""
    await packs.make_pack(ctx, payload.pack_id)


MAKE = Job("kiosk.make_pack", Asked, make, at_once=2)
SUBSCRIPTIONS: list[Subscription[Any]] = [
    Subscription(
        "kiosk.note",
        (
            "listings.listings_changed.v1",
            "inventory.stock_changed.v1",
            # A sale that leaves plenty is no change of availability, but one of how many lie here.
            "orders.order_placed.v1",
        ),
        _Changed,
        note,
        # Products of 500 variants each are looked up for every one of them.
        at_once=50,
    )
]
ENQUEUES: list[EnqueueOn[Any]] = [
    EnqueueOn("kiosk.make_pack", "kiosk.pack_requested.v1", Asked, MAKE, lambda e: e.payload)
]
SCHEDULES = [Schedule("kiosk.tidy", "23 * * * *", leaving.tidy)]
