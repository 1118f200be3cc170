"""Passkeys: registered, used, refused when anything about them is wrong."""

import copy
from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from galleria.commerce import accounts
from galleria.commerce.accounts import (
    Credential,
    FreshSignInRequired,
    HostNotOfShop,
    Passkey,
    PasskeyKnown,
    PasskeyNotFound,
    PasskeyRefused,
    SignedIn,
)
from galleria.engines.context import Context
from galleria.platform import audit, tenants
from galleria.platform.access import SignInRefused
from tests.commerce.accounts.authenticator import Authenticator, b64
from tests.commerce.accounts.shoppers import (
    HOME,
    PASSWORD,
    anybody,
    letters,
    post,
    shopper,
    signed_in,
)


def device(shop: Context, *, counts: bool = True, verifies: bool = True) -> Authenticator:
    """A device on the page of the shop."""
    origin = f"http://{shop.tenant.slug}.localhost:8000"
    return Authenticator(origin, counts=counts, verifies=verifies)


async def add(ana: Context, phone: Authenticator, name: str = "Phone") -> Passkey:
    """The device's passkey opens the account."""
    ceremony = await accounts.begin_registration(ana)
    return await accounts.add_passkey(
        ana, ceremony.challenge_id, phone.create(ceremony.options), name
    )


async def enter(shop: Context, phone: Authenticator) -> SignedIn:
    """Somebody signs in with the device."""
    ceremony = await accounts.begin_sign_in(anybody(shop), HOME)
    return await accounts.sign_in_with_passkey(
        anybody(shop), ceremony.challenge_id, phone.get(ceremony.options), HOME
    )


async def test_a_passkey_is_added_and_signs_in_without_naming_anybody(shop: Context) -> None:
    ana, phone = await shopper(shop), device(shop)
    added = await add(ana, phone)
    assert (added.name, added.rp_id) == ("Phone", f"{shop.tenant.slug}.localhost")
    for _ in range(2):
        entered = await enter(shop, phone)
        again = await signed_in(shop, entered.session_token)
        assert again is not None
        assert again.actor.actor_id == ana.actor.actor_id
    (seen,) = await accounts.list_passkeys(ana)
    assert seen.last_used_at is not None
    await post(shop)
    assert "passkey was added" in (await letters(shop, "ana@example.com"))[0].subject


async def test_what_is_asked_of_the_device_is_a_key_that_names_nobody(shop: Context) -> None:
    ana = await shopper(shop)
    options = (await accounts.begin_registration(ana)).options
    assert options["user"]["id"] == b64(UUID(ana.actor.actor_id).bytes)
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert options["authenticatorSelection"]["userVerification"] == "required"
    options = (await accounts.begin_sign_in(anybody(shop), HOME)).options
    assert not options.get("allowCredentials")
    assert options["userVerification"] == "required"


async def test_a_challenge_is_good_for_one_answer_and_a_short_time(shop: Context) -> None:
    ana, phone = await shopper(shop), device(shop)
    await add(ana, phone)
    ceremony = await accounts.begin_sign_in(anybody(shop), HOME)
    answer = phone.get(ceremony.options)
    await accounts.sign_in_with_passkey(anybody(shop), ceremony.challenge_id, answer, HOME)
    with pytest.raises(SignInRefused):
        await accounts.sign_in_with_passkey(anybody(shop), ceremony.challenge_id, answer, HOME)
    late = await accounts.begin_sign_in(anybody(shop), HOME)
    with pytest.raises(SignInRefused):
        await accounts.sign_in_with_passkey(
            anybody(shop, timedelta(minutes=6)), late.challenge_id, phone.get(late.options), HOME
        )


async def test_a_refused_answer_uses_the_challenge_up(shop: Context) -> None:
    ana, phone = await shopper(shop), device(shop)
    await add(ana, phone)
    ceremony = await accounts.begin_sign_in(anybody(shop), HOME)
    answer = phone.get(ceremony.options)
    broken = copy.deepcopy(answer)
    broken["response"]["signature"] = b64(b"\x30\x06\x02\x01\x01\x02\x01\x01")
    for credential in (broken, answer):
        with pytest.raises(SignInRefused):
            await accounts.sign_in_with_passkey(
                anybody(shop), ceremony.challenge_id, credential, HOME
            )


async def test_a_counter_that_goes_back_is_refused_and_stands_in_the_diary(shop: Context) -> None:
    ana, phone = await shopper(shop), device(shop)
    await add(ana, phone)
    await enter(shop, phone)
    phone.count = 0
    with pytest.raises(SignInRefused):
        await enter(shop, phone)
    actions = [each.action for each in (await audit.list_entries(shop)).items]
    assert "accounts.passkey_counter_went_back" in actions


async def test_a_device_that_does_not_count_goes_on_working(shop: Context) -> None:
    ana, phone = await shopper(shop), device(shop, counts=False)
    await add(ana, phone)
    for _ in range(2):
        assert (await enter(shop, phone)).session_token


async def test_another_page_and_a_device_that_knows_nobody_are_refused(shop: Context) -> None:
    ana = await shopper(shop)
    for bad in (
        Authenticator("http://evil.example"),
        Authenticator(f"https://{shop.tenant.slug}.localhost:8000"),
        device(shop, verifies=False),
    ):
        with pytest.raises(PasskeyRefused):
            await add(ana, bad)
    phone = device(shop)
    await add(ana, phone)
    phone.origin = "http://evil.example"
    with pytest.raises(SignInRefused):
        await enter(shop, phone)
    phone.origin, phone.verifies = device(shop).origin, False
    with pytest.raises(SignInRefused):
        await enter(shop, phone)


