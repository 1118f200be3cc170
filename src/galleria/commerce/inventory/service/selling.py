"""On what terms variants are sold: counted or not, and how far ahead of stock."""

from collections.abc import Sequence
from uuid import UUID

import msgspec
from msgspec import UNSET

from galleria.commerce.inventory.events import stock_changed
from galleria.commerce.inventory.model.selling import (
    Policy,
    Terms,
    checked_terms,
    with_policy,
)
from galleria.commerce.inventory.repository import weighing as repository
from galleria.commerce.inventory.schemas import StockPolicy
from galleria.commerce.inventory.service.levels import require_variants
from galleria.commerce.inventory.service.locations import ensure_location
from galleria.commerce.inventory.service.watching import note_low
from galleria.engines.context import Context
from galleria.engines.sql import Reader, Transaction
from galleria.platform import audit


async def set_policies(
    tx: Transaction, policies: Sequence[Policy], *, are_new: bool = False
) -> list[UUID]:
    """The variants are counted, and sold beyond what is there, or not; set-based.

    Those whose policy changed come back. A preorder stays one, and other terms stay too, where
    the policy allows them. Variants are not looked up.

    Args:
        tx: the policies are kept with what else it writes.
        policies: of several for a variant the last one counts.
        are_new: this transaction makes the variants: what was said before is not looked up, and
            no event names them.
    """
    last = {policy.variant_id: policy for policy in policies}
    said = {} if are_new else await repository.said_terms(tx, list(last))
    # Nearly all are usual and have no row: there is nothing to compare.
    telling = [each for each in last.values() if each.variant_id in said or not each.is_usual]
    before = {
        each.variant_id: said.get(each.variant_id) or Terms(variant_id=each.variant_id)
        for each in telling
    }
    after = [with_policy(before[each.variant_id], each) for each in telling]
    changed = await _save(tx, before, after)
    if not are_new:
        tx.publish(*stock_changed(changed, "policy"))
    return changed


async def _save(tx: Transaction, before: dict[UUID, Terms], wanted: Sequence[Terms]) -> list[UUID]:
    differing = [each for each in wanted if each != before[each.variant_id]]
    if not differing:
        return []
    await repository.save_terms(tx, differing)
    ahead = [each.variant_id for each in differing if each.selling != "deny"]
    if ahead:
        await repository.place_promises(tx, ahead, (await ensure_location(tx)).location_id)
    changed = sorted(each.variant_id for each in differing)
    await note_low(tx, changed)
    return changed


async def set_policy(ctx: Context, variant_id: UUID, wanted: StockPolicy) -> Terms:
    """The variant is sold on these terms; what is left out of them stays where it makes sense.

    Raises:
        VariantNotFound: it is no variant of this shop.
        InvalidPolicy: the terms contradict each other.
    """
    async with ctx.transaction() as tx:
        await require_variants(tx, [variant_id])
        before = await repository.terms_of(tx, [variant_id])
        terms = _laid_over(before[variant_id], wanted)
        tx.publish(*stock_changed(await _save(tx, before, [terms]), "policy"))
        detail = {"is_tracked": terms.is_tracked, "selling": terms.selling}
        await audit.record(tx, "stock.policy_set", f"variant:{variant_id}", detail)
    return terms


def _laid_over(terms: Terms, wanted: StockPolicy) -> Terms:
    allows = wanted.allows_backorder
    if wanted.selling is not UNSET:
        allows = wanted.selling != "deny"
    policy = Policy(
        variant_id=terms.variant_id, is_tracked=wanted.is_tracked, allows_backorder=allows
    )
    terms = with_policy(terms, policy)
    if wanted.selling is not UNSET:
        available_on = terms.available_on if wanted.selling == "preorder" else None
        terms = msgspec.structs.replace(terms, selling=wanted.selling, available_on=available_on)
    said = {name: getattr(wanted, name) for name in ("available_on", "promise_limit", "low_at")}
    changes = {name: value for name, value in said.items() if value is not UNSET}
    return checked_terms(msgspec.structs.replace(terms, **changes))


async def terms_of(reader: Reader, variant_ids: Sequence[UUID]) -> dict[UUID, Terms]:
    """The terms on which each of the variants is sold, the usual ones where none were said."""
    return await repository.terms_of(reader, variant_ids)
