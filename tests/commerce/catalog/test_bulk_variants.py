"""All variants of a product made at once, and many of them changed at once."""

from typing import Any
from uuid import UUID

import pytest

from galleria.commerce import attributes, catalog
from galleria.commerce.catalog import (
    AxisChoice,
    BulkVariantChanges,
    InvalidProduct,
    Option,
    SkuTaken,
    TooManyVariants,
    VariantChanges,
    VariantDraft,
    VariantRow,
    VariantSelection,
)
from galleria.commerce.catalog.room import ROOM
from galleria.engines.context import Context
from galleria.foundation.ids import new_id
from tests.commerce.catalog.test_words import with_lengths, with_shirts
from tests.commerce.catalog.wares import made, row_versions, shirt, simple
from tests.platform.conftest import acting_with, client_of


async def one_red_s(ctx: Context, **fields: Any) -> UUID:
    """A shirt of which only one of six combinations is there."""
    only = [VariantDraft(sku="own", option_values=["Red", "S"])]
    return await made(ctx, shirt(variants=only, **fields))


def values_in(answer: catalog.GeneratedVariants) -> list[list[str]]:
    return [each.option_values for each in answer.variants]


async def test_all_combinations_that_are_missing_are_made_once(ctx: Context) -> None:
    product_id = await one_red_s(ctx)
    answer = await catalog.generate_variants(ctx, product_id, expected_version=1)
    assert (answer.existing_count, answer.made_count, answer.version) == (1, 5, 2)
    assert values_in(answer) == [
        ["Red", "M"],
        ["Red", "L"],
        ["Blue", "S"],
        ["Blue", "M"],
        ["Blue", "L"],
    ]
    tree = await catalog.get_product(ctx, product_id)
    assert (tree.version, tree.variant_count) == (2, 6)
    assert [v.position for v in tree.variants] == list(range(6))
    assert [v.sku for v in tree.variants] == ["own", *[None] * 5]

    again = await catalog.generate_variants(ctx, product_id)
    assert (again.made_count, again.version) == (0, 2)


async def test_a_preview_writes_nothing(ctx: Context) -> None:
    product_id = await one_red_s(ctx)
    before = await row_versions(ctx)
    answer = await catalog.preview_variants(ctx, product_id)
    assert (answer.made_count, answer.version) == (5, 1)
    assert await row_versions(ctx) == before


async def test_what_is_not_made_is_not_generated_and_skus_follow_the_pattern(
    ctx: Context,
) -> None:
    await with_shirts(ctx)
    (shirts,) = (await attributes.list_product_types(ctx)).items
    pattern = attributes.ProductTypeChanges(sku_pattern="{handle}-{colour:1}{size}-{number}")
    await attributes.update_product_type(ctx, shirts.product_type_id, pattern)
    product_id = await one_red_s(ctx, handle="tee", product_type="Shirt")
    answer = await catalog.generate_variants(ctx, product_id)
    assert ["Red", "L"] not in values_in(answer)
    assert [each.sku for each in answer.variants] == [
        "tee-RM-2",
        "tee-BS-3",
        "tee-BM-4",
        "tee-BL-5",
    ]


async def test_a_sku_that_cannot_be_makes_nothing(ctx: Context) -> None:
    await with_shirts(ctx)
    (shirts,) = (await attributes.list_product_types(ctx)).items

    async def naming(pattern: str) -> None:
        changes = attributes.ProductTypeChanges(sku_pattern=pattern)
        await attributes.update_product_type(ctx, shirts.product_type_id, changes)

    product_id = await one_red_s(ctx, handle="tee", product_type="Shirt")
    await naming("{brand}-{number}")
    with pytest.raises(InvalidProduct) as refusal:
        await catalog.generate_variants(ctx, product_id)
    assert refusal.value.errors[0].code == "invalid_sku"
    await naming("{colour}")
    with pytest.raises(InvalidProduct) as refusal:
        await catalog.generate_variants(ctx, product_id)
    assert {error.code for error in refusal.value.errors} == {"duplicate_sku"}
    await naming("cup-{number}")
    await made(ctx, simple("cup", variants=[VariantDraft(sku="cup-3")]))
    with pytest.raises(SkuTaken) as taken:
        await catalog.preview_variants(ctx, product_id)
    assert [error.path for error in taken.value.errors] == ["variants[1].sku"]
    assert (await catalog.get_product(ctx, product_id)).variant_count == 1


