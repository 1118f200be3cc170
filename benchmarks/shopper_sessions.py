"""What it costs to know who a shopper is: a session that was resolved before, and one anew.

One process with the embedded engines. A session is asked for again and again within the four
seconds in which what is known of it is kept, as a page with its requests does; then as though each
time were the first, and a key of the shop beside it. Two hundred rounds in turn; the median counts.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from benchmarks._demo import conditions, figure
from galleria.app.house import migrate_house, open_house
from galleria.app.shops import open_and_provision
from galleria.commerce import accounts
from galleria.commerce.accounts import Client, Said
from galleria.commerce.accounts.service.acting import session_key
from galleria.engines.context import ANONYMOUS, Context, Engines, Tenant
from galleria.engines.mail.outbox import OutboxMail
from galleria.foundation.ids import token_hash
from galleria.platform import access
from galleria.platform.tenants import OpenShop
from galleria.settings import load_settings

MEASURES = (
    "src/galleria/commerce/accounts/service/sessions.py",
    "src/galleria/commerce/accounts/model/sessions.py",
)
ROUNDS = 200
ASKED_A_ROUND = 50
MOST_KEPT_US = 50.0
EMAIL = "ana@example.com"

Ask = Callable[[], Awaitable[object]]


async def enter(ctx: Context) -> str:
    """The session of somebody who has just opened an account."""
    await accounts.request_link(ctx, "sign_in", EMAIL, Said(), Client("192.0.2.1"))
    rows = await ctx.read("SELECT letter_id FROM accounts.letter WHERE tenant_id = $1")
    await accounts.send_letters(ctx, [row["letter_id"] for row in rows])
    mail = ctx.engines.mail
    assert isinstance(mail, OutboxMail)
    (letter,) = await mail.letters(ctx.tenant.tenant_id)
    token = letter.text.split("/account/link/")[1].split()[0]
    return (await accounts.follow_link(ctx, token, Client("192.0.2.1"))).session_token


async def median_us(ask: Ask, before: Ask | None = None) -> float:
    """Microseconds of one answer, the median of all rounds."""
    took: list[float] = []
    for _ in range(ROUNDS):
        if before is not None:
            await before()
        times = 1 if before is not None else ASKED_A_ROUND
        began_s = time.perf_counter()
        for _ in range(times):
            await ask()
        took.append((time.perf_counter() - began_s) / times * 1e6)
    return statistics.median(took)


async def measure(folder: Path) -> bool:
    """Print every figure; whether all held."""
    settings = load_settings({}, data=str(folder / "data"))
    await migrate_house(settings)
    async with open_house(settings) as house:
        opening = OpenShop(slug="bench", name="B", currency="EUR", locale="en", country="DE")
        shop = await open_and_provision(house.context(), opening, settings.base_domain)
        of_shop = house.context().for_tenant(Tenant(shop.tenant_id, shop.slug))
        key = (await access.create_key(of_shop, "bench", ["*"])).key
        return await compare(house.engines, of_shop.tenant, key)


async def compare(engines: Engines, tenant: Tenant, key: str) -> bool:
    """The same for a session kept and anew, and for a key."""
    ctx = Context(engines, tenant, ANONYMOUS, "bench")
    token = await enter(ctx)
    place = session_key(ctx, token_hash(token))

    async def session() -> object:
        return await accounts.actor_of_session(Context(engines, tenant, ANONYMOUS, "b"), token)

    async def of_key() -> object:
        return await access.actor_of_key(Context(engines, tenant, ANONYMOUS, "b"), key)

    async def forget() -> object:
        await engines.cache.delete(place)
        return None

    assert await session() is not None
    assert await of_key() is not None
    kept = await median_us(session)
    held = figure("session_kept", kept, "us", MOST_KEPT_US)
    figure("session_anew", await median_us(session, forget), "us")
    figure("key_kept", await median_us(of_key), "us")
    return held


def main() -> int:
    """1 when a figure is short."""
    conditions()
    with tempfile.TemporaryDirectory(prefix="galleria-bench-") as name:
        return 0 if asyncio.run(measure(Path(name))) else 1


if __name__ == "__main__":
    sys.exit(main())
