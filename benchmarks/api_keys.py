"""What it costs to know whose key was sent, and how soon a revoked one is dead in another process.

In one process, through the same function as the door: a key that is remembered, one that is bound
to networks as well, one that has to be read, a text that is none. Then a second process, which
shares the database and nothing else, is asked with a key that the first one revokes.
"""

import asyncio
import multiprocessing
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks._demo import conditions, figure
from galleria.app.house import House, migrate_house, open_house
from galleria.app.shops import context_of_shop, open_and_provision
from galleria.engines.context import ANONYMOUS, Context
from galleria.foundation.ids import mint_token
from galleria.platform import access
from galleria.platform.access import Caller, KeyTerms
from galleria.platform.tenants import OpenShop
from galleria.settings import Settings, load_settings

MEASURES = (
    "src/galleria/engines/nearby.py",
    "src/galleria/engines/notebook.py",
    "src/galleria/foundation/ids.py",
    "src/galleria/platform/access",
)
SHOP = "keys"
TRIES, READS, REVOKED = 20_000, 1_000, 30
ROUNDS = 5
NETWORKS = [f"10.{each}.0.0/16" for each in range(49)] + ["192.0.2.0/24"]
CALLER = Caller("192.0.2.7", None, "python-requests/2.31", "/admin/v1/products")

Ask = Callable[[], Awaitable[object]]


async def micros(ask: Ask, tries: int) -> float:
    """Microseconds a call, the median of some rounds."""
    took = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        for _ in range(tries // ROUNDS):
            await ask()
        took.append((time.perf_counter() - started) / (tries // ROUNDS) * 1e6)
    return statistics.median(took)


async def check_costs(house: House, ctx: Context) -> list[bool]:
    """Each kind of check."""
    engines, tenant = house.engines, ctx.tenant
    plain = await access.create_key(ctx, "plain", ["products:read"])
    terms = KeyTerms(allowed_networks=NETWORKS)
    bound = await access.create_key(ctx, "bound", ["products:read"], terms=terms)
    none = mint_token("rk", tenant.tenant_id)

    def asking(text: str, *, is_remembered: bool = True) -> Ask:
        async def ask() -> object:
            if not is_remembered:
                engines.nearby.forget(tenant.tenant_id)
            # As the door does: a context for each request.
            return await access.admit(Context(engines, tenant, ANONYMOUS, "bench"), text, CALLER)

        return ask

    return [
        figure("hit", await micros(asking(plain.key), TRIES), "us", 50),
        figure("hit_bound_to_50_networks", await micros(asking(bound.key), TRIES), "us", 100),
        figure("miss", await micros(asking(plain.key, is_remembered=False), READS), "us", 2_000),
        figure("unknown_key", await micros(asking(none), READS), "us", 2_000),
        figure("mistyped_key", await micros(asking(plain.key[:-1] + "!"), TRIES), "us", 50),
    ]


async def ask_until_dead(settings: Settings, pipe: Connection) -> None:
    """Told a key, answers when it is remembered, and then when it opens nothing any more."""
    async with open_house(settings) as house:
        listening = asyncio.create_task(access.keep_keys_current(house.engines))
        tenant = (await context_of_shop(house.context(), SHOP)).tenant

        async def opens(text: str) -> bool:
            asked = Context(house.engines, tenant, ANONYMOUS, "bench")
            return await access.actor_of_key(asked, text) is not None

        await asyncio.sleep(1)
        pipe.send("listening")
        while text := await asyncio.to_thread(pipe.recv):
            assert await opens(text)
            pipe.send("remembered")
            while await opens(text):
                await asyncio.sleep(0.000_5)
            pipe.send(time.monotonic())
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


def in_a_process(settings: Settings, pipe: Connection) -> None:
    """The other process."""
    asyncio.run(ask_until_dead(settings, pipe))


async def revocation(settings: Settings, ctx: Context) -> list[bool]:
    """How soon the other process refuses what this one has revoked."""
    ours, theirs = multiprocessing.Pipe()
    other = multiprocessing.get_context("spawn").Process(
        target=in_a_process, args=(settings, theirs)
    )
    other.start()
    try:
        assert await asyncio.to_thread(ours.recv) == "listening"
        took = []
        for _ in range(REVOKED):
            key = await access.create_key(ctx, "short-lived", ["products:read"])
            ours.send(key.key)
            assert await asyncio.to_thread(ours.recv) == "remembered"
            await access.revoke_key(ctx, key.key_id)
            revoked_at = time.monotonic()
            dead_at = await asyncio.to_thread(ours.recv)
            took.append(max(0.0, dead_at - revoked_at) * 1e3)
        ours.send("")
    finally:
        await asyncio.to_thread(other.join, 20)
        other.terminate()
    took.sort()
    return [
        figure("revoked_elsewhere_p50", statistics.median(took), "ms", 1_000),
        figure("revoked_elsewhere_worst", took[-1], "ms", 1_000),
    ]


async def measure(folder: Path) -> bool:
    """Print every figure; whether all held."""
    settings = load_settings({}, data=str(folder / "data"))
    await migrate_house(settings)
    async with open_house(settings) as house:
        wanted = OpenShop(slug=SHOP, name="Keys", currency="EUR", locale="en", country="DE")
        await open_and_provision(house.context(), wanted, settings.base_domain)
        ctx = await context_of_shop(house.context(), SHOP)
        held = await check_costs(house, ctx)
        held += await revocation(settings, ctx)
    return all(held)


def main() -> int:
    """1 when a figure is short."""
    conditions()
    with tempfile.TemporaryDirectory(prefix="galleria-bench-") as name:
        return 0 if asyncio.run(measure(Path(name))) else 1


if __name__ == "__main__":
    sys.exit(main())
