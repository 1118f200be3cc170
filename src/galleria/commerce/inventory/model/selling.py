"""What a shopper may be promised: what is there, what is coming, and what is sold ahead of it."""

from collections.abc import Mapping
from datetime import date
from typing import Literal, TypeAlias
from uuid import UUID

import msgspec

from galleria.commerce.inventory.errors import InvalidPolicy

SCARCE = 5  # up to so many a shopper is told how few are left

Selling: TypeAlias = Literal["deny", "backorder", "preorder"]
Offer: TypeAlias = Literal["in_stock", "backorder", "preorder", "sold_out"]


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a variant's stock is counted, and whether more may be sold than is there."""

    variant_id: UUID
    is_tracked: bool = True
    allows_backorder: bool = False

    @property
    def is_usual(self) -> bool:
        """No row is needed to say this."""
        return self.is_tracked and not self.allows_backorder


class Terms(Policy, frozen=True, kw_only=True):
    """A policy in full.

    `promise_limit` is how many may be promised beyond what is there, None for any number;
    `available_on` is when a preorder is to be had; at `low_at` available the variant is low, None
    for the shop's usual number. `allows_backorder` says no more than that `selling` is not deny.
    """

    selling: Selling = "deny"
    available_on: date | None = None
    promise_limit: int | None = None
    low_at: int | None = None

    @property
    def is_usual(self) -> bool:
        """No row is needed to say this."""
        return self == Terms(variant_id=self.variant_id)


class Availability(msgspec.Struct, frozen=True, kw_only=True):
    """How many of a variant can be sold over all active locations, and on what terms.

    `ahead` are promised beyond what is there; `incoming` are expected, the next of them on
    `incoming_on` when that is known. `is_low` is whether the merchant wants to hear of it.
    """

    available: int
    is_tracked: bool
    allows_backorder: bool
    selling: Selling = "deny"
    available_on: date | None = None
    promise_limit: int | None = None
    ahead: int = 0
    incoming: int = 0
    incoming_on: date | None = None
    low_at: int | None = None
    is_low: bool = False

    @property
    def sellable(self) -> int | None:
        """How many can be sold now, those ahead of stock with them; None is any number."""
        if not self.is_tracked:
            return None
        if not self.allows_backorder:
            return self.available
        if self.promise_limit is None:
            return None
        return self.available + max(0, self.promise_limit - self.ahead)

    @property
    def offer(self) -> Offer:
        """What a shopper is told: there, to be had later, or gone."""
        if not self.is_tracked or self.available > 0:
            return "in_stock"
        if self.selling == "deny" or self.sellable == 0:
            return "sold_out"
        return self.selling

    def covers(self, quantity: int) -> bool:
        """So many can be sold now."""
        return self.sellable is None or self.sellable >= quantity


class ShelfSum(msgspec.Struct, frozen=True, kw_only=True):
    """What can be sold of some variants together, over all active locations.

    `available` is of those that are tracked: `has_tracked` when some are, `has_untracked` when some
    are not. `has_low` when the merchant wants to hear of one.
    """

    available: int = 0
    has_tracked: bool = False
    has_untracked: bool = False
    has_low: bool = False


def checked_terms(terms: Terms) -> Terms:
    """The terms when they make sense.

    Raises:
        InvalidPolicy: a date without a preorder, or a limit where nothing is sold ahead.
    """
    if terms.available_on is not None and terms.selling != "preorder":
        raise InvalidPolicy("only a preorder has a day from which it can be had")
    if terms.promise_limit is not None and terms.selling == "deny":
        raise InvalidPolicy("nothing is sold ahead of stock, so that has no limit")
    return terms


def with_policy(terms: Terms, policy: Policy) -> Terms:
    """The terms with what the policy says laid over them: a preorder stays one while it may."""
    if not policy.allows_backorder:
        changes: dict[str, object] = {
            "selling": "deny",
            "available_on": None,
            "promise_limit": None,
        }
    else:
        changes = {"selling": "backorder" if terms.selling == "deny" else terms.selling}
    return msgspec.structs.replace(
        terms,
        is_tracked=policy.is_tracked,
        allows_backorder=policy.allows_backorder,
        **changes,
    )


def band(available: int) -> int:
    """0 sold out, 1 scarce, 2 plentiful: what shoppers are shown."""
    return 0 if available <= 0 else 1 if available <= SCARCE else 2


def crossed(after: Mapping[UUID, int], changes: Mapping[UUID, int]) -> list[UUID]:
    """The variants that look different to shoppers, by id.

    Args:
        after: how many are available now.
        changes: by how many that differs from before; below zero when some were taken.
    """
    return sorted(
        variant_id
        for variant_id, change in changes.items()
        if band(after[variant_id]) != band(after[variant_id] - change)
    )
