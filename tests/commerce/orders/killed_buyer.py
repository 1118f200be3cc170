"""Buyers that die of SIGKILL in the middle of a checkout, each a little later than the one before.

Run as a program: reads `Plan` as JSON from standard input and answers how many of its buyers died.
Every buyer is a forked process of its own; the moment of its death is counted in function calls
(and resumptions of coroutines) of the product, so the deaths spread evenly over the whole way.
"""

import asyncio
import dataclasses
import os
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import msgspec

from galleria.commerce import orders
from galleria.engines.context import ANONYMOUS, Context, Engines, Tenant
from galleria.engines.secrets import Secrets
from galleria.engines.sql import Access, Cells, Database
from galleria.engines.sql.launcher import Address
from galleria.foundation.clock import SystemClock
from tests.commerce.orders.buying import wanted

OURS = f"{os.sep}galleria{os.sep}"


class Plan(msgspec.Struct):
    """Where to buy, and the carts, the first of which is bought without harm to count the way."""

    host: str
    port: int | None
    database: str
    passwords: dict[str, str]
    secret: str
    tenant_id: int
    carts: list[str]
    key: str


async def buy(plan: Plan, cart: str) -> None:
    """The cart is bought by a process that has nothing open but a database."""
    address = Address(plan.host, plan.port, plan.database)  # type: ignore[arg-type]
    database = await Database.open(Access(address, plan.passwords), app_size=2, relay_size=1)
    cells = Cells({1: database})
    known: dict[str, Any] = {
        "sql": cells,
        "secrets": Secrets(cells, plan.secret.encode()),
        "clock": SystemClock(),
    }
    others: dict[str, Any] = dict.fromkeys(each.name for each in dataclasses.fields(Engines))
    engines = Engines(**others | known)
    ctx = Context(engines, Tenant(plan.tenant_id, "shop"), ANONYMOUS, request_id="killed")
    watch = calls_until(DEATH) if DEATH else count_calls
    sys.setprofile(watch)
    await orders.check_out(ctx, cart, wanted(), plan.key)
    sys.setprofile(None)
    await database.close()


DEATH = 0
CALLS = 0


def count_calls(frame: FrameType, event: str, argument: Any) -> None:
    """One more call of the product's own code."""
    global CALLS  # noqa: PLW0603 - a profile hook has no other place to count
    if event == "call" and OURS in frame.f_code.co_filename:
        CALLS += 1


def calls_until(last: int) -> Callable[[FrameType, str, Any], None]:
    """A profile hook that kills this process at the product's call number `last`."""

    def watch(frame: FrameType, event: str, argument: Any) -> None:
        count_calls(frame, event, argument)
        if last <= CALLS:
            os.kill(os.getpid(), signal.SIGKILL)

    return watch


def in_a_process_of_its_own(plan: Plan, cart: str, death: int) -> tuple[bool, int]:
    """Whether the buyer died, and how many calls it made when it did not."""
    global DEATH  # noqa: PLW0603 - set before the fork, read after it
    DEATH = death
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        asyncio.run(buy(plan, cart))
        os.write(writer, str(CALLS).encode())
        os._exit(0)
    os.close(writer)
    _, status = os.waitpid(child, 0)
    told = os.read(reader, 100)
    os.close(reader)
    return os.WIFSIGNALED(status), int(told or 0)


def main() -> None:
    """Buy and die as planned."""
    plan = msgspec.json.decode(sys.stdin.buffer.read(), type=Plan)
    died, calls = in_a_process_of_its_own(plan, plan.carts[0], 0)
    assert not died and calls, "the first buyer lives"
    victims = plan.carts[1:]
    deaths = [
        in_a_process_of_its_own(plan, cart, 1 + calls * number // len(victims))[0]
        for number, cart in enumerate(victims)
    ]
    print(sum(deaths))


if __name__ == "__main__":
    main()
