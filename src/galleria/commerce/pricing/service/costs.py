"""What things cost the merchant: said by people, merged from files, read by who weighs a margin."""

from collections.abc import Collection, Sequence
from uuid import UUID

import msgspec

from galleria.commerce import catalog
from galleria.commerce.pricing.errors import InvalidPrice
from galleria.commerce.pricing.events import costs_changed
from galleria.commerce.pricing.model.costs import (
    Cost,
    CostKey,
    CostRow,
    CostsMerged,
    CostsUndone,
    check_cost,
    cost_way_back,
)
from galleria.commerce.pricing.model.prices import RefusedPrice
from galleria.commerce.pricing.repository import costs as repository
from galleria.commerce.pricing.schemas import SetCost
from galleria.engines.context import Context
from galleria.engines.sql import Reader, Transaction
from galleria.foundation.errors import FieldError
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.platform import audit, tenants

AT_ONCE = 5_000
_START = CostKey(UUID(int=0), "")


async def merge_costs(
    tx: Transaction,
    rows: Sequence[CostRow],
    *,
    work_id: UUID | None = None,
    made_here: Collection[UUID] = (),
) -> CostsMerged:
    """The costs are as given; a row that is no cost is refused by itself.

    One COPY and one statement, whatever their number. What does not differ is not written. Of rows
    for the same variant and currency the last one counts. Variants are not looked up.

    Args:
        tx: the transaction to merge in.
        rows: what variants cost; without an amount it is not known any more.
        work_id: the import that this belongs to, so that `undo_merged_costs` can take it back.
        made_here: variants that this transaction makes: they take their costs along when they go,
            and whoever is told of them looks at their costs too, so no event names them.
    """
    refused: list[RefusedPrice] = []
    wanted: dict[tuple[UUID, str], CostRow] = {}
    for index, row in enumerate(rows):
        error = check_cost(row)
        if error is None:
            wanted[row.variant_id, row.currency] = row
        else:
            refused.append(RefusedPrice(index=index, error=error))
    changed: list[UUID] = []
    if wanted:
        await repository.lock_costs(tx)
        kept = list(wanted.values())
        changed = sorted(await repository.merge(tx, kept, made_here, work_id))
    tx.publish(*costs_changed([each for each in changed if each not in made_here]))
    unchanged_count = max(0, len(rows) - len(refused) - len(changed))
    return CostsMerged(changed=changed, unchanged_count=unchanged_count, refused=refused)


async def set_costs(ctx: Context, rows: Sequence[SetCost]) -> CostsMerged:
    """`merge_costs` for people: variants and currencies are looked up, all rows or none.

    Raises:
        VariantNotFound: one of them is no variant of this shop.
        InvalidPrice: with an error for each row that is no cost, or is in a currency in which no
            channel sells: nothing could be compared with it.
    """
    async with ctx.transaction() as tx:
        ids = [row.variant_id for row in rows]
        known = {view.variant_id for view in await catalog.variants_of(tx, ids)}
        for each in ids:
            if each not in known:
                raise catalog.VariantNotFound(f"no variant {each}")
        usual = (await tenants.channel_of(tx)).currency
        sold_in = {channel.currency for channel in await tenants.list_channels(tx)}
        wanted = [CostRow(r.variant_id, r.currency or usual, r.amount_minor) for r in rows]
        foreign = [
            FieldError(f"costs[{index}].currency", "not_sold_in", "no channel sells in it")
            for index, row in enumerate(wanted)
            if row.currency not in sold_in
        ]
        if foreign:
            raise InvalidPrice("costs are in the currencies of channels", errors=foreign)
        merged = await merge_costs(tx, wanted)
        if merged.refused:
            errors = [
                FieldError(f"costs[{e.index}].{e.error.path}", e.error.code, e.error.message)
                for e in merged.refused
            ]
            raise InvalidPrice("not all of these are costs", errors=errors)
        if merged.changed:
            await audit.record(tx, "prices.costs_set", "prices:many", {"rows": len(rows)})
    return merged


async def costs_of(reader: Reader, variant_ids: Sequence[UUID]) -> dict[tuple[UUID, str], Cost]:
    """What these variants cost the merchant, by variant and currency; unknown ones are missing.

    One statement for all of them. Not for shoppers.
    """
    return await repository.costs_of(reader, variant_ids) if variant_ids else {}


async def list_costs(
    ctx: Context, variant_id: UUID | None = None, cursor: str | None = None, limit: int = 50
) -> Page[Cost]:
    """A page of costs by variant and currency, of one variant when given.

    Raises:
        InvalidCursor: the cursor is not one of this list with this filter.
    """
    scope = f"pricing.costs:{variant_id}"
    after = _START if cursor is None else _place_of(ctx, cursor, scope)
    found = await repository.page_of_costs(ctx, variant_id, after, limit + 1)
    if len(found) <= limit:
        return Page(items=found)
    last = found[limit - 1]
    keys = [str(last.variant_id), last.currency]
    return Page(
        items=found[:limit],
        next_cursor=ctx.engines.cursors.encode(ctx.tenant.tenant_id, scope, keys),
    )


def _place_of(ctx: Context, cursor: str, scope: str) -> CostKey:
    try:
        variant_id, currency = ctx.engines.cursors.decode(cursor, ctx.tenant.tenant_id, scope)
        return msgspec.convert({"variant_id": variant_id, "currency": currency}, CostKey)
    except (ValueError, msgspec.ValidationError):
        raise InvalidCursor("this cursor is not one of this list") from None


async def undo_merged_costs(
    tx: Transaction, work_id: UUID, most: int = AT_ONCE
) -> CostsUndone | None:
    """The next costs that the work changed are as before; None when there are no more.

    As `undo_merged` does with prices: once, however often this is called, and not where somebody
    changed them since. Variants that the work took away and that did not come back are left out.
    """
    await catalog.gone_among(tx, [])
    await repository.lock_costs(tx)
    found = await repository.merged_costs(tx, work_id, most)
    if not found:
        return None
    taken = [each.key.variant_id for each in found if each.after is None]
    gone = set(await catalog.gone_among(tx, taken))
    former, kept = cost_way_back(each for each in found if each.key.variant_id not in gone)
    if former:
        await merge_costs(tx, former)
    await repository.forget_merged(tx, work_id, [each.key for each in found])
    return CostsUndone(reverted_count=len(former), kept=kept)
