"""Every version of a product is remembered, and can be brought back."""

from typing import Any
from uuid import UUID

import msgspec
import pytest

from galleria.commerce import catalog
from galleria.commerce.catalog import (
    HandleTaken,
    MediaDraft,
    NewCategory,
    Option,
    ProductChanges,
    ProductTree,
    ProductVersion,
    SkuTaken,
    StaleVersion,
    Translation,
    VariantChanges,
    VariantDraft,
)
from galleria.engines.context import Context
from galleria.foundation.ids import new_id
from galleria.platform.changes import VersionNotKept
from tests.commerce.catalog.wares import made, merge, shirt, simple

VOLATILE = ("version", "updated_at", "published_at", "created_at")


async def versions(ctx: Context, product_id: UUID) -> list[ProductVersion]:
    return (await catalog.list_versions(ctx, product_id)).items


def lasting(tree: ProductTree) -> dict[str, Any]:
    """The product without what every version has anew."""
    fields: dict[str, Any] = msgspec.to_builtins(tree)
    return {name: value for name, value in fields.items() if name not in VOLATILE}


async def test_every_way_of_writing_a_product_leaves_one_version(ctx: Context) -> None:
    product_id = await made(ctx, shirt())
    await catalog.update_product(ctx, product_id, ProductChanges(title="Long shirt"))
    await catalog.publish_product(ctx, product_id)
    tree = await catalog.get_product(ctx, product_id)
    first = tree.variants[0]
    await catalog.update_variant(ctx, first.variant_id, VariantChanges(weight_g=200))
    await catalog.remove_variant(ctx, tree.variants[-1].variant_id)
    await catalog.bulk_set_status(ctx, [product_id], "archived")
    await catalog.update_product(
        ctx, product_id, ProductChanges(media=[MediaDraft(source_url="https://x.example/1")])
    )
    warm = await catalog.create_category(ctx, NewCategory(name="Warm"))
    cold = await catalog.create_category(ctx, NewCategory(name="Cold"))
    both = [warm.category_id, cold.category_id]
    await catalog.update_product(ctx, product_id, ProductChanges(category_ids=both))
    await catalog.remove_category(ctx, cold.category_id)
    await merge(ctx, shirt(title="Short shirt"), simple("other"))

    told = await versions(ctx, product_id)

    present = (await catalog.get_product(ctx, product_id)).version
    assert [each.version for each in told] == list(range(present, 0, -1))
    by_version = {each.version: each for each in told}
    assert by_version[1].act == "created"
    assert by_version[2].fields == ["title"]
    (title,) = by_version[2].differences
    assert (title.before, title.after) == ("Shirt", "Long shirt")
    assert by_version[3].fields == by_version[6].fields == ["status"]
    (weight,) = by_version[4].differences
    assert weight.path == f"variants[{first.variant_id}].weight_g"
    assert (weight.before, weight.after) == (None, 200)
    assert [each.kind for each in by_version[5].differences] == ["removed"]
    assert by_version[7].fields == ["media"]
    assert by_version[8].fields == by_version[9].fields == ["category_ids"]
    assert by_version[8].places == {warm.category_id: "Warm"}
    (left,) = by_version[9].differences
    assert (left.before, left.after) == (str(cold.category_id), None)
    assert by_version[9].cause.startswith("category")
    assert by_version[10].cause == "merge"
    assert {each.actor_kind for each in told} == {ctx.actor.kind}


async def test_any_version_comes_back_as_it_was_and_is_a_new_one(ctx: Context) -> None:
    product_id = await made(
        ctx,
        shirt(
            attributes={"material": "wool", "count": 3},
            tags=["a", "b"],
            category_paths=[["Clothes", "Shirts"]],
            media=[MediaDraft(source_url="https://x.example/1", alt="one")],
            translations={"de": Translation(title="Hemd")},
            product_type="Garment",
            description_html="<p>long</p>" * 60,
        ),
    )
    known = {1: await catalog.get_product(ctx, product_id)}

    async def keep() -> None:
        tree = await catalog.get_product(ctx, product_id)
        known[tree.version] = tree

    changes = ProductChanges(
        title="Other",
        handle="other-handle",
        tags=["b", "c"],
        attributes={"material": "silk"},
        category_ids=[],
        media=[],
        translations={},
        product_type="",
        description_html="<p>long</p>" * 30 + "<p>short</p>" * 20,
    )
    await catalog.update_product(ctx, product_id, changes)
    await keep()
    await catalog.publish_product(ctx, product_id)
    await keep()
    draft = shirt(sizes="ML", handle="other-handle", title="Merged")
    await merge(ctx, draft, simple("beside"))
    await keep()
    variants = known[max(known)].variants
    await catalog.update_variant(ctx, variants[0].variant_id, VariantChanges(sku="swapped"))
    await catalog.update_variant(ctx, variants[1].variant_id, VariantChanges(sku=variants[0].sku))
    await catalog.update_variant(ctx, variants[0].variant_id, VariantChanges(sku=variants[1].sku))
    await keep()

    for version, tree in [*known.items(), *reversed(known.items())]:
        before = (await catalog.get_product(ctx, product_id)).version
        restored = await catalog.restore_product(ctx, product_id, version, before)
        assert lasting(restored) == lasting(tree), version
        assert restored.version == before + (version != before)


