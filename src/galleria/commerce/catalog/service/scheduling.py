"""Puts products on sale, and takes them off, at the times their merchants chose."""

from collections import Counter

from galleria.commerce.catalog.errors import AttributeRequired, ProductNotPublishable
from galleria.commerce.catalog.events import products_changed
from galleria.commerce.catalog.model import products as model
from galleria.commerce.catalog.model.wording import KeptProduct
from galleria.commerce.catalog.repository import products as repository
from galleria.commerce.catalog.service import requirements
from galleria.commerce.catalog.service.remembering import remember_statuses
from galleria.engines.context import Context
from galleria.engines.sql import Transaction
from galleria.platform import audit

PRODUCTS_AT_ONCE = 500


async def apply_schedule(ctx: Context) -> int:
    """What was due by now is done, in steps that each commit; how many products that were.

    One that cannot be put on sale is left as it is, and the diary says why.
    """
    count = 0
    while True:
        async with ctx.transaction() as tx:
            due = await repository.lock_due(tx, PRODUCTS_AT_ONCE)
            if not due:
                return count
            await _apply(tx, due)
            count += len(due)


async def _apply(tx: Transaction, due: list[KeptProduct]) -> None:
    after: list[KeptProduct] = []
    tally: Counter[model.Status] = Counter()
    lacking = await requirements.lacking(tx, due)
    for product in due:
        try:
            scheduled = model.as_scheduled(product, tx.now)
            if scheduled.status == model.ACTIVE != product.status and product.product_id in lacking:
                raise AttributeRequired("it lacks what its categories ask for")
            after.append(scheduled)
        except (ProductNotPublishable, AttributeRequired) as refusal:
            after.append(model.without_due(product, tx.now))
            why = {"code": refusal.code}
            subject = f"product:{product.product_id}"
            await audit.record(tx, "products.schedule_refused", subject, why)
    changed = [new for old, new in zip(due, after, strict=True) if new.status != old.status]
    for old, new in zip(due, after, strict=True):
        tally[old.status] -= 1
        tally[new.status] += 1
    await repository.save_statuses(tx, after)
    await remember_statuses(tx, list(zip(due, after, strict=True)))
    if changed:
        await repository.add_tally(tx, dict(tally))
        tx.publish(*products_changed([each.product_id for each in changed], "status"))
        detail = {str(status): n for status, n in Counter(p.status for p in changed).items()}
        await audit.record(tx, "products.schedule_applied", "products:many", detail)
