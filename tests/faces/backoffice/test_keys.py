"""The cockpit of keys: made, bound, replaced while nobody notices, and watched."""

import re

import pytest

from galleria.engines.context import Context
from galleria.faces import profiles
from galleria.faces.profiles import ProfileDraft
from galleria.platform import access
from galleria.platform.access.model.guarding import Caller
from tests.faces.backoffice.conftest import SignedIn

SHOWN = re.compile(r"gal_[a-z]{2}_[0-9A-Za-z_]+(?=<)")


async def key_of(shop: Context, **terms: object) -> access.CreatedKey:
    wanted = access.KeyTerms(**terms)  # type: ignore[arg-type]
    return await access.create_key(shop, "Warehouse", ["stock:read"], terms=wanted)


async def test_a_key_is_replaced_watched_browned_out_and_finished(
    shop: Context, at_work: SignedIn
) -> None:
    old = await key_of(shop, owner="Noa")
    mia = await at_work(shop)
    path = f"/settings/keys/{old.key_id}"
    page = await mia.submit(await mia.get(path), f"{path}/rotate", grace_s="604800")
    (text,) = set(SHOWN.findall(page.text))
    assert await access.actor_of_key(shop, text)
    assert await access.actor_of_key(shop, old.key)

    await access.admit(shop, old.key, Caller("192.0.2.4", None, "till/3.1", "/admin/v1/stock"))
    await shop.engines.notebook.write_down()
    page = await mia.get(path)
    assert text not in page.text, "shown once"
    assert 'data-verdict="old_in_use"' in page.text
    for word in ("192.0.2.0/24", "till/3", "admin/stock", "being replaced"):
        assert word in page.text
    page = await mia.submit(page, f"{path}/brown-out", percent="100")
    assert "100 % of the requests" in page.text
    with pytest.raises(access.KeyInBrownOut):
        await access.admit(shop, old.key, Caller())
    page = await mia.submit(page, f"{path}/finish")
    assert "opens nothing any more" in page.text
    with pytest.raises(access.KeyGraceIsOver):
        await access.admit(Context(shop.engines, shop.tenant, shop.actor, "x"), old.key, Caller())
    assert await access.actor_of_key(shop, text)
    assert not page.has_form(f"{mia.base}{path}/rotate")


async def test_a_replacing_is_cancelled_and_a_page_that_is_late_is_told_so(
    shop: Context, at_work: SignedIn
) -> None:
    old = await key_of(shop)
    mia = await at_work(shop)
    path = f"/settings/keys/{old.key_id}"
    before = await mia.get(path)
    page = await mia.submit(before, f"{path}/rotate", grace_s="3600")
    late = await mia.submit(before, f"{path}/rotate", grace_s="3600")
    assert late.status == 409
    assert "being replaced already" in late.text
    page = await mia.submit(page, f"{path}/cancel")
    assert "its successor opens nothing" in page.text
    assert page.has_form(f"{mia.base}{path}/rotate")


async def test_bounds_are_typed_in_and_what_is_wrong_is_marked(
    shop: Context, at_work: SignedIn
) -> None:
    key = await key_of(shop)
    mia = await at_work(shop)
    path = f"/settings/keys/{key.key_id}"
    page = await mia.get(path)
    for field, text, said in (
        ("allowed_networks", "192.0.2.7/24", "Write networks such as"),
        ("allowed_origins", "https://a.example", "A key of this kind cannot have this"),
        ("requests_per_minute", "many", "Write a number"),
        ("requests_per_minute", "0", "too large or too small"),
        ("name", " ", "Please fill this in"),
    ):
        wrong = await mia.submit(page, path, **{field: text})
        assert wrong.status == 422
        assert said in wrong.text
        assert text in wrong.text, "what was typed is still there"
    page = await mia.submit(
        page, path, allowed_networks="192.0.2.0/24\n10.0.0.1", requests_per_minute="90", owner="Noa"
    )
    kept = await access.get_key(shop, key.key_id)
    assert kept.allowed_networks == ["192.0.2.0/24", "10.0.0.1/32"]
    assert (kept.requests_per_minute, kept.owner, kept.name) == (90, "Noa", "Warehouse")
    page = await mia.submit(page, f"{path}/switch")
    assert "is switched off" in page.text
    assert (await access.get_key(shop, key.key_id)).status == "disabled"
    await mia.submit(page, f"{path}/switch")
    assert (await access.get_key(shop, key.key_id)).status == "active"


