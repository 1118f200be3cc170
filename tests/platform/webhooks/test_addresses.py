"""Nothing is sent into our own network, by whatever name it is called."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from galleria.engines.context import Context, Engines
from galleria.engines.outbound import Outbound, parse_allowances
from galleria.foundation.clock import ManualClock
from galleria.platform import webhooks
from galleria.platform.webhooks import InvalidWebhook, WebhooksSettings
from galleria.platform.webhooks.service.sending import Sender
from tests.engines.outbound.servers import Received, head, serving
from tests.platform.webhooks.conftest import Happen, at_present, changed, subscribe
from tests.platform.webhooks.receivers import receiving


async def resolve(host: str, port: int) -> Sequence[str]:
    """Every name leads inside."""
    return ["10.0.0.7"]


def guarded(ctx: Context, outbound: Outbound, **settings: bool) -> Context:
    """The shop in a house that lets nothing out to itself."""
    room_settings = {WebhooksSettings: WebhooksSettings(**settings)}
    engines = replace(ctx.engines, outbound=outbound, room_settings=room_settings)
    return Context(engines, ctx.tenant, ctx.actor, ctx.request_id)


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/hook",
        "https://127.0.0.1:22/hook",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/hook",
        "https://[::ffff:127.0.0.1]/hook",
        "https://2130706433/hook",
        "https://intern.example/hook",
        "https://user:word@shop.example/hook",
        "http://shop.example/hook",
    ],
)
async def test_an_address_inside_is_refused_when_it_is_entered(shop: Context, url: str) -> None:
    outbound = Outbound(resolve=resolve)
    try:
        ctx = guarded(shop, outbound)
        with pytest.raises(InvalidWebhook) as refused:
            await subscribe(ctx, url)
        assert [each.path for each in refused.value.errors] == ["url"]
        assert "10.0.0.7" not in refused.value.detail
        assert await webhooks.list_webhooks(ctx) == []
    finally:
        await outbound.close()


async def test_a_name_that_leads_inside_later_is_not_called(
    shop: Context, engines: Engines, happen: Happen
) -> None:
    leads_to = ["93.184.216.34"]

    async def rebinding(host: str, port: int) -> Sequence[str]:
        return leads_to

    outbound = Outbound(resolve=rebinding)
    async with receiving() as receiver:
        try:
            ctx = guarded(shop, outbound)
            made = await subscribe(ctx, "https://shop.example/hook")
            leads_to[0] = "127.0.0.1"
            await happen(at_present(shop), changed())
            await Sender(replace(engines, outbound=outbound)).drain()
            (delivery,) = (
                await webhooks.list_deliveries(ctx, made.webhook.endpoint.endpoint_id)
            ).items
            assert (delivery.state, delivery.last_error) == ("waiting", "outbound_refused")
            assert receiver.received == []
        finally:
            await outbound.close()


async def test_a_redirect_is_not_followed(shop: Context, happen: Happen, sender: Sender) -> None:
    async with receiving() as inside, receiving(status=307) as receiver:
        receiver.headers = {"location": inside.url}
        made = await subscribe(shop, receiver.url)
        await happen(at_present(shop), changed())
        await sender.drain()
        (delivery,) = (
            await webhooks.list_deliveries(at_present(shop), made.webhook.endpoint.endpoint_id)
        ).items
        assert (delivery.last_status, delivery.state) == (307, "waiting")
        assert inside.received == []


async def test_http_needs_a_setting_of_its_own_beside_the_address(shop: Context) -> None:
    outbound = Outbound(parse_allowances("127.0.0.0/8"))
    try:
        with pytest.raises(InvalidWebhook, match="https"):
            await subscribe(guarded(shop, outbound), "http://127.0.0.1:9/hook")
        await subscribe(guarded(shop, outbound, allow_http=True), "http://127.0.0.1:9/hook")
    finally:
        await outbound.close()


async def test_an_answer_without_end_is_taken_by_its_status(
    shop: Context, happen: Happen, sender: Sender, clock: ManualClock
) -> None:
    async def endless(_: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(head(200, None))
        while not writer.is_closing():
            writer.write(b"x" * 65_536)
            await writer.drain()

    async with serving(endless) as server:
        made = await subscribe(shop, f"{server.url}/hook")
        await happen(at_present(shop), changed())
        await sender.drain()
        endpoint_id = made.webhook.endpoint.endpoint_id
        (delivery,) = (await webhooks.list_deliveries(at_present(shop), endpoint_id)).items
        assert delivery.state == "delivered"
