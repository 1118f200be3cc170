"""Keys that may search: over HTTP, with limits, as passes, and in a shop that answers keys only."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from galleria.growth import search
from galleria.growth.search import SearchSettings
from galleria.platform import access
from galleria.platform.access import CreatedKey
from tests.commerce.selling import mug
from tests.faces.gateway.door import Client, Door, ShopScene, open_shop_scene
from tests.platform.access.test_passes import make_pass

SEARCH = "/store/v1/search"
SUGGEST = "/store/v1/search/suggest"
KEYS = "/admin/v1/search/keys"
SETTINGS = "/admin/v1/search/settings"
MUGS = {"categories": ["kitchen/mugs"]}


@pytest.fixture
async def shop(door: Door) -> ShopScene:
    """A shop of its own for each test: what one sets is not another's."""
    lamp = mug("lamp", title="Lamp", brand="Secret", category_paths=[["Living"]])
    return await open_shop_scene(door, mug(stock=50), lamp)


async def key_of(shop: ShopScene, **limits: Any) -> CreatedKey:
    """A new key with these limits, made over the API."""
    async with shop.clerk() as clerk:
        made = await clerk.json("POST", KEYS, json={"name": "web", "limits": limits})
    return msgspec.convert(made["key"], CreatedKey)


async def titles(client: Client, path: str = SEARCH, credential: str | None = None) -> set[str]:
    headers = {"Authorization": f"Bearer {credential}"} if credential else {}
    page = await client.json("GET", path, headers=headers)
    return {each["title"] for each in page["items"]}


async def refusal(client: Client, credential: str | None, path: str = SEARCH) -> tuple[int, str]:
    headers = {"Authorization": f"Bearer {credential}"} if credential else {}
    answer = await client.get(path, headers=headers)
    return answer.status_code, answer.json().get("code", "")


def saying(shop: ShopScene, key: CreatedKey, hours: float = 1.0, **limits: Any) -> str:
    ends = (shop.ctx.now + timedelta(hours=hours)).isoformat()
    return make_pass(key, msgspec.json.encode({"expires_at": ends, **limits}).decode())


async def test_a_key_is_made_listed_and_revoked(shop: ShopScene) -> None:
    async with shop.clerk() as clerk, shop.shopper() as shopper:
        assert (await clerk.json("GET", KEYS)) == {"items": [], "next_cursor": None}
        made = await clerk.json("POST", KEYS, json={"name": "web", "limits": MUGS})
        text = made["key"].pop("key")
        assert (made["key"]["scopes"], made["limits"]) == (["search:read"], MUGS)
        second = await key_of(shop)
        (newest,) = (page := await clerk.json("GET", f"{KEYS}?limit=1"))["items"]
        assert newest["key"]["key_id"] == str(second.key_id)
        older = await clerk.json("GET", f"{KEYS}?cursor={page['next_cursor']}")
        assert older["items"] == [made]
        assert await titles(shopper, credential=text) == {"Stoneware Mug"}
        gone = await clerk.json("DELETE", f"{KEYS}/{made['key']['key_id']}")
        assert gone["key"]["status"] == "revoked"
        assert await refusal(shopper, text) == (401, "key_revoked")
        till = await access.create_key(shop.ctx, "till", ["orders:read"])
        assert (await clerk.delete(f"{KEYS}/{till.key_id}")).status_code == 404
        assert (await clerk.get(f"{KEYS}?cursor=wrong")).status_code == 422
    async with shop.clerk(await shop.key_for("products:write")) as nobody:
        assert (await nobody.get(KEYS)).status_code == 403
        assert (await nobody.post(KEYS, json={"name": "x"})).status_code == 403


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        ({"categories": ["/"]}, "invalid_input"),
        ({"categories": ["a"] * 51}, "invalid_input"),
        ({"filters": {"brand": []}}, "invalid_input"),
        ({"filters": {"brand": ["a\x00"]}}, "invalid_input"),
        ({"filters": {f"c{n}": ["a"] for n in range(11)}}, "invalid_input"),
        ({"price_max": {"amount_minor": -1, "currency": "EUR"}}, "invalid_input"),
        ({"most_per_page": 0}, "invalid_input"),
        ({"features": ["everything"]}, "invalid_input"),
        ({"products": ["a"]}, "invalid_input"),
        ({"filters": {"@traits": ["brand"]}}, "invalid_search_limits"),
        ({"filters": {" x": ["brand"]}}, "invalid_search_limits"),
        ({"channel": "none"}, "invalid_search_limits"),
        ({"channel": "default", "locale": "fr"}, "invalid_search_limits"),
        ({"categories": ["a"], "filters": {"category": ["b"]}}, "invalid_search_limits"),
        (
            {"categories": [f"{n:02}" + "é" * 400 for n in range(50)]},
            "invalid_search_limits",
        ),
    ],
)
async def test_limits_that_cannot_be_are_refused(
    shop: ShopScene, limits: dict[str, Any], code: str
) -> None:
    async with shop.clerk() as clerk:
        answer = await clerk.post(KEYS, json={"name": "web", "limits": limits})
        assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text
        assert (await clerk.json("GET", KEYS))["items"] == []


