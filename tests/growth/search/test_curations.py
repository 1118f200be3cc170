"""What a merchant says of answers: kept, tried out, and held to."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from galleria.commerce.catalog import Merged
from galleria.engines.cache import CacheUnavailable
from galleria.engines.context import Context
from galleria.foundation.ids import new_id
from galleria.foundation.pagination import InvalidCursor
from galleria.growth import search
from galleria.growth.search import (
    Curation,
    CurationDraft,
    CurationNotFound,
    InvalidCuration,
    LiftDraft,
    NewCuration,
    Question,
)
from galleria.growth.search.room import ROOM
from galleria.growth.search.service import curations
from galleria.platform import audit
from tests.commerce.selling import mug, open_shop, put_on_sale, show, window
from tests.growth.search.test_search import ask, titles


class Lamps:
    """A shop with three lamps and a vase."""

    def __init__(self, ctx: Context, made: list[Merged]) -> None:
        self.ctx = ctx
        ids = [each.product_id for each in made]
        self.desk, self.floor, self.wall, self.vase = [each for each in ids if each is not None]

    async def say(self, applies: str, **more: Any) -> Curation:
        draft = {"name": "As I say", "applies": applies} | more
        return await search.create_curation(self.ctx, msgspec.convert(draft, CurationDraft))


@pytest.fixture
async def lamps(house_ctx: Context) -> Lamps:
    _, ctx = await open_shop(house_ctx)
    lamps = [
        mug(name, title=title, brand=brand, category_paths=[["Light"]])
        for name, title, brand in (
            ("desk", "Lamp", "Oak"),
            ("floor", "Lamp too", "Elm"),
            ("wall", "Lamp for walls", "Oak"),
        )
    ]
    made = await put_on_sale(ctx, *lamps, mug("vase", title="Vase", category_paths=[["Living"]]))
    await show(ctx)
    return Lamps(ctx, made)


async def test_products_are_pinned_and_hidden_where_the_words_are_typed(lamps: Lamps) -> None:
    said = {"words": ["LAMP ", "beacon"], "pinned": [lamps.vase], "hidden": [lamps.desk]}
    made = await lamps.say("exact", **said)
    assert titles(await ask(lamps.ctx, words="Lamp")) == ["Vase", "Lamp too", "Lamp for walls"]
    assert titles(await ask(lamps.ctx, words="lamps"))[0] == "Lamp", "not typed exactly so"
    assert titles(await ask(lamps.ctx, words="beacon")) == ["Vase"]
    wanted = CurationDraft(name="x", applies="contains", words=["lamp"], pinned=[lamps.wall])
    await search.replace_curation(lamps.ctx, made.curation_id, wanted)
    assert titles(await ask(lamps.ctx, words="a lamp"))[0] == "Lamp for walls"
    await search.remove_curation(lamps.ctx, made.curation_id)
    assert titles(await ask(lamps.ctx, words="the lamp"))[0] == "Lamp"


async def test_some_come_earlier_or_later(lamps: Lamps) -> None:
    lifts = [LiftDraft("brand", ["Elm"], 10)]
    await lamps.say("always", lifts=lifts)
    assert titles(await ask(lamps.ctx, words="lamp"))[0] == "Lamp too"


async def test_a_category_page_shows_what_is_pinned_there_first(lamps: Lamps) -> None:
    await lamps.say("category", place="/light/", pinned=[lamps.desk, lamps.vase])
    page = await ask(lamps.ctx, category="light", sort="newest")
    assert titles(page)[0] == "Lamp" and "Vase" not in titles(page), "it lies elsewhere"
    assert len(titles(page)) == 3
    by_name = await ask(lamps.ctx, category="light", sort="title")
    assert titles(by_name) == ["Lamp", "Lamp for walls", "Lamp too"]
    assert titles(await ask(lamps.ctx, category="living", sort="newest")) == ["Vase"]


async def test_it_holds_in_its_time_and_language_and_when_switched_on(lamps: Lamps) -> None:
    now = lamps.ctx.now
    hour = timedelta(hours=1)
    for never in (
        {"starts_at": now + hour},
        {"ends_at": now - hour},
        {"is_active": False},
        {"language": "fr"},
    ):
        await lamps.say("always", hidden=[lamps.desk], **never)
    assert "Lamp" in titles(await ask(lamps.ctx, words="lamp"))
    await lamps.say("always", hidden=[lamps.desk], starts_at=now - hour, ends_at=now + hour)
    assert "Lamp" not in titles(await ask(lamps.ctx, words="lamp"))


async def test_the_lower_number_comes_first(lamps: Lamps) -> None:
    typed: dict[str, Any] = {"words": ["lamp"]}
    await lamps.say("exact", **typed, pinned=[lamps.vase], redirect_to="/a", priority=200)
    await lamps.say(
        "exact", **typed, pinned=[lamps.wall], redirect_to="https://b.example", priority=1
    )
    answer = await ask(lamps.ctx, words="lamp")
    assert titles(answer)[:2] == ["Lamp for walls", "Vase"]
    assert answer.redirect_to == "https://b.example"


async def test_a_preview_shows_what_would_be_and_changes_nothing(lamps: Lamps) -> None:
    kept = await lamps.say("always", pinned=[lamps.wall])
    draft = CurationDraft(
        name="x", applies="exact", words=["lamp"], pinned=[lamps.vase], is_active=False
    )
    shown = await window(lamps.ctx)
    question = Question(words="lamp")
    beside = await search.preview(lamps.ctx, shown, question, draft)
    assert titles(beside.today)[0] == "Lamp for walls"
    assert titles(beside.then)[:2] == ["Lamp for walls", "Vase"] or titles(beside.then)[0] == "Vase"
    instead = await search.preview(lamps.ctx, shown, question, draft, kept.curation_id)
    assert titles(instead.then)[0] == "Vase" and "Lamp for walls" in titles(instead.then)[1:]
    assert titles(await ask(lamps.ctx, words="lamp"))[0] == "Lamp for walls"


@pytest.mark.parametrize(
    ("draft", "field", "code"),
    [
        ({"name": " "}, "name", "required"),
        ({"applies": "exact"}, "words", "required"),
        ({"applies": "category"}, "place", "required"),
        ({"language": "e1"}, "language", "invalid"),
        ({"pinned": []}, "pinned", "says_nothing"),
        ({"hidden": [UUID(int=1)]}, "hidden", "said_twice"),
        ({"pinned": [UUID(int=n) for n in range(51)]}, "pinned", "too_many"),
        ({"applies": "exact", "words": [str(n) for n in range(51)]}, "words", "too_many"),
        ({"lifts": [LiftDraft("brand", ["Oak"], 11)]}, "lifts[0]", "invalid"),
        ({"lifts": [LiftDraft("brand", [], 1)]}, "lifts[0]", "invalid"),
        ({"redirect_to": "//evil.example"}, "redirect_to", "invalid_url"),
        ({"redirect_to": "javascript:alert(1)"}, "redirect_to", "invalid_url"),
        ({"redirect_to": "/\\evil.example"}, "redirect_to", "invalid_url"),
        ({"redirect_to": "https://user@evil.example"}, "redirect_to", "invalid_url"),
        ({"redirect_to": "/sale"}, "redirect_to", "redirect_elsewhere"),
        (
            {"applies": "exact", "words": ["a"], "redirect_to": "/search?q=a"},
            "redirect_to",
            "redirect_elsewhere",
        ),
    ],
)
async def test_what_cannot_hold_is_refused_with_its_field(
    ctx: Context, draft: dict[str, Any], field: str, code: str
) -> None:
    fields = {"name": "x", "applies": "always", "pinned": [UUID(int=1)]} | draft
    with pytest.raises(InvalidCuration) as refused:
        await search.create_curation(ctx, CurationDraft(**fields))
    assert (field, code) in [(each.path, each.code) for each in refused.value.errors]
    ends_first = CurationDraft(**fields | {"starts_at": ctx.now, "ends_at": ctx.now})
    with pytest.raises(InvalidCuration):
        await search.create_curation(ctx, ends_first)
    assert (await search.list_curations(ctx)).items == []


async def test_curations_are_listed_page_by_page_and_are_the_shops_own(
    lamps: Lamps, house_ctx: Context
) -> None:
    ctx = lamps.ctx
    for priority in (300, 100, 200):
        await lamps.say("always", pinned=[lamps.desk], priority=priority)
    first = await search.list_curations(ctx, limit=2)
    rest = await search.list_curations(ctx, first.next_cursor, limit=2)
    assert [each.priority for each in [*first.items, *rest.items]] == [100, 200, 300]
    with pytest.raises(InvalidCursor):
        await search.list_curations(ctx, "made-up")
    _, other = await open_shop(house_ctx)
    (one, *_) = first.items
    draft = CurationDraft(name="x", applies="always", pinned=[lamps.desk])
    assert (await search.list_curations(other)).items == []
    for reach in (
        search.get_curation(other, one.curation_id),
        search.remove_curation(other, one.curation_id),
        search.replace_curation(other, one.curation_id, draft),
        search.get_curation(ctx, new_id()),
    ):
        with pytest.raises(CurationNotFound):
            await reach
    assert (await search.get_curation(ctx, one.curation_id)) == one


async def test_a_shop_takes_along_what_it_said_and_has_so_many_at_most(lamps: Lamps) -> None:
    ctx = lamps.ctx
    made = await lamps.say("exact", words=["lamp"], lifts=[LiftDraft("brand", ["Oak"], -1)])
    assert (await audit.list_entries(ctx)).items[0].action == "search.curation_created"
    assert ROOM.export is not None and ROOM.erase is not None
    lines = b"".join([part async for part in ROOM.export(ctx)]).splitlines()
    assert msgspec.json.decode(lines[0])["curation"]["curation_id"] == str(made.curation_id)
    async with ctx.transaction() as tx:
        await tx.execute(
            "INSERT INTO search.curation SELECT $1, gen_random_uuid(), 5, 'n', 'always', '{}',"
            " NULL, NULL, NULL, NULL, true, ARRAY[gen_random_uuid()], '{}', '[]', NULL, now()"
            " FROM generate_series(1, 499)"
        )
    with pytest.raises(search.TooManyCurations):
        await lamps.say("always", pinned=[lamps.desk])
    await ROOM.erase(ctx)
    assert (await search.list_curations(ctx)).items == []


class Gone:
    """A cache that does not answer."""

    async def get(self, *_: object) -> bytes | None:
        raise CacheUnavailable("nobody there")

    async def set(self, *_: object) -> None:
        raise CacheUnavailable("nobody there")


async def test_what_was_said_holds_while_the_cache_does_not_answer(lamps: Lamps) -> None:
    await lamps.say("always", hidden=[lamps.desk])
    engines = replace(lamps.ctx.engines, cache=Gone())  # type: ignore[arg-type]
    alone = Context(engines, lamps.ctx.tenant, lamps.ctx.actor, lamps.ctx.request_id)
    held = await curations.holding(alone, Question(words="lamp"), "en")
    assert held.hidden == (str(lamps.desk),)


def test_a_time_without_its_zone_is_refused_at_the_door() -> None:
    sent = {"name": "x", "applies": "always", "starts_at": "2026-01-01T10:00:00"}
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(sent, NewCuration)
    assert msgspec.convert(sent | {"starts_at": "2026-01-01T10:00:00Z"}, NewCuration).starts_at
