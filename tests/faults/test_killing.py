"""kill -9 of server, worker and database in turn, under orders and an import: nothing is lost.

Three rounds by default, one victim each; GALLERIA_FAULT_ROUNDS=20 is the long form. The moment of
each death is drawn from GALLERIA_FAULT_SEED.
"""

import asyncio
import os
import random
from pathlib import Path
from typing import Any, get_args

import httpx
import msgspec

from galleria.bindings import all_subscriptions
from galleria.engines.event_log import measure_lag
from galleria.engines.mail import Sender
from galleria.engines.mail.outbox import OutboxMail
from galleria.engines.sql import Database
from galleria.faces.gateway import SUBSCRIPTIONS
from galleria.foundation.clock import SystemClock
from tests.app.houses import (
    SLUG,
    STOCK,
    Name,
    Prepared,
    Processes,
    looking_into,
    prepared_house,
    running,
    until,
)
from tests.app.shopping import Bought, traffic

ROUNDS = int(os.environ.get("GALLERIA_FAULT_ROUNDS", "3"))
SEED = int(os.environ.get("GALLERIA_FAULT_SEED", "20261121"))
VICTIMS: tuple[Name, ...] = ("worker", "server", "database")
LEAST_ORDERS = 5  # so that each death comes in the middle of traffic
# A stalled import is taken up after some forty seconds: only the long form has that time. What a
# kill does to an import alone is shown by tests/commerce/imports.
PRODUCTS = 12_000 if ROUNDS > 3 else 0
PATIENCE_S = 90.0


async def test_nothing_is_lost_and_nobody_pays_twice_whatever_is_killed(tmp_path: Path) -> None:
    prepared = await prepared_house(tmp_path / "house")
    luck = random.Random(SEED)  # noqa: S311 - when to die
    async with running(prepared, *get_args(Name)) as processes:
        async with traffic(processes, SEED) as shoppers:
            run_id = await send_import(processes) if PRODUCTS else None
            for number in range(ROUNDS):
                await until(shoppers.have_bought(LEAST_ORDERS), "orders arrive", PATIENCE_S)
                await asyncio.sleep(luck.uniform(0, 0.4))
                victim = VICTIMS[number % len(VICTIMS)]
                await processes.kill(victim)
                await asyncio.sleep(luck.uniform(0, 0.3))
                await processes.start(victim)
            await until(shoppers.have_bought(LEAST_ORDERS), "orders arrive again", PATIENCE_S)
        async with looking_into(processes) as database:
            await until(lambda: is_quiet(database), "every event is handled", PATIENCE_S)
            await check_orders(database, prepared, shoppers.bought)
            await check_events(database, prepared)
            await check_letters(prepared, shoppers.bought)
            await check_window(processes, database, prepared, len(shoppers.bought))
            if run_id is not None:
                await check_import(processes, run_id)


async def inside(database: Database, prepared: Prepared, sql: str) -> list[dict[str, Any]]:
    """Rows of the shop, read as the owner of the tables."""
    owner = await database.connect_owner()
    try:
        return [dict(row) for row in await owner.fetch(sql, prepared.tenant_id)]
    finally:
        await owner.close()


async def check_orders(database: Database, prepared: Prepared, bought: list[Bought]) -> None:
    """Each purchase is one order, the same at every asking, paid once and to the cent."""
    for each in bought:
        assert {answer["order_id"] for answer in each.answers} == {each.answers[0]["order_id"]}
        assert {answer["status"] for answer in each.answers} == {"placed"}
        assert {answer["number"] for answer in each.answers} == {each.answers[0]["number"]}
    accepted = {each.answers[0]["order_id"]: each.answers[0] for each in bought}
    assert len(accepted) == len(bought) > ROUNDS * LEAST_ORDERS
    rows = await inside(
        database,
        prepared,
        'SELECT order_id::text, number::text, status, payment_status FROM orders."order"'
        " WHERE tenant_id = $1",
    )
    assert {row["order_id"] for row in rows} == set(accepted), "none lost, none too many"
    assert {(row["status"], row["payment_status"]) for row in rows} == {("placed", "captured")}
    numbers = sorted(int(row["number"]) for row in rows)
    assert numbers == list(range(1001, 1001 + len(rows))), "no number is lost or given twice"
    charges = await inside(
        database,
        prepared,
        "SELECT p.order_ref::text AS order_id, count(*) AS charges, sum(c.amount_minor) AS minor"
        " FROM payments.test_charge c"
        " JOIN payments.payment_attempt a USING (tenant_id, attempt_id)"
        " JOIN payments.payment p USING (tenant_id, payment_id)"
        " WHERE tenant_id = $1 AND c.is_approved GROUP BY 1",
    )
    assert {row["order_id"] for row in charges} == set(accepted)
    for row in charges:
        total = accepted[row["order_id"]]["total"]["amount_minor"]
        assert (row["charges"], row["minor"]) == (1, total), row
    books = await inside(
        database, prepared, "SELECT count(*) AS n FROM payments.test_charge WHERE tenant_id = $1"
    )
    assert books == [{"n": len(rows)}], "the bank knows of no other charge"


async def is_quiet(database: Database) -> bool:
    """Nothing waits: no event, no parked one, no job."""
    lag = await measure_lag(database, SystemClock().now())
    async with database.relay() as connection:
        waiting = await connection.fetchval("SELECT count(*) FROM jobs.pgqueuer")
    return (lag.lag_s, lag.parked, lag.dead, waiting) == (0.0, 0, 0, 0)


