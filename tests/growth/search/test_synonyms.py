"""Words that mean the same: kept, listed, found by."""

import csv
import io
from typing import Any
from uuid import UUID

import msgspec
import pytest

from galleria.engines.context import Context
from galleria.foundation.ids import new_id
from galleria.foundation.pagination import InvalidCursor
from galleria.growth import search
from galleria.growth.search import InvalidSynonyms, SynonymDraft, SynonymSet, SynonymsNotFound
from galleria.growth.search.book import Book
from galleria.growth.search.room import ROOM
from galleria.platform import audit
from tests.commerce.selling import mug, open_shop, put_on_sale, show, window
from tests.growth.search.test_search import ask, titles


async def create(ctx: Context, *words: str, **more: Any) -> SynonymSet:
    return await search.create_synonyms(ctx, SynonymDraft(words=list(words), **more))


@pytest.fixture
async def shop(house_ctx: Context) -> Context:
    _, ctx = await open_shop(house_ctx)
    await put_on_sale(
        ctx, mug(title="Stoneware Mug"), mug("cup", title="Tea Cup"), mug("pot", title="Tea Pot")
    )
    await show(ctx)
    return ctx


async def test_words_of_a_set_find_each_other_at_once(shop: Context) -> None:
    assert titles(await ask(shop, words="beaker")) == []
    made = await create(shop, "Beaker", " tea  cup ")
    assert made.words == ["beaker", "tea cup"]
    assert titles(await ask(shop, words="beakers")) == ["Tea Cup"]
    await search.replace_synonyms(
        shop, made.synonym_id, SynonymDraft(words=["beaker"], means=["pot", "cup"])
    )
    assert sorted(titles(await ask(shop, words="beaker"))) == ["Tea Cup", "Tea Pot"]
    assert titles(await ask(shop, words="pots")) == ["Tea Pot"], "one way only"
    assert await search.remove_synonyms(shop, [made.synonym_id, new_id()]) == 1
    assert await search.remove_synonyms(shop, [made.synonym_id]) == 0
    assert titles(await ask(shop, words="beaker")) == []


async def test_a_set_of_one_language_is_for_that_one(shop: Context) -> None:
    await create(shop, "becher", "pot", language="de-CH")
    assert titles(await ask(shop, words="becher")) == []
    german = (await window(shop)).in_language("de")
    assert german.locale == "de"
    found = await search.ask(shop, german, search.Question(words="becher"))
    assert found.total == 1


@pytest.mark.parametrize(
    ("draft", "field", "code"),
    [
        ({"words": []}, "words", "needs_two"),
        ({"words": ["mug", " MUG "]}, "words", "needs_two"),
        ({"words": ["a", "b"], "means": ["B"]}, "means", "said_twice"),
        ({"words": ["a", "b c d e f"]}, "words[1]", "too_long"),
        ({"words": ["a"], "means": ["x" * 61]}, "means[0]", "too_long"),
        ({"words": [str(n) for n in range(31)]}, "words", "too_many"),
        ({"words": ["a", "b"], "language": "e1"}, "language", "invalid"),
    ],
)
async def test_what_cannot_be_a_set_is_refused_with_its_field(
    ctx: Context, draft: dict[str, Any], field: str, code: str
) -> None:
    with pytest.raises(InvalidSynonyms) as refused:
        await search.create_synonyms(ctx, SynonymDraft(**draft))
    assert (field, code) in [(each.path, each.code) for each in refused.value.errors]
    assert (await search.list_synonyms(ctx)).items == []


async def test_sets_are_listed_by_their_first_words_page_by_page(ctx: Context) -> None:
    for word in ("Émail", "zebra", "apple", "Apricot"):
        await create(ctx, word, f"{word} too")
    first = await search.list_synonyms(ctx, limit=3)
    rest = await search.list_synonyms(ctx, cursor=first.next_cursor, limit=3)
    names = [each.words[0] for each in [*first.items, *rest.items]]
    assert (names, rest.next_cursor) == (["apple", "apricot", "émail", "zebra"], None)
    assert [each.words[0] for each in (await search.list_synonyms(ctx, "AP")).items] == names[:2]
    with pytest.raises(InvalidCursor):
        await search.list_synonyms(ctx, "z", cursor=first.next_cursor)
    with pytest.raises(SynonymsNotFound):
        await search.get_synonyms(ctx, new_id())
    with pytest.raises(SynonymsNotFound):
        await search.replace_synonyms(ctx, new_id(), SynonymDraft(words=["a", "b"]))


async def test_another_shop_has_its_own(ctx: Context, house_ctx: Context) -> None:
    _, other = await open_shop(house_ctx)
    made = await create(ctx, "sofa", "couch")
    assert (await search.list_synonyms(other)).items == []
    with pytest.raises(SynonymsNotFound):
        await search.get_synonyms(other, made.synonym_id)
    assert await search.remove_synonyms(other, [made.synonym_id]) == 0
    assert (await search.get_synonyms(ctx, made.synonym_id)).words == ["sofa", "couch"]


async def test_changes_are_in_the_diary_and_a_shop_takes_its_words_along(ctx: Context) -> None:
    made = await create(ctx, "sofa", "couch", "settee, blue")
    await search.replace_synonyms(ctx, made.synonym_id, SynonymDraft(words=["a"], means=["b"]))
    told = [each.action for each in (await audit.list_entries(ctx)).items]
    assert told[:2] == ["search.synonyms_changed", "search.synonyms_created"]
    assert ROOM.export is not None and ROOM.erase is not None
    (line,) = [part async for part in ROOM.export(ctx)]
    assert msgspec.json.decode(line)["synonyms"]["means"] == ["b"]
    table = b"".join([part async for part in search.export_synonyms(ctx)]).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(table))) == [["Words", "Means", "Language"], ["a", "b", ""]]
    await ROOM.erase(ctx)
    assert (await search.list_synonyms(ctx)).items == []


def test_a_book_names_what_may_fit_the_longest_first() -> None:
    book = Book(
        [
            SynonymDraft(words=["tv", "television"]),
            SynonymDraft(words=["tv stand"], means=["media unit"]),
            SynonymDraft(words=["crème"], means=["cream"]),
            SynonymDraft(words=["lampe", "lamp"], language="de"),
        ]
    )
    assert [each.words for each in book.fitting("black tvs", "en")] == ["tv stand", "tv"]
    assert [each.means for each in book.fitting("CREME lamp", "en-GB")] == [("cream",)]
    assert [each.words for each in book.fitting("Lamp", "de-AT")] == ["lampe", "lamp"]
    assert book.fitting("", "en") == Book([]).fitting("tv", "en") == ()


async def test_a_shop_has_so_many_sets_and_no_more(ctx: Context) -> None:
    async with ctx.transaction() as tx:
        await tx.execute(
            "INSERT INTO search.synonym SELECT $1, gen_random_uuid(), 'k' || n, ARRAY[n::text],"
            " ARRAY['x'], NULL, now() FROM generate_series(1, 2000) AS n"
        )
    with pytest.raises(search.TooManySynonyms):
        await create(ctx, "one", "more")
    assert (await search.list_synonyms(ctx, limit=100)).next_cursor
    assert isinstance((await search.list_synonyms(ctx, "k", limit=1)).items[0].synonym_id, UUID)
