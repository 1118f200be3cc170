"""Keys: told once, hashed, bounded by their maker's scopes, dead on time."""

import asyncio
from datetime import timedelta

import pytest

from galleria.engines.context import Context
from galleria.foundation.ids import mint_token, new_id, token_hash
from galleria.foundation.pagination import InvalidCursor
from galleria.platform import access, audit
from galleria.platform.access.model.keys import KEPT_FOR_S
from galleria.platform.access.room import ROOM
from tests.platform.conftest import acting_with, client_of, later


async def test_a_key_acts_with_its_scopes_and_no_more(shop_ctx: Context) -> None:
    made = await access.create_key(shop_ctx, "till", ["orders:write", "orders:read"])
    actor = await access.actor_of_key(shop_ctx, made.key)

    assert actor is not None
    assert (actor.kind, actor.actor_id) == ("key", str(made.key_id))
    assert actor.may("orders:write")
    assert not actor.may("products:read")
    assert await access.actor_of_key(shop_ctx, made.key) == actor, "from the cache too"


async def test_the_text_of_a_key_is_stored_nowhere(shop_ctx: Context) -> None:
    made = await access.create_key(shop_ctx, "till", ["orders:read"])
    secret = made.key.rsplit("_", 1)[1]

    row = await shop_ctx.read_row(
        "SELECT k::text AS whole, key_hash FROM access.api_key AS k WHERE tenant_id = $1"
    )
    assert row is not None
    assert row["key_hash"] == token_hash(made.key)
    outbox = await shop_ctx.read("SELECT payload FROM event_log.outbox WHERE tenant_id = $1")
    told = [row["whole"], repr(outbox), repr(await audit.list_entries(shop_ctx))]
    assert all(secret not in each for each in told)
    assert made.key.startswith(made.prefix)
    assert made.key.endswith(made.last4)


@pytest.mark.parametrize(
    ("held", "wanted"),
    [(["keys:write"], ["*"]), (["keys:write", "orders:read"], ["orders:read", "orders:write"])],
)
async def test_nobody_makes_a_key_that_may_do_more_than_they(
    shop_ctx: Context, held: list[str], wanted: list[str]
) -> None:
    with pytest.raises(access.ScopeNotHeld):
        await access.create_key(acting_with(shop_ctx, *held), "more", wanted)


@pytest.mark.parametrize("scopes", [["shops:write"], ["orders"], ["orders:burn"], [""], []])
async def test_a_shop_has_no_key_with_a_scope_that_does_not_exist_there(
    shop_ctx: Context, scopes: list[str]
) -> None:
    with pytest.raises(access.UnknownScope):
        await access.create_key(shop_ctx, "odd", scopes)


async def test_the_house_has_keys_that_open_shops(house_ctx: Context) -> None:
    made = await access.create_key(house_ctx, "operator", ["shops:write"])
    actor = await access.actor_of_key(house_ctx, made.key)
    assert actor is not None
    assert actor.scopes == {"shops:write"}
    with pytest.raises(access.UnknownScope):
        await access.create_key(house_ctx, "odd", ["orders:read"])


async def test_a_revoked_key_opens_nothing_at_once_and_its_instant_stays(
    shop_ctx: Context,
) -> None:
    made = await access.create_key(shop_ctx, "till", ["orders:read"])
    assert await access.actor_of_key(shop_ctx, made.key)
    revoked = await access.revoke_key(shop_ctx, made.key_id)

    assert revoked.status == "revoked"
    assert await access.actor_of_key(shop_ctx, made.key) is None
    again = await access.revoke_key(later(shop_ctx, hours=1), made.key_id)
    assert again.revoked_at == shop_ctx.now
    with pytest.raises(access.KeyNotFound):
        await access.revoke_key(shop_ctx, new_id())


async def test_a_process_that_hears_nothing_of_the_revocation_learns_of_it_within_5_s(
    shop_ctx: Context,
) -> None:
    made = await access.create_key(shop_ctx, "till", ["orders:read"])
    assert await access.actor_of_key(shop_ctx, made.key)
    async with shop_ctx.transaction() as tx:  # as another process would: our cache is not told
        await tx.execute(
            "UPDATE access.api_key SET revoked_at = now() WHERE tenant_id = $1 AND key_id = $2",
            made.key_id,
        )
    assert KEPT_FOR_S < 5
    await asyncio.sleep(KEPT_FOR_S + 0.1)
    assert await access.actor_of_key(shop_ctx, made.key) is None


async def test_a_key_dies_at_its_instant_even_when_it_is_remembered(shop_ctx: Context) -> None:
    expires_at = shop_ctx.now + timedelta(hours=1)
    made = await access.create_key(shop_ctx, "guest", ["orders:read"], expires_at)

    assert await access.actor_of_key(later(shop_ctx, hours=1, microseconds=-1), made.key)
    assert await access.actor_of_key(later(shop_ctx, hours=1), made.key) is None
    assert (await access.list_keys(later(shop_ctx, hours=1))).items[0].status == "expired"
    with pytest.raises(access.KeyExpiryInPast):
        await access.create_key(shop_ctx, "dead", ["orders:read"], shop_ctx.now)


