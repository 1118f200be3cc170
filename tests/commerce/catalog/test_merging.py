"""Many drafts at once: made, changed, left alone, or refused one by one."""

import asyncio
from typing import Any

import msgspec
import pytest

from galleria.commerce import attributes, catalog
from galleria.commerce.catalog import (
    MediaDraft,
    Option,
    ProductDraft,
    ProductsChanged,
    Translation,
    VariantDraft,
    VariantsRemoved,
)
from galleria.commerce.catalog.service.merging import merge_together
from galleria.engines.context import Context
from galleria.engines.sql import Transaction
from galleria.foundation.ids import new_id
from tests.commerce.catalog.wares import made, merge, row_versions, shirt, simple


def _published(tx: Transaction, kind: type[Any]) -> list[Any]:
    return [event for event in tx._events if isinstance(event, kind)]


async def test_drafts_become_products_with_all_they_say(ctx: Context) -> None:
    draft = shirt(
        brand="Loom",
        description_html='<p onclick="x()">Soft</p><script>alert(1)</script>',
        product_type="T-Shirt",
        tags=["cotton"],
        status="active",
        attributes={"material": "cotton", "weight_gsm": 180, "organic": True},
        media=[MediaDraft(source_url="https://x.example/1.jpg", alt="Front")],
        category_paths=[["Clothing", "Shirts"]],
        translations={"de": Translation(title="Hemd", options={"Size": "Größe"})},
        external_ref="erp-1",
    )
    (merged,) = await merge(ctx, draft)
    assert (merged.outcome, merged.errors, len(merged.variant_ids)) == ("created", [], 6)

    assert merged.product_id is not None
    tree = await catalog.get_product(ctx, merged.product_id)
    assert tree.description_html == "<p>Soft</p>"
    assert (tree.product_type, tree.status, tree.published_at) == ("T-Shirt", "active", ctx.now)
    assert [variant.variant_id for variant in tree.variants] == merged.variant_ids
    assert [variant.option_values for variant in tree.variants][:2] == [["Red", "S"], ["Red", "M"]]
    assert [(c.path, c.is_direct) for c in tree.categories] == [
        ("clothing", False),
        ("clothing/shirts", True),
    ]
    assert tree.attributes == {"material": "cotton", "weight_gsm": 180, "organic": True}
    assert tree.translations["de"].title == "Hemd"
    dictionary = {
        code: each.kind
        for code, each in (await attributes.dictionary(ctx)).by_code.items()
        if code not in ("colour", "size")
    }
    assert dictionary == {"material": "text", "organic": "boolean", "weight_gsm": "number"}
    assert await catalog.count_products(ctx) == {"draft": 0, "active": 1, "archived": 0}


async def test_the_same_drafts_again_touch_no_row_and_tell_nobody(ctx: Context) -> None:
    drafts = [
        shirt(attributes={"material": "wool"}, category_paths=[["A", "B"]]),
        simple("mug", media=[MediaDraft(source_url="https://x.example/1.jpg")], status="active"),
    ]
    first = await merge(ctx, *drafts)
    before = await row_versions(ctx)
    async with ctx.transaction() as tx:
        again = await catalog.merge_products(tx, drafts)
        assert tx._events == []
    assert await row_versions(ctx) == before
    assert [each.outcome for each in again] == ["unchanged", "unchanged"]
    assert [each.variant_ids for each in again] == [each.variant_ids for each in first]


async def test_the_order_of_attributes_in_a_file_is_no_change(ctx: Context) -> None:
    await merge(ctx, simple("mug", attributes={"a": "x", "b": "y"}))
    (again,) = await merge(ctx, simple("mug", attributes={"b": "y", "a": "x"}))
    assert again.outcome == "unchanged"


async def test_only_what_differs_is_written(ctx: Context) -> None:
    await merge(ctx, shirt(), simple("mug"), simple("cup"))
    async with ctx.transaction() as tx:
        outcomes = await catalog.merge_products(
            tx, [shirt(), simple("mug", title="Big mug"), simple("cup"), simple("jug")]
        )
        (event,) = _published(tx, ProductsChanged)
    assert [each.outcome for each in outcomes] == ["unchanged", "changed", "unchanged", "created"]
    assert set(event.product_ids) == {outcomes[1].product_id, outcomes[3].product_id}

    mug = await catalog.get_product_by_handle(ctx, "mug")
    assert (mug.title, mug.version) == ("Big mug", 2)
    assert (await catalog.get_product_by_handle(ctx, "cup")).version == 1


