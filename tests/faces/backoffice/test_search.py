"""Search in the back office: words that mean the same, curated results, and their order."""

from urllib.parse import quote

from galleria.engines.context import Context
from galleria.growth import search
from galleria.growth.search import RankingDraft, SynonymDraft
from tests.commerce.selling import mug, put_on_sale, show
from tests.faces.backoffice.conftest import SignedIn
from tests.faces.backoffice.test_products import make

PLACE = "/search"


async def test_synonyms_are_added_changed_and_removed(shop: Context, at_work: SignedIn) -> None:
    mia = await at_work(shop)
    page = await mia.get(PLACE)
    assert "No synonyms yet" in page.text
    page = await mia.submit(page, f"{PLACE}/synonyms", words="Sofa, couch,  settee")
    assert "The words for “sofa” are saved." in page.text
    assert "sofa, couch, settee" in page.text and "each other" in page.text
    (made,) = (await search.list_synonyms(shop)).items
    one = f"{PLACE}/synonyms/{made.synonym_id}"
    page = await mia.get(one)
    assert 'value="sofa, couch, settee"' in page.text
    page = await mia.submit(page, one, words="sofa", means="divan, couch", language="en")
    assert "one way" in page.text and "divan, couch" in page.text
    (changed,) = (await search.list_synonyms(shop)).items
    assert (changed.words, changed.means, changed.language) == (["sofa"], ["divan", "couch"], "en")
    table = await mia.get(f"{PLACE}/synonyms.csv")
    assert 'sofa,"divan, couch",en' in table.text
    page = await mia.get(PLACE)
    nothing = await mia.submit(page, f"{PLACE}/synonyms/remove")
    assert "Nothing was chosen." in nothing.text
    page = await mia.submit(page, f"{PLACE}/synonyms/remove", synonym_id=str(made.synonym_id))
    assert "One set of words is gone." in page.text
    assert (await search.list_synonyms(shop)).items == []


async def test_what_cannot_be_is_refused_and_kept_in_the_form(
    shop: Context, at_work: SignedIn
) -> None:
    mia = await at_work(shop)
    page = await mia.get(PLACE)
    for words, means, told in (
        ("sofa", "", "Write two words that mean the same"),
        ("", "", "Write two words that mean the same"),
        ("sofa, couch", "Couch", "A word stands on both sides."),
        ("sofa, a b c d e", "", "This is too long."),
        (", ".join(f"w{n}" for n in range(31)), "", "This is too long."),
    ):
        refused = await mia.submit(page, f"{PLACE}/synonyms", words=words, means=means)
        assert refused.status == 422, words
        assert told in refused.text, words
        assert f'value="{words}"' in refused.text


async def test_synonyms_are_found_by_how_they_begin_page_by_page(
    shop: Context, at_work: SignedIn
) -> None:
    for at in range(52):
        await search.create_synonyms(shop, SynonymDraft(words=[f"word {at:02}", f"other {at}"]))
    await search.create_synonyms(shop, SynonymDraft(words=["lamp", "light"]))
    mia = await at_work(shop)
    page = await mia.get(f"{PLACE}?q=word")
    assert "word 49" in page.text and "word 50" not in page.text and "lamp" not in page.text
    cursor = (await search.list_synonyms(shop, "word", limit=50)).next_cursor
    assert cursor is not None and quote(cursor, safe="") in page.text
    page = await mia.get(f"{PLACE}?q=word&cursor={quote(cursor, safe='')}")
    assert "word 51" in page.text and "word 49" not in page.text
    assert "Nothing fits" in (await mia.get(f"{PLACE}?q=zebra")).text
    assert "lamp" in (await mia.get(f"{PLACE}?cursor=wrong")).text


async def test_results_are_curated_tried_out_and_changed(shop: Context, at_work: SignedIn) -> None:
    lamp, other = await make(shop, "Lamp", "Lamp too")
    await show(shop)
    mia = await at_work(shop)
    page = await mia.get(f"{PLACE}/curations")
    assert "Nothing is curated yet" in page.text
    page = await mia.get(f"{PLACE}/curations/new")
    fields = {
        "name": "Spring",
        "words": "Lamp, lamps",
        "pinned": f"{other.handle}\n",
        "hidden": f"/products/{lamp.handle}",
        "lifts": "brand = Oak, Elm: +3",
    }
    tried = await mia.submit(page, f"{PLACE}/curations/save", **fields)
    assert "“Spring” is saved." in tried.text
    (made,) = (await search.list_curations(shop)).items
    assert (made.words, made.pinned, made.hidden) == (
        ["lamp", "lamps"],
        [other.product_id],
        [lamp.product_id],
    )
    assert [(each.code, each.values, each.by) for each in made.lifts] == [
        ("brand", ["Oak", "Elm"], 3)
    ]
    one = f"{PLACE}/curations/{made.curation_id}"
    page = await mia.get(one)
    assert "brand = Oak, Elm: +3" in page.text and lamp.handle in page.text
    sent = page.form(f"{mia.base}{PLACE}/curations/save")
    tried = await mia.browser.post(f"{mia.base}{PLACE}/curations/try", sent)
    assert "Today" in tried.text and "With this" in tried.text
    assert (await search.list_curations(shop)).items == [made]
    page = await mia.submit(page, f"{PLACE}/curations/save", name="Summer", is_active=None)
    assert "switched off" in page.text
    gone = await mia.browser.post(f"{mia.base}{PLACE}/curations/remove", sent)
    assert "Nothing is curated yet" in gone.text


