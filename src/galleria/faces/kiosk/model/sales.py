"""Sales made without a network: at which price, how long ago, and told apart by their keys."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from galleria.faces.kiosk.errors import OfflineOrderInvalid, OfflinePriceChanged
from galleria.faces.kiosk.model.signing import Priced, holds_until
from galleria.foundation.errors import FieldError
from galleria.foundation.money import Money

OLDEST = timedelta(days=30)
CLOCK_MAY_BE_OFF = timedelta(minutes=5)
KEPT = timedelta(days=90)  # well beyond OLDEST: what is forgotten cannot come again


class Sale(msgspec.Struct, frozen=True, kw_only=True):
    """A sale that was handed in. Without an order it was refused, or broken off."""

    sale_key: str
    fingerprint: bytes
    cart_sealed: bytes
    sold_by: str
    location: str
    taken_at: datetime
    handed_in_at: datetime
    order_id: UUID | None = None


class Sold(msgspec.Struct, frozen=True, kw_only=True):
    """Pieces of a variant that were sold at a price, and the code that came with the price."""

    variant_id: UUID
    quantity: int
    unit_price: Money
    price_code: str


def check_lines(lines: Sequence[Sold]) -> None:
    """Pass when each variant stands in one line.

    Raises:
        OfflineOrderInvalid: one stands in two, maybe at two prices.
    """
    seen: set[UUID] = set()
    for at, line in enumerate(lines):
        if line.variant_id in seen:
            wrong = FieldError(f"lines[{at}].variant_id", "repeated", "put its pieces together")
            raise OfflineOrderInvalid(f"{line.variant_id} stands in two lines", errors=[wrong])
        seen.add(line.variant_id)


def check_time(taken_at: datetime, now: datetime) -> None:
    """Pass when it was taken lately, and not in time to come.

    Raises:
        OfflineOrderInvalid: it was not.
    """
    wrong = None
    if taken_at > now + CLOCK_MAY_BE_OFF:
        wrong = "the kiosk's clock is ahead of ours"
    elif taken_at < now - OLDEST:
        wrong = f"orders are taken in for {OLDEST.days} days"
    if wrong is not None:
        raise OfflineOrderInvalid(wrong, errors=[FieldError("taken_at", "out_of_range", wrong)])


def honoured(
    lines: Sequence[Sold], keys: Sequence[bytes], channel: str, taken_at: datetime
) -> dict[UUID, Money]:
    """The prices, by variant, that the shop has vouched for and that held when they were taken."""
    found = {}
    for line in lines:
        priced = Priced(
            channel=channel,
            variant_id=line.variant_id,
            amount_minor=line.unit_price.amount_minor,
            currency=line.unit_price.currency,
        )
        held = (holds_until(key, priced, line.price_code) for key in keys)
        if any(until is not None and taken_at <= until for until in held):
            found[line.variant_id] = line.unit_price
    return found


def check_prices(
    lines: Sequence[Sold], agreed: Mapping[UUID, Money], today: Mapping[UUID, Money | None]
) -> None:
    """Pass when each line was sold at a price that is honoured, or at today's.

    Raises:
        OfflinePriceChanged: with an error for each line that was not.
    """
    errors = []
    for at, line in enumerate(lines):
        price = agreed.get(line.variant_id, today.get(line.variant_id))
        if price != line.unit_price:
            told = "nothing" if price is None else f"{price.amount_minor} {price.currency}"
            message = f"it costs {told} today (minor units), and this price is not vouched for"
            path = f"lines[{at}].unit_price"
            errors.append(FieldError(path, OfflinePriceChanged.code, message))
    if errors:
        raise OfflinePriceChanged("sold at a price that does not hold", errors=errors)
