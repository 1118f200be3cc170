"""Who uses a key: counted in memory, written in sets, told by day, and forgotten after 90 days."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from galleria.engines.context import Context
from galleria.engines.nearby import Nearby
from galleria.engines.notebook import Notebook
from galleria.foundation.ids import new_id
from galleria.foundation.pagination import InvalidCursor
from galleria.platform import access
from galleria.platform.access.model.guarding import Caller
from galleria.platform.access.model.usage import (
    MOST_PATTERNS,
    MOST_ROWS_A_DAY,
    OTHER,
    family_of,
    network_of,
    route_of,
)
from galleria.platform.access.room import ROOM
from galleria.platform.access.service.using import forget_old_uses
from tests.platform.conftest import acting_with, at, client_of, later


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2::9", "2001:db8:1::/48"),
        ("", "unknown"),
        ("nonsense", "unknown"),
    ],
)
def test_an_address_is_kept_as_its_network(address: str, network: str) -> None:
    assert network_of(address) == network


@pytest.mark.parametrize(
    ("agent", "family"),
    [
        ("python-requests/2.31.0", "python-requests/2"),
        ("curl/8.5.0", "curl/8"),
        ("Mozilla/5.0 (X11; Linux)", "Mozilla/5"),
        ("GalleriaSDK", "GalleriaSDK"),
        ("", "none"),
        ("(weird)", OTHER),
    ],
)
def test_a_program_is_known_by_its_name_and_major_version(agent: str, family: str) -> None:
    assert family_of(agent) == family


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/admin/v1/products/0198/publish", "admin/products"),
        ("/store/v1/search", "store/search"),
        ("/admin/v1/<script>", "admin"),
        ("/%2e", OTHER),
        ("", OTHER),
    ],
)
def test_a_path_is_known_by_its_part_of_the_api(path: str, route: str) -> None:
    assert route_of(path) == route


async def test_uses_are_added_up_by_day_network_program_and_route(
    shop_ctx: Context, other_shop_ctx: Context
) -> None:
    noon = at(shop_ctx, shop_ctx.now.replace(hour=12))
    made = await access.create_key(shop_ctx, "till", ["orders:read"])
    caller = Caller("192.0.2.1", None, "curl/8.5", "/admin/v1/orders/1")
    neighbour = Caller("192.0.2.2", None, "curl/8.6", "/admin/v1/orders/2")
    for minutes in (3, 0, 1):
        assert await access.admit(later(noon, minutes=minutes), made.key, caller)
    await shop_ctx.engines.notebook.write_down()
    assert await access.admit(later(noon, minutes=2), made.key, neighbour)
    assert await access.admit(later(noon, days=1), made.key, neighbour)
    await shop_ctx.engines.notebook.write_down()

    newest, first = (await access.list_uses(shop_ctx, made.key_id)).items
    assert (first.client, first.agent, first.route) == ("192.0.2.0/24", "curl/8", "admin/orders")
    assert (first.uses, newest.uses) == (4, 1)
    assert first.first_used_at == noon.now
    assert first.last_used_at == later(noon, minutes=3).now
    assert newest.used_on - first.used_on == timedelta(days=1)
    with pytest.raises(access.KeyNotFound):
        await access.list_uses(other_shop_ctx, made.key_id)


async def test_what_was_refused_for_its_place_or_its_end_is_no_use(shop_ctx: Context) -> None:
    terms = access.KeyTerms(allowed_networks=["192.0.2.0/24"])
    made = await access.create_key(shop_ctx, "till", ["orders:read"], terms=terms)
    with pytest.raises(access.KeyAddressNotAllowed):
        await access.admit(shop_ctx, made.key, Caller("198.51.100.1"))
    await access.revoke_key(shop_ctx, made.key_id)
    with pytest.raises(access.KeyIsRevoked):
        await access.admit(shop_ctx, made.key, Caller("192.0.2.1"))
    await shop_ctx.engines.notebook.write_down()
    assert (await access.list_uses(shop_ctx, made.key_id)).items == []


async def test_two_processes_that_write_the_same_uses_lose_none(shop_ctx: Context) -> None:
    keys = [await access.create_key(shop_ctx, name, ["orders:read"]) for name in "abc"]

    async def use(ours: list[access.CreatedKey]) -> None:
        engines = replace(shop_ctx.engines, notebook=Notebook(), nearby=Nearby())
        ctx = Context(engines, shop_ctx.tenant, shop_ctx.actor, "test", now=shop_ctx.now)
        for _ in range(5):
            for each in ours:
                await access.admit(ctx, each.key, Caller("192.0.2.1"))
            await ctx.engines.notebook.write_down()

    await asyncio.gather(use(keys), use(keys[::-1]))
    for each in keys:
        assert sum(day.uses for day in (await access.list_uses(shop_ctx, each.key_id)).items) == 10


async def test_whoever_changes_their_name_each_time_fills_no_table(shop_ctx: Context) -> None:
    made = await access.create_key(shop_ctx, "till", ["orders:read"])
    noon = at(shop_ctx, shop_ctx.now.replace(hour=12))
    total = 0
    for wave in range(MOST_ROWS_A_DAY // MOST_PATTERNS + 2):
        for number in range(MOST_PATTERNS + 20):
            agent = f"agent-{wave}-{number}"
            assert await access.admit(noon, made.key, Caller("192.0.2.1", None, agent, "/x"))
            total += 1
        await shop_ctx.engines.notebook.write_down()
    rows = await shop_ctx.read(
        "SELECT agent, uses FROM access.key_use WHERE tenant_id = $1 AND key_id = $2", made.key_id
    )
    assert sum(row["uses"] for row in rows) == total, "each is counted all the same"
    assert len(rows) <= MOST_ROWS_A_DAY + MOST_PATTERNS + 1
    assert OTHER in {row["agent"] for row in rows}


async def test_uses_are_listed_page_by_page(shop_ctx: Context) -> None:
    made = await access.create_key(shop_ctx, "till", ["orders:read"])
    other = await access.create_key(shop_ctx, "web", ["orders:read"])
    for day in range(3):
        for agent in ("curl/8", "axios/1"):
            await access.admit(later(shop_ctx, days=day), made.key, Caller("", None, agent, "/x"))
    await shop_ctx.engines.notebook.write_down()
    seen = []
    cursor = None
    while True:
        page = await access.list_uses(shop_ctx, made.key_id, cursor, limit=2)
        seen += [(each.used_on, each.agent) for each in page.items]
        if (cursor := page.next_cursor) is None:
            break
        with pytest.raises(InvalidCursor):
            await access.list_uses(shop_ctx, other.key_id, cursor)
    assert len(seen) == 6
    assert seen == sorted(seen, key=lambda row: (-row[0].toordinal(), row[1]))


async def test_uses_are_known_for_90_days(shop_ctx: Context) -> None:
    made = await access.create_key(shop_ctx, "till", ["orders:read"])
    for day in range(5):
        await access.admit(later(shop_ctx, days=day), made.key, Caller())
    await shop_ctx.engines.notebook.write_down()
    await forget_old_uses(later(shop_ctx, days=93), at_once=2)
    left = (await access.list_uses(shop_ctx, made.key_id)).items
    assert [each.used_on for each in left] == [
        (shop_ctx.now + timedelta(days=day)).date() for day in (4, 3)
    ]


async def test_uses_are_told_over_http(shop_ctx: Context) -> None:
    made = await access.create_key(shop_ctx, "till", ["orders:read"])
    await access.admit(shop_ctx, made.key, Caller("192.0.2.1", None, "curl/8", "/admin/v1/orders"))
    await shop_ctx.engines.notebook.write_down()
    async with client_of(ROOM.routes, acting_with(shop_ctx, "keys:read")) as client:
        (row,) = (await client.get(f"/admin/v1/keys/{made.key_id}/usage")).json()["items"]
        assert (row["client"], row["uses"]) == ("192.0.2.0/24", 1)
        assert (await client.get(f"/admin/v1/keys/{new_id()}/usage")).status_code == 404
