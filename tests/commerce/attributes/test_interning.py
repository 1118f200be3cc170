"""Words turned into numbers, many at once."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from galleria.commerce import attributes
from galleria.commerce.attributes import (
    AttributeValueChanges,
    DictionaryChanged,
    InvalidAttribute,
    InvalidAttributeValue,
    NewAttributeValue,
)
from galleria.commerce.attributes.service.snapshots import Recent
from galleria.engines.context import Context
from galleria.engines.event_log import Subscription
from galleria.engines.sql import Transaction
from galleria.foundation.events import Envelope
from tests.commerce.attributes.entries import added, interned


async def _intern(ctx: Context, wanted: Any, kinds: Any = "select") -> attributes.Interned:
    async with ctx.transaction() as tx:
        return await attributes.intern_words(tx, wanted, kinds)


async def test_what_is_missing_is_made_and_what_is_there_is_found(ctx: Context) -> None:
    first = await _intern(ctx, {"color": ["Red", "Blue", "red "], "size": ["XL"]})
    assert first.attribute_ids == {"color": 1, "size": 2}
    assert first.words["color"]["Red"] == first.words["color"]["red "]
    again = await _intern(ctx, {"color": ["BLUE", "Green"], "size": []})
    assert again.words["color"]["BLUE"] == first.words["color"]["Blue"]
    assert again.words["color"]["Green"] == 4
    assert again.attribute_ids["size"] == 2
    page = await attributes.list_values(ctx, "color")
    assert [each.word for each in page.items] == ["Red", "Blue", "Green"]


async def test_a_new_attribute_gets_the_kind_asked_for(ctx: Context) -> None:
    kinds = {"weight": "decimal", "note": "text", "tags": "multi_select"}
    wanted: dict[str, list[str]] = {"weight": [], "note": ["x"], "tags": ["a"], "size": ["S"]}
    made = await _intern(ctx, wanted, kinds)
    assert made.kinds == {**kinds, "size": "select"}
    assert made.words == {"weight": {}, "note": {"x": 1}, "tags": {"a": 2}, "size": {"S": 3}}
    again = await _intern(ctx, {"note": ["X"]})
    assert again.words == {"note": {"X": 1}}


async def test_nothing_is_written_when_nothing_is_missing(ctx: Context) -> None:
    await _intern(ctx, {"color": ["Red"]})
    before = await _state(ctx)
    await _intern(ctx, {"color": ["red"]})
    assert await _state(ctx) == before


async def _state(ctx: Context) -> list[tuple[Any, ...]]:
    """Which version of which row is there, locks included."""
    found: list[tuple[Any, ...]] = []
    for table in ("attribute", "value", "version"):
        rows = await ctx.read(
            f"SELECT ctid::text, xmin::text, xmax::text FROM attributes.{table}"
            " WHERE tenant_id = $1 ORDER BY 1"
        )
        found += [(table, *row) for row in rows]
    return found


async def test_many_hands_make_a_word_once(ctx: Context) -> None:
    async def work(hand: int) -> attributes.Interned:
        words = [f"w{n}" for n in range(hand, hand + 20)]
        return await _intern(ctx, {"color": words, f"a{hand % 3}": words})

    found = await asyncio.gather(*(work(hand) for hand in range(10)))
    numbers: dict[tuple[str, str], int] = {}
    for each in found:
        for code, words in each.words.items():
            for word, number in words.items():
                assert numbers.setdefault((code, word), number) == number
    assert len(set(numbers.values())) == len(numbers)
    assert sorted(numbers.values()) == list(range(1, len(numbers) + 1))


async def test_two_shops_number_for_themselves_and_see_nothing_of_each_other(
    ctx: Context, another_ctx: Context
) -> None:
    await _intern(ctx, {"color": ["Red"]})
    other = await _intern(another_ctx, {"color": ["Blue"]})
    assert other.words == {"color": {"Blue": 1}}
    assert [each.word for each in (await attributes.list_values(another_ctx, "color")).items] == [
        "Blue"
    ]
    assert {n: w.word for n, w in (await attributes.words_of(ctx, [1])).items()} == {1: "Red"}
    assert {n: w.word for n, w in (await attributes.words_of(another_ctx, [1])).items()} == {
        1: "Blue"
    }


async def test_a_rollback_is_not_remembered(ctx: Context) -> None:
    class Undone(Exception):
        pass

    await interned(ctx, "color", "Red")
    with pytest.raises(Undone):
        async with ctx.transaction() as tx:
            await attributes.intern_words(tx, {"color": ["Blue"], "size": []})
            assert (await attributes.words_of(tx, [2]))[2].word == "Blue"
            assert "size" in (await attributes.dictionary(tx)).by_code
            raise Undone
    assert list((await attributes.dictionary(ctx)).by_code) == ["color"]
    assert await attributes.words_of(ctx, [2]) == {}
    await interned(ctx, "color", "Green")
    assert (await attributes.words_of(ctx, [2]))[2].word == "Green"
    await added(ctx, "fit", "text")
    assert list((await attributes.dictionary(ctx)).by_code) == ["color", "fit"]


async def test_a_dictionary_that_did_not_change_is_not_read_again(ctx: Context) -> None:
    await added(ctx, "color", "select")
    snapshot = await attributes.dictionary(ctx)
    await interned(ctx, "color", "Red")
    later = await attributes.dictionary(ctx)
    assert later.by_code is snapshot.by_code, "values are no part of it"
    assert await attributes.dictionary(ctx) is later
    await added(ctx, "size", "select")
    assert set((await attributes.dictionary(ctx)).by_code) == {"color", "size"}


async def test_what_is_no_code_or_no_word_is_refused(ctx: Context) -> None:
    with pytest.raises(InvalidAttribute):
        await _intern(ctx, {"Colour": []})
    with pytest.raises(InvalidAttributeValue):
        await _intern(ctx, {"color": ["x" * 201]})


async def test_others_hear_of_new_attributes(
    ctx: Context, drain: Callable[..., Awaitable[int]]
) -> None:
    heard: list[tuple[str, list[str]]] = []

    async def listen(
        shop: Context, _: Transaction, envelopes: list[Envelope[DictionaryChanged]]
    ) -> None:
        if shop.tenant == ctx.tenant:
            heard.extend((each.payload.kind, each.payload.ids) for each in envelopes)

    await _intern(ctx, {"color": ["Red"]})
    await attributes.add_value(ctx, "color", NewAttributeValue(word="Blue"))
    name = f"test.dictionary_{ctx.tenant.tenant_id}"
    await drain(Subscription(name, DictionaryChanged.TAG, DictionaryChanged, listen))
    assert heard == [("attribute", ["1"]), ("value", ["2"])]


def test_what_was_not_asked_for_longest_makes_room() -> None:
    recent: Recent[str, int] = Recent(2)
    recent.put("a", 1)
    recent.put("b", 2)
    assert recent.get("a") == 1
    recent.put("c", 3)
    assert [recent.get(each) for each in "abc"] == [1, None, 3]


async def test_words_are_remembered_until_one_of_them_changes(ctx: Context) -> None:
    red, blue = await interned(ctx, "color", "Red", "Blue")
    assert (await attributes.words_of(ctx, [red]))[red].word == "Red"
    both = await attributes.words_of(ctx, [red, blue, 99])
    assert {number: each.word for number, each in both.items()} == {red: "Red", blue: "Blue"}
    async with ctx.transaction() as tx:
        await attributes.update_value(ctx, red, AttributeValueChanges(labels={"de": "Rot"}))
        assert (await attributes.words_of(tx, [red], "de"))[red].label == "Rot"
        outside = Context(ctx.engines, ctx.tenant, ctx.actor, request_id="outside")
        task = asyncio.create_task(attributes.words_of(outside, [red], "de"))
        assert (await task)[red].label == "Red", "nobody else sees it before the commit"
    assert (await attributes.words_of(ctx, [red], "de"))[red].label == "Rot"


async def test_a_file_teaches_the_dictionary_its_names(ctx: Context) -> None:
    await added(ctx, "color", "swatch")
    async with ctx.transaction() as tx:
        kinds: dict[str, Any] = {"color": "text", "size": "text", "weight": "number"}
        learnt = await attributes.learn(tx, kinds, {"size": "Größe"})
    known = {code: (each.kind, each.label) for code, each in learnt.by_code.items()}
    assert known == {
        "color": ("swatch", "Color"),
        "size": ("text", "Größe"),
        "weight": ("number", "Weight"),
    }
    assert (await attributes.dictionary(ctx)).by_code == learnt.by_code
