"""What keys of each kind may have, to what they are bound, and keys that others made."""

import hashlib
from collections.abc import Sequence
from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria.engines.context import Context
from galleria.foundation.errors import InvalidInput
from galleria.foundation.ids import mint_token, new_id
from galleria.platform import access
from galleria.platform.access import KeyChanges, KeyTerms, NewKind
from galleria.platform.access.model.guarding import (
    Caller,
    lies_in,
    read_address,
    read_networks,
    read_origins,
    spans_of,
)
from galleria.platform.access.repository import keys as repository
from galleria.platform.access.room import ROOM
from galleria.platform.access.service.keys import draft_of
from tests.platform.conftest import acting_with, client_of, later


@pytest.mark.parametrize(
    ("kind", "scopes", "prefix"),
    [
        (None, ["orders:read"], "gal_rk_"),
        (None, ["*"], "gal_sk_"),
        ("secret", ["orders:read"], "gal_sk_"),
        ("restricted", ["search:read"], "gal_rk_"),
        ("publishable", ["search:read"], "gal_pk_"),
    ],
)
async def test_the_text_of_a_key_says_its_kind(
    shop_ctx: Context, kind: NewKind | None, scopes: list[str], prefix: str
) -> None:
    made = await access.create_key(shop_ctx, "x", scopes, kind=kind)
    assert made.key.startswith(prefix)
    assert await access.actor_of_key(shop_ctx, made.key)
    other = "gal_rk_" if prefix != "gal_rk_" else "gal_sk_"
    assert await access.actor_of_key(shop_ctx, made.key.replace(prefix, other)) is None


@pytest.mark.parametrize(
    ("kind", "scopes", "origins"),
    [
        ("publishable", ["orders:read"], []),
        ("publishable", ["search:read", "products:read"], []),
        ("publishable", ["*"], []),
        ("restricted", ["*"], []),
        ("secret", ["*"], ["https://shop.example"]),
        ("restricted", ["search:read"], ["https://shop.example"]),
    ],
)
async def test_a_kind_does_not_have_what_does_not_fit_it(
    shop_ctx: Context, kind: NewKind, scopes: list[str], origins: list[str]
) -> None:
    with pytest.raises(access.KeyKindDoesNotFit):
        terms = KeyTerms(allowed_origins=origins)
        await access.create_key(shop_ctx, "x", scopes, kind=kind, terms=terms)
    assert (await access.list_keys(shop_ctx)).items == []


async def test_the_house_has_no_publishable_key(house_ctx: Context) -> None:
    with pytest.raises(InvalidInput):
        await access.create_key(house_ctx, "x", ["search:read"], kind="publishable")


async def test_keys_from_before_there_were_kinds_go_on_working(shop_ctx: Context) -> None:
    text = mint_token("key", shop_ctx.tenant.tenant_id)
    key = draft_of(shop_ctx, "old", ["orders:read"], "general", KeyTerms())
    async with shop_ctx.transaction() as tx:
        await repository.add_key(tx, key, hashlib.sha256(text.encode()).digest())
    assert await access.actor_of_key(shop_ctx, text)
    rotated = await access.rotate_key(shop_ctx, key.key_id)
    assert rotated.new.key.startswith("gal_rk_")


async def test_a_key_opens_from_its_networks_only(shop_ctx: Context) -> None:
    terms = KeyTerms(allowed_networks=["192.0.2.0/24", "198.51.100.7", "2001:db8::/32"])
    made = await access.create_key(shop_ctx, "x", ["orders:read"], terms=terms)
    assert made.allowed_networks == ["192.0.2.0/24", "198.51.100.7/32", "2001:db8::/32"]
    for address in ("192.0.2.255", "198.51.100.7", "2001:db8:5::1", "::ffff:192.0.2.9"):
        assert await access.admit(shop_ctx, made.key, Caller(address))
    for address in ("192.0.3.0", "198.51.100.8", "2001:db9::", "::ffff:192.0.3.1", "", "unknown"):
        with pytest.raises(access.KeyAddressNotAllowed):
            await access.admit(shop_ctx, made.key, Caller(address))
    assert await access.actor_of_key(shop_ctx, made.key) is None, "from nowhere"


