"""Takes back what a merge did to prices, as far as they still are as it left them."""

from uuid import UUID

from galleria.commerce.pricing.events import prices_changed
from galleria.commerce.pricing.model.undoing import PricesUndone, way_back
from galleria.commerce.pricing.repository import merged
from galleria.commerce.pricing.repository import prices as repository
from galleria.commerce.pricing.service.merging import merge_prices
from galleria.engines.sql import Transaction

AT_ONCE = 5_000


async def undo_merged(tx: Transaction, work_id: UUID, most: int = AT_ONCE) -> PricesUndone | None:
    """The next prices that the work changed are as before; None when there are no more.

    What has been looked at is forgotten in the same commit, so it is done once, however often this
    is called. One that had no price before has none again.
    """
    await repository.lock_prices(tx)
    found = await merged.merged_prices(tx, work_id, most)
    if not found:
        return None
    way = way_back(found)
    if way.former:
        await merge_prices(tx, way.former, edit_id=work_id)
    if way.gone:
        tx.publish(*prices_changed(sorted(await repository.remove(tx, way.gone))))
    await merged.forget_merged(tx, work_id, [each.key for each in found])
    return PricesUndone(reverted_count=len(way.former) + len(way.gone), kept=way.kept)