async def test_a_passkey_of_one_shop_opens_nothing_in_another(
    shop: Context, other_shop: Context
) -> None:
    ana, phone = await shopper(shop), device(shop)
    await add(ana, phone)
    await shopper(other_shop)
    phone.origin = device(other_shop).origin
    with pytest.raises(SignInRefused):
        await enter(other_shop, phone)


async def test_one_shoppers_challenge_is_nothing_to_another(shop: Context) -> None:
    ana, ben = await shopper(shop), await shopper(shop, "ben@example.com")
    ceremony = await accounts.begin_registration(ana)
    with pytest.raises(PasskeyRefused):
        await accounts.add_passkey(
            ben, ceremony.challenge_id, device(shop).create(ceremony.options), "Mine"
        )


async def test_a_known_passkey_is_not_registered_twice(shop: Context) -> None:
    ana, ben = await shopper(shop), await shopper(shop, "ben@example.com")
    phone = device(shop)
    await add(ana, phone)
    with pytest.raises(PasskeyKnown):
        await add(ben, phone)


async def test_passkeys_are_named_removed_and_want_a_fresh_sign_in(shop: Context) -> None:
    ana, phone, key = await shopper(shop), device(shop), device(shop)
    first = await add(ana, phone)
    await add(ana, key, "Key")
    assert (await accounts.rename_passkey(ana, first.passkey_id, "Old phone")).name == "Old phone"
    await accounts.remove_passkey(ana, first.passkey_id)
    assert [each.name for each in await accounts.list_passkeys(ana)] == ["Key"]
    with pytest.raises(SignInRefused):
        await enter(shop, phone)
    with pytest.raises(PasskeyNotFound):
        await accounts.rename_passkey(ana, first.passkey_id, "Gone")
    token = (await enter(shop, key)).session_token
    later = await signed_in(shop, token, timedelta(minutes=31))
    assert later is not None
    with pytest.raises(FreshSignInRequired):
        await accounts.begin_registration(later)


async def test_a_passkey_of_a_blocked_account_opens_nothing(shop: Context) -> None:
    ana, phone = await shopper(shop), device(shop)
    await add(ana, phone)
    await accounts.set_blocked(shop, UUID(ana.actor.actor_id), True)
    with pytest.raises(SignInRefused):
        await enter(shop, phone)


async def test_a_passkey_is_bound_to_a_host_of_the_shop(shop: Context) -> None:
    ana = await shopper(shop)
    host = f"{shop.tenant.slug}.example"
    await tenants.add_domain(shop, host, is_primary=True)
    ceremony = await accounts.begin_registration(ana)
    assert ceremony.options["rp"]["id"] == host
    own = f"{shop.tenant.slug}.localhost"
    assert (await accounts.begin_registration(ana, own)).options["rp"]["id"] == own
    with pytest.raises(HostNotOfShop):
        await accounts.begin_registration(ana, "evil.example")


@pytest.mark.parametrize(
    "hostile",
    [
        {},
        {"id": "AA", "rawId": "AA", "response": {}},
        {"id": "A", "rawId": "A", "type": "public-key", "response": {"clientDataJSON": "A"}},
        {
            "id": "AAAA",
            "rawId": "AAAA",
            "type": "public-key",
            "response": {"clientDataJSON": "AAAA", "attestationObject": "9999", "signature": "AA"},
        },
    ],
)
async def test_whatever_is_sent_as_an_answer_is_refused_not_failed(
    shop: Context, hostile: dict[str, object]
) -> None:
    ana = await shopper(shop)
    ceremony = await accounts.begin_registration(ana)
    with pytest.raises(PasskeyRefused):
        await accounts.add_passkey(ana, ceremony.challenge_id, hostile, "Bad")
    sign_in = await accounts.begin_sign_in(anybody(shop), HOME)
    with pytest.raises(SignInRefused):
        await accounts.sign_in_with_passkey(anybody(shop), sign_in.challenge_id, hostile, HOME)


@pytest.mark.parametrize("part", ["attestationObject", "clientDataJSON"])
async def test_a_broken_attestation_is_refused_not_failed(shop: Context, part: str) -> None:
    ana = await shopper(shop)
    for length in (0, 1, 10, 30, 60, 90, 120, 150):
        ceremony = await accounts.begin_registration(ana)
        answer = device(shop).create(ceremony.options)
        answer["response"][part] = answer["response"][part][:length]
        with pytest.raises(PasskeyRefused):
            await accounts.add_passkey(ana, ceremony.challenge_id, answer, "Bad")


@pytest.mark.parametrize("part", ["authenticatorData", "clientDataJSON", "signature"])
async def test_a_broken_signature_is_refused_not_failed(shop: Context, part: str) -> None:
    ana, phone = await shopper(shop), device(shop)
    await add(ana, phone)
    for length in (0, 1, 20, 43, 48):
        ceremony = await accounts.begin_sign_in(anybody(shop), HOME)
        answer = phone.get(ceremony.options)
        answer["response"][part] = answer["response"][part][:length]
        with pytest.raises(SignInRefused):
            await accounts.sign_in_with_passkey(anybody(shop), ceremony.challenge_id, answer, HOME)


def test_what_a_browser_writes_is_read() -> None:
    said = {
        "id": "AA",
        "rawId": "AA",
        "type": "public-key",
        "authenticatorAttachment": "platform",
        "clientExtensionResults": {"credProps": {"rk": True}},
        "response": {
            "clientDataJSON": "AA",
            "authenticatorData": "AA",
            "attestationObject": "AA",
            "publicKey": "AA",
            "publicKeyAlgorithm": -7,
            "transports": ["internal"],
        },
    }
    read = msgspec.convert(said, Credential)
    assert read.as_browsers_say() == {**said, "clientExtensionResults": {}}
    assert PASSWORD not in str(read)
