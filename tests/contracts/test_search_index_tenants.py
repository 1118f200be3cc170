"""No shop sees, counts, completes or removes what is another's."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from galleria.engines.search_index import (
    BRAND,
    CATEGORY,
    FacetFilter,
    SearchIndex,
    SearchWriter,
    Sort,
)
from galleria.foundation.money import Money
from tests.contracts.search_shops import Shop, document

pytest_plugins = ["tests.contracts.conftest_search"]

SECRET = document(
    "secret",
    "Zanzibarium Prototype",
    brand="Hidden",
    text="unreleased",
    facets={"color": ("ultraviolet",)},
    category_paths=("labs/secret",),
    prices=(Money(123_456, "EUR"),),
    popularity=1.0,
)


async def test_no_question_reaches_another_tenant(shop: Shop, other_shop: Shop) -> None:
    await other_shop.put(SECRET)
    await shop.put(document("mine", "Plain Thing"))
    questions: list[dict[str, Any]] = [
        {"words": "zanzibarium"},
        {"words": "zanzibarim"},
        {"words": "zanz", "completes_last_word": True},
        {"words": "thing zanzibarium unreleased"},
        {"filters": (FacetFilter(BRAND, ("Hidden",)),)},
        {"filters": (FacetFilter("color", ("ultraviolet",)),)},
        {"category": "labs"},
        {"price_min_minor": 1},
        {"sort": Sort.PRICE_DESC},
        {"sort": Sort.TITLE},
        {"sort": Sort.NEWEST},
    ]
    for asked in questions:
        more: dict[str, Any] = {
            "currency": "EUR",
            "wants_price_bounds": True,
            "facets": (BRAND, "color", CATEGORY),
        }
        answer = await shop.ask(**more | asked)
        assert {hit.product_id for hit in answer.hits} <= {"mine"}, asked
        values = {value.value for facet in answer.facets for value in facet.values if value.count}
        assert not values & {"Hidden", "ultraviolet", "labs", "labs/secret"}, asked
        assert answer.price_bounds is None
    assert await shop.index.count(shop.tenant_id) == 1


async def test_no_suggestion_tells_another_tenants_words(shop: Shop, other_shop: Shop) -> None:
    await other_shop.put(SECRET)
    await shop.put(document("mine", "Plain Thing"))
    for prefix in ("z", "zanz", "zanzibarium", "zanzibarim", "plain zan", ""):
        suggestions = await shop.suggested(prefix)
        assert not any("zanz" in text and text not in prefix for text in suggestions.completions)
        assert all(hit.product_id == "mine" for hit in suggestions.hits)


async def test_the_same_product_id_is_another_product_in_another_tenant(
    shop: Shop, other_shop: Shop
) -> None:
    await shop.put(document("same", "Ours"))
    await other_shop.put(document("same", "Theirs"))
    await shop.put(document("same", "Ours again"))
    assert await other_shop.found("theirs") == ["same"]
    await shop.put(deletes=["same"])
    assert await shop.found() == []
    assert await other_shop.found() == ["same"]


@pytest.mark.parametrize(
    ("victim", "attacker", "victims_id", "deleted"),
    [
        (11, 1, "5", ["1:5", ":1:5", "1", "5", "11:5", "", "*"]),
        (1, 11, "1:5", ["5", "1:5", ":5"]),
        (1, 11, "a\x00b", ["b", "a", "a\x00b"]),
        (111, 1, "1:1", ["11:1:1", "1:1", "111:1:1"]),
    ],
)
async def test_tenant_1_is_not_tenant_11(
    search_index: SearchIndex,
    search_writer: SearchWriter,
    victim: int,
    attacker: int,
    victims_id: str,
    deleted: list[str],
) -> None:
    theirs = Shop(search_index, search_writer, victim)
    ours = Shop(search_index, search_writer, attacker)
    await theirs.put(document(victims_id, "Treasure"))
    await ours.put(deletes=deleted)
    assert await theirs.found("treasure") == [victims_id]
    assert await ours.found("treasure") == []
    await search_writer.delete_tenant(attacker)
    await ours.put()
    assert await theirs.found("treasure") == [victims_id]
    await search_writer.delete_tenant(victim)
    await theirs.put()
    assert await theirs.found("treasure") == []


async def test_a_channel_and_a_locale_keep_to_themselves(shop: Shop) -> None:
    await shop.put(
        document("both", "Chair"),
        document("both", "Stuhl", locale="de"),
        document("pos", "Chair", channel="pos"),
        document("web2", "Chair", channel="web-en"),
    )
    assert await shop.found("chair") == ["both"]
    assert await shop.found("chair", channel="pos") == ["pos"]
    assert await shop.found("stuhl", locale="de") == ["both"]
    assert await shop.found("stuhl") == []
    assert await shop.found("", channel="web", locale="en-en") == []
    assert (await shop.suggested("ch", channel="pos", locale="de")).completions == ()


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    ours=st.lists(st.text(":1ab/=\x1f\x00. é", min_size=1, max_size=6), max_size=5, unique=True),
    theirs=st.lists(st.text(":1ab/=\x1f\x00. é", min_size=1, max_size=6), max_size=5, unique=True),
    deleted=st.lists(st.text(":1ab/=\x1f\x00. é", max_size=6), max_size=5),
)
async def test_deletes_stay_inside_their_tenant_whatever_the_ids(
    shop: Shop, other_shop: Shop, ours: list[str], theirs: list[str], deleted: list[str]
) -> None:
    for each, ids in ((shop, ours), (other_shop, theirs)):
        await each.writer.delete_tenant(each.tenant_id)
        await each.writer.apply(each.tenant_id, [document(one, "Thing") for one in ids])
    await shop.put(deletes=deleted)
    assert sorted(await shop.found()) == sorted(set(ours) - set(deleted))
    assert sorted(await other_shop.found()) == sorted(theirs)