async def test_a_key_searches_within_its_limits_and_opens_nothing_else(shop: ShopScene) -> None:
    key = await key_of(shop, categories=["kitchen"], features=["search"], locale="de")
    async with shop.shopper() as shopper:
        assert await titles(shopper) == {"Stoneware Mug", "Lamp"}, "the shop is open"
        assert await titles(shopper, credential=key.key) == {"Steinzeugbecher"}
        wider = f"{SEARCH}?category=living&filter[brand]=Secret"
        assert await titles(shopper, wider, key.key) == set()
        assert await refusal(shopper, key.key, f"{SUGGEST}?q=mug") == (403, "search_not_allowed")
        elsewhere = f"{SEARCH}?channel=other"
        assert await refusal(shopper, key.key, elsewhere) == (404, "channel_not_found")
    async with shop.clerk(key.key) as clerk:
        assert await titles(clerk) == {"Steinzeugbecher"}, "the key names its shop"
        for path in ("/admin/v1/products", KEYS, "/admin/v1/orders"):
            assert (await clerk.get(path)).status_code == 403


async def test_a_key_for_a_channel_is_for_no_other(shop: ShopScene) -> None:
    async with shop.clerk() as clerk:
        (web,) = (await clerk.json("GET", "/admin/v1/channels"))["items"]
    key = await key_of(shop, channel=web["code"])
    euros = await key_of(shop, price_max={"amount_minor": 9_000, "currency": "USD"})
    async with shop.shopper() as shopper:
        assert await titles(shopper, credential=key.key) == {"Stoneware Mug", "Lamp"}
        other = f"{SEARCH}?channel=other"
        assert await refusal(shopper, key.key, other) == (403, "search_not_allowed")
        assert await refusal(shopper, euros.key) == (403, "search_not_allowed")


async def test_suggestions_are_those_of_the_key(shop: ShopScene) -> None:
    key = await key_of(shop, **MUGS)
    async with shop.shopper() as shopper:
        headers = {"Authorization": f"Bearer {key.key}"}
        open_to_all = await shopper.json("GET", f"{SUGGEST}?q=la")
        assert open_to_all["completions"] == ["lamp"]
        limited = await shopper.json("GET", f"{SUGGEST}?q=la", headers=headers)
        assert limited == {"completions": [], "hits": [], "categories": [], "products": []}
        mugs = await shopper.json("GET", f"{SUGGEST}?q=mu", headers=headers)
        assert [each["title"] for each in mugs["hits"]] == ["Stoneware Mug"]
        assert [each["path"] for each in mugs["categories"]] == ["kitchen/mugs"]


async def test_no_answer_of_one_is_kept_for_another(shop: ShopScene) -> None:
    key, lamps = await key_of(shop, **MUGS), await key_of(shop, categories=["living"])
    async with shop.shopper() as shopper:
        for _ in range(2):
            assert await titles(shopper) == {"Stoneware Mug", "Lamp"}
            assert await titles(shopper, credential=key.key) == {"Stoneware Mug"}
            assert await titles(shopper, credential=lamps.key) == {"Lamp"}
        for path in (SEARCH, f"{SUGGEST}?q=mug"):
            headers = {"Authorization": f"Bearer {key.key}"}
            answer = await shopper.get(path, headers=headers)
            assert answer.headers["cache-control"] == "private, no-store"
            anyone = await shopper.get(path)
            assert "s-maxage" in anyone.headers["cache-control"]
            assert "authorization" in anyone.headers["vary"]


