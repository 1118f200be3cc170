"""Grouped by variant, an answer tells which variants the filters mean, and counts them."""

from typing import Any

import msgspec
import pytest

from galleria.commerce import attributes, listings
from galleria.commerce.attributes import AttributeValueChanges
from galleria.commerce.catalog import Option, VariantDraft
from galleria.engines.context import Context
from galleria.foundation.ids import new_id
from galleria.growth import search
from galleria.growth.search import Answer, FacetShown, FoundCard, Question
from galleria.growth.search.routes.storefront import SearchPage
from tests.commerce.selling import Sold, mug, open_shop, put_on_sale, show, window
from tests.growth.search.test_search import ask, titles

COLOURS, SIZES = ["Blue", "White"], [str(size) for size in range(30)]


def shirt() -> Sold:
    """A shirt in two colours and thirty sizes; of the white ones only size 0 can be had."""
    options = [Option("Colour", COLOURS), Option("Size", SIZES)]
    variants = [
        VariantDraft(sku=f"shirt-{colour}-{size}", option_values=[colour, size])
        for colour in COLOURS
        for size in SIZES
    ]
    draft = mug("shirt", title="Shirt", options=options, variants=variants, translations={}).draft
    stock = [1 if v.option_values[0] == "Blue" or v.option_values[1] == "0" else 0
             for v in variants]  # fmt: skip
    return Sold(draft, [1000 + at for at in range(60)], list(stock))


@pytest.fixture
async def shop(house_ctx: Context) -> Context:
    _, ctx = await open_shop(house_ctx)
    plain = mug("card", title="Card", options=[], variants=[VariantDraft(sku="card")])
    await put_on_sale(ctx, mug(), shirt(), Sold(plain.draft, [500], [5]))
    await show(ctx)
    return ctx


def cards(answer: Answer) -> dict[str, FoundCard]:
    found = [msgspec.json.decode(each, type=FoundCard) for each in answer.items]
    return {each.title: each for each in found}


def facet(answer: Answer, code: str) -> FacetShown:
    (found,) = [each for each in answer.facets if each.code == code]
    return found


async def grouped(ctx: Context, **question: Any) -> Answer:
    return await ask(ctx, group="variant", **question)


async def test_cards_come_with_the_variants_that_all_filters_mean(shop: Context) -> None:
    answer = await grouped(shop, filters={"Colour": ("White",), "Size": ("0", "7")})
    (found,) = cards(answer).values()
    assert (found.title, found.variant_matches, answer.total_variants) == ("Shirt", 2, 2)
    one, other = found.variants
    assert (one.sku, one.options) == ("shirt-White-0", {"Colour": "White", "Size": "0"})
    assert (one.price.amount_minor, one.is_available, other.is_available) == (1030, True, False)
    had = await grouped(shop, filters={"Colour": ("White",)}, only_available=True)
    assert [each.sku for each in cards(had)["Shirt"].variants] == ["shirt-White-0"]
    ticked = await grouped(shop, filters={"Colour": ("White",), "available": ("true",)})
    assert ticked.total_variants == 1 and list(cards(ticked)) == ["Shirt"]


async def test_all_variants_are_meant_without_filters_and_twenty_of_them_shown(
    shop: Context,
) -> None:
    answer = await grouped(shop)
    assert answer.total_variants == 2 + 60 + 1
    found = cards(answer)
    assert {title: each.variant_matches for title, each in found.items()} == {
        "Stoneware Mug": 2,
        "Shirt": 60,
        "Card": 1,
    }
    assert len(found["Shirt"].variants) == 20
    assert found["Card"].variants[0].options == {}
    by_brand = await grouped(shop, filters={"brand": ("Kiln & Co",)})
    assert by_brand.total_variants == 63


async def test_facets_count_variants_beside_products(shop: Context) -> None:
    answer = await grouped(shop)
    assert {(v.value, v.count, v.variants) for v in facet(answer, "Colour").values} == {
        ("Blue", 2, 31),
        ("White", 2, 31),
    }
    (brand,) = facet(await grouped(shop, filters={"brand": ("Kiln & Co",)}), "brand").values
    assert (brand.count, brand.variants) == (3, 63)


