"""Which of several prices counts, and why: an order of precedence, the same every time.

Of the lists that count for this channel, currency, customer and instant: contract before sale
before base; then the higher priority; then the list for a customer group before one for everybody,
and the list of this channel before one for all; then the lower amount; then the older list. Within
a list the tier with the most pieces that the quantity reaches.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

import msgspec

from galleria.commerce.pricing.model.lists import Kind, PriceList

Rank: TypeAlias = tuple[int, int, bool, bool, int, int]

_KINDS: dict[Kind, int] = {"contract": 0, "sale": 1, "base": 2}

Reason = Literal[
    "won",
    "other_currency",
    "other_channel",
    "other_customer_group",
    "not_active",
    "not_begun",
    "ended",
    "too_few_pieces",
    "lower_tier",
    "lower_kind",
    "lower_priority",
    "for_everybody",
    "for_all_channels",
    "higher_amount",
    "younger_list",
]

_SENTENCES: dict[Reason, str] = {
    "won": "This price counts.",
    "other_currency": "The list is in another currency.",
    "other_channel": "The list is for another sales channel.",
    "other_customer_group": "The list is for a customer group that the customer is not in.",
    "not_active": "The list is switched off.",
    "not_begun": "The list does not count yet.",
    "ended": "The list no longer counts.",
    "too_few_pieces": "The price is for more pieces than are bought.",
    "lower_tier": "The same list has a price for more pieces, and enough are bought for it.",
    "lower_kind": "A contract goes before a sale, and a sale before a base price.",
    "lower_priority": "Another list of its kind has a higher priority.",
    "for_everybody": "A list for the customer's group goes before one for everybody.",
    "for_all_channels": "A list of this sales channel goes before one for all.",
    "higher_amount": "Another list, equal otherwise, has a lower price.",
    "younger_list": "An older list, equal otherwise, has the same price.",
}
# In the order of a rank's parts: what it means to lose by it.
_LOST_BY: tuple[Reason, ...] = (
    "lower_kind",
    "lower_priority",
    "for_everybody",
    "for_all_channels",
    "higher_amount",
    "younger_list",
)


class Candidate(msgspec.Struct, frozen=True, gc=False):
    """A price that may count, with what its list is. `starts_at`: since when it could."""

    price_list_id: int
    kind: Kind
    priority: int
    is_for_group: bool
    is_for_channel: bool
    includes_tax: bool
    min_quantity: int
    amount_minor: int
    compare_at_minor: int | None
    starts_at: datetime


class ResolvedPrice(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a variant costs somebody now, and by which list.

    `since` is when this amount began to count. With `includes_tax` the tax is in the amount,
    without it comes on top.
    """

    variant_id: UUID
    currency: str
    amount_minor: int
    compare_at_minor: int | None
    includes_tax: bool
    price_list_id: int
    kind: Kind
    min_quantity: int
    since: datetime

    @property
    def is_reduced(self) -> bool:
        """Whether it is shown as a reduction: by a sale, or by an amount to compare with."""
        return self.kind == "sale" or self.compare_at_minor is not None


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks for a price, where, when and for how many pieces."""

    channel_id: UUID
    currency: str
    at: datetime
    quantity: int = 1
    customer_group_ids: frozenset[UUID] = frozenset()


class Offer(msgspec.Struct, frozen=True):
    """A price of a variant beside the list it stands in."""

    price_list: PriceList
    min_quantity: int
    amount_minor: int
    compare_at_minor: int | None
    since: datetime


class Explained(msgspec.Struct, frozen=True, kw_only=True):
    """A price of the variant, whether it counts, and why: a code and a sentence."""

    price_list_id: int
    code: str
    name: str
    kind: Kind
    priority: int
    channel_id: UUID | None
    customer_group_id: UUID | None
    currency: str
    includes_tax: bool
    min_quantity: int
    amount_minor: int
    compare_at_minor: int | None
    since: datetime
    has_won: bool
    reason_code: Reason
    reason: str


def rank(candidate: Candidate) -> Rank:
    """What the candidate is compared by; the least goes first. See the module for the order."""
    return (
        _KINDS[candidate.kind],
        -candidate.priority,
        not candidate.is_for_group,
        not candidate.is_for_channel,
        candidate.amount_minor,
        candidate.price_list_id,
    )


def resolve(candidates: Sequence[Candidate], quantity: int = 1) -> Candidate | None:
    """The candidate that counts for so many pieces; None when none does. O(n)."""
    reached = best_tiers(candidates, quantity)
    return min(reached, key=rank) if reached else None


def best_tiers(candidates: Iterable[Candidate], quantity: int) -> list[Candidate]:
    """Of each list the tier with the most pieces that `quantity` reaches."""
    best: dict[int, Candidate] = {}
    for each in candidates:
        known = best.get(each.price_list_id)
        if each.min_quantity <= quantity and (
            known is None or each.min_quantity > known.min_quantity
        ):
            best[each.price_list_id] = each
    return list(best.values())


def candidate_of(offer: Offer) -> Candidate:
    """The offer as it is compared."""
    each = offer.price_list
    return Candidate(
        each.price_list_id,
        each.kind,
        each.priority,
        each.customer_group_id is not None,
        each.channel_id is not None,
        each.includes_tax,
        offer.min_quantity,
        offer.amount_minor,
        offer.compare_at_minor,
        max(offer.since, each.counts_since),
    )


def why_not_counted(price_list: PriceList, question: Question) -> Reason | None:
    """Why the list does not count for this question, or None when it does."""
    starts, ends = price_list.valid_from, price_list.valid_until
    group = price_list.customer_group_id
    checks: list[tuple[bool, Reason]] = [
        (price_list.currency != question.currency, "other_currency"),
        (price_list.channel_id not in (None, question.channel_id), "other_channel"),
        (
            group is not None and group not in question.customer_group_ids,
            "other_customer_group",
        ),
        (not price_list.is_active, "not_active"),
        (starts is not None and question.at < starts, "not_begun"),
        (ends is not None and ends <= question.at, "ended"),
    ]
    return next((reason for fails, reason in checks if fails), None)


def explain(offers: Sequence[Offer], question: Question) -> list[Explained]:
    """Every offer with its fate, the one that won first, then by how near each came."""
    counted = [each for each in offers if why_not_counted(each.price_list, question) is None]
    candidates = {id(each): candidate_of(each) for each in counted}
    best = best_tiers(candidates.values(), question.quantity)
    winner = min(best, key=rank) if best else None
    told = []
    for offer in offers:
        candidate = candidates.get(id(offer))
        if candidate is None:
            reason = why_not_counted(offer.price_list, question)
            assert reason is not None, "it would be a candidate"
        else:
            reason = _fate(candidate, best, winner, question.quantity)
        told.append(_explained(offer, reason))
    order = list(_SENTENCES)
    told.sort(key=lambda each: (_nearness(each.reason_code, order), each.price_list_id))
    return told


def _nearness(reason: Reason, order: list[Reason]) -> int:
    if reason == "won":
        return -1
    return len(order) - order.index(reason)


def _fate(
    candidate: Candidate, best: Sequence[Candidate], winner: Candidate | None, quantity: int
) -> Reason:
    if candidate.min_quantity > quantity:
        return "too_few_pieces"
    if candidate not in best:
        return "lower_tier"
    assert winner is not None, "one of the best wins"
    pairs = zip(rank(candidate), rank(winner), _LOST_BY, strict=True)
    return next((reason for own, others, reason in pairs if own != others), "won")


def _explained(offer: Offer, reason: Reason) -> Explained:
    each = offer.price_list
    return Explained(
        price_list_id=each.price_list_id,
        code=each.code,
        name=each.name,
        kind=each.kind,
        priority=each.priority,
        channel_id=each.channel_id,
        customer_group_id=each.customer_group_id,
        currency=each.currency,
        includes_tax=each.includes_tax,
        min_quantity=offer.min_quantity,
        amount_minor=offer.amount_minor,
        compare_at_minor=offer.compare_at_minor,
        since=offer.since,
        has_won=reason == "won",
        reason_code=reason,
        reason=_SENTENCES[reason],
    )