async def check_events(database: Database, prepared: Prepared) -> None:
    """Every order has told of itself once, and each handler has come past all it listens to."""
    told = await inside(
        database,
        prepared,
        "SELECT subject_id, count(*) AS times FROM event_log.outbox"
        " WHERE tenant_id = $1 AND tag = 'orders.order_placed.v1' GROUP BY 1",
    )
    placed = await inside(
        database, prepared, 'SELECT order_id::text FROM orders."order" WHERE tenant_id = $1'
    )
    assert {row["subject_id"]: row["times"] for row in told} == {
        row["order_id"]: 1 for row in placed
    }
    last = await inside(
        database,
        prepared,
        "SELECT tag, array_agg(ROW(log_epoch, xact_id, sequence)::text) AS places"
        " FROM event_log.outbox WHERE tenant_id = $1 GROUP BY tag",
    )
    ends = {row["tag"]: max(place_of(text) for text in row["places"]) for row in last}
    come_to: dict[str, tuple[int, ...]] = {}
    # A handler that is new begins where the log was when it was registered.
    for row in await inside(
        database,
        prepared,
        "SELECT handler, log_epoch, xact_id, sequence FROM event_log.handler"
        " UNION ALL SELECT handler, log_epoch, xact_id, sequence FROM event_log.position"
        " WHERE tenant_id = $1",
    ):
        place = (row["log_epoch"], row["xact_id"], row["sequence"])
        come_to[row["handler"]] = max(place, come_to.get(row["handler"], place))
    behind = [
        (subscription.handler, tag)
        for subscription in [*all_subscriptions(), *SUBSCRIPTIONS]
        for tag in tags_of(subscription.tag)
        if tag in ends and come_to[subscription.handler] < ends[tag]
    ]
    assert behind == []


def place_of(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.strip("()").split(","))


def tags_of(tag: str | tuple[str, ...]) -> tuple[str, ...]:
    return (tag,) if isinstance(tag, str) else tag


async def check_letters(prepared: Prepared, bought: list[Bought]) -> None:
    """Every order has been confirmed by a letter."""
    outbox = OutboxMail(prepared.folder / "mail", Sender("shop@galleria.localhost"))
    letters = await outbox.letters(prepared.tenant_id, 100_000)
    wanted = sorted(each.answers[0]["order_id"] for each in bought)
    assert sorted(str(letter.mail_id) for letter in letters) == wanted[-1000:]


async def check_window(
    processes: Processes, database: Database, prepared: Prepared, sold: int
) -> None:
    """What is left on the shelf is what was there less what was sold; the window shows it."""
    (stock,) = await inside(
        database,
        prepared,
        "SELECT sum(on_hand) AS on_hand, sum(reserved) AS reserved FROM inventory.stock"
        " JOIN catalog.variant USING (tenant_id, variant_id)"
        " WHERE tenant_id = $1 AND sku LIKE 'mug-_-b'",
    )
    assert stock == {"on_hand": 5 * STOCK - sold, "reserved": 0}
    async with httpx.AsyncClient(headers={"X-Galleria-Shop": SLUG}) as client:
        found = await client.get(f"{processes.base_url}/store/v1/search?q=stoneware")
        assert found.json()["total"] == 5


async def send_import(processes: Processes) -> str:
    """A product file is on its way in."""
    lines = (
        {"id": f"p{at}", "title": f"Bowl {at}", "sku": f"bowl-{at}", "price_minor": 1000 + at}
        for at in range(PRODUCTS)
    )
    content = b"".join(msgspec.json.encode(line) + b"\n" for line in lines)
    headers = {"Authorization": f"Bearer {processes.prepared.key}"}
    async with httpx.AsyncClient(
        base_url=processes.base_url, headers=headers, timeout=60
    ) as client:
        sent = await client.post("/admin/v1/imports/files?name=bowls.jsonl", content=content)
        assert sent.status_code == 201, sent.text
        wanted = {"file_id": sent.json()["file_id"], "publish": True}
        run = await client.post("/admin/v1/imports", json=wanted)
        assert run.status_code == 202, run.text
        return str(run.json()["run_id"])


async def check_import(processes: Processes, run_id: str) -> None:
    """The import has come to the end it would have had: each product once, at its price."""
    headers = {"Authorization": f"Bearer {processes.prepared.key}"}
    async with httpx.AsyncClient(
        base_url=processes.base_url, headers=headers, timeout=60
    ) as client:
        run = (await client.get(f"/admin/v1/imports/{run_id}")).json()
        assert run["state"] == "done", run
        assert run["created_count"] == PRODUCTS
        assert (run["changed_count"], run["refused_count"], run["problem_count"]) == (0, 0, 0)
        counts = (await client.get("/admin/v1/products/counts")).json()
        assert counts["active"] == PRODUCTS + 5, counts
        for at in (0, PRODUCTS // 2, PRODUCTS - 1):
            shown = (await client.get(f"/store/v1/search?q=bowl {at}")).json()
            prices = {
                item["title"]: item["price_range"]["min"]["amount_minor"] for item in shown["items"]
            }
            assert prices[f"Bowl {at}"] == 1000 + at
