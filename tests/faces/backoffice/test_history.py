"""A product's past in the back office, and imports that are held up and taken back."""

from galleria.commerce import catalog, imports
from galleria.commerce.catalog import (
    BulkVariantChanges,
    MediaDraft,
    Option,
    ProductChanges,
    ProductTree,
    VariantChanges,
    VariantRow,
    VariantSelection,
)
from galleria.engines.context import Context
from tests.faces.backoffice.conftest import SignedIn
from tests.faces.backoffice.test_imports import FILE, run, send

LONG = "<p>" + "A mug that keeps tea warm for a while. " * 8 + "</p>"


async def test_the_past_is_told_in_words_and_comes_back_after_a_question(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    mia = await at_work(shop, "manager")
    place = f"/products/{a_mug.product_id}/history"
    variant = a_mug.variants[0]
    category = await catalog.create_category(shop, catalog.NewCategory(name="Warm things"))
    before = await catalog.get_product(shop, a_mug.product_id)
    for changes in (
        ProductChanges(description_html=LONG),
        ProductChanges(
            title="Tall <mug>",
            tags=["tea"],
            description_html=LONG.replace("keeps", "holds", 1),
            attributes={"material": "clay"},
            category_ids=[category.category_id],
            media=[MediaDraft(source_url="https://x.example/1")],
        ),
    ):
        await catalog.update_product(shop, a_mug.product_id, changes)
    await catalog.update_variant(shop, variant.variant_id, VariantChanges(weight_g=310))

    page = await mia.get(place)

    for told in (
        "Tall &lt;mug&gt;</ins>",
        f"{before.title}</del>",
        "hold</ins>",
        "keep</del>",
        "Warm things</ins>",
        "Property “material”",
        "clay</ins>",
        "tea</ins>",
        "Weight in grams",
        "310</ins>",
    ):
        assert told in page.text, told
    question = f"{place}/{before.version}"
    assert mia.base + question in page.links
    page = await mia.get(question)
    assert f"Restore version {before.version}?" in page.text

    page = await mia.submit(page, question)

    assert f"The product is as it was at version {before.version}." in page.text
    restored = await catalog.get_product(shop, a_mug.product_id)
    assert (restored.title, restored.tags) == (before.title, before.tags)
    assert restored.version == before.version + 4


async def test_what_somebody_else_did_meanwhile_is_not_lost_unasked(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    mia = await at_work(shop, "manager")
    place = f"/products/{a_mug.product_id}/history/{a_mug.version}"
    await catalog.update_product(shop, a_mug.product_id, ProductChanges(title="One"))
    page = await mia.get(place)
    await catalog.update_product(shop, a_mug.product_id, ProductChanges(title="Two"))

    refused = await mia.submit(page, place)
    assert refused.status == 412
    assert (await catalog.get_product(shop, a_mug.product_id)).title == "Two"
    await mia.submit(refused, place)
    assert (await catalog.get_product(shop, a_mug.product_id)).title == a_mug.title

    await catalog.update_product(shop, a_mug.product_id, ProductChanges(handle="elsewhere"))
    other = catalog.ProductDraft(title="Other", handle=a_mug.handle)
    await catalog.create_product(shop, other)
    taken = await mia.submit(await mia.get(place), place)
    assert "Another page has this address." in taken.text
    gone = f"/products/{a_mug.product_id}/history/99"
    assert "does not reach back" in (await mia.submit(await mia.get(gone), gone)).text


async def test_moved_variants_and_options_are_told(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    mia = await at_work(shop, "manager")
    sizes = [Option("Size", ["S", "M"])]
    draft = catalog.ProductDraft(
        title="Pot",
        handle="pot",
        options=sizes,
        variants=[catalog.VariantDraft(option_values=[each]) for each in ("S", "M")],
    )
    pot = await catalog.create_product(shop, draft)
    swapped = [catalog.VariantDraft(option_values=[each]) for each in ("M", "S")]
    async with shop.transaction() as tx:
        again = catalog.ProductDraft(title="Pot", handle="pot", options=sizes, variants=swapped)
        await catalog.merge_products(tx, [again])

    page = await mia.get(f"/products/{pot.product_id}/history")

    assert "stands elsewhere" in page.text
    assert "The product was made." in page.text


async def test_what_many_variants_have_alike_is_one_line_and_a_long_list_is_cut(
    shop: Context, at_work: SignedIn
) -> None:
    mia = await at_work(shop, "manager")
    sizes = [str(size) for size in range(60)]
    draft = catalog.ProductDraft(
        title="Nail",
        handle="nail",
        options=[Option("Length", sizes)],
        variants=[catalog.VariantDraft(option_values=[each]) for each in sizes],
    )
    nail = await catalog.create_product(shop, draft)
    same = BulkVariantChanges(selection=VariantSelection(), changes=VariantChanges(weight_g=7))
    await catalog.update_variants(shop, nail.product_id, same)
    own = [
        VariantRow(variant_id=each.variant_id, changes=VariantChanges(barcode=f"N{at}"))
        for at, each in enumerate(nail.variants)
    ]
    await catalog.update_variants(shop, nail.product_id, BulkVariantChanges(rows=own))

    page = await mia.get(f"/products/{nail.product_id}/history")

    assert page.text.count("60 variants: Weight in grams") == 1
    assert page.text.count("Weight in grams") == 1
    assert page.text.count(": Barcode") == 50
    assert "and 10 more differences" in page.text


async def test_an_import_is_held_up_goes_on_and_is_taken_back(
    shop: Context, at_work: SignedIn
) -> None:
    mia = await at_work(shop, "manager")
    page = await send(mia, FILE)
    page = await mia.browser.submit(page, page.path + "/pause")
    assert "stands still until you resume it" in page.text
    assert "paused</span>" in page.text and "<progress" in page.text
    await run(shop, page)
    page = await mia.browser.submit(page, page.path + "/resume")
    await run(shop, page)
    page = await mia.browser.get(page.path)
    plate = await catalog.get_product_by_handle(shop, "plate")

    changes = ProductChanges(title="By hand")
    await catalog.update_product(shop, plate.product_id, changes)
    page = await mia.browser.submit(page, page.path + "/undo")
    assert "being undone</span>" in page.text
    answer = await mia.browser.client.get(page.path + "/progress.json")
    assert answer.json()["state"] == "undoing" and not answer.json()["has_ended"]
    undone = await run(shop, page)

    assert (undone.state, undone.undo_kept_count) == ("undone", 1)
    page = await mia.browser.get(page.path)
    for told in ("To have it again, import the file again.", "edited since", ">plate<"):
        assert told in page.text, told
    table = await mia.browser.client.get(page.path + "/left.csv")
    assert b"plate,,edited_since" in table.content
    assert (await imports.get_run(shop, undone.run_id)).state == "undone"
