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
    total_minor: int | None = None
    currency: str | None = None
    receipt: str | None = None
    today_minor: int | None = None
    order_number: str | None = None

    @property
    def total(self) -> Money | None:
        """What was taken for it; not known of those that were handed in long ago."""
        return _money(self.total_minor, self.currency)

    @property
    def total_today(self) -> Money | None:
        """What it would have come to when it was handed in; None when prices were the same."""
        return _money(self.today_minor, self.currency)


class WaitingSale(msgspec.Struct, frozen=True, kw_only=True):
    """A sale that was refused, and stays at its kiosk until somebody has had a look.

    `code` and `detail` say why it was refused the last time.
    """

    sale_key: str
    fingerprint: bytes
    sold_by: str
    location: str
    taken_at: datetime
    total_minor: int
    currency: str
    receipt: str
    code: str
    detail: str
    first_refused_at: datetime
    refused_at: datetime
    tries: int = 1

    @property
    def total(self) -> Money:
        """What was taken for it."""
        return Money(self.total_minor, self.currency)


class Sold(msgspec.Struct, frozen=True, kw_only=True):
    """Pieces of a variant that were sold at a price, and the code that came with the price."""

    variant_id: UUID
    quantity: int
    unit_price: Money
    price_code: str


def _money(amount_minor: int | None, currency: str | None) -> Money | None:
    return None if amount_minor is None or currency is None else Money(amount_minor, currency)


def off_today(lines: Sequence[Sold], today: Mapping[UUID, Money | None]) -> int | None:
    """How much less than today's prices was taken, in minor units; less than 0 when it was more.
    None when each line was sold at today's. What has no price today is off by nothing known."""
    if all(today.get(line.variant_id) == line.unit_price for line in lines):
        return None
    prices = ((line, today.get(line.variant_id) or line.unit_price) for line in lines)
    return sum(
        (price.amount_minor - line.unit_price.amount_minor) * line.quantity
        for line, price in prices
    )


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
