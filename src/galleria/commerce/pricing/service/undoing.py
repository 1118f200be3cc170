"""Takes back what a merge did to prices, as far as they still are as it left them."""

from collections.abc import Sequence
from uuid import UUID

from galleria.commerce import catalog
from galleria.commerce.pricing.events import prices_changed
from galleria.commerce.pricing.model.undoing import PricesUndone, way_back
from galleria.commerce.pricing.repository import costs, merged
from galleria.commerce.pricing.repository import prices as repository
from galleria.commerce.pricing.service.merging import merge_prices
from galleria.engines.sql import Transaction

AT_ONCE = 5_000


async def take_away_prices(tx: Transaction, variant_ids: Sequence[UUID], work_id: UUID) -> None:
    """Variants that the work has just removed have no price and no cost; `undo_merged` and
    `undo_merged_costs` give them back."""
    await repository.lock_prices(tx)
    await merged.take_away(tx, work_id, variant_ids)
    await costs.lock_costs(tx)
    await costs.take_away(tx, work_id, variant_ids)


async def undo_merged(tx: Transaction, work_id: UUID, most: int = AT_ONCE) -> PricesUndone | None:
    """The next prices that the work changed are as before; None when there are no more.

    What has been looked at is forgotten in the same commit, so it is done once, however often this
    is called. One that had no price before has none again. Variants that the work took away and
    that did not come back are left out.
    """
    await catalog.gone_among(tx, [])
    await repository.lock_prices(tx)
    found = await merged.merged_prices(tx, work_id, most)
    if not found:
        return None
    taken = [each.key.variant_id for each in found if each.after is None]
    gone = set(await catalog.gone_among(tx, taken))
    way = way_back(each for each in found if each.key.variant_id not in gone)
    if way.former:
        await merge_prices(tx, way.former, edit_id=work_id)
    if way.gone:
        tx.publish(*prices_changed(sorted(await repository.remove(tx, way.gone))))
    await merged.forget_merged(tx, work_id, [each.key for each in found])
    return PricesUndone(reverted_count=len(way.former) + len(way.gone), kept=way.kept)