async def test_the_numbers_on_cards_add_up_to_the_total(shop: Context) -> None:
    for filters in (
        {"Colour": ("Blue",)},
        {"Size": ("1", "2", "3")},
        {"Colour": ("White",), "Size": ("3",)},
        {"category": ("kitchen",)},
    ):
        for only in (False, True):
            answer = await grouped(shop, filters=filters, only_available=only)
            told = sum(each.variant_matches for each in cards(answer).values())
            assert told == answer.total_variants, (filters, only)


async def test_nobody_pays_for_variants_who_does_not_ask(shop: Context) -> None:
    answer = await ask(shop)
    assert answer.total_variants is None
    assert all(b"variant_matches" not in bytes(each) for each in answer.items)
    assert facet(answer, "Colour").values[0].variants is None


async def test_a_product_says_all_its_variants_even_past_the_hundredth(
    house_ctx: Context,
) -> None:
    _, ctx = await open_shop(house_ctx)
    sizes = [str(size) for size in range(150)]
    variants = [VariantDraft(sku=f"rod-{size}", option_values=[size]) for size in sizes]
    draft = mug("rod", options=[Option("Size", sizes)], variants=variants, translations={}).draft
    (made,) = await put_on_sale(ctx, Sold(draft, [100] * 150, [None] * 150))
    await show(ctx)
    assert made.product_id is not None
    details = await listings.details_of(ctx, await window(ctx), [made.product_id, new_id()])
    assert [len(each.variants) for each in details.values()] == [150]
    answer = await grouped(ctx, filters={"Size": ("149",)})
    (found,) = cards(answer).values()
    assert [each.sku for each in found.variants] == ["rod-149"]


async def test_an_answer_says_how_complete_it_is(shop: Context) -> None:
    answer = await grouped(shop)
    assert (answer.completeness.parts, answer.completeness.parts_answered) == (1, 1)
    assert (answer.total_is_exact, facet(answer, "Colour").is_estimate) == (True, False)
    assert facet(answer, "Colour").error_bound == 0
    wire = msgspec.json.decode(msgspec.json.encode(answer), type=SearchPage)
    assert wire.completeness == answer.completeness and wire.total_variants == 63


async def test_categories_name_the_one_above_them(shop: Context) -> None:
    await put_on_sale(shop, mug("jug", title="Jug", category_paths=[["Kitchen", "Jugs"]]))
    await show(shop)
    shown = facet(await ask(shop), "category")
    assert {each.value: each.parent for each in shown.values} == {
        "kitchen": None,
        "kitchen/mugs": "kitchen",
        "kitchen/jugs": "kitchen",
    }


async def test_values_come_with_their_swatches_in_every_language(house_ctx: Context) -> None:
    _, ctx = await open_shop(house_ctx)
    await attributes.adopt_base(ctx, ["color"])
    known = {each.word: each for each in (await attributes.list_values(ctx, "color")).items}
    picture = new_id()
    for word, swatch in (("White", str(picture)), ("Red", None)):
        changes = AttributeValueChanges(swatch=swatch)
        await attributes.update_value(ctx, known[word].value_id, changes)
    label = (await attributes.dictionary(ctx)).by_code["color"].label
    options = [Option(label, ["Blue", "White", "Red"])]
    variants = [VariantDraft(sku=each, option_values=[each]) for each in options[0].values]
    sold = mug("m", options=options, variants=variants, translations={}, attributes={})
    await put_on_sale(ctx, Sold(sold.draft, [1, 2, 3], [1, 1, 1]))
    await show(ctx)
    shown = facet(await ask(ctx), label)
    found = {each.value: each.swatch for each in shown.values}
    assert found == {
        "Blue": known["Blue"].swatch,
        "White": listings.media_url(picture),
        "Red": None,
    }
    assert str(found["Blue"]).startswith("#")
    german = await search.ask(ctx, await window(ctx, "de"), Question())
    (colours,) = [each for each in german.facets if each.code == "Farbe"]
    assert {each.value: each.swatch for each in colours.values}["Blau"] == known["Blue"].swatch
    assert titles(german)
