"""Keys that are bound to a channel profile and to a place."""

import pytest

from galleria.faces import profiles
from galleria.faces.profiles import ProfileDraft, ProfileFixed, bound
from galleria.faces.profiles.model.asking import NOTHING, Wish
from galleria.platform import access
from galleria.platform.access import KeyChanges, KeyTerms
from tests.commerce.selling import mug
from tests.faces.gateway.door import Client, Door, ShopScene, open_shop_scene

PRODUCTS = "/store/v1/products"
KEYS = "/admin/v1/keys"


@pytest.fixture
async def shop(door: Door) -> ShopScene:
    """A shop of its own for each test."""
    return await open_shop_scene(door, mug(stock=50))


async def key_of(shop: ShopScene, **terms: object) -> str:
    made = KeyTerms(**terms)  # type: ignore[arg-type]
    return (await access.create_key(shop.ctx, "kiosk", ["search:read"], terms=made)).key


async def code_of(client: Client, profile: str) -> tuple[int, str]:
    answer = await client.get(PRODUCTS, headers={"Galleria-Profile": profile})
    return answer.status_code, answer.json().get("code", "")


async def test_a_bound_key_is_answered_by_its_profile_until_it_asks_for_another(
    shop: ShopScene,
) -> None:
    key = await key_of(shop, profile="mobile")
    async with shop.clerk(key) as phone, shop.shopper() as nobody:
        (card,) = (await phone.json("GET", PRODUCTS))["items"]
        assert "brand" not in card, "the small card of the profile"
        (whole,) = (await nobody.json("GET", PRODUCTS))["items"]
        assert "brand" in whole
        (asked,) = (await phone.json("GET", PRODUCTS, headers={"Galleria-Profile": "web"}))["items"]
        assert asked == whole


async def test_a_fixed_profile_cannot_be_widened_by_header_or_media_type(shop: ShopScene) -> None:
    key = await key_of(shop, profile="mobile", profile_is_fixed=True)
    refused = (403, "channel_profile_fixed")
    async with shop.clerk(key) as phone:
        assert await code_of(phone, "web") == refused
        assert await code_of(phone, "nothing-such") == refused
        assert await code_of(phone, "auto") == refused, "auto is web on a desk"
        assert await code_of(phone, "mobile") == (200, "")
        answer = await phone.get(PRODUCTS, headers={"Accept": 'application/json; profile="web"'})
        assert (answer.status_code, answer.json()["code"]) == refused
        (card,) = (await phone.json("GET", PRODUCTS))["items"]
        assert "brand" not in card


async def test_a_key_whose_profile_is_gone_is_told_so_and_not_answered_by_another(
    shop: ShopScene,
) -> None:
    await profiles.put_profile(shop.ctx, ProfileDraft(code="car", name="Car"))
    key = await key_of(shop, profile="car", profile_is_fixed=True)
    await profiles.remove_profile(shop.ctx, "car")
    async with shop.clerk(key) as car:
        answer = await car.get(PRODUCTS)
    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_channel_profile")


@pytest.mark.parametrize(
    ("terms", "path"),
    [
        ({"profile": "nothing-such"}, "profile"),
        ({"location": "nowhere"}, "location"),
        ({"profile_is_fixed": True}, "profile"),
    ],
)
async def test_no_key_is_bound_to_what_the_shop_does_not_have(
    shop: ShopScene, terms: dict[str, object], path: str
) -> None:
    wanted = {"name": "kiosk", "scopes": ["kiosk:sell"], **terms}
    async with shop.clerk() as clerk:
        refused = await clerk.post(KEYS, json=wanted)
        assert (refused.status_code, refused.json()["code"]) == (422, "key_binding_unknown")
        assert [each["path"] for each in refused.json()["errors"]] == [path]
        made = await clerk.json("POST", KEYS, json={"name": "k", "scopes": ["kiosk:sell"]})
        answer = await clerk.patch(f"{KEYS}/{made['key_id']}", json=terms)
        assert (answer.status_code, answer.json()["code"]) == (422, "key_binding_unknown")


async def test_a_binding_is_changed_kept_when_its_profile_goes_and_handed_on(
    shop: ShopScene,
) -> None:
    await profiles.put_profile(shop.ctx, ProfileDraft(code="car", name="Car"))
    async with shop.clerk() as clerk:
        made = await clerk.json("POST", KEYS, json={"name": "k", "scopes": ["kiosk:sell"]})
        at = f"{KEYS}/{made['key_id']}"
        bound_to = {"profile": "car", "profile_is_fixed": True, "location": "main"}
        changed = await clerk.json("PATCH", at, json=bound_to)
        assert {name: changed[name] for name in bound_to} == bound_to
        await profiles.remove_profile(shop.ctx, "car")
        renamed = await clerk.json("PATCH", at, json={"name": "still"})
        assert (renamed["name"], renamed["profile"]) == ("still", "car")
        successor = (await clerk.json("POST", f"{KEYS}/{made['key_id']}/rotation", json={}))["new"]
        assert {name: successor[name] for name in bound_to} == bound_to


async def test_a_switched_binding_counts_at_once_in_this_process(shop: ShopScene) -> None:
    made = await access.create_key(shop.ctx, "kiosk", ["search:read"])
    async with shop.clerk(made.key) as kiosk:
        assert "brand" in (await kiosk.json("GET", PRODUCTS))["items"][0]
        await access.change_key(shop.ctx, made.key_id, KeyChanges(profile="mobile"))
        assert "brand" not in (await kiosk.json("GET", PRODUCTS))["items"][0]


def test_what_is_wished_for_wins_unless_the_profile_is_fixed() -> None:
    assert bound(NOTHING, "", False) == NOTHING
    assert bound(Wish("web"), "kiosk", False) == Wish("web")
    assert bound(NOTHING, "kiosk", True) == Wish("kiosk")
    with pytest.raises(ProfileFixed):
        bound(Wish("web"), "kiosk", True)