async def test_variants_keep_their_ids_by_sku_then_by_options(ctx: Context) -> None:
    (first,) = await merge(ctx, shirt(sizes="SM"))
    by_sku = dict(zip(["RS", "RM", "BS", "BM"], first.variant_ids, strict=True))
    changed = ProductDraft(
        handle="shirt",
        title="Shirt",
        options=[Option("Colour", ["Red", "Blue"]), Option("Size", ["S", "M", "L"])],
        variants=[
            # Moved to another combination, known by its SKU.
            VariantDraft(sku="shirt-RS", option_values=["Red", "L"]),
            # A new SKU, known by its combination.
            VariantDraft(sku="new", option_values=["Blue", "M"]),
            VariantDraft(sku="shirt-BS", option_values=["Blue", "S"]),
            VariantDraft(sku="fresh", option_values=["Blue", "L"]),
        ],
    )
    async with ctx.transaction() as tx:
        (second,) = await catalog.merge_products(tx, [changed])
        (removed,) = _published(tx, VariantsRemoved)
    ids = second.variant_ids
    assert ids[:3] == [by_sku["RS"], by_sku["BM"], by_sku["BS"]]
    assert ids[3] not in first.variant_ids
    assert removed.variant_ids == [by_sku["RM"]]


async def test_two_variants_may_swap_their_option_values(ctx: Context) -> None:
    (first,) = await merge(ctx, shirt(sizes="S"))
    swapped = shirt(sizes="S")
    red, blue = swapped.variants
    (second,) = await merge(
        ctx,
        msgspec.structs.replace(
            swapped,
            variants=[
                msgspec.structs.replace(red, option_values=blue.option_values),
                msgspec.structs.replace(blue, option_values=red.option_values),
            ],
        ),
    )
    assert (second.outcome, second.variant_ids) == ("changed", first.variant_ids)


async def test_the_only_variant_stays_itself_when_sku_and_options_change(ctx: Context) -> None:
    (first,) = await merge(ctx, simple("mug", variants=[VariantDraft(sku="old")]))
    options = [Option("Size", ["S"])]
    variants = [VariantDraft(sku="new", option_values=["S"])]
    (second,) = await merge(ctx, simple("mug", options=options, variants=variants))
    assert second.variant_ids == first.variant_ids


async def test_a_fetched_picture_stays_fetched_wherever_it_moves(ctx: Context) -> None:
    one, two = "https://x.example/1.jpg", "https://x.example/2.jpg"
    draft = simple(
        "mug",
        media=[MediaDraft(source_url=one)],
        variants=[VariantDraft(sku="m", image_url=two)],
    )
    (merged,) = await merge(ctx, draft)
    assert merged.product_id is not None
    picture = new_id()
    async with ctx.transaction() as tx:
        await catalog.attach_media(tx, merged.product_id, two, picture)
    assert (await merge(ctx, draft))[0].outcome == "unchanged"

    turned = [MediaDraft(source_url=two), MediaDraft(source_url=one)]
    await merge(ctx, msgspec.structs.replace(draft, media=turned))
    tree = await catalog.get_product(ctx, merged.product_id)
    assert [(m.source_url, m.media_id) for m in tree.media] == [(two, picture), (one, None)]
    assert tree.variants[0].media_id == picture


async def test_a_product_is_found_by_its_reference_before_its_handle(ctx: Context) -> None:
    (first,) = await merge(ctx, simple("old-name", external_ref="erp-1"))
    (second,) = await merge(ctx, simple("new-name", external_ref="erp-1"))
    assert (second.outcome, second.product_id) == ("changed", first.product_id)
    assert (await catalog.get_product_by_handle(ctx, "new-name")).external_ref == "erp-1"


async def test_a_product_without_reference_is_adopted_by_its_handle(ctx: Context) -> None:
    (first,) = await merge(ctx, simple("mug"))
    (second,) = await merge(ctx, simple("mug", external_ref="erp-1"))
    assert (second.outcome, second.product_id) == ("changed", first.product_id)
    (third,) = await merge(ctx, simple("mug"))
    assert third.product_id == first.product_id
    assert (await catalog.get_product_by_handle(ctx, "mug")).external_ref == "erp-1"


async def test_a_handle_of_somebody_elses_reference_is_taken(ctx: Context) -> None:
    await merge(ctx, simple("mug", external_ref="erp-1"), simple("cup", external_ref="erp-2"))
    stranger, mover = await merge(
        ctx, simple("mug", external_ref="erp-9"), simple("mug2", external_ref="erp-2")
    )
    assert [(e.path, e.code) for e in stranger.errors] == [("handle", "handle_taken")]
    assert mover.outcome == "changed"
    (onto,) = await merge(ctx, simple("mug", external_ref="erp-2"))
    assert [e.code for e in onto.errors] == ["handle_taken"]