async def test_a_curation_that_cannot_hold_is_refused(shop: Context, at_work: SignedIn) -> None:
    (lamp,) = await make(shop, "Lamp")
    mia = await at_work(shop)
    page = await mia.get(f"{PLACE}/curations/new")
    good = {"name": "x", "words": "lamp", "pinned": lamp.handle}
    for wrong, told in (
        ({"words": ""}, "Please fill this in."),
        ({"pinned": ""}, "Say what is to come first"),
        ({"pinned": "no-such-thing"}, "One of these is no product of the shop."),
        ({"lifts": "brand is Oak"}, "Write each line as in"),
        ({"starts_at": "soon"}, 'value="soon"'),
        ({"redirect_to": "javascript:alert(1)"}, "This is no address of a site."),
        ({"starts_at": "2026-02-01T10:00", "ends_at": "2026-01-01T10:00"}, "It ends before"),
        ({"priority": "many"}, 'value="many"'),
    ):
        refused = await mia.submit(page, f"{PLACE}/curations/save", **(good | wrong))
        assert refused.status == 422, wrong
        assert told in refused.text, wrong
    assert (await search.list_curations(shop)).items == []


async def test_an_order_is_made_tried_out_and_chosen(shop: Context, at_work: SignedIn) -> None:
    await put_on_sale(shop, mug("lamp", title="Lamp"))
    await show(shop)
    mia = await at_work(shop)
    page = await mia.get(f"{PLACE}/rankings")
    assert "standard" in page.text and "title 2, popularity 0.5, kind 1" in page.text
    page = await mia.get(f"{PLACE}/rankings/new")
    save = f"{PLACE}/rankings/save"
    page = await mia.submit(page, save, **{"name": "new-first", "weights.freshness": "1,5"})
    assert "The order “new-first” is saved." in page.text and "freshness 1.5" in page.text
    (made,) = await search.list_rankings(shop)
    assert (made.weights.freshness, made.weights.title, made.is_default) == (1.5, 2.0, False)
    page = await mia.get(f"{PLACE}/rankings/new-first")
    assert "for all shoppers" not in page.text
    filled = dict(page.form(f"{mia.base}{save}")) | {"try_words": "lamp", "weights.title": "3"}
    sent = list(filled.items())
    tried = await mia.browser.post(f"{mia.base}{PLACE}/rankings/try", sent)
    assert "Today" in tried.text and "new +150 %" in tried.text
    assert 'value="lamp"' in tried.text
    assert await search.list_rankings(shop) == [made], "nothing is saved by trying"
    chosen = await mia.browser.post(f"{mia.base}{PLACE}/rankings/default", sent)
    assert "holds for all shoppers." in chosen.text
    page = await mia.get(f"{PLACE}/rankings/new-first")
    page = await mia.submit(page, save, **{"weights.most_of_a_brand": "2"})
    (changed,) = await search.list_rankings(shop)
    assert (changed.weights.most_of_a_brand, changed.is_default) == (2, True)
    gone = await mia.browser.post(f"{mia.base}{PLACE}/rankings/remove", sent)
    assert "The order is gone." in gone.text
    assert await search.list_rankings(shop) == []


async def test_an_order_that_cannot_be_is_refused(shop: Context, at_work: SignedIn) -> None:
    await search.create_ranking(shop, RankingDraft(name="there"))
    mia = await at_work(shop)
    page = await mia.get(f"{PLACE}/rankings/new")
    for wrong, status, told in (
        ({"name": "Not so"}, 422, "Use lower-case letters"),
        ({"name": "standard"}, 422, "This name has a meaning of its own"),
        ({"name": "there"}, 409, "There is an order of this name."),
        ({"weights.title": "11"}, 422, "This is too large."),
        ({"weights.kinds": "much"}, 422, "This is not the kind of value"),
    ):
        fields = {"name": "x", **wrong}
        refused = await mia.submit(page, f"{PLACE}/rankings/save", **fields)
        assert refused.status == status, wrong
        assert told in refused.text, wrong
        assert f'value="{next(reversed(fields.values()))}"' in refused.text, wrong
    sent = dict(page.form(f"{mia.base}{PLACE}/rankings/save")) | {"weights.kinds": "-1"}
    tried = await mia.browser.post(f"{mia.base}{PLACE}/rankings/try", list(sent.items()))
    assert tried.status == 422 and "This number is too small." in tried.text
    assert [each.name for each in await search.list_rankings(shop)] == ["there"]