async def test_the_last_use_is_known_once_the_notes_are_written(shop_ctx: Context) -> None:
    made = await access.create_key(shop_ctx, "till", ["orders:read"])
    assert (await access.get_key(shop_ctx, made.key_id)).last_used_at is None

    for seconds in (1, 61, 31):
        assert await access.actor_of_key(later(shop_ctx, seconds=seconds), made.key)
    await shop_ctx.engines.notebook.write_down()
    used = (await access.get_key(shop_ctx, made.key_id)).last_used_at
    assert used == shop_ctx.now + timedelta(seconds=61), "the latest, in whatever order they came"


async def test_a_text_that_is_no_key_of_this_shop_opens_nothing(
    shop_ctx: Context, other_shop_ctx: Context
) -> None:
    made = await access.create_key(shop_ctx, "till", ["orders:read"])
    tenant_id = shop_ctx.tenant.tenant_id
    for text in (
        "",
        "gal_key_0_x",
        made.key[:-1] + ("0" if made.key[-1] != "0" else "1"),
        mint_token("key", tenant_id),
        mint_token("session", tenant_id),
    ):
        assert await access.actor_of_key(shop_ctx, text) is None
    assert await access.actor_of_key(other_shop_ctx, made.key) is None


async def test_a_shop_lists_and_revokes_its_own_keys_only(
    shop_ctx: Context, other_shop_ctx: Context
) -> None:
    made = await access.create_key(shop_ctx, "till", ["orders:read"])

    assert (await access.list_keys(other_shop_ctx)).items == []
    with pytest.raises(access.KeyNotFound):
        await access.revoke_key(other_shop_ctx, made.key_id)
    assert await access.actor_of_key(shop_ctx, made.key)


async def test_keys_are_listed_page_by_page_the_newest_first(
    shop_ctx: Context, other_shop_ctx: Context
) -> None:
    for name in "abc":
        await access.create_key(shop_ctx, name, ["orders:read"])

    first = await access.list_keys(shop_ctx, limit=2)
    second = await access.list_keys(shop_ctx, first.next_cursor, limit=2)
    assert [key.name for key in [*first.items, *second.items]] == ["c", "b", "a"]
    assert second.next_cursor is None
    with pytest.raises(InvalidCursor):
        await access.list_keys(other_shop_ctx, first.next_cursor)


async def test_keys_are_made_listed_and_revoked_over_http(shop_ctx: Context) -> None:
    owner = acting_with(shop_ctx, "*")
    async with client_of(ROOM.routes, owner) as client:
        body = {"name": "till", "scopes": ["orders:read"], "expires_at": "2099-01-01T00:00:00Z"}
        made = await client.post("/admin/v1/keys", json=body)
        assert made.status_code == 201, made.text
        assert await access.actor_of_key(shop_ctx, made.json()["key"])
        listed = await client.get("/admin/v1/keys")
        (shown,) = listed.json()["items"]
        assert shown["status"] == "active"
        assert "key" not in shown
        assert made.json()["key"] not in listed.text
        revoked = await client.delete(f"/admin/v1/keys/{shown['key_id']}")
        assert (revoked.status_code, revoked.json()["status"]) == (200, "revoked")
        unknown = await client.delete(f"/admin/v1/keys/{new_id()}")
        assert (unknown.status_code, unknown.json()["code"]) == (404, "key_not_found")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"name": "x", "scopes": ["orders:burn"]}, 422, "unknown_scope"),
        ({"name": "x", "scopes": ["*"]}, 403, "scope_not_held"),
        ({"name": "x", "scopes": []}, 422, "invalid_input"),
        ({"name": "x", "scopes": ["orders:read"], "expires_at": "2001-01-01T00:00:00Z"},
         422, "key_expiry_in_past"),
        ({"name": "x", "scopes": ["orders:read"], "expires_at": "2099-01-01T00:00:00"},
         422, "invalid_input"),
        ({"name": "x", "scopes": ["orders:read"], "role": "owner"}, 422, "invalid_input"),
    ],
)  # fmt: skip
async def test_a_key_that_may_not_be_made_is_a_problem_with_a_code(
    shop_ctx: Context, body: dict[str, object], status: int, code: str
) -> None:
    actor = acting_with(shop_ctx, "keys:write", "keys:read", "orders:read")
    async with client_of(ROOM.routes, actor) as client:
        response = await client.post("/admin/v1/keys", json=body)
    assert (response.status_code, response.json()["code"]) == (status, code), response.text
    assert (await access.list_keys(shop_ctx)).items == []


async def test_listing_keys_does_not_allow_making_or_revoking_them(shop_ctx: Context) -> None:
    async with client_of(ROOM.routes, acting_with(shop_ctx, "keys:read")) as client:
        body = {"name": "x", "scopes": ["keys:read"]}
        assert (await client.post("/admin/v1/keys", json=body)).status_code == 403
        assert (await client.delete(f"/admin/v1/keys/{new_id()}")).status_code == 403
    async with client_of(ROOM.routes, acting_with(shop_ctx, "orders:read")) as client:
        assert (await client.get("/admin/v1/keys")).status_code == 403
