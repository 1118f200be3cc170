"""Apps of the shop have a say at checkout: signed, bounded in time, outside of transactions."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any

import msgspec
import pytest

from galleria.commerce import carts, orders
from galleria.commerce.orders import CartNotReady, CheckoutRefused
from galleria.engines.context import Context, Engines
from galleria.engines.outbound import Breakers, Outbound, parse_allowances
from galleria.foundation.ids import new_id
from galleria.platform import apps
from galleria.platform.apps import AppsSettings
from tests.commerce.carts.shop import cart_with, sell
from tests.commerce.orders.buying import wanted
from tests.delays import delays_of_the_machine
from tests.engines.outbound.servers import LocalServer, Received, head, serving
from tests.platform.apps.conftest import added
from tests.platform.webhooks.receivers import verified

DEADLINE_MS = 1_000
PAUSE_S = 60.0
NOBODY = "http://127.0.0.1:1/rule"  # nothing listens there
Reply = Callable[[], Awaitable[tuple[int, bytes]]]


@pytest.fixture
async def engines(engines: Engines) -> AsyncIterator[Engines]:
    """The run's engines with a way out to the loopback."""
    breakers = Breakers(failures_to_open=3, pause_s=PAUSE_S)
    outbound = Outbound(parse_allowances("127.0.0.0/8"), breakers=breakers)
    settings = AppsSettings(allow_http=True, rule_deadline_ms=DEADLINE_MS)
    yield replace(engines, outbound=outbound, room_settings={AppsSettings: settings})
    await outbound.close()


@dataclass
class Ruler:
    """An app that is asked, and what it answers from now on."""

    server: LocalServer
    reply: Reply
    token: apps.Token | None = None

    @property
    def asked(self) -> list[dict[str, Any]]:
        """The questions, each signed by the house."""
        assert self.token is not None
        return [verified(each, self.token.signing_secret) for each in self.server.received]


def saying(**said: Any) -> Reply:
    async def reply() -> tuple[int, bytes]:
        return 200, msgspec.json.encode(said)

    return reply


async def nothing() -> tuple[int, bytes]:
    await asyncio.sleep(3600)
    raise AssertionError("nobody waits so long")


@asynccontextmanager
async def ruled(ctx: Context, reply: Reply, **wanted: Any) -> AsyncIterator[Ruler]:
    """The shop has an app that is asked before an order."""
    holder: list[Ruler] = []

    async def answer(_: Received, writer: asyncio.StreamWriter) -> None:
        status, body = await holder[0].reply()
        writer.write(head(status, len(body)) + body)

    async with serving(answer) as server:
        holder.append(Ruler(server, reply))
        rule = {"url": f"{server.url}/rule", **wanted}
        client = await added(ctx, handle=f"app-{new_id().hex[-8:]}", checkout_rule=rule)
        holder[0].token = await client.install(ctx)
        yield holder[0]


async def history(ctx: Context) -> list[tuple[str, str]]:
    """What is noted of apps in the histories of the shop's orders."""
    rows = await ctx.read(
        "SELECT kind, note, actor FROM orders.order_entry WHERE tenant_id = $1"
        " AND kind LIKE 'rule_%' ORDER BY entry_id"
    )
    assert {row["actor"] for row in rows} <= {"system:galleria"}
    return [(row["kind"], row["note"]) for row in rows]


async def test_an_app_is_asked_with_the_cart_and_its_answer_is_noted(shop: Context) -> None:
    variant_id = await sell(shop)
    token = await cart_with(shop, (variant_id, 2))
    async with ruled(shop, saying(decision="allow")) as ruler:
        key = str(new_id())
        order = await orders.check_out(shop, token, wanted(), key)
        (asked,) = ruler.asked
        again = await orders.check_out(shop, token, wanted(), key)
        assert (order.token, len(ruler.asked)) == (again.token, 1), "asked once for one order"
    assert (asked["type"], asked["shop"]) == ("apps.checkout_rule.v1", shop.tenant.slug)
    said = asked["data"]
    assert (said["country"], said["subtotal"]["amount_minor"]) == ("DE", 2000)
    (line,) = said["lines"]
    assert (line["variant_id"], line["quantity"]) == (str(variant_id), 2)
    assert "ana" not in msgspec.json.encode(asked).decode().lower(), "who buys is not told"
    assert await history(shop) == [("rule_allowed", "Acme Reviews")]


async def test_an_app_that_refuses_keeps_the_order_from_being_made(shop: Context) -> None:
    token = await cart_with(shop, (await sell(shop), 1))
    async with ruled(shop, saying(decision="refuse", message="Two at most.")) as ruler:
        with pytest.raises(CheckoutRefused, match="Two at most"):
            await orders.check_out(shop, token, wanted(), str(new_id()))
        assert (await carts.get_cart(shop, token)).cart.order_id is None
        ruler.reply = saying(decision="allow")
        assert (await orders.check_out(shop, token, wanted(), str(new_id()))).status == "placed"


