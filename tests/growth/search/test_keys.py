"""What a shop keeps of its search keys: its own, in the diary, taken along and left behind."""

from uuid import UUID

import msgspec
import pytest

from galleria.engines.context import Actor, Context
from galleria.foundation.pagination import InvalidCursor
from galleria.growth import search
from galleria.growth.search import EVERYTHING, SearchLimits, SearchSettings
from galleria.growth.search.room import ROOM
from galleria.platform import access, audit
from tests.commerce.selling import elsewhere

MUGS = SearchLimits(categories=["mugs"])


def by_key(ctx: Context, key_id: UUID, says: bytes = b"") -> Context:
    return ctx.as_actor(Actor("key", str(key_id), frozenset({"search:read"}), says))


async def test_a_key_may_search_what_was_said_when_it_was_made(ctx: Context) -> None:
    made = await search.create_key(ctx, "web", MUGS)
    for where in (ctx, ctx, elsewhere(ctx)):
        allowed = await search.allowed_to(by_key(where, made.key.key_id), "search")
        assert allowed.values == {"@category": ("mugs",)}
    plain = await access.create_key(ctx, "all", ["search:read"])
    assert await search.allowed_to(by_key(ctx, plain.key_id), "suggest") == EVERYTHING
    assert await search.allowed_to(ctx, "search") == EVERYTHING, "the shop's own"


async def test_limits_are_of_one_shop(ctx: Context, another_ctx: Context) -> None:
    made = await search.create_key(ctx, "web", MUGS)
    await search.change_settings(ctx, SearchSettings(is_open=False))
    assert (await search.list_keys(another_ctx)).items == []
    assert await search.get_settings(another_ctx) == SearchSettings(is_open=True)
    with pytest.raises(search.SearchKeyNotFound):
        await search.revoke_key(another_ctx, made.key.key_id)
    assert (await search.list_keys(ctx)).items[0].key.status == "active"


async def test_keys_come_page_by_page_the_newest_first(ctx: Context) -> None:
    for name in ("a", "b", "c"):
        await search.create_key(ctx, name, SearchLimits())
    first = await search.list_keys(ctx, limit=2)
    second = await search.list_keys(ctx, first.next_cursor, limit=2)
    assert [each.key.name for each in [*first.items, *second.items]] == ["c", "b", "a"]
    assert second.next_cursor is None
    other = ctx.engines.cursors.encode(ctx.tenant.tenant_id, "search.keys", ["a", "b"])
    with pytest.raises(InvalidCursor):
        await search.list_keys(ctx, other)


async def test_who_may_not_search_makes_no_key_for_it(ctx: Context) -> None:
    clerk = ctx.as_actor(Actor("person", "1", frozenset({"keys:write"})))
    with pytest.raises(access.ScopeNotHeld):
        await search.create_key(clerk, "web", MUGS)
    assert (await search.list_keys(ctx)).items == []
    assert (await access.list_keys(ctx)).items == [], "neither half of it"


async def test_what_is_said_of_keys_is_in_the_diary_and_goes_with_the_shop(ctx: Context) -> None:
    made = await search.create_key(ctx, "web", MUGS)
    await search.change_settings(ctx, SearchSettings(is_open=False))
    await search.revoke_key(ctx, made.key.key_id)
    told = [each.action for each in (await audit.list_entries(ctx)).items]
    assert told[:4] == [
        "keys.revoked",
        "search.settings_changed",
        "search.key_limited",
        "keys.created",
    ]
    assert ROOM.export is not None and ROOM.erase is not None
    key, settings = [msgspec.json.decode(part) async for part in ROOM.export(ctx)]
    assert key["search_key"]["limits"] == {"categories": ["mugs"]}
    assert settings == {"search_settings": {"is_open": False}}
    assert made.key.key not in str(key)
    await ROOM.erase(ctx)
    assert [part async for part in ROOM.export(ctx)] == []
    assert await search.get_settings(ctx) == SearchSettings()
