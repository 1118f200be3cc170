"""Which agents are dealt with, and where the shop looks to find out who they are."""

from dataclasses import replace
from ipaddress import ip_network
from typing import Any

import pytest

from galleria.engines.context import Context
from galleria.engines.outbound import Allowance, Outbound
from galleria.faces.agents.errors import ProfileMalformed, ProfileUnreachable
from galleria.faces.agents.model.protocol import Introduction
from galleria.faces.agents.service.knowing import MAX_PROFILE_BYTES, profile_of
from tests.faces.agents.buying import FIRST, NEWEST, Agent, lines
from tests.faces.agents.platform import platform
from tests.faces.gateway.door import ShopScene


async def begun_by(
    shop: ShopScene, profile: str, version: str = NEWEST
) -> tuple[int, dict[str, Any]]:
    async with Agent(shop, version, profile) as agent:
        wanted = {"line_items": lines(shop.variant_ids[0])}
        return await agent.ask("POST", "/checkout-sessions", wanted)


@pytest.mark.parametrize(("version", "status"), [(FIRST, 400), (NEWEST, 400)])
async def test_an_agent_that_does_not_introduce_itself_is_refused(
    shop: ShopScene, version: str, status: int
) -> None:
    async with shop.shopper() as client:
        answer = await client.post(f"/ucp/{version}/checkout-sessions", json={})
    assert (answer.status_code, answer.json()["code"]) == (status, "invalid_profile_url")


@pytest.mark.parametrize(
    "profile",
    [
        "http://agent.example/profile",
        "https://127.0.0.1/profile",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/profile",
        "https://10.0.0.1/profile",
        "https://user:secret@agent.example/profile",
        "file:///etc/passwd",
    ],
)
async def test_an_address_inside_or_in_clear_is_never_called(
    strict_shop: ShopScene, profile: str
) -> None:
    status, told = await begun_by(strict_shop, profile)
    assert (status, told["code"]) == (400, "invalid_profile_url")


async def test_an_agent_that_cannot_be_reached_is_not_dealt_with(strict_shop: ShopScene) -> None:
    for version in (FIRST, NEWEST):
        status, told = await begun_by(strict_shop, "https://agent.invalid/profile", version)
        assert (status, told["code"]) == (424, "profile_unreachable")


@pytest.mark.parametrize(
    ("theirs", "ours", "status"),
    [
        ("2026-08-25", NEWEST, 201),
        ("2026-01-11", NEWEST, 201),
        ("2026-04-08", NEWEST, 422),
        ("2099-01-01", NEWEST, 422),
        ("2026-04-08", FIRST, 201),
        ("2026-01-11", FIRST, 201),
        ("2099-01-01", FIRST, 422),
        ("yesterday", FIRST, 422),
    ],
)
async def test_versions_are_settled_before_anything_is_sold(
    shop: ShopScene, theirs: str, ours: str, status: int
) -> None:
    async with platform(version=theirs) as agent:
        got, told = await begun_by(shop, agent.profile_url, ours)
    assert got == status, told
    if status == 422:
        assert told["code"] == "version_unsupported"


async def test_with_nothing_in_common_there_is_no_deal(shop: ShopScene) -> None:
    for capability in ("com.example.elsewhere", "dev.ucp.shopping.fulfillment"):
        async with platform(capabilities=(capability,)) as agent:
            status, told = await begun_by(shop, agent.profile_url)
            assert (status, told["ucp"]["status"]) == (200, "error")
            assert told["code"] == "capabilities_incompatible"
            status, told = await begun_by(shop, agent.profile_url, FIRST)
            assert (status, told["status"]) == (400, "requires_escalation")
            assert told["continue_url"].startswith("http")


async def test_an_answer_names_what_concerns_it(shop: ShopScene) -> None:
    _, told = await begun_by(shop, "https://agent.invalid/profile")
    assert told["ucp"]["capabilities"].keys() == {
        "dev.ucp.shopping.checkout",
        "dev.ucp.shopping.fulfillment",
    }


async def test_what_is_not_in_common_is_not_shown(shop: ShopScene) -> None:
    async with platform(capabilities=("dev.ucp.shopping.checkout",)) as agent:
        _, told = await begun_by(shop, agent.profile_url)
    assert told["ucp"]["capabilities"].keys() == {"dev.ucp.shopping.checkout"}
    assert "fulfillment" not in told


@pytest.mark.parametrize("raw", [b"", b"[]", b"no json", b'{"ucp": {}}', b'{"ucp": []}'])
async def test_a_profile_that_is_none_is_refused(shop: ShopScene, raw: bytes) -> None:
    async with platform(raw_profile=raw) as agent:
        status, told = await begun_by(shop, agent.profile_url)
    assert (status, told["code"]) == (422, "profile_malformed")


async def test_a_profile_is_kept_and_asked_for_once(shop: ShopScene) -> None:
    async with platform() as agent:
        for _ in range(3):
            assert (await begun_by(shop, agent.profile_url))[0] == 201
        assert agent.fetched == 1


async def test_a_profile_is_bounded_and_follows_no_redirect(ctx: Context) -> None:
    outbound = Outbound((Allowance(ip_network("127.0.0.1/32")),))
    engines = replace(ctx.engines, outbound=outbound)
    reader = Context(engines, ctx.tenant, ctx.actor, "test")
    async with platform(raw_profile=b" " * (MAX_PROFILE_BYTES + 1)) as large:
        with pytest.raises(ProfileMalformed):
            await profile_of(reader, Introduction(large.profile_url))
    async with platform(status=302) as moved:
        with pytest.raises(ProfileUnreachable):
            await profile_of(reader, Introduction(moved.profile_url))
        assert moved.fetched == 1
    await outbound.close()
