"""What is suggested while a shopper types, and which words of an answer are marked."""

from typing import Any

import msgspec
import pytest

from galleria.commerce import attributes
from galleria.commerce.attributes import AttributeChanges, AttributeValueChanges
from galleria.engines.context import Context
from galleria.growth import search
from galleria.growth.search import CurationDraft, FoundCard, Suggested, SynonymDraft
from tests.commerce.selling import mug, open_shop, put_on_sale, show, window
from tests.growth.search.test_search import ask

PROSE = "<p>Thrown by hand &amp; fired twice. A <b>bowl</b> for soup &lt;hot&gt;.</p>"


@pytest.fixture
async def shop(house_ctx: Context) -> Context:
    _, ctx = await open_shop(house_ctx)
    await put_on_sale(
        ctx,
        mug(),
        mug(
            "bowl",
            title="Serving Bowl",
            description_html=PROSE,
            category_paths=[["Kitchen", "Bowls"]],
        ),
        mug("bolster", title="Bolster", category_paths=[["Living", "Soft bowls"]]),
        mug("couch", title="Couch", category_paths=[["Living"]]),
    )
    await show(ctx)
    return ctx


async def suggest(ctx: Context, prefix: str, locale: str = "en") -> Suggested:
    return await search.suggest(ctx, await window(ctx, locale), prefix)


def names(found: Suggested) -> list[str]:
    return [msgspec.json.decode(each)["title"] for each in found.products]


async def say(ctx: Context, **more: Any) -> None:
    draft = {"name": "As I say", "applies": "always"} | more
    await search.create_curation(ctx, msgspec.convert(draft, CurationDraft))


async def test_words_categories_and_products_begin_as_typed(shop: Context) -> None:
    found = await suggest(shop, "bow")
    assert found.completions == ("bowl",)
    assert [(each.name, each.path) for each in found.categories] == [
        ("Bowls", "kitchen/bowls"),
        ("Soft bowls", "living/soft-bowls"),
    ]
    assert found.categories[0].above == ["Kitchen"]
    assert found.categories[0].product_count == 1
    assert "Serving Bowl" in names(found)
    card = msgspec.json.decode(found.products[0])
    assert card["price_range"]["min"]["amount_minor"] == 2400
    assert {hit.title for hit in found.hits} == set(names(found))


async def test_every_typed_word_begins_a_word_of_the_category(shop: Context) -> None:
    assert [each.name for each in (await suggest(shop, "bowls so")).categories] == ["Soft bowls"]
    assert (await suggest(shop, "kitchen so")).categories == []


async def test_a_single_letter_gets_nothing(shop: Context) -> None:
    for typed in ("b", "B ", "", "  ", "?", "-"):
        assert await suggest(shop, typed) == Suggested()


async def test_what_is_hidden_is_not_suggested_and_completes_nothing(shop: Context) -> None:
    hit = next(hit for hit in (await suggest(shop, "bol")).hits if hit.title == "Bolster")
    await say(shop, hidden=[hit.product_id])
    found = await suggest(shop, "bol")
    assert "Bolster" not in names(found)
    assert "Bolster" not in {hit.title for hit in found.hits}
    assert found.completions == ()


async def test_what_is_pinned_for_the_words_comes_first(shop: Context) -> None:
    couch = (await suggest(shop, "couch")).hits[0]
    await say(shop, applies="contains", words=["bowl"], pinned=[couch.product_id])
    assert names(await suggest(shop, "bowl"))[0] == "Couch"


async def test_synonyms_of_whole_words_are_suggested(shop: Context) -> None:
    await search.create_synonyms(shop, SynonymDraft(words=["sofa", "couch"]))
    assert names(await suggest(shop, "sofa"))[0] == "Couch"


async def test_another_language_has_its_own_words(shop: Context) -> None:
    found = await suggest(shop, "steinz", "de")
    assert found.completions == ("steinzeugbecher",)
    assert set(names(found)) == {"Steinzeugbecher"}


async def test_another_shop_suggests_none_of_it(shop: Context, house_ctx: Context) -> None:
    _, other = await open_shop(house_ctx)
    assert await suggest(other, "bow") == Suggested()


async def test_the_words_that_answer_are_marked_in_title_and_description(shop: Context) -> None:
    answer = await ask(shop, words="bowls soup", with_highlights=True)
    card = msgspec.json.decode(answer.items[0], type=FoundCard)
    marked = {
        each.field: [part.text for part in each.parts if part.is_match] for each in card.highlights
    }
    assert marked == {"title": ["Bowl"], "description": ["bowl", "soup"]}
    whole = "".join(part.text for part in card.highlights[1].parts)
    assert whole == "Thrown by hand & fired twice. A bowl for soup <hot>."


async def test_nothing_is_marked_unless_asked_and_typed(shop: Context) -> None:
    for question in ({"words": "bowl"}, {"with_highlights": True}):
        answer = await ask(shop, **question)
        cards = [msgspec.json.decode(each, type=FoundCard) for each in answer.items]
        assert cards and not any(card.highlights for card in cards)


async def test_a_card_found_by_other_words_of_its_own_has_no_highlights(shop: Context) -> None:
    answer = await ask(shop, words="mug-b", with_highlights=True)
    (card,) = [msgspec.json.decode(each, type=FoundCard) for each in answer.items]
    assert card.title == "Stoneware Mug" and card.highlights == []


async def test_values_have_the_swatches_of_the_dictionary(shop: Context) -> None:
    known = await attributes.dictionary(shop)
    code = known.axes_by_label["colour"].code
    named = AttributeChanges(labels={"de": "Farbe"})
    await attributes.update_attribute(shop, code, named)
    (blue,) = (await attributes.list_values(shop, code, prefix="blue")).items
    changes = AttributeValueChanges(labels={"de": "Blau"}, swatch="#1f3a93")
    await attributes.update_value(shop, blue.value_id, changes)
    (facet,) = [each for each in (await ask(shop)).facets if each.code == "Colour"]
    assert {each.value: each.swatch for each in facet.values} == {"Blue": "#1f3a93", "White": None}
    german = await search.ask(shop, await window(shop, "de"), search.Question())
    (facet,) = [each for each in german.facets if each.code == "Farbe"]
    assert {each.value: each.swatch for each in facet.values}["Blau"] == "#1f3a93"


async def test_the_last_word_may_begin_a_longer_one_where_nothing_has_it(shop: Context) -> None:
    assert (await ask(shop, words="servi")).match == "corrected"
    begun = await ask(shop, words="servi", may_be_unfinished=True, with_highlights=True)
    assert begun.match == "unfinished" and begun.total == 1
    card = msgspec.json.decode(begun.items[0], type=FoundCard)
    assert [part.text for part in card.highlights[0].parts] == ["Serving", " Bowl"]
    whole = await ask(shop, words="bowl", may_be_unfinished=True)
    assert whole.match == "all_words", "what is there as it was typed is the answer"
    assert (await ask(shop, words="zzqx", may_be_unfinished=True)).match != "unfinished"
