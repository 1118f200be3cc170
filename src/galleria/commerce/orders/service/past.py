"""Takes in what a shop sold before it moved in: kept to be looked up, never to be worked at."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import msgspec

from galleria.commerce import customers
from galleria.commerce.customers import CustomerDraft, email_key
from galleria.commerce.orders.errors import OrderNotFound
from galleria.commerce.orders.model.past import MergedPastOrder, PastOrder, PastOrderDraft
from galleria.commerce.orders.repository import past as repository
from galleria.engines.context import Context
from galleria.engines.sql import Transaction
from galleria.platform import audit

_A_DAY = timedelta(days=1)


async def merge_past_orders(
    tx: Transaction, source: str, drafts: Sequence[PastOrderDraft]
) -> list[MergedPastOrder]:
    """The orders are part of the shop's history; what became of each, in their order.

    Nothing is reserved, charged or sent, and no event tells of them. An order is known by source
    and number: the same draft again changes nothing, another one replaces what was said before.
    Its customer is found by the e-mail address, or made.

    Args:
        tx: the caller's; some statements, however many drafts.
        source: the system they come from, a word such as `shopify`.
        drafts: at most some thousands at a time.
    """
    seen: set[str] = set()
    refused = [_refusal_of(tx, draft, seen) for draft in drafts]
    taken = [draft for draft, why in zip(drafts, refused, strict=True) if why is None]
    known = await _customers_of(tx, taken)
    kept = await repository.merge(tx, source, taken, known)
    merged: list[MergedPastOrder] = []
    for draft, why in zip(drafts, refused, strict=True):
        if why is not None:
            merged.append(why)
        elif (is_new := kept.get(draft.own_number)) is None:
            merged.append(MergedPastOrder(outcome="unchanged"))
        else:
            merged.append(MergedPastOrder(outcome="created" if is_new else "changed"))
    if kept:
        counts: dict[str, object] = {"source": source}
        counts |= Counter(each.outcome for each in merged)
        await audit.record(tx, "orders.past_orders_merged", "orders:past", counts)
    return merged


def _refusal_of(tx: Transaction, draft: PastOrderDraft, seen: set[str]) -> MergedPastOrder | None:
    """Why the draft cannot be taken in; its number counts as seen from here on."""
    number = draft.own_number
    if not number or len(number) > 100:
        reason = "an order has a number of at most 100 characters"
        return MergedPastOrder(outcome="refused", code="missing_key", reason=reason)
    if draft.placed_at > tx.now + _A_DAY:
        reason = "an order of the past lies in the past"
        return MergedPastOrder(outcome="refused", code="invalid_date", reason=reason)
    if number in seen:
        reason = f"order {number} stands in the file twice"
        return MergedPastOrder(outcome="refused", code="duplicate_order", reason=reason)
    seen.add(number)
    return None


async def _customers_of(tx: Transaction, drafts: Sequence[PastOrderDraft]) -> dict[str, UUID]:
    """The customers of these orders by the keys of their e-mail addresses; made when missing."""
    wanted: dict[str, CustomerDraft] = {}
    for draft in drafts:
        key = email_key(draft.email)
        if key and key not in wanted and (customer := _customer_of(draft)) is not None:
            wanted[key] = customer
    if not wanted:
        return {}
    merged = await customers.merge_customers(tx, list(wanted.values()), tx.ctx.locale or "en")
    return {key: each.customer_id for key, each in zip(wanted, merged, strict=True)}


def _customer_of(draft: PastOrderDraft) -> CustomerDraft | None:
    """Who bought; without a name that can be kept by the address alone, without one nobody."""
    names = [place.name for place in (draft.billing, draft.shipping) if place and place.name]
    for name in (*names[:1], ""):
        try:
            return msgspec.convert({"email": draft.email.strip(), "name": name}, CustomerDraft)
        except msgspec.ValidationError:
            continue
    return None


async def get_past_order(ctx: Context, order_id: UUID) -> PastOrder:
    """The order of another system, as it was taken in.

    Raises:
        OrderNotFound: this shop has no such past order.
    """
    order = await repository.find(ctx, order_id)
    if order is None:
        raise OrderNotFound(f"no past order {order_id}")
    return order
