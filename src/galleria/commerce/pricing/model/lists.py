"""Price lists: for whom, where and when they count."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from galleria.commerce.pricing.errors import InvalidPriceList
from galleria.foundation.errors import FieldError

Kind = Literal["base", "sale", "contract"]

# A walk through a shop's prices holds all rows of one variant: these, in `MAX_TIERS` each.
MAX_LISTS = 500
MAX_NUMBER = 32_767  # prices name their list in two bytes
BASE_CODE = "base-"  # begins the code of each base list, and of no other


class Term(msgspec.Struct, frozen=True):
    """A stretch of time in which a list counted, up to but not including `until`."""

    since: datetime
    until: datetime | None
    priority: int


class PriceList(msgspec.Struct, frozen=True, kw_only=True):
    """A list of prices: in a channel or all, for a customer group or everybody, for a time or ever.

    What it is for never changes: its prices hang on it. `terms_since` is when its window, priority
    and activity became what they are, `counts_since` since when it counts without a break, or will.
    """

    price_list_id: int
    code: str
    name: str
    channel_id: UUID | None
    customer_group_id: UUID | None
    currency: str
    kind: Kind
    priority: int
    valid_from: datetime | None
    valid_until: datetime | None
    includes_tax: bool
    is_active: bool
    terms_since: datetime
    counts_since: datetime
    version: int
    created_at: datetime
    updated_at: datetime


def is_in_our_time(at: datetime) -> bool:
    """Whether an instant lies in years that a shop may mean: what is further off is a slip of the
    hand, and near the ends of the calendar a time zone has no room."""
    return 1970 <= at.year <= 2999


def check_window(valid_from: datetime | None, valid_until: datetime | None) -> None:
    """Pass when the list begins before it ends, both in our time.

    Raises:
        InvalidPriceList: it does not.
    """
    for path, at in (("valid_from", valid_from), ("valid_until", valid_until)):
        if at is not None and not is_in_our_time(at):
            message = "an instant between 1970 and 2999"
            raise InvalidPriceList(message, errors=[FieldError(path, "out_of_range", message)])
    if valid_from is not None and valid_until is not None and valid_from >= valid_until:
        message = "a price list begins before it ends"
        error = FieldError("valid_until", "not_after_start", message)
        raise InvalidPriceList(message, errors=[error])


def present_term(price_list: PriceList) -> Term | None:
    """When the list counts by its present terms; None when it never does."""
    if not price_list.is_active:
        return None
    since = max(price_list.valid_from or price_list.terms_since, price_list.terms_since)
    until = price_list.valid_until
    return None if until is not None and until <= since else Term(since, until, price_list.priority)


def in_force_at(price_list: PriceList, at: datetime) -> bool:
    """Whether the list counts at this instant, as its terms are now."""
    starts, ends = price_list.valid_from, price_list.valid_until
    return price_list.is_active and (starts is None or starts <= at) and (ends is None or at < ends)


def next_boundary(price_list: PriceList, after: datetime) -> datetime | None:
    """The first instant after `after` at which its prices begin or cease to count, if any."""
    if not price_list.is_active:
        return None
    ahead = [
        each
        for each in (price_list.valid_from, price_list.valid_until)
        if each is not None and each > after
    ]
    return min(ahead, default=None)


def terms_differ(before: PriceList, after: PriceList) -> bool:
    """Whether an edit changes when the list counts or before which others."""
    return any(
        getattr(before, name) != getattr(after, name)
        for name in ("priority", "valid_from", "valid_until", "is_active")
    )


def with_terms(before: PriceList, after: PriceList, now: datetime) -> PriceList:
    """`after`, with the instants since which its terms hold and it counts."""
    assert terms_differ(before, after), "its caller has looked"
    goes_on = in_force_at(before, now) and in_force_at(after, now)
    starts = before.counts_since if goes_on else max(now, after.valid_from or now)
    return msgspec.structs.replace(after, terms_since=now, counts_since=starts)


def ended_term(price_list: PriceList, now: datetime) -> Term | None:
    """What remains of the present terms when they end now: the time in which the list counted."""
    term = present_term(price_list)
    if term is None or term.since >= now:
        return None
    until = now if term.until is None else min(term.until, now)
    return Term(term.since, until, term.priority)


def base_code(channel: str, currency: str, taken: Sequence[str]) -> str:
    """The code of a channel's base list, another than those taken."""
    code = f"{BASE_CODE}{channel}-{currency.lower()}"
    number = 2
    while code in taken:
        code, number = f"{BASE_CODE}{channel}-{currency.lower()}-{number}", number + 1
    return code
