"""A bundle: a variant that is a fixed set of other variants, and what follows from its parts.

It has no stock of its own and, unless it is said to, no price: both come from its components.
Bundles do not nest, so a set is taken apart in one step and can contain no circle.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

import msgspec

from galleria.commerce.catalog import VariantView
from galleria.commerce.inventory import Availability
from galleria.commerce.pricing import ResolvedPrice
from galleria.foundation.errors import FieldError
from galleria.foundation.money import Money

MAX_COMPONENTS = 50
MAX_PIECES = 999  # of one component in a bundle: as many as a line of a cart may hold
WHOLE_BP = 10_000
_GONE = "archived"

BundlePricing: TypeAlias = Literal["own", "components"]
BundleFault: TypeAlias = Literal["component_gone", "component_archived"]


class Component(msgspec.Struct, frozen=True):
    """So many of a variant in one bundle."""

    variant_id: UUID
    quantity: int


class Bundle(msgspec.Struct, frozen=True, kw_only=True):
    """What a variant consists of and how it is priced.

    With `own` pricing the price lists say what it costs. With `components` it costs what those
    cost one by one, less `discount_bp` hundredths of a percent, or less the amount for the
    currency among `discounts`; where these are given, in no other currency.
    """

    variant_id: UUID
    product_id: UUID
    pricing: BundlePricing
    discount_bp: int = 0
    discounts: list[Money] = []
    components: list[Component]
    updated_at: datetime


class Bundles(msgspec.Struct, frozen=True):
    """Those of some variants that are bundles, with their components as they are now."""

    by_variant: Mapping[UUID, Bundle]
    components: Mapping[UUID, VariantView]

    def fault_of(self, variant_id: UUID) -> BundleFault | None:
        """Why the bundle cannot be sold whatever is in stock; None when it can, or is none."""
        bundle = self.by_variant.get(variant_id)
        for each in bundle.components if bundle else ():
            view = self.components.get(each.variant_id)
            if view is None:
                return "component_gone"
            if view.product_status == _GONE:
                return "component_archived"
        return None

    @property
    def summed(self) -> dict[UUID, Bundle]:
        """Those whose price is made of the prices of their components."""
        return {k: each for k, each in self.by_variant.items() if each.pricing == "components"}


def check_bundle(
    bundle: Bundle, known: Iterable[UUID], nested: Mapping[UUID, Bundle], *, is_component: bool
) -> list[FieldError]:
    """What is wrong with a bundle.

    Args:
        bundle: as it is wanted.
        known: those of its components that are variants of the shop.
        nested: those of its components that are bundles themselves.
        is_component: whether some other bundle contains it.
    """
    there, seen = set(known), set[UUID]()
    errors = list(_pricing_errors(bundle))
    if is_component:
        errors.append(FieldError("", "bundle_nested", "another bundle contains this variant"))
    for at, each in enumerate(bundle.components):
        path = f"components[{at}]"
        inner = nested.get(each.variant_id)
        if each.variant_id not in there:
            errors.append(FieldError(path, "variant_not_found", "there is no such variant"))
        elif each.variant_id == bundle.variant_id:
            errors.append(FieldError(path, "bundle_circular", "a bundle does not contain itself"))
        elif inner is not None and any(
            part.variant_id == bundle.variant_id for part in inner.components
        ):
            errors.append(FieldError(path, "bundle_circular", "each would contain the other"))
        elif inner is not None:
            errors.append(FieldError(path, "bundle_nested", "a bundle contains no other bundle"))
        elif each.variant_id in seen:
            errors.append(FieldError(path, "duplicate_component", "it is named already"))
        seen.add(each.variant_id)
    return errors


def _pricing_errors(bundle: Bundle) -> Iterable[FieldError]:
    if bundle.pricing == "own" and (bundle.discount_bp or bundle.discounts):
        yield FieldError("pricing", "discount_not_possible", "a price of its own is not reduced")
    if bundle.discount_bp and bundle.discounts:
        yield FieldError("discounts", "two_discounts", "take off a percentage or amounts, not both")
    currencies = [each.currency for each in bundle.discounts]
    if len(set(currencies)) < len(currencies):
        yield FieldError("discounts", "duplicate_currency", "one amount for a currency")
    if any(each.amount_minor < 0 for each in bundle.discounts):
        yield FieldError("discounts", "out_of_range", "a discount is not below zero")


def price_of(
    bundle: Bundle, prices: Mapping[UUID, ResolvedPrice], currency: str
) -> ResolvedPrice | None:
    """What the bundle costs by the single prices of its components; None when it cannot be said.

    That is when a component has no price, when some prices contain the tax and others do not, or
    when what is to be taken off is not known in this currency. Half a minor unit is rounded in the
    shopper's favour, and nothing costs less than nothing.
    """
    assert bundle.pricing == "components", "its own price stands in the price lists"
    parts = [prices.get(each.variant_id) for each in bundle.components]
    found = [each for each in parts if each is not None]
    if len(found) < len(parts) or len({each.includes_tax for each in found}) != 1:
        return None
    sum_minor = sum(
        price.amount_minor * each.quantity
        for price, each in zip(found, bundle.components, strict=True)
    )
    off_minor = _half_up(sum_minor * bundle.discount_bp, WHOLE_BP)
    if bundle.discounts:
        known = {each.currency: each.amount_minor for each in bundle.discounts}
        if currency not in known:
            return None
        off_minor = known[currency]
    return ResolvedPrice(
        variant_id=bundle.variant_id,
        currency=currency,
        amount_minor=max(0, sum_minor - off_minor),
        compare_at_minor=None,
        includes_tax=found[0].includes_tax,
        price_list_id=found[0].price_list_id,
        kind="base",
        min_quantity=1,
        since=max(each.since for each in found),
    )


def _half_up(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)


def availability_of(bundle: Bundle, there: Mapping[UUID, Availability]) -> Availability:
    """How many of the bundle can be sold: as many as its scarcest component allows.

    `there` answers for each of the components. What some of them allow ahead of stock, the bundle
    allows too; of several days from which they can be had, the last counts.
    """
    parts = [(there[each.variant_id], each.quantity) for each in bundle.components]
    counted = [(one, quantity) for one, quantity in parts if one.is_tracked]
    if not counted:
        return Availability(available=0, is_tracked=False, allows_backorder=False)
    available = min(one.available // quantity for one, quantity in counted)
    limits = [one.sellable // q for one, q in counted if one.sellable is not None]
    sellable = min(limits) if limits else None
    if sellable is not None and sellable <= available:
        return Availability(available=available, is_tracked=True, allows_backorder=False)
    # Those that let the bundle be sold beyond what is there of them.
    late = [one for one, q in counted if one.allows_backorder and one.available // q <= available]
    is_preorder = any(one.selling == "preorder" for one in late)
    days = [one.available_on for one in late if one.available_on is not None]
    return Availability(
        available=available,
        is_tracked=True,
        allows_backorder=True,
        selling="preorder" if is_preorder else "backorder",
        available_on=max(days, default=None) if is_preorder else None,
        promise_limit=None if sellable is None else sellable - available,
    )


NOTHING = Availability(available=0, is_tracked=True, allows_backorder=False)
"""What can be had of a bundle with a component that is not sold any more."""