async def test_kinds_and_traps_are_made_and_the_leak_policy_is_kept(
    shop: Context, at_work: SignedIn
) -> None:
    mia = await at_work(shop)
    page = await mia.get("/settings/keys")
    made = await mia.submit(
        page,
        "/settings/keys",
        name="Web",
        kind="publishable",
        allowed_origins="https://shop.example",
    )
    assert SHOWN.findall(made.text)[0].startswith("gal_pk_")
    trap = await mia.submit(page, "/settings/keys", name="Old", kind="secret", is_canary="true")
    assert SHOWN.findall(trap.text)[0].startswith("gal_sk_")
    kept = (await access.list_keys(shop)).items
    assert [(key.name, key.is_canary) for key in kept] == [("Old", True), ("Web", False)]
    await mia.submit(page, "/settings/keys/leak-policy", on_leak="end_soon", grace_s="600")
    assert await access.get_leak_policy(shop) == access.LeakPolicy(on_leak="end_soon", grace_s=600)
    wrong = await mia.submit(page, "/settings/keys/leak-policy", on_leak="x", grace_s="1")
    assert wrong.status == 422


async def test_who_may_not_touch_keys_sees_no_page_of_one(shop: Context, at_work: SignedIn) -> None:
    key = await key_of(shop)
    clerk = await at_work(shop, "clerk")
    assert (await clerk.get(f"/settings/keys/{key.key_id}")).status == 403


async def test_a_key_of_another_shop_is_not_there(
    shop: Context, other: Context, at_work: SignedIn
) -> None:
    key = await key_of(other)
    mia = await at_work(shop)
    assert (await mia.get(f"/settings/keys/{key.key_id}")).status == 404


@pytest.fixture
async def other(new_shop: object) -> Context:
    """Another shop."""
    made: Context = await new_shop()  # type: ignore[operator]
    return made


async def test_a_key_is_bound_to_a_profile_and_a_place_and_a_gone_profile_does_not_let_it_loose(
    shop: Context, at_work: SignedIn
) -> None:
    await profiles.put_profile(shop, ProfileDraft(code="car", name="Car display"))
    key = await key_of(shop)
    mia = await at_work(shop)
    path = f"/settings/keys/{key.key_id}"
    page = await mia.get(path)
    await mia.submit(
        page, path, name="Kiosk", profile="car", profile_is_fixed="true", location="main"
    )
    found = await access.get_key(shop, key.key_id)
    assert (found.profile, found.profile_is_fixed, found.location) == ("car", True, "main")
    await profiles.remove_profile(shop, "car")
    await mia.submit(await mia.get(path), path, name="Renamed")
    found = await access.get_key(shop, key.key_id)
    assert (found.name, found.profile, found.profile_is_fixed) == ("Renamed", "car", True)


async def test_a_key_for_a_kiosk_is_made_on_the_page(shop: Context, at_work: SignedIn) -> None:
    mia = await at_work(shop)
    path = "/settings/keys"
    page = await mia.get(path)
    wanted = {"name": "Kiosk", "profile": "kiosk", "profile_is_fixed": "true", "location": "main"}
    page = await mia.submit(page, path, scopes=access.KIOSK_SCOPE, **wanted)
    (text,) = set(SHOWN.findall(page.text))
    actor = await access.actor_of_key(shop, text)
    assert actor is not None
    assert actor.scopes == {access.KIOSK_SCOPE}
    assert (actor.profile, actor.profile_is_fixed, actor.location) == ("kiosk", True, "main")
