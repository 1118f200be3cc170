"""What was ordered is not taken away when its import is undone."""

from galleria import bindings
from galleria.commerce import catalog, imports, orders
from galleria.commerce.imports.service import asking
from galleria.engines.context import Context
from galleria.foundation.ids import new_id
from tests.commerce.imports.conftest import mugs, products_of, taken_in
from tests.commerce.orders.buying import buy


async def test_a_product_that_was_ordered_outlives_its_import(shop: Context) -> None:
    assert asking.ordered is orders.ordered_variants, f"bound by {bindings.__name__}"
    run = await taken_in(shop, mugs(3), publish=True)
    known = await products_of(shop)
    bought = known["mug-1-m1"].variants[0].variant_id
    await buy(shop, (bought, 1))

    await imports.start_undo(shop, run.run_id)
    run = await imports.run_import_now(shop, run.run_id)

    assert (run.state, run.undo_removed_count, run.undo_kept_count) == ("undone", 2, 1)
    (remark,) = (await imports.list_undo_remarks(shop, run.run_id)).items
    assert (remark.handle, remark.code) == ("mug-1-m1", "ordered_since")
    assert (await catalog.get_variant(shop, bought)).sku == "MUG-1"
    assert await orders.ordered_variants(shop, [bought, new_id()]) == {bought}
    assert await orders.ordered_variants(shop, []) == set()
