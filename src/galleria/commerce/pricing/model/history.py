"""The lowest price of a time before a reduction, as the law has it shown beside the reduced one.

Source: directive 98/6/EC, article 6a (added by 2019/2161): the prior price is the lowest applied
in a period of not less than 30 days before the reduction. Applied is what everybody was asked for
one piece, so a list counts when it counted then, whatever it says now.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from galleria.commerce.pricing.model.lists import PriceList, Term, present_term
from galleria.commerce.pricing.model.resolving import Candidate, rank

LAWFUL_DAYS = 30


class Stretch(msgspec.Struct, frozen=True):
    """An amount in a list from `since` until, but not including, `until`; None is up to now."""

    price_list_id: int
    amount_minor: int
    since: datetime
    until: datetime | None


class Applied(msgspec.Struct, frozen=True):
    """A candidate, and the time in which it could count."""

    candidate: Candidate
    since: datetime
    until: datetime | None


def applied_stretches(
    price_list: PriceList, past: Sequence[Term], stretches: Sequence[Stretch]
) -> list[Applied]:
    """The amounts of a list within the times in which it counted."""
    present = present_term(price_list)
    terms = [*past, *([present] if present is not None else [])]
    return [
        Applied(_candidate(price_list, term, each), since, until)
        for each in stretches
        for term in terms
        for since, until in [_overlap(each, term)]
        if until is None or since < until
    ]


def lowest_between(applied: Sequence[Applied], start: datetime, end: datetime) -> int | None:
    """The lowest amount that counted at some instant of [start, end); None when none did.

    What counts changes only where a stretch begins or ends, so those instants are looked at.
    O(n²) for n stretches of one variant, of which there are a handful.
    """
    instants = {start}
    for each in applied:
        instants.update(edge for edge in (each.since, each.until) if edge is not None)
    lowest: int | None = None
    for at in instants:
        if not start <= at < end:
            continue
        counting = [
            each.candidate
            for each in applied
            if each.since <= at and (each.until is None or at < each.until)
        ]
        if counting:
            amount_minor = min(counting, key=rank).amount_minor
            lowest = amount_minor if lowest is None else min(lowest, amount_minor)
    return lowest


def _candidate(price_list: PriceList, term: Term, stretch: Stretch) -> Candidate:
    return Candidate(
        price_list.price_list_id,
        price_list.kind,
        term.priority,
        price_list.customer_group_id is not None,
        price_list.channel_id is not None,
        price_list.includes_tax,
        1,
        stretch.amount_minor,
        None,
        stretch.since,
    )


def _overlap(stretch: Stretch, term: Term) -> tuple[datetime, datetime | None]:
    ends = [each for each in (stretch.until, term.until) if each is not None]
    return max(stretch.since, term.since), min(ends, default=None)