async def test_numbers_run_over_a_range_in_steps(ctx: Context) -> None:
    await with_lengths(ctx)
    options = [Option("Length", []), Option("Colour", ["Red", "Blue"])]
    only = [VariantDraft(option_values=["12.5", "Red"])]
    product_id = await made(ctx, simple("rope", options=options, variants=only))
    run = AxisChoice(option="length", minimum=12, maximum=13.4, step=0.5)
    answer = await catalog.generate_variants(
        ctx, product_id, [run, AxisChoice(option="Colour", values=["Red"])]
    )
    assert values_in(answer) == [["12", "Red"], ["13", "Red"]]
    for choice, code in (
        (AxisChoice(option="Length"), "range_required"),
        (AxisChoice(option="Length", minimum=1, maximum=2), "out_of_range"),
        (AxisChoice(option="Length", minimum=10, maximum=99_999_999), "too_many"),
        (AxisChoice(option="Width", values=["1"]), "unknown_option"),
        (AxisChoice(option="Colour", values=["Green"]), "unknown_option_value"),
    ):
        with pytest.raises(InvalidProduct) as refusal:
            await catalog.preview_variants(ctx, product_id, [choice])
        assert code in {error.code for error in refusal.value.errors}


async def test_more_than_10_000_variants_are_not_generated(ctx: Context) -> None:
    names = [str(at) for at in range(101)]
    options = [Option("One", names), Option("Two", names)]
    only = [VariantDraft(option_values=["0", "0"])]
    product_id = await made(ctx, simple("many", options=options, variants=only))
    with pytest.raises(TooManyVariants):
        await catalog.generate_variants(ctx, product_id)
    answer = await catalog.generate_variants(
        ctx, product_id, [AxisChoice(option="One", values=names[:99])]
    )
    assert (answer.made_count, len(answer.variants)) == (99 * 101 - 1, 500)
    assert (await catalog.get_product(ctx, product_id)).variant_count == 9_999


def row(variant: catalog.Variant, **changes: Any) -> VariantRow:
    return VariantRow(variant_id=variant.variant_id, changes=VariantChanges(**changes))


async def test_rows_change_each_their_own_and_two_may_swap(ctx: Context) -> None:
    tree = await catalog.create_product(ctx, shirt(sizes="SM"))
    one, two, three, _ = tree.variants
    rows = [
        row(one, sku=two.sku, option_values=two.option_values, position=0),
        row(two, sku=one.sku, option_values=one.option_values, position=0),
        row(three, weight_g=7),
    ]
    answer = await catalog.update_variants(
        ctx, tree.product_id, BulkVariantChanges(rows=rows), expected_version=1
    )
    assert (answer.version, answer.changed_count) == (2, 3)
    after = {v.variant_id: v for v in (await catalog.get_product(ctx, tree.product_id)).variants}
    assert after[one.variant_id].sku == two.sku
    assert after[two.variant_id].option_values == one.option_values
    assert after[three.variant_id].weight_g == 7


async def test_a_selection_is_changed_alike_in_one_step(ctx: Context) -> None:
    tree = await catalog.create_product(ctx, shirt())
    wanted = BulkVariantChanges(
        selection=VariantSelection(option_values={"Colour": ["Red"], "Size": ["S", "M"]}),
        changes=VariantChanges(weight_g=250, is_taxable=False),
    )
    answer = await catalog.update_variants(ctx, tree.product_id, wanted)
    assert (answer.changed_count, answer.version) == (2, 2)
    repeated = await catalog.update_variants(ctx, tree.product_id, wanted)
    assert (repeated.changed_count, repeated.version) == (0, 2)
    every = BulkVariantChanges(
        selection=VariantSelection(), changes=VariantChanges(is_shippable=False)
    )
    assert (await catalog.update_variants(ctx, tree.product_id, every)).changed_count == 6
    named = VariantSelection(variant_ids=[tree.variants[0].variant_id])
    only = BulkVariantChanges(selection=named, changes=VariantChanges(weight_g=None))
    assert (await catalog.update_variants(ctx, tree.product_id, only)).changed_count == 1


