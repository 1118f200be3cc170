"""A sandbox: marked from its first day, with a clock of its own that goes forward only."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from galleria.engines.context import HOUSE, SYSTEM, Context, Engines, Tenant, every_shop, tenant_of
from galleria.engines.mail import Message
from galleria.foundation.errors import InvalidInput
from galleria.foundation.ids import new_id, read_token
from galleria.platform import access, tenants
from galleria.platform.access import KeyIsExpired
from galleria.platform.access.model.guarding import Caller
from galleria.platform.tenants import ClockGoesBack, ShopIsLive

OpenShop = Callable[..., Awaitable[Context]]
MONTH = timedelta(days=30)


async def found(engines: Engines, ctx: Context) -> Context:
    """The shop as a new request finds it."""
    entry = await engines.sql.directory.by_id(ctx.tenant.tenant_id)
    assert entry is not None
    return Context(engines, tenant_of(entry), SYSTEM, "again")


@pytest.fixture
async def sandbox(engines: Engines, open_shop: OpenShop) -> Context:
    return await found(engines, await open_shop(is_sandbox=True))


async def test_a_shop_says_whether_it_is_a_sandbox(
    engines: Engines, sandbox: Context, shop_ctx: Context
) -> None:
    assert (await tenants.shop_of(sandbox)).is_sandbox
    assert sandbox.tenant.is_sandbox
    assert not (await tenants.shop_of(shop_ctx)).is_sandbox
    assert not (await found(engines, shop_ctx)).tenant.is_sandbox


async def test_its_clock_goes_forward_for_all_that_is_done_in_it_and_for_nobody_else(
    engines: Engines, sandbox: Context, shop_ctx: Context
) -> None:
    before = tenants.clock_of(sandbox)
    assert (before.ahead_s, before.now, before.can_be_moved) == (0, before.house_now, True)
    moved = await tenants.move_clock(sandbox, sandbox.now + MONTH)
    assert (moved.ahead_s, moved.now - moved.house_now) == (MONTH.total_seconds(), MONTH)

    later = await found(engines, sandbox)
    assert later.now - sandbox.now >= MONTH
    assert later.engines.clock.now() - engines.clock.now() > MONTH - timedelta(seconds=5)
    assert later.now - later.wall_now == MONTH
    assert abs(later.wall_clock.now() - engines.clock.now()) < timedelta(seconds=5)
    in_house = later.for_tenant(HOUSE)
    assert in_house.now == later.wall_now and in_house.engines is engines
    assert in_house.for_tenant(later.tenant).now == later.now
    assert (await found(engines, shop_ctx)).now < later.now - timedelta(days=29)
    shops = [each async for each in every_shop(engines, "x", after=sandbox.tenant.tenant_id - 1)]
    assert shops[0].tenant == later.tenant and shops[0].now >= later.now


async def test_it_never_goes_back_nor_too_far(engines: Engines, sandbox: Context) -> None:
    await tenants.move_clock(sandbox, sandbox.now + MONTH)
    later = await found(engines, sandbox)
    for wrong, error in (
        (later.now - timedelta(minutes=1), ClockGoesBack),
        (later.now + timedelta(days=4_000), InvalidInput),
    ):
        with pytest.raises(error):
            await tenants.move_clock(later, wrong)
    with pytest.raises(ClockGoesBack):
        # Somebody who has not seen yet that it was moved.
        await tenants.move_clock(sandbox, sandbox.now + timedelta(days=1))
    assert (await found(engines, sandbox)).tenant.clock_ahead_s == MONTH.total_seconds()


async def test_the_clock_of_a_live_shop_is_never_moved(shop_ctx: Context) -> None:
    with pytest.raises(ShopIsLive):
        await tenants.move_clock(shop_ctx, shop_ctx.now + MONTH)
    clock = tenants.clock_of(shop_ctx)
    assert (clock.now, clock.can_be_moved) == (clock.house_now, False)
    with pytest.raises(asyncpg.CheckViolationError):
        async with shop_ctx.transaction() as tx:
            await tx.execute("UPDATE directory.tenant SET clock_ahead_s = 5 WHERE tenant_id = $1")


async def test_a_key_ends_when_the_clock_of_its_sandbox_says_so(
    engines: Engines, sandbox: Context
) -> None:
    ends_at = sandbox.now + timedelta(days=7)
    key = await access.create_key(sandbox, "till", ["orders:read"], ends_at)
    assert await access.admit(sandbox, key.key, Caller()) is not None
    await tenants.move_clock(sandbox, sandbox.now + MONTH)

    with pytest.raises(KeyIsExpired):
        await access.admit(await found(engines, sandbox), key.key, Caller())


async def test_keys_of_a_sandbox_say_test_and_open_no_live_shop(
    sandbox: Context, shop_ctx: Context
) -> None:
    key = await access.create_key(sandbox, "till", ["orders:read"])
    live = await access.create_key(shop_ctx, "till", ["orders:read"])
    assert key.key.startswith("gal_rk_test_") and key.prefix.startswith("gal_rk_test_")
    assert not live.key.startswith("gal_rk_test_")
    parts = access.read_key(key.key)
    assert parts is not None and parts.is_test
    assert parts.tenant_id == sandbox.tenant.tenant_id

    as_if_live = Context(sandbox.engines, Tenant(parts.tenant_id, "x"), SYSTEM, "x")
    assert await access.admit(as_if_live, key.key, Caller()) is None
    assert await access.admit(shop_ctx, key.key, Caller()) is None
    assert read_token(key.key.replace("_test_", "_"), "rk") is None, "the checksum covers the mark"


class Post:
    """Takes letters and keeps them."""

    def __init__(self) -> None:
        self.letters: list[Message] = []

    async def send(self, message: Message) -> None:
        self.letters.append(message)


async def test_letters_of_a_sandbox_stay_in_the_house(
    engines: Engines, sandbox: Context, shop_ctx: Context
) -> None:
    sent, kept = Post(), Post()
    sending = replace(engines, mail=sent, sandbox_mail=kept)
    message: dict[str, Any] = {"to": "ana@example.com", "subject": "x", "text": "x"}
    for tenant in (sandbox.tenant, shop_ctx.tenant):
        ctx = Context(sending, tenant, SYSTEM, "x")
        letter = Message(mail_id=new_id(), tenant_id=tenant.tenant_id, **message)
        await ctx.engines.mail.send(letter)

    assert [each.tenant_id for each in kept.letters] == [sandbox.tenant.tenant_id]
    assert [each.tenant_id for each in sent.letters] == [shop_ctx.tenant.tenant_id]
    house = Context(sending, sandbox.tenant, SYSTEM, "x").for_tenant(HOUSE)
    assert house.engines.mail is sent, "the house's own letters go out as ever"
