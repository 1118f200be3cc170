"""Deliveries that are expected: what comes, when, and how much of it has come."""

from datetime import date, datetime
from typing import Literal, TypeAlias
from uuid import UUID

import msgspec

from galleria.commerce.inventory.errors import IncomingClosed, IncomingExceeded

IncomingState: TypeAlias = Literal["open", "received", "cancelled"]


class Incoming(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery of one variant to one location; `received` of the `quantity` have come."""

    incoming_id: UUID
    variant_id: UUID
    location_id: int
    quantity: int
    received: int
    expected_on: date | None
    reference: str | None
    state: IncomingState
    created_at: datetime


def received(incoming: Incoming, quantity: int | None) -> tuple[Incoming, int]:
    """The delivery after so many came, all that is missing when None, and how many those were.

    Raises:
        IncomingClosed: all of it came before, or it was cancelled.
        IncomingExceeded: fewer than so many are missing.
    """
    if incoming.state != "open":
        raise IncomingClosed(f"this delivery is {incoming.state}")
    missing = incoming.quantity - incoming.received
    came = missing if quantity is None else quantity
    if came > missing:
        raise IncomingExceeded(f"{missing} of this delivery are missing, not {came}")
    after = msgspec.structs.replace(
        incoming,
        received=incoming.received + came,
        state="received" if came == missing else "open",
    )
    return after, came


def cancelled(incoming: Incoming) -> Incoming:
    """The delivery that is waited for no more; what has come of it stays.

    Raises:
        IncomingClosed: all of it came before.
    """
    if incoming.state == "received":
        raise IncomingClosed("all of this delivery has come")
    return msgspec.structs.replace(incoming, state="cancelled")