async def test_a_status_left_out_leaves_it_and_a_status_given_sets_it(ctx: Context) -> None:
    (merged,) = await merge(ctx, simple("mug"))
    assert merged.product_id is not None
    await catalog.publish_product(ctx, merged.product_id)
    assert (await merge(ctx, simple("mug")))[0].outcome == "unchanged"
    assert (await catalog.get_product(ctx, merged.product_id)).status == "active"

    assert (await merge(ctx, simple("mug", status="archived")))[0].outcome == "changed"
    tree = await catalog.get_product(ctx, merged.product_id)
    assert (tree.status, tree.published_at) == ("archived", ctx.now)
    assert await catalog.count_products(ctx) == {"draft": 0, "active": 0, "archived": 1}


async def test_what_was_edited_by_hand_is_overwritten_by_the_next_merge(ctx: Context) -> None:
    (merged,) = await merge(ctx, simple("mug"))
    assert merged.product_id is not None
    await catalog.update_product(ctx, merged.product_id, catalog.ProductChanges(title="Edited"))
    assert (await merge(ctx, simple("mug")))[0].outcome == "changed"
    assert (await catalog.get_product(ctx, merged.product_id)).title == "Mug"


async def test_places_left_out_stay_and_places_given_replace(ctx: Context) -> None:
    (merged,) = await merge(ctx, simple("mug", category_paths=[["A"], ["B"]]))
    assert merged.product_id is not None
    await merge(ctx, simple("mug", title="Other"))
    tree = await catalog.get_product(ctx, merged.product_id)
    assert [c.path for c in tree.categories] == ["a", "b"]

    await merge(ctx, simple("mug", category_paths=[["B"], ["C", "D"]]))
    tree = await catalog.get_product(ctx, merged.product_id)
    assert [c.path for c in tree.categories if c.is_direct] == ["b", "c/d"]


async def test_drafts_of_a_client_tell_which_collections_they_name(ctx: Context) -> None:
    async with ctx.transaction() as tx:
        cup = await catalog.create_product(ctx, simple("cup", collections=["Best"]))
        (mug,) = await merge_together(ctx, [simple("mug", collections=[])], False)
        await merge_together(ctx, [simple("jug"), simple("!", collections=["x"])], False)
        told = _published(tx, catalog.CollectionsNamed)
    named = [(each.product_id, each.collections) for event in told for each in event.products]
    assert named == [(cup.product_id, ["Best"]), (mug.product_id, [])]


def _many_values(count: int) -> list[str]:
    return [f"v{number}" for number in range(count)]