async def test_a_pass_narrows_its_key_and_never_widens_it(shop: ShopScene) -> None:
    key = await key_of(shop, categories=["kitchen"])
    whole = await key_of(shop)
    async with shop.shopper() as shopper:
        for of, limits, left in (
            (key, {}, {"Stoneware Mug"}),
            (key, MUGS, {"Stoneware Mug"}),
            (key, {"categories": ["living"]}, set()),
            (key, {"filters": {"brand": ["Secret"]}}, set()),
            (whole, {"filters": {"brand": ["Secret"]}}, {"Lamp"}),
            (whole, {"most_per_page": 1, "only_available": True}, {"Lamp"}),
        ):
            sent = saying(shop, of, **limits)
            assert await titles(shopper, f"{SEARCH}?sort=title", sent) == left, limits
        only = saying(shop, whole, features=["suggest"])
        assert await refusal(shopper, only) == (403, "search_not_allowed")


async def test_a_key_that_replaces_another_finds_no_more_than_that_one(shop: ShopScene) -> None:
    key = await key_of(shop, **MUGS)
    rotated = await access.rotate_key(shop.ctx, key.key_id, 60)
    async with shop.shopper() as shopper, shop.clerk() as clerk:
        for text in (key.key, rotated.new.key):
            assert await titles(shopper, credential=text) == {"Stoneware Mug"}
        (newest, *_) = (await clerk.json("GET", KEYS))["items"]
        assert newest["key"]["key_id"] == str(rotated.new.key_id)
        assert newest["limits"] == MUGS


async def test_a_pass_that_is_no_good_says_what_to_do(shop: ShopScene, door: Door) -> None:
    key = await key_of(shop, **MUGS)
    stranger = await open_shop_scene(door)
    theirs = await key_of(stranger)
    good = saying(shop, key)
    async with shop.shopper() as shopper:
        for sent, told in (
            (saying(shop, key, hours=-1), (401, "pass_expired")),
            (good[:-1] + ("A" if good[-1] != "A" else "Q"), (401, "key_not_accepted")),
            (saying(shop, key, categories=["x" * 500] * 6), (401, "key_not_accepted")),
            (saying(shop, key, categories="kitchen"), (401, "pass_unreadable")),
            (saying(shop, key, products=["all"]), (401, "pass_unreadable")),
            (make_pass(key, "{}"), (401, "pass_unreadable")),
            (saying(stranger, theirs), (421, "shop_mismatch")),
            (theirs.key, (421, "shop_mismatch")),
        ):
            assert await refusal(shopper, sent) == told, sent
        assert await titles(shopper, credential=good) == {"Stoneware Mug"}
        await search.revoke_key(shop.ctx, key.key_id)
        assert await refusal(shopper, good) == (401, "key_revoked")
    async with stranger.shopper() as shopper:
        assert await titles(shopper, credential=theirs.key) == {"Stoneware Mug"}


async def test_a_shop_may_answer_keys_only(shop: ShopScene) -> None:
    key = await key_of(shop, **MUGS)
    till = await shop.key_for("products:read")
    plain = await shop.key_for("search:read")
    async with shop.clerk() as clerk, shop.shopper() as shopper:
        assert await clerk.json("GET", SETTINGS) == {"is_open": True}
        closed = await clerk.json("PUT", SETTINGS, json={"is_open": False})
        assert closed == await clerk.json("GET", SETTINGS) == {"is_open": False}
        for path in (SEARCH, f"{SUGGEST}?q=mug"):
            for sent in (None, till):
                assert await refusal(shopper, sent, path) == (401, "search_key_required")
        assert await titles(shopper, credential=key.key) == {"Stoneware Mug"}
        assert await titles(shopper, credential=saying(shop, key)) == {"Stoneware Mug"}
        assert await titles(shopper, credential=plain) == {"Stoneware Mug", "Lamp"}
        page = await shopper.get("/search?q=lamp")
        assert (page.status_code, "Lamp" in page.text) == (200, True), "the shop's own pages"
        click = {"action_name": "click", "query_id": "01939b1e-7f6a-7c3e-9d2b-3f5a8c1e4d70"}
        told = await shopper.post(f"{SEARCH}/events", json={"events": [click]})
        assert told.status_code == 202, "clicks on them are told all the same"
        await clerk.json("PUT", SETTINGS, json={"is_open": True})
        assert await titles(shopper) == {"Stoneware Mug", "Lamp"}
    async with shop.clerk(await shop.key_for("settings:read")) as reader:
        assert (await reader.put(SETTINGS, json={"is_open": False})).status_code == 403
    assert await search.get_settings(shop.ctx) == SearchSettings(is_open=True)
