"""What is kept beside a product, its times and variants made at once are a part of its history."""

from datetime import timedelta

from galleria.commerce import catalog
from galleria.commerce.catalog import (
    BulkVariantChanges,
    ProductChanges,
    VariantChanges,
    VariantDraft,
    VariantSelection,
)
from galleria.content import redirects
from galleria.engines.context import Context
from tests.commerce.catalog.test_metafields import with_care
from tests.commerce.catalog.wares import made, shirt
from tests.platform.conftest import later


async def test_each_of_these_acts_leaves_one_version(ctx: Context) -> None:
    await with_care(ctx)
    only = [VariantDraft(option_values=["Red", "S"])]
    product_id = await made(ctx, shirt(variants=only, metafields={"care.days": 2}))
    soon = ctx.now + timedelta(hours=1)
    await catalog.generate_variants(ctx, product_id)
    await catalog.update_variants(
        ctx,
        product_id,
        BulkVariantChanges(
            selection=VariantSelection(), changes=VariantChanges(metafields={"care.note": "Dry"})
        ),
    )
    await catalog.update_product(
        ctx, product_id, ProductChanges(metafields={"care.days": 3}, publish_at=soon)
    )
    assert await catalog.apply_schedule(later(ctx, hours=2)) == 1

    told = (await catalog.list_versions(ctx, product_id)).items

    assert [each.version for each in told] == [5, 4, 3, 2, 1]
    assert [sorted(each.fields) for each in told[:4]] == [
        ["publish_at", "status"],
        ["metafields", "publish_at"],
        ["variants"],
        ["variants"],
    ]
    assert {each.path.rpartition("]")[2] for each in told[2].differences} == {".metafields"}
    assert len(told[3].differences) == 5


async def test_a_restored_product_has_its_metafields_and_its_old_address_leads_to_it(
    ctx: Context,
) -> None:
    await with_care(ctx)
    only = [VariantDraft(option_values=["Red", "S"], metafields={"care.note": "Dry"})]
    product_id = await made(ctx, shirt(variants=only, metafields={"care.days": 2}))
    before = await catalog.get_product(ctx, product_id)
    variant_id = before.variants[0].variant_id
    changes = ProductChanges(handle="tunic", metafields=None)
    await catalog.update_product(ctx, product_id, changes)
    await catalog.update_variant(ctx, variant_id, VariantChanges(metafields={"care.note": "Wet"}))

    after = await catalog.restore_product(ctx, product_id, 1)

    assert (after.handle, after.metafields) == ("shirt", {"care.days": 2})
    assert after.variants == before.variants
    assert (await redirects.resolve(ctx, "/products/shirt")) is None
    tunic = await redirects.resolve(ctx, "/products/tunic")
    assert tunic is not None and tunic.target_id == product_id