async def test_options_come_back_with_their_variants(ctx: Context) -> None:
    product_id = await made(ctx, simple("plain", variants=[VariantDraft(sku="one")]))
    plain = await catalog.get_product(ctx, product_id)
    sizes = [Option("Size", ["S", "M"])]
    await catalog.update_product(ctx, product_id, ProductChanges(options=sizes))
    await catalog.add_variant(ctx, product_id, VariantDraft(sku="two", option_values=["M"]))
    sized = await catalog.get_product(ctx, product_id)

    assert lasting(await catalog.restore_product(ctx, product_id, 1)) == lasting(plain)
    back = await catalog.restore_product(ctx, product_id, sized.version)
    assert lasting(back) == lasting(sized)


async def test_a_picture_fetched_since_is_no_version_and_stays_fetched(ctx: Context) -> None:
    url, media_id = "https://x.example/1", new_id()
    product_id = await made(ctx, simple("p", media=[MediaDraft(source_url=url)]))
    await catalog.update_product(ctx, product_id, ProductChanges(title="Other"))
    async with ctx.transaction() as tx:
        await catalog.attach_media(tx, product_id, url, media_id)

    restored = await catalog.restore_product(ctx, product_id, 1)

    assert (restored.title, restored.media[0].media_id) == ("P", media_id)


async def test_a_name_that_somebody_else_has_by_now_is_answered_with_its_code(
    ctx: Context,
) -> None:
    product_id = await made(ctx, simple("cup", variants=[VariantDraft(sku="CUP")]))
    await catalog.update_product(ctx, product_id, ProductChanges(handle="mug"))
    (variant,) = (await catalog.get_product(ctx, product_id)).variants
    await catalog.update_variant(ctx, variant.variant_id, VariantChanges(sku="MUG"))
    other = await made(ctx, simple("cup", variants=[VariantDraft(sku="CUP")]))

    with pytest.raises(HandleTaken):
        await catalog.restore_product(ctx, product_id, 1)
    await catalog.update_product(ctx, other, ProductChanges(handle="elsewhere"))
    with pytest.raises(SkuTaken):
        await catalog.restore_product(ctx, product_id, 1)
    with pytest.raises(StaleVersion):
        await catalog.restore_product(ctx, product_id, 2, expected_version=1)
    with pytest.raises(VersionNotKept):
        await catalog.restore_product(ctx, product_id, 99)
    assert (await catalog.get_product(ctx, product_id)).version == 3


async def test_a_category_removed_since_is_left_out(ctx: Context) -> None:
    product_id = await made(ctx, simple("p", category_paths=[["Old"], ["Kept"]]))
    await catalog.update_product(ctx, product_id, ProductChanges(title="Other"))
    categories = (await catalog.list_categories(ctx)).items
    gone = next(each for each in categories if each.name == "Old")
    await catalog.remove_category(ctx, gone.category_id)

    restored = await catalog.restore_product(ctx, product_id, 1)

    assert (restored.title, [each.name for each in restored.categories]) == ("P", ["Kept"])


async def test_what_was_removed_is_told_to_its_end(ctx: Context) -> None:
    product_id = await made(ctx, simple("p"))
    await catalog.delete_product(ctx, product_id)
    removed, created = await versions(ctx, product_id)
    assert (removed.act, created.act) == ("deleted", "created")
    with pytest.raises(catalog.ProductNotFound):
        await catalog.list_versions(ctx, new_id())


async def test_a_merge_that_changes_nothing_and_one_of_new_products_cost_no_version_each(
    ctx: Context,
) -> None:
    drafts = [simple(f"p{at}") for at in range(30)]
    await merge(ctx, *drafts)
    await merge(ctx, *drafts)
    rows = "SELECT (SELECT count(*) FROM changes.change WHERE tenant_id = $1) AS single,"
    rows += " (SELECT count(*) FROM changes.bulk_change WHERE tenant_id = $1) AS bulk"
    found = await ctx.read_row(rows)
    assert found is not None
    assert (found["single"], found["bulk"]) == (0, 1)