BAD_DRAFTS = {
    "no title": (simple("bad", title=" "), "title", "required"),
    "long title": (simple("bad", title="x" * 501), "title", "too_long"),
    "handle with spaces": (simple("not a handle"), "handle", "invalid_handle"),
    "no handle": (simple(""), "handle", "invalid_handle"),
    "NUL": (simple("bad", description_html="a\0b"), "", "nul_character"),
    "half a character": (simple("bad", title="\ud800"), "", "malformed_text"),
    "too many options": (
        simple(
            "bad",
            options=[Option(name, ["x"]) for name in "abcd"],
            variants=[VariantDraft(option_values=["x"] * 4)],
        ),
        "options",
        "too_many_options",
    ),
    "the same option twice": (
        simple(
            "bad",
            options=[Option("Size", ["x"]), Option("Size", ["x"])],
            variants=[VariantDraft(option_values=["x", "x"])],
        ),
        "options",
        "duplicate_option",
    ),
    "the same combination twice": (
        simple(
            "bad",
            options=[Option("Size", ["S", "M"])],
            variants=[VariantDraft(option_values=["S"]), VariantDraft(option_values=["S"])],
        ),
        "variants[1].option_values",
        "duplicate_combination",
    ),
    "two variants without options": (
        simple("bad", variants=[VariantDraft(sku="a"), VariantDraft(sku="b")]),
        "variants[1].option_values",
        "duplicate_combination",
    ),
    "a missing option value": (
        simple(
            "bad",
            options=[Option("Size", ["S"]), Option("Colour", ["Red"])],
            variants=[VariantDraft(option_values=["S"])],
        ),
        "variants[0].option_values[1]",
        "missing_option_value",
    ),
    "an empty option value": (
        simple("bad", options=[Option("Size", ["S"])], variants=[VariantDraft(option_values=[""])]),
        "variants[0].option_values[0]",
        "missing_option_value",
    ),
    "an unknown option value": (
        simple(
            "bad", options=[Option("Size", ["S"])], variants=[VariantDraft(option_values=["XL"])]
        ),
        "variants[0].option_values[0]",
        "unknown_option_value",
    ),
    "too many option values": (
        simple("bad", variants=[VariantDraft(option_values=["S"])]),
        "variants[0].option_values",
        "too_many_option_values",
    ),
    "no variants": (simple("bad", variants=[]), "variants", "required"),
    "too many variants": (
        simple(
            "bad",
            options=[Option("Number", _many_values(2_048)), Option("Half", ["a", "b"])],
            variants=[VariantDraft(option_values=[v, "a"]) for v in _many_values(2_048)]
            + [VariantDraft(option_values=["v0", "b"])],
        ),
        "variants",
        "too_many_variants",
    ),
    "the same SKU twice in a draft": (
        simple(
            "bad",
            options=[Option("Size", ["S", "M"])],
            variants=[
                VariantDraft(sku="twice", option_values=["S"]),
                VariantDraft(sku="twice", option_values=["M"]),
            ],
        ),
        "variants[1].sku",
        "duplicate_sku",
    ),
    "a negative weight": (
        simple("bad", variants=[VariantDraft(weight_g=-1)]),
        "variants[0].weight_g",
        "out_of_range",
    ),
    "an address that is none": (
        simple("bad", media=[MediaDraft(source_url="javascript:alert(1)")]),
        "media[0].source_url",
        "invalid_url",
    ),
    "a number for a text": (
        simple("bad", attributes={"material": 3}),
        "attributes.material",
        "attribute_kind_mismatch",
    ),
    "no number": (
        simple("bad", attributes={"width": float("nan")}),
        "attributes.width",
        "not_a_number",
    ),
    "too many attributes": (
        simple("bad", attributes={f"a{n}": 1 for n in range(251)}),
        "attributes",
        "too_many_attributes",
    ),
    "a category too deep": (
        simple("bad", category_paths=[list("abcdefghi")]),
        "category_paths[0]",
        "too_many",
    ),
    "a status that is none": (simple("bad", status="sold"), "status", "unknown_value"),
    "a SKU of another product": (
        simple("bad", variants=[VariantDraft(sku="held")]),
        "variants[0].sku",
        "sku_taken",
    ),
    "a SKU of an earlier draft": (
        simple("bad", variants=[VariantDraft(sku="good-1")]),
        "variants[0].sku",
        "duplicate_sku",
    ),
    "a handle of an earlier draft": (simple("good-1"), "handle", "duplicate_handle"),
}


@pytest.mark.parametrize("what", BAD_DRAFTS)
async def test_a_bad_draft_says_why_and_does_not_hinder_the_others(ctx: Context, what: str) -> None:
    draft, path, code = BAD_DRAFTS[what]
    await merge(
        ctx, simple("holder", variants=[VariantDraft(sku="held")], attributes={"material": "clay"})
    )
    good = [simple(f"good-{n}", variants=[VariantDraft(sku=f"good-{n}")]) for n in (1, 2)]

    first, refused, second = await merge(ctx, good[0], draft, good[1])
    assert (first.outcome, refused.outcome, second.outcome) == ("created", "refused", "created")
    assert (path, code) in [(error.path, error.code) for error in refused.errors]
    assert (refused.product_id, refused.variant_ids) == (None, [])
    assert (await catalog.count_products(ctx))["draft"] == 3
    assert "material" in (await attributes.dictionary(ctx)).by_code


async def test_a_sku_may_move_to_another_product_once_it_is_free(ctx: Context) -> None:
    await merge(ctx, simple("a", variants=[VariantDraft(sku="x")]))
    to_b = simple("b", variants=[VariantDraft(sku="x")])
    free = simple("a", variants=[VariantDraft(sku="y")])
    # Refused as long as it is held when the batch begins; the same file again gets through.
    assert [m.outcome for m in await merge(ctx, free, to_b)] == ["changed", "refused"]
    assert [m.outcome for m in await merge(ctx, free, to_b)] == ["unchanged", "created"]


async def test_the_first_draft_decides_the_kind_of_a_new_attribute(ctx: Context) -> None:
    first, second = await merge(
        ctx, simple("a", attributes={"width": 3}), simple("b", attributes={"width": "three"})
    )
    assert first.outcome == "created"
    assert [error.code for error in second.errors] == ["attribute_kind_mismatch"]