async def broken() -> tuple[int, bytes]:
    return 500, b"{}"


async def nonsense() -> tuple[int, bytes]:
    return 200, b'{"decision": "perhaps"}'


@pytest.mark.parametrize(
    ("reply", "why"), [(nothing, "late"), (broken, "unreadable"), (nonsense, "unreadable")]
)
async def test_without_an_answer_in_time_the_manifest_decides(
    shop: Context, reply: Reply, why: str
) -> None:
    variant_id = await sell(shop)
    async with ruled(shop, reply):
        started = monotonic()
        await orders.check_out(
            shop, await cart_with(shop, (variant_id, 1)), wanted(), str(new_id())
        )
        assert monotonic() - started < 60
        assert await history(shop) == [("rule_unanswered", f"Acme Reviews ({why})")]
        async with ruled(shop, reply, when_unanswered="refuse"):
            with pytest.raises(CheckoutRefused, match="try again later"):
                await orders.check_out(
                    shop, await cart_with(shop, (variant_id, 1)), wanted(), str(new_id())
                )


async def test_two_slow_apps_together_take_no_longer_than_one(shop: Context) -> None:
    token = await cart_with(shop, (await sell(shop), 1))
    async with ruled(shop, nothing), ruled(shop, nothing), ruled(shop, saying(decision="allow")):
        rules = await apps.rules_of(shop)
        question = apps.RuleQuestion(
            cart_id=new_id(),
            channel="web",
            locale="en",
            country=None,
            subtotal=(await carts.get_cart(shop, token)).subtotal,
            lines=[],
        )
        with delays_of_the_machine() as delayed_s:
            started = monotonic()
            answers = await apps.ask_rules(shop, rules, question)
            took_s = monotonic() - started
            assert DEADLINE_MS / 1000 <= took_s < 1.8 * DEADLINE_MS / 1000 + delayed_s()
    assert [each.unanswered for each in answers] == ["late", "late", None]


async def test_an_app_that_keeps_failing_is_left_alone(shop: Context) -> None:
    token = await cart_with(shop, (await sell(shop), 1))
    subtotal = (await carts.get_cart(shop, token)).subtotal
    question = apps.RuleQuestion(
        cart_id=new_id(), channel="web", locale="en", country=None, subtotal=subtotal, lines=[]
    )
    async with ruled(shop, nothing) as ruler:
        rules = await apps.rules_of(shop)
        for _ in range(3):
            await apps.ask_rules(shop, rules, question)
        with delays_of_the_machine() as delayed_s:
            started = monotonic()
            (answer,) = await apps.ask_rules(shop, rules, question)
            assert monotonic() - started < DEADLINE_MS / 1000 + delayed_s()
        assert (answer.unanswered, answer.decision) == ("unreachable", "allow")
        assert len(ruler.server.received) == 3


async def test_an_address_inside_is_not_asked(shop: Context) -> None:
    client = await added(shop, checkout_rule={"url": "http://10.0.0.1/rule"})
    await client.install(shop)
    token = await cart_with(shop, (await sell(shop), 1))
    await orders.check_out(shop, token, wanted(), str(new_id()))
    assert await history(shop) == [("rule_unanswered", "Acme Reviews (unreachable)")]


async def test_a_cart_that_changes_while_apps_are_asked_is_not_ordered(shop: Context) -> None:
    variant_id = await sell(shop)
    token = await cart_with(shop, (variant_id, 1))

    async def change() -> tuple[int, bytes]:
        # Were the cart locked while apps are asked, this would wait until they have no time left.
        ctx = Context(shop.engines, shop.tenant, shop.actor, "another")
        await carts.add_line(ctx, token, carts.NewLine(variant_id=variant_id, quantity=5))
        return 200, b'{"decision": "allow"}'

    async with ruled(shop, change) as ruler:
        with pytest.raises(CartNotReady, match="has changed"):
            await orders.check_out(shop, token, wanted(), str(new_id()))
        ruler.reply = saying(decision="allow")
        order = await orders.check_out(shop, token, wanted(), str(new_id()))
    assert order.lines[0].quantity == 6
    assert await history(shop) == [("rule_allowed", "Acme Reviews")]


async def test_an_app_that_is_not_installed_any_more_is_not_asked(shop: Context) -> None:
    token = await cart_with(shop, (await sell(shop), 1))
    waiting = await added(shop, checkout_rule={"url": NOBODY, "when_unanswered": "refuse"})
    async with ruled(shop, saying(decision="refuse")) as ruler:
        (app,) = [each for each in await apps.list_apps(shop) if each.status == "installed"]
        await apps.uninstall(shop, app.app_id, keeps_metafields=True)
        assert (await orders.check_out(shop, token, wanted(), str(new_id()))).status == "placed"
        assert ruler.server.received == []
    assert (await apps.get_app(shop, waiting.app.app_id)).status == "proposed"
