"""What became of the products of a batch, gathered from catalog, prices and stock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from galleria.commerce import catalog, collections
from galleria.commerce.assortment import BundleTerms
from galleria.commerce.catalog import Merged
from galleria.commerce.downloads import NewDigitalGood
from galleria.commerce.imports.model.line_of_product import is_said_by
from galleria.commerce.imports.model.parsed import (
    ParsedProduct,
)
from galleria.commerce.imports.model.problems import note, problem
from galleria.commerce.imports.model.runs import Change, Difference, Problem, Tally
from galleria.commerce.imports.service.shop_facts import ShopFacts
from galleria.commerce.inventory import Level, Policy
from galleria.commerce.pricing import CostRow, PriceRow
from galleria.engines.sql import Reader
from galleria.foundation.errors import FieldError

# What the catalog says of its batch, in words about the file.
_REASONS = {
    "duplicate_external_ref": "an earlier product of this file has the same id",
    "duplicate_handle": "an earlier product of this file has the same handle",
}


@dataclass(slots=True)
class Settled:
    """A product of the file with what the catalog made of it."""

    product: ParsedProduct
    outcome: str
    variant_ids: Sequence[UUID]
    product_id: UUID | None = None
    errors: Sequence[FieldError] = ()
    differences: Sequence[Difference] = ()

    @property
    def is_in(self) -> bool:
        """The shop has it."""
        return self.outcome != "refused"


@dataclass(slots=True)
class Settlement:
    """The batch, settled: `problems` grow while prices and stock are looked at."""

    products: list[Settled]
    problems: list[Problem] = field(default_factory=list)

    def made(self) -> set[UUID]:
        """The variants of products that this batch has made: they have no stock and no policy."""
        return {
            variant_id
            for each in self.products
            if each.outcome == "created"
            for variant_id in each.variant_ids
        }

    def made_products(self) -> set[UUID]:
        """The products that this batch has made."""
        made = (each.product_id for each in self.products if each.outcome == "created")
        return {product_id for product_id in made if product_id is not None}

    def mark_changed(self, variant_ids: Iterable[UUID]) -> None:
        """Products with these variants changed, though perhaps not for the catalog."""
        changed = set(variant_ids)
        if not changed:
            return
        for each in self.products:
            if each.outcome == "unchanged" and not changed.isdisjoint(each.variant_ids):
                each.outcome = "changed"

    def named_collections(self) -> dict[UUID, list[str]]:
        """The collections of each product that is in and whose draft says something about them."""
        return {
            each.product_id: each.product.draft.collections
            for each in self.products
            if each.product_id is not None
            and each.is_in
            and each.product.draft.collections is not None
        }

    def mark_regrouped(self, product_ids: Iterable[UUID]) -> None:
        """These products are in other collections than before, and so they changed."""
        moved = set(product_ids)
        for each in self.products:
            if each.outcome == "unchanged" and each.product_id in moved:
                each.outcome = "changed"

    def note(self, settled: Settled, path: str, code: str, reason: str) -> None:
        """This should be known about the product."""
        line, column = settled.product.places.place_of(path)
        self.problems.append(note(line, column, code, reason, settled.product.excerpt))

    def price_rows(self, facts: ShopFacts, newer_than: UUID | None = None) -> list[PriceRow]:
        """The prices of all products that are in; with `newer_than` of variants made after it."""
        rows: list[PriceRow] = []
        for each in self.products:
            if not each.variant_ids:
                continue
            for wish in each.product.prices:
                if newer_than is not None and each.variant_ids[wish.variant] < newer_than:
                    continue
                channel = facts.channel_of(wish)
                if isinstance(channel, tuple):
                    code, reason = channel
                    reason += "; this price was not set"
                    self.note(each, f"variants[{wish.variant}].prices", code, reason)
                    continue
                rows.append(
                    PriceRow(
                        each.variant_ids[wish.variant],
                        channel.channel_id,
                        channel.currency,
                        wish.amount_minor,
                        wish.compare_at_minor,
                    )
                )
        return rows

    def cost_rows(self, facts: ShopFacts, newer_than: UUID | None = None) -> list[CostRow]:
        """What all variants cost the merchant; with `newer_than` those made after it."""
        rows: list[CostRow] = []
        for each in self.products:
            for wish in each.product.costs if each.variant_ids else ():
                variant_id = each.variant_ids[wish.variant]
                if newer_than is not None and variant_id < newer_than:
                    continue
                currency = facts.currency_of(wish)
                if isinstance(currency, tuple):
                    code, reason = currency
                    reason += "; this cost was not set"
                    self.note(each, f"variants[{wish.variant}].costs", code, reason)
                    continue
                rows.append(CostRow(variant_id, currency, wish.amount_minor))
        return rows

    def levels(self, facts: ShopFacts, newer_than: UUID | None) -> list[Level]:
        """How many there should be; with `newer_than` only of variants made after it."""
        rows: list[Level] = []
        for each in self.products:
            for wish in each.product.levels if each.variant_ids else ():
                variant_id = each.variant_ids[wish.variant]
                if newer_than is not None and variant_id < newer_than:
                    continue
                location_id = facts.location_of(wish)
                if location_id is not None:
                    rows.append(Level(variant_id, location_id, wish.on_hand, "imported"))
                    continue
                reason = f"there is no stock location {str(wish.location)[:80]!r}"
                reason += "; this stock was not set"
                self.note(each, f"variants[{wish.variant}].stock", "unknown_location", reason)
        return rows

    def policies(self, marker: UUID, *, keeps_stock: bool) -> list[Policy]:
        """What the file says about counting; a new variant it says nothing about is not counted.

        Args:
            marker: an id made just before the merge: ids are made in order, so the variants
                with greater ones are new.
            keeps_stock: leave variants alone that are not new.
        """
        rows: list[Policy] = []
        for each in self.products:
            said = {wish.variant: wish for wish in each.product.policies}
            for at, variant_id in enumerate(each.variant_ids):
                is_new = variant_id > marker
                wish = said.get(at)
                if wish is not None and (is_new or not keeps_stock):
                    policy = Policy(
                        variant_id=variant_id,
                        is_tracked=wish.is_tracked,
                        allows_backorder=wish.allows_backorder,
                    )
                    rows.append(policy)
                elif wish is None and is_new:
                    rows.append(Policy(variant_id=variant_id, is_tracked=False))
        return rows

    def bundles(self) -> dict[UUID, BundleTerms]:
        """What the file says variants consist of, by variant."""
        return {
            each.variant_ids[wish.variant]: wish.terms
            for each in self.products
            if each.variant_ids
            for wish in each.product.bundles
        }

    def digitals(self) -> dict[UUID, NewDigitalGood | None]:
        """What the file says of how variants are had without a parcel, by variant."""
        return {
            each.variant_ids[wish.variant]: wish.terms
            for each in self.products
            if each.variant_ids
            for wish in each.product.digitals
        }

    def tally(self) -> Tally:
        """How many of each outcome."""
        tally = Tally()
        for each in self.products:
            setattr(tally, each.outcome, getattr(tally, each.outcome) + 1)
        return tally

    def changes(self) -> list[Change]:
        """The products that are new or different."""
        return [
            Change(
                line=each.product.places.line,
                handle=each.product.draft.handle,
                title=each.product.draft.title,
                outcome="created" if each.outcome == "created" else "changed",
                differences=list(each.differences),
            )
            for each in self.products
            if each.outcome in ("created", "changed")
        ]


def settle(products: Sequence[ParsedProduct], merged: Sequence[Merged]) -> Settlement:
    """The products with what the catalog answered, its refusals as problems of the file."""
    settlement = Settlement([])
    for product, answer in zip(products, merged, strict=True):
        settled = Settled(
            product, answer.outcome, answer.variant_ids, answer.product_id, answer.errors
        )
        settlement.products.append(settled)
        for error in answer.errors:
            line, column = product.places.place_of(error.path)
            reason = _REASONS.get(error.code, error.message)
            settlement.problems.append(problem(line, column, error.code, reason, product.excerpt))
    return settlement


async def as_exported(reader: Reader, products: Sequence[ParsedProduct]) -> dict[int, Settled]:
    """The products of an export of ours that the shop still has just so, by their places.

    The catalog compares with the last file it merged; this compares with what is there, so that
    an export changes nothing, also after edits by hand.
    """
    ids = {each.product_id: at for at, each in enumerate(products) if each.product_id is not None}
    if not ids:
        return {}
    same: dict[int, Settled] = {}
    named = await collections.names_of(reader, list(ids))
    for tree in await catalog.products_for_listing(reader, list(ids)):
        at = ids[tree.product_id]
        if is_said_by(products[at].draft, tree, named[tree.product_id]):
            variant_ids = [variant.variant_id for variant in tree.variants]
            same[at] = Settled(products[at], "unchanged", variant_ids, tree.product_id)
    return same
