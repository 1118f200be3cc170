"""Variants one by one."""

import pytest

from galleria.commerce import catalog
from galleria.commerce.catalog import (
    InvalidProduct,
    MediaDraft,
    SkuTaken,
    Translation,
    VariantChanges,
    VariantDraft,
)
from galleria.engines.context import Context
from galleria.foundation.ids import new_id
from tests.commerce.catalog.wares import made, merge, shirt, simple


async def test_a_variant_is_added_changed_and_removed(ctx: Context) -> None:
    only = [VariantDraft(sku="a", option_values=["Red", "S"])]
    tree = await catalog.create_product(ctx, shirt(sizes="SML", variants=only))
    added = await catalog.add_variant(
        ctx, tree.product_id, VariantDraft(sku="b", option_values=["Red", "M"]), 1
    )
    assert (added.position, added.sku, added.title) == (1, "b", "Shirt")
    changed = await catalog.update_variant(
        ctx, added.variant_id, VariantChanges(sku=None, option_values=["Blue", "L"]), 2
    )
    assert (changed.sku, changed.option_values) == (None, ["Blue", "L"])
    again = await catalog.get_product(ctx, tree.product_id)
    assert (again.version, again.variant_count) == (3, 2)

    await catalog.remove_variant(ctx, added.variant_id, 3)
    with pytest.raises(catalog.LastVariant):
        await catalog.remove_variant(ctx, tree.variants[0].variant_id)
    assert (await catalog.get_product(ctx, tree.product_id)).variant_count == 1


async def test_a_variant_that_changes_nothing_leaves_the_version(ctx: Context) -> None:
    tree = await catalog.create_product(ctx, shirt())
    same = VariantChanges(sku=tree.variants[0].sku)
    await catalog.update_variant(ctx, tree.variants[0].variant_id, same)
    assert (await catalog.get_product(ctx, tree.product_id)).version == 1


async def test_a_combination_or_a_sku_is_there_once(ctx: Context) -> None:
    product_id = await made(ctx, shirt(sizes="SM"))
    with pytest.raises(InvalidProduct) as raised:
        await catalog.add_variant(ctx, product_id, VariantDraft(option_values=["Red", "S"]))
    assert [(e.path, e.code) for e in raised.value.errors] == [
        ("option_values", "duplicate_combination")
    ]
    other = await catalog.create_product(ctx, simple("mug"))
    with pytest.raises(SkuTaken):
        await catalog.update_variant(
            ctx, other.variants[0].variant_id, VariantChanges(sku="shirt-RS")
        )


async def test_10_000_variants_are_enough(ctx: Context) -> None:
    values = [str(number) for number in range(2_000)]
    draft = simple(
        "many",
        options=[catalog.Option("Number", values), catalog.Option("Part", list("abcdex"))],
        variants=[
            VariantDraft(option_values=[value, part]) for value in values for part in "abcde"
        ],
    )
    product_id = await made(ctx, draft)
    with pytest.raises(catalog.TooManyVariants):
        await catalog.add_variant(ctx, product_id, VariantDraft(option_values=["0", "x"]))


async def test_a_view_tells_what_a_cart_shows(ctx: Context) -> None:
    draft = shirt(
        sizes="S",
        status="active",
        media=[MediaDraft(source_url="https://x.example/1.jpg")],
        translations={"de": Translation(title="Hemd", description_html="<p>x</p>")},
    )
    tree = await catalog.create_product(ctx, draft)
    picture = new_id()
    async with ctx.transaction() as tx:
        await catalog.attach_media(tx, tree.product_id, "https://x.example/1.jpg", picture)
    first = tree.variants[0].variant_id
    (view,) = await catalog.variants_of(ctx, [first, new_id()])
    assert view.is_sellable
    assert (view.title, view.product_handle, view.media_id) == ("Shirt", "shirt", picture)
    assert view.translations == {"de": Translation(title="Hemd")}
    assert view.option_names == ["Colour", "Size"]


async def test_variants_are_listed_by_product_and_by_sku(ctx: Context) -> None:
    first, second = await merge(ctx, shirt(), simple("mug", variants=[VariantDraft(sku="m")]))
    by_sku = await catalog.list_variants(ctx, sku="m")
    assert [view.variant_id for view in by_sku.items] == second.variant_ids

    shown, cursor = [], None
    while True:
        page = await catalog.list_variants(ctx, first.product_id, cursor=cursor, limit=4)
        shown += [view.variant_id for view in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert shown == sorted(first.variant_ids)
