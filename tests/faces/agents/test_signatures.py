"""Requests that are signed: by whom, unchanged, now, and once."""

import time
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from tests.faces.agents.buying import NEWEST, lines
from tests.faces.agents.platform import Platform, platform
from tests.faces.gateway.door import ShopScene

PATH = f"/ucp/{NEWEST}/checkout-sessions"


async def begin(
    shop: ShopScene,
    agent: Platform,
    *,
    signer: Platform | None = None,
    sent: bytes | None = None,
    created: float = 0,
    more: str = "",
    host: str | None = None,
    leaves_out: str = "",
    key: str = "a-signed-request",
) -> tuple[int, dict[str, Any]]:
    body = msgspec.json.encode({"line_items": lines(shop.variant_ids[0])})
    headers = {
        "content-type": "application/json",
        "ucp-agent": f'profile="{agent.profile_url}"',
        "idempotency-key": key,
    }
    stated = f'created={int(time.time() + created)};keyid="mine"{more}'
    signed = (signer or agent).sign(
        host or shop.host, PATH, headers, body, stated, leaves_out=leaves_out
    )
    async with shop.shopper() as client:
        answer = await client.post(PATH, content=body if sent is None else sent, headers=signed)
    return answer.status_code, answer.json()


@pytest.mark.parametrize("kind", ["ES256", "EdDSA"])
async def test_a_signed_request_is_taken(shop: ShopScene, kind: str) -> None:
    private = (
        ec.generate_private_key(ec.SECP256R1())
        if kind == "ES256"
        else ed25519.Ed25519PrivateKey.generate()
    )
    async with platform(private=private) as agent:
        status, told = await begin(shop, agent, key=kind)
    assert status == 201, told


async def test_another_body_is_not_the_one_that_was_signed(shop: ShopScene) -> None:
    async with platform() as agent:
        status, told = await begin(shop, agent, sent=b'{"line_items": []}')
    assert (status, told["code"]) == (400, "digest_mismatch")


async def test_a_signature_of_somebody_else_does_not_fit(shop: ShopScene) -> None:
    async with platform() as agent, platform() as stranger:
        status, told = await begin(shop, agent, signer=stranger)
    assert (status, told["code"]) == (401, "signature_invalid")


async def test_a_signature_for_one_shop_does_not_open_another(
    shop: ShopScene, other_shop: ShopScene
) -> None:
    async with platform() as agent:
        status, told = await begin(shop, agent, host=other_shop.host)
    assert (status, told["code"]) == (401, "signature_invalid")


@pytest.mark.parametrize("created", [-400, 400])
async def test_clocks_may_differ_by_minutes_and_no_more(shop: ShopScene, created: float) -> None:
    async with platform() as agent:
        status, told = await begin(shop, agent, created=created)
        assert (status, told["code"]) == (401, "signature_invalid")
        status, told = await begin(shop, agent, created=created / 4, key=f"near {created}")
        assert status == 201, told


async def test_a_signature_that_has_run_out_is_refused(shop: ShopScene) -> None:
    async with platform() as agent:
        status, told = await begin(shop, agent, more=f";expires={int(time.time()) - 1}")
    assert (status, told["code"]) == (401, "signature_invalid")


async def test_a_nonce_is_taken_once(shop: ShopScene) -> None:
    async with platform() as agent:
        assert (await begin(shop, agent, more=';nonce="once"', key="n1"))[0] == 201
        status, told = await begin(shop, agent, more=';nonce="once"', key="n2")
        assert (status, told["code"]) == (401, "signature_invalid")
        assert (await begin(shop, agent, more=';nonce="twice"', key="n3"))[0] == 201


async def test_a_request_sent_again_without_a_nonce_does_nothing_twice(shop: ShopScene) -> None:
    async with platform() as agent:
        first = await begin(shop, agent, key="replayed")
        again = await begin(shop, agent, key="replayed")
    assert first == again


@pytest.mark.parametrize(
    "name", ["@method", "@authority", "@path", "content-digest", "ucp-agent", "idempotency-key"]
)
async def test_what_matters_has_to_be_signed(shop: ShopScene, name: str) -> None:
    async with platform() as agent:
        status, told = await begin(shop, agent, leaves_out=name)
    assert (status, told["code"]) == (401, "signature_missing")
    assert name in told["content"]


async def test_a_key_that_is_not_published_is_not_found(shop: ShopScene) -> None:
    async with platform() as agent:
        # The second name of a key counts for nothing: the first one is not there.
        status, told = await begin(shop, agent, more=';keyid="theirs"')
    assert (status, told["code"]) == (401, "key_not_found")


@pytest.mark.parametrize(
    "said",
    [
        {"signature-input": "sig1=()", "signature": "sig1=:AAAA:"},
        {"signature-input": "sig1", "signature": "x"},
        {"signature": "sig1=:AAAA:"},
        {"signature-input": 'sig1=("@method";sf);keyid="mine"', "signature": "sig1=:AAAA:"},
        {"signature-input": 'sig1=("@method")' * 500, "signature": "sig1=:AAAA:"},
    ],
)
async def test_a_broken_signature_is_refused_and_not_passed_over(
    shop: ShopScene, said: dict[str, str]
) -> None:
    async with platform() as agent, shop.shopper() as client:
        headers = {"ucp-agent": f'profile="{agent.profile_url}"', **said}
        body = {"line_items": lines(shop.variant_ids[0])}
        answer = await client.post(PATH, json=body, headers=headers)
    assert answer.status_code == 401, answer.text


async def test_a_shop_may_deal_with_signed_requests_only(signed_shop: ShopScene) -> None:
    async with platform() as agent:
        async with signed_shop.shopper(UCP_Agent=f'profile="{agent.profile_url}"') as client:
            body = {"line_items": lines(signed_shop.variant_ids[0])}
            answer = await client.post(PATH, json=body)
            assert (answer.status_code, answer.json()["code"]) == (401, "signature_missing")
            looked = await client.post(f"/ucp/{NEWEST}/catalog/search", json={"query": "*"})
            assert looked.status_code == 200, "whoever looks need not sign"
        assert (await begin(signed_shop, agent))[0] == 201
