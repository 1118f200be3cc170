"""Search in the back office: words that mean the same, added, found, changed, removed."""

from urllib.parse import quote

from galleria.engines.context import Context
from galleria.growth import search
from galleria.growth.search import SynonymDraft
from tests.faces.backoffice.conftest import SignedIn

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