async def test_a_select_takes_its_choices_only(ctx: Context) -> None:
    await attributes.create_attribute(ctx, attributes.NewAttribute(code="fit", kind="select"))
    await attributes.add_value(ctx, "fit", attributes.NewAttributeValue(word="slim"))
    good, bad = await merge(
        ctx, simple("a", attributes={"fit": "slim"}), simple("b", attributes={"fit": "odd"})
    )
    assert good.outcome == "created"
    assert [(e.path, e.code) for e in bad.errors] == [("attributes.fit", "unknown_choice")]


async def test_a_preview_tells_the_same_and_writes_nothing(ctx: Context) -> None:
    await merge(ctx, simple("same"), simple("other"))
    before = await row_versions(ctx)
    drafts = [
        simple("same"),
        simple("other", title="Changed"),
        simple("new", attributes={"x": 1}, category_paths=[["Z"]]),
        simple("bad", title=""),
    ]
    preview = await catalog.diff_products(ctx, drafts)
    assert await row_versions(ctx) == before
    outcomes = ["unchanged", "changed", "created", "refused"]
    assert [each.outcome for each in preview] == outcomes
    assert preview[2].product_id is None
    assert [each.outcome for each in await merge(ctx, *drafts)] == outcomes


async def test_two_merges_of_the_same_new_products_at_once_make_each_once(ctx: Context) -> None:
    drafts = [
        simple(f"p{n}", variants=[VariantDraft(sku=f"s{n}")], attributes={f"a{n}": n})
        for n in range(40)
    ]
    answers = await asyncio.gather(
        merge(ctx, *drafts), merge(ctx, *reversed(drafts)), merge(ctx, *drafts)
    )
    outcomes = sorted({each.outcome for each in answer} == {"created"} for answer in answers)
    assert outcomes == [False, False, True]
    assert (await catalog.count_products(ctx))["draft"] == 40


async def test_a_product_and_a_merge_that_want_one_name_at_once_end_in_a_conflict(
    ctx: Context,
) -> None:
    answers = await asyncio.gather(
        *(catalog.create_product(ctx, simple("mug")) for _ in range(4)), return_exceptions=True
    )
    made_now = [each for each in answers if isinstance(each, catalog.ProductTree)]
    refused = [each for each in answers if isinstance(each, catalog.HandleTaken)]
    assert (len(made_now), len(refused)) == (1, 3)


async def test_a_merge_writes_what_the_tables_can_hold_to_the_brim(ctx: Context) -> None:
    values = [f"{n:04}" + "é" * 96 for n in range(2_048)]
    draft = simple(
        "brim",
        title="é" * 500,
        options=[Option("é" * 100, values)],
        variants=[VariantDraft(sku=v, option_values=[v]) for v in values],
        attributes={f"{n:03}" + "x" * 97: "é" * 1_000 for n in range(250)},
        tags=[f"{n:03}" + "é" * 252 for n in range(250)],
        media=[MediaDraft(source_url=f"https://x.example/{n}") for n in range(250)],
        category_paths=[["é" * 200] * 8],
        external_ref="é" * 200,
    )
    (merged,) = await merge(ctx, draft)
    assert merged.errors == []
    assert len(merged.variant_ids) == 2_048
    assert (await merge(ctx, draft))[0].outcome == "unchanged"


async def test_each_shop_has_its_own_names(ctx: Context, another_ctx: Context) -> None:
    draft = shirt(external_ref="erp-1", category_paths=[["A"]], attributes={"a": 1})
    (mine,) = await merge(ctx, draft)
    (theirs,) = await merge(another_ctx, draft)
    assert (mine.outcome, theirs.outcome) == ("created", "created")
    assert mine.product_id != theirs.product_id
    (again,) = await merge(ctx, draft)
    assert again.product_id == mine.product_id


async def test_an_empty_batch_is_no_work(ctx: Context) -> None:
    assert await merge(ctx) == []


async def test_many_products_are_told_of_in_portions(ctx: Context) -> None:
    drafts = [simple(f"p{n}") for n in range(501)]
    async with ctx.transaction() as tx:
        await catalog.merge_products(tx, drafts)
        events = _published(tx, ProductsChanged)
    assert [len(event.product_ids) for event in events] == [500, 1]
    assert [event.reason for event in events] == ["created", "created"]


async def test_a_file_of_one_product_made_by_hand_before_counts_as_a_change_once(
    ctx: Context,
) -> None:
    draft = simple("mug")
    await made(ctx, draft)
    assert (await merge(ctx, draft))[0].outcome == "unchanged"