async def test_one_bad_row_leaves_all_as_they_are(ctx: Context) -> None:
    tree = await catalog.create_product(ctx, shirt(sizes="SM"))
    await made(ctx, simple("mug", variants=[VariantDraft(sku="taken")]))
    one, two, *_ = tree.variants
    for rows, faults in (
        (
            [row(one, weight_g=1), row(two, option_values=["Blue", "S"])],
            [("rows[1].changes.option_values", "duplicate_combination")],
        ),
        (
            [row(one, option_values=["Green", "S"])],
            [("rows[0].changes.option_values[0]", "unknown_option_value")],
        ),
        ([row(one, sku="taken")], [("rows[0].changes.sku", "sku_taken")]),
        ([row(one, sku=two.sku)], [("rows[0].changes.sku", "duplicate_sku")]),
        (
            [row(one, weight_g=1), row(one, weight_g=2)],
            [("rows[1].variant_id", "duplicate_variant")],
        ),
        (
            [VariantRow(variant_id=new_id(), changes=VariantChanges())],
            [("rows[0].variant_id", "variant_not_found")],
        ),
        ([], [("", "rows_or_selection")]),
    ):
        with pytest.raises(InvalidProduct) as refusal:
            await catalog.update_variants(ctx, tree.product_id, BulkVariantChanges(rows=rows))
        assert [(e.path, e.code) for e in refusal.value.errors] == faults
    assert await catalog.get_product(ctx, tree.product_id) == tree


async def test_what_names_one_variant_is_not_said_of_a_selection(ctx: Context) -> None:
    tree = await catalog.create_product(ctx, shirt())
    changes = VariantChanges(sku="x", option_values=["Red", "S"])
    selection = VariantSelection(variant_ids=[new_id()], option_values={"Width": ["1"]})
    wanted = BulkVariantChanges(selection=selection, changes=changes)
    with pytest.raises(InvalidProduct) as refusal:
        await catalog.update_variants(ctx, tree.product_id, wanted)
    assert [error.code for error in refusal.value.errors] == [
        "variant_not_found",
        "unknown_option",
        "not_for_many",
        "not_for_many",
    ]


async def test_rows_keep_to_what_is_made(ctx: Context) -> None:
    await with_shirts(ctx)
    only = [VariantDraft(option_values=["Red", "S"]), VariantDraft(option_values=["Blue", "S"])]
    tree = await catalog.create_product(ctx, shirt("tee", product_type="Shirt", variants=only))
    rows = [row(tree.variants[1], weight_g=1), row(tree.variants[0], option_values=["Red", "L"])]
    with pytest.raises(InvalidProduct) as refusal:
        await catalog.update_variants(ctx, tree.product_id, BulkVariantChanges(rows=rows))
    assert [(e.path, e.code) for e in refusal.value.errors] == [
        ("rows[1].changes.option_values", "illegal_combination")
    ]


async def test_variants_are_made_and_changed_over_http(ctx: Context) -> None:
    product_id = await one_red_s(ctx)
    where = f"/admin/v1/products/{product_id}/variants"
    acting = acting_with(ctx, "products:read", "products:write")
    async with client_of(ROOM.routes, acting) as client:
        shown = await client.post(f"{where}/generate?preview=true", json={})
        assert (shown.status_code, shown.json()["made_count"]) == (200, 5), shown.text
        done = await client.post(f"{where}/generate", json={"choices": [{"option": "Size"}]})
        assert (done.status_code, done.json()["version"]) == (200, 2), done.text
        changed = await client.patch(
            where,
            json={"selection": {}, "changes": {"weight_g": 5}},
            headers={"If-Match": '"v2"'},
        )
        assert (changed.status_code, changed.json()["changed_count"]) == (200, 6), changed.text
        refused = await client.patch(where, json={"rows": []})
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid_product")
