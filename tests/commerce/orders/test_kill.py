"""kill -9 between any two steps of a checkout charges nobody twice and loses no order."""

import asyncio
import subprocess
import sys
from pathlib import Path

import msgspec

from galleria.commerce import carts, orders, payments
from galleria.engines.context import Context
from galleria.engines.sql import Access
from tests.commerce.carts.shop import cart_with, on_hand, sell
from tests.commerce.orders.buying import SHIPPING, hear, wanted
from tests.commerce.orders.killed_buyer import Plan
from tests.commerce.payments.books import charged_minor
from tests.conftest import SECRET
from tests.platform.conftest import later

VICTIMS = 60
KEY = "the same key before and after"
ROOT = Path(__file__).parents[3]


async def let_them_die(shop: Context, access: Access, tokens: list[str]) -> None:
    address = access.address
    plan = Plan(
        host=str(address.host),
        port=address.port,
        database=address.database,
        passwords=access.passwords,
        secret=SECRET.decode(),
        tenant_id=shop.tenant.tenant_id,
        carts=tokens,
        key=KEY,
    )
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "tests.commerce.orders.killed_buyer"],
        input=msgspec.json.encode(plan),
        capture_output=True,
        check=False,
        cwd=ROOT,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert int(done.stdout) >= VICTIMS - 2, "nearly all of them died before their answer came"


async def phase_of(shop: Context, token: str) -> str:
    """How far the checkout of this cart had come when its process died."""
    row = await shop.read_row(
        """
        SELECT o.status, charge.attempt_id
        FROM carts.cart AS cart
        LEFT JOIN orders."order" AS o
            ON o.tenant_id = $1 AND o.cart_id = cart.cart_id
        LEFT JOIN payments.payment_attempt AS attempt
            ON attempt.tenant_id = $1 AND attempt.payment_id = o.payment_id
        LEFT JOIN payments.test_charge AS charge
            ON charge.tenant_id = $1 AND charge.attempt_id = attempt.attempt_id
        WHERE cart.tenant_id = $1 AND cart.token_hash = sha256($2::bytea)
        """,
        token.encode(),
    )
    assert row is not None
    if row["status"] is None:
        return "nothing written"
    if row["status"] == "placed":
        return "placed"
    return "charged" if row["attempt_id"] else "accepted"


async def test_a_checkout_killed_anywhere_is_healed_by_retry_or_schedule(
    shop: Context, access: Access
) -> None:
    variant_id = await sell(shop, 1000, on_hand=500)
    tokens = [await cart_with(shop, (variant_id, 1)) for _ in range(VICTIMS + 1)]
    await let_them_die(shop, access, tokens)
    phases = [await phase_of(shop, token) for token in tokens]
    assert set(phases) == {"nothing written", "accepted", "charged", "placed"}

    # Every second shopper tries again; the rest never come back, and the schedule sees to them.
    patient = tokens[::2]
    now = later(shop, minutes=5)
    answers = [await orders.check_out(now, token, wanted(), KEY) for token in patient]
    assert {answer.status for answer in answers} == {"placed"}
    await payments.settle_due(later(shop, minutes=10))
    await hear(shop)

    page = await orders.list_orders(shop, orders.OrderFilter(), limit=100)
    assert {each.status for each in page.items} == {"placed"}
    gone = zip(tokens[1::2], phases[1::2], strict=True)
    charged_at_death = sum(phase in ("charged", "placed") for _, phase in gone)
    assert len(page.items) == len(patient) + charged_at_death
    numbers = sorted(int(each.number or 0) for each in page.items)
    assert numbers == list(range(1001, 1001 + len(numbers))), "no number is lost or given twice"
    assert await charged_minor(shop) == len(page.items) * (1000 + SHIPPING)
    assert await on_hand(shop, variant_id) == 500 - len(page.items)
    for token, phase in zip(tokens[1::2], phases[1::2], strict=True):
        status = (await carts.get_cart(shop, token)).cart.status
        assert status == ("ordered" if phase in ("charged", "placed") else "open")