async def test_a_publishable_key_opens_for_its_origins_only(shop_ctx: Context) -> None:
    terms = KeyTerms(allowed_origins=["https://Shop.example/", "http://localhost:3000"])
    made = await access.create_key(shop_ctx, "x", ["search:read"], kind="publishable", terms=terms)
    for origin in ("https://shop.example", "http://localhost:3000"):
        assert await access.admit(shop_ctx, made.key, Caller(origin=origin))
    for other in ("http://shop.example", "https://shop.example:8443", "null", None):
        with pytest.raises(access.KeyOriginNotAllowed):
            await access.admit(shop_ctx, made.key, Caller(origin=other))


@pytest.mark.parametrize(
    "network", ["", "192.0.2.7/24", "192.0.2.0/33", "2001:db8::1/32", "all", "1", "0x7f.1"]
)
def test_what_is_no_network_is_refused_by_its_place(network: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_networks(["192.0.2.0/24", network])
    assert [each.path for each in caught.value.errors] == ["allowed_networks[1]"]


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "shop.example",
        "https://",
        "https://a/b",
        "https://a b",
        "ftp://a",
        "https://*.a",
        "null",
    ],
)
def test_what_is_no_origin_is_refused_by_its_place(origin: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_origins(["https://ok.example", origin])
    assert [each.path for each in caught.value.errors] == ["allowed_origins[1]"]


@given(st.ip_addresses(v=4), st.integers(0, 32))
def test_an_address_lies_in_its_own_network_however_it_is_written(
    address: object, bits: int
) -> None:
    known = read_address(str(address))
    assert known is not None
    (network,) = read_networks([f"{known}/32"])
    spans = spans_of([ip_network((known, bits), strict=False)])
    assert lies_in(str(address), spans)
    assert lies_in(f"::ffff:{address}", spans)
    assert network == f"{known}/32"


async def test_changes_count_at_once_and_leave_the_rest(shop_ctx: Context) -> None:
    made = await access.create_key(
        shop_ctx, "x", ["orders:read"], terms=KeyTerms(owner="Ana", requests_per_minute=5)
    )
    assert await access.admit(shop_ctx, made.key, Caller("192.0.2.1"))
    changed = await access.change_key(
        shop_ctx,
        made.key_id,
        KeyChanges(name="y", allowed_networks=["10.0.0.0/8"], requests_per_minute=None),
    )
    assert (changed.name, changed.owner, changed.requests_per_minute) == ("y", "Ana", None)
    with pytest.raises(access.KeyAddressNotAllowed):
        await access.admit(shop_ctx, made.key, Caller("192.0.2.1"))
    off = await access.change_key(shop_ctx, made.key_id, KeyChanges(is_enabled=False))
    assert off.status == "disabled"
    with pytest.raises(access.KeyIsDisabled):
        await access.admit(shop_ctx, made.key, Caller("10.0.0.1"))
    again = await access.change_key(
        later(shop_ctx, hours=1), made.key_id, KeyChanges(is_enabled=False)
    )
    assert again.disabled_at == off.disabled_at
    await access.change_key(shop_ctx, made.key_id, KeyChanges(is_enabled=True))
    assert await access.admit(shop_ctx, made.key, Caller("10.0.0.1"))


async def test_a_key_cannot_be_changed_into_what_its_kind_does_not_fit(shop_ctx: Context) -> None:
    made = await access.create_key(shop_ctx, "x", ["orders:read"])
    with pytest.raises(access.KeyKindDoesNotFit):
        await access.change_key(
            shop_ctx, made.key_id, KeyChanges(allowed_origins=["https://a.example"])
        )


async def test_each_end_has_a_code_of_its_own_for_whoever_has_the_text(shop_ctx: Context) -> None:
    async def code(text: str) -> str:
        return (await access.answer_for_key(shop_ctx, text)).code

    made = await access.create_key(shop_ctx, "x", ["orders:read"])
    assert await code(made.key) == "VALID"
    await access.change_key(shop_ctx, made.key_id, KeyChanges(is_enabled=False))
    assert await code(made.key) == "DISABLED"
    await access.change_key(shop_ctx, made.key_id, KeyChanges(is_enabled=True))
    await access.rotate_key(shop_ctx, made.key_id, 3600)
    assert await code(made.key) == "GRACE"
    await access.finish_rotation(shop_ctx, made.key_id)
    assert await code(made.key) == "GRACE_ENDED"
    await access.revoke_key(shop_ctx, made.key_id)
    assert await code(made.key) == "REVOKED"
    short = await access.create_key(shop_ctx, "y", ["orders:read"], later(shop_ctx, hours=1).now)
    answer = await access.answer_for_key(later(shop_ctx, hours=1), short.key)
    assert (answer.code, answer.ends_at) == ("EXPIRED", short.expires_at)
    canary = await access.create_key(shop_ctx, "trap", ["*"], is_canary=True)
    for text in (mint_token("rk", shop_ctx.tenant.tenant_id), "x", canary.key):
        assert await code(text) == "NOT_FOUND"


FOREIGN = "acme_live_" + "q7" * 16


def foreign(*, text: str = FOREIGN, scopes: Sequence[str] = ("orders:read",)) -> dict[str, object]:
    digest = hashlib.sha256(text.encode()).hexdigest()
    return {"name": "Till", "sha256": digest, "scopes": list(scopes), "shown_prefix": "acme_live_"}


async def test_a_key_of_another_system_goes_on_working_in_its_shop_only(
    shop_ctx: Context, other_shop_ctx: Context
) -> None:
    async with client_of(ROOM.routes, acting_with(shop_ctx, "*")) as client:
        made = await client.post("/admin/v1/keys/import", json={"keys": [foreign()]})
        assert made.status_code == 201, made.text
        again = await client.post("/admin/v1/keys/import", json={"keys": [foreign()]})
        assert (again.status_code, again.json()["code"]) == (409, "key_hash_taken")
    actor = await access.actor_of_key(shop_ctx, FOREIGN)
    assert actor is not None
    assert actor.scopes == {"orders:read"}
    assert await access.actor_of_key(other_shop_ctx, FOREIGN) is None
    key_id = made.json()[0]["key_id"]
    rotated = await access.rotate_key(shop_ctx, key_id)
    assert rotated.new.key.startswith("gal_rk_")
    assert await access.actor_of_key(shop_ctx, FOREIGN), "in grace"
    await access.revoke_key(shop_ctx, key_id)
    assert await access.actor_of_key(shop_ctx, FOREIGN) is None


async def test_all_imported_keys_are_taken_or_none(shop_ctx: Context) -> None:
    bad = foreign(text="another" * 5, scopes=["orders:burn"])
    async with client_of(ROOM.routes, acting_with(shop_ctx, "*")) as client:
        answer = await client.post("/admin/v1/keys/import", json={"keys": [foreign(), bad]})
        assert (answer.status_code, answer.json()["code"]) == (422, "unknown_scope")
        twice = await client.post("/admin/v1/keys/import", json={"keys": [foreign(), foreign()]})
        assert twice.json()["errors"][0]["path"] == "keys[1].sha256"
    assert (await access.list_keys(shop_ctx)).items == []
    async with client_of(ROOM.routes, acting_with(shop_ctx, "keys:write")) as client:
        answer = await client.post("/admin/v1/keys/import", json={"keys": [foreign()]})
        assert answer.json()["code"] == "scope_not_held"


async def test_a_short_foreign_text_is_never_looked_for(shop_ctx: Context) -> None:
    text = "short-and-guessable"
    async with client_of(ROOM.routes, acting_with(shop_ctx, "*")) as client:
        made = await client.post("/admin/v1/keys/import", json={"keys": [foreign(text=text)]})
        assert made.status_code == 201
    assert len(text) < 20
    assert await access.actor_of_key(shop_ctx, text) is None


async def test_a_key_is_shown_changed_and_found_over_http(shop_ctx: Context) -> None:
    async with client_of(ROOM.routes, acting_with(shop_ctx, "*")) as client:
        body = {
            "name": "web",
            "scopes": ["search:read"],
            "kind": "publishable",
            "allowed_origins": ["https://shop.example"],
        }
        made = await client.post("/admin/v1/keys", json=body)
        assert made.json()["key"].startswith("gal_pk_")
        path = f"/admin/v1/keys/{made.json()['key_id']}"
        changed = await client.patch(path, json={"notes": "on the front page"})
        assert changed.json()["notes"] == "on the front page"
        assert (await client.get(path)).json() == changed.json()
        for wrong, code in (
            ({"allowed_networks": ["x"]}, "invalid_network"),
            ({"allowed_origins": ["x"]}, "invalid_origin"),
            ({"requests_per_minute": 0}, "invalid_input"),
            ({"scopes": ["*"]}, "invalid_input"),
            ({"allowed_networks": ["10.0.0.0/8"] * 51}, "invalid_input"),
        ):
            answer = await client.patch(path, json=wrong)
            assert (answer.status_code, answer.json()["code"]) == (422, code)
        assert (await client.get(path)).json() == changed.json()
        assert (await client.get(f"/admin/v1/keys/{new_id()}")).status_code == 404
