"""What merchants keep beside products, variants and categories, as they defined it."""

from typing import Any

import pytest

from galleria.commerce import attributes, catalog
from galleria.commerce.attributes import NewMetafieldDefinition
from galleria.commerce.catalog import (
    CategoryChanges,
    InvalidProduct,
    InvalidStructure,
    NewCategory,
    ProductChanges,
    VariantChanges,
    VariantDraft,
)
from galleria.engines.context import Context
from tests.commerce.catalog.test_words import rows_of
from tests.commerce.catalog.wares import merge, simple


async def defined(ctx: Context, owner: Any, code: str, kind: Any, **fields: Any) -> None:
    """Owners of this kind may carry `care.<code>`."""
    wanted = NewMetafieldDefinition(
        owner_kind=owner, namespace="care", code=code, kind=kind, **fields
    )
    await attributes.create_metafield_definition(ctx, wanted)


async def with_care(ctx: Context) -> None:
    for owner in ("product", "variant", "category"):
        await defined(ctx, owner, "note", "text")
        await defined(ctx, owner, "words", "text", is_list=True)
    await defined(ctx, "product", "days", "integer", minimum=1)
    await defined(ctx, "product", "signs", "select", choices=["30", "60"], is_list=True)


async def test_a_product_keeps_what_was_defined_and_changes_it_by_name(ctx: Context) -> None:
    await with_care(ctx)
    tree = await catalog.create_product(ctx, simple("mug", metafields={"care.note": "By hand"}))
    assert tree.metafields == {"care.note": "By hand"}

    async def change(metafields: dict[str, Any] | None) -> Any:
        changes = ProductChanges(metafields=metafields)
        return (await catalog.update_product(ctx, tree.product_id, changes)).metafields

    assert await change({"care.days": 3}) == {"care.note": "By hand", "care.days": 3}
    assert await change({"care.note": None}) == {"care.days": 3}
    assert await change(None) is None
    assert await rows_of(
        ctx, "SELECT metafields IS NULL FROM catalog.product WHERE tenant_id = $1"
    ) == [(True,)]


async def test_what_does_not_fit_the_definition_is_refused(ctx: Context) -> None:
    await with_care(ctx)
    product_id = (await catalog.create_product(ctx, simple("mug"))).product_id
    for metafields, fault in (
        ({"care.days": 0}, ("metafields.care.days", "out_of_range")),
        ({"care.colour": "red"}, ("metafields.care.colour", "unknown_metafield")),
        ({"care.signs": ["90"]}, ("metafields.care.signs", "unknown_choice")),
        ({"care.words": ["x" * 9_000] * 10}, ("metafields", "too_large")),
    ):
        with pytest.raises(InvalidProduct) as refusal:
            changes = ProductChanges(metafields=metafields)
            await catalog.update_product(ctx, product_id, changes)
        assert [(e.path, e.code) for e in refusal.value.errors] == [fault]
    draft = simple("cup", variants=[VariantDraft(metafields={"care.x": 1})])
    (merged,) = await merge(ctx, draft)
    assert [(e.path, e.code) for e in merged.errors] == [
        ("variants[0].metafields.care.x", "unknown_metafield")
    ]


async def test_files_write_text_for_numbers_and_lists(ctx: Context) -> None:
    await with_care(ctx)
    cells = {"care.days": "3", "care.signs": '["30"]', "care.note": "12"}
    await merge(ctx, simple("mug", metafields=cells))
    kept = {"care.days": 3, "care.signs": ["30"], "care.note": "12"}
    assert (await catalog.get_product_by_handle(ctx, "mug")).metafields == kept
    await merge(ctx, simple("mug", brand="New"))
    assert (await catalog.get_product_by_handle(ctx, "mug")).metafields == kept
    await merge(ctx, simple("mug", metafields={"care.days": 4}))
    assert (await catalog.get_product_by_handle(ctx, "mug")).metafields == {"care.days": 4}


async def test_a_variant_keeps_its_own(ctx: Context) -> None:
    await with_care(ctx)
    draft = simple("mug", variants=[VariantDraft(metafields={"care.note": "a"})])
    tree = await catalog.create_product(ctx, draft)
    (variant,) = tree.variants
    assert variant.metafields == {"care.note": "a"}
    changes = VariantChanges(metafields={"care.note": "b"})
    view = await catalog.update_variant(ctx, variant.variant_id, changes)
    assert view.metafields == {"care.note": "b"}
    every = catalog.BulkVariantChanges(
        selection=catalog.VariantSelection(), changes=VariantChanges(metafields=None)
    )
    await catalog.update_variants(ctx, tree.product_id, every)
    assert (await catalog.get_variant(ctx, variant.variant_id)).metafields is None
    bad = catalog.BulkVariantChanges(
        selection=catalog.VariantSelection(), changes=VariantChanges(metafields={"x.y": 1})
    )
    with pytest.raises(InvalidProduct):
        await catalog.update_variants(ctx, tree.product_id, bad)


async def test_a_category_keeps_its_own(ctx: Context) -> None:
    await with_care(ctx)
    wanted = NewCategory(name="Cups", metafields={"care.note": "All by hand"})
    made = await catalog.create_category(ctx, wanted)
    assert made.metafields == {"care.note": "All by hand"}
    changes = CategoryChanges(metafields={"care.note": None})
    assert (await catalog.update_category(ctx, made.category_id, changes)).metafields is None
    with pytest.raises(InvalidStructure):
        await catalog.create_category(ctx, NewCategory(name="x", metafields={"x.y": 1}))


async def test_what_nobody_defines_any_more_goes_with_the_next_change(ctx: Context) -> None:
    await with_care(ctx)
    tree = await catalog.create_product(
        ctx, simple("mug", metafields={"care.note": "a", "care.days": 1})
    )
    note = (await attributes.dictionary(ctx)).definitions["product"]["care.note"]
    await attributes.remove_metafield_definition(ctx, note.definition_id)
    changes = ProductChanges(metafields={"care.days": 2})
    after = await catalog.update_product(ctx, tree.product_id, changes)
    assert after.metafields == {"care.days": 2}
