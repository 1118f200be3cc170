"""People who follow a link and die of SIGKILL half way, each a little later than the one before.

Run as a program, as `tests.commerce.orders.killed_buyer`, whose counting of calls it uses.
"""

import asyncio
import dataclasses
import os
import sys
from typing import Any

import msgspec

from galleria.commerce import accounts
from galleria.commerce.accounts import Client
from galleria.engines.cache.memory import MemoryCache
from galleria.engines.context import ANONYMOUS, Context, Engines, Tenant
from galleria.engines.secrets import Secrets
from galleria.engines.sql import Access, Cells, Database
from galleria.engines.sql.launcher import Address
from galleria.foundation.clock import SystemClock
from tests.commerce.orders import killed_buyer as dying


class Plan(msgspec.Struct):
    """Where the shop is, and link with cart of each; the first lives, to count the way."""

    host: str
    port: int | None
    database: str
    passwords: dict[str, str]
    secret: str
    tenant_id: int
    links: list[tuple[str, str]]
    password: str


async def follow(plan: Plan, link: str, cart: str, death: int) -> None:
    """The link is followed by a process that has nothing open but a database."""
    address = Address(plan.host, plan.port, plan.database)  # type: ignore[arg-type]
    database = await Database.open(Access(address, plan.passwords), app_size=2, relay_size=1)
    cells = Cells({1: database})
    known: dict[str, Any] = {
        "sql": cells,
        "cache": MemoryCache(),
        "secrets": Secrets(cells, plan.secret.encode()),
        "clock": SystemClock(),
        "room_settings": {},
    }
    others: dict[str, Any] = dict.fromkeys(each.name for each in dataclasses.fields(Engines))
    engines = Engines(**others | known)
    ctx = Context(engines, Tenant(plan.tenant_id, "shop"), ANONYMOUS, request_id="killed")
    sys.setprofile(dying.calls_until(death) if death else dying.count_calls)
    await accounts.follow_link(ctx, link, Client("192.0.2.9"), plan.password, cart)
    sys.setprofile(None)
    await database.close()


def in_a_process_of_its_own(plan: Plan, who: tuple[str, str], death: int) -> tuple[bool, int]:
    """Whether the process died, and how many calls it made when it did not."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        asyncio.run(follow(plan, *who, death))
        os.write(writer, str(dying.CALLS).encode())
        os._exit(0)
    os.close(writer)
    _, status = os.waitpid(child, 0)
    told = os.read(reader, 100)
    os.close(reader)
    return os.WIFSIGNALED(status), int(told or 0)


def main() -> None:
    """Follow and die as planned."""
    plan = msgspec.json.decode(sys.stdin.buffer.read(), type=Plan)
    died, calls = in_a_process_of_its_own(plan, plan.links[0], 0)
    assert not died and calls, "the first one lives"
    victims = plan.links[1:]
    deaths = [
        in_a_process_of_its_own(plan, who, 1 + calls * number // len(victims))[0]
        for number, who in enumerate(victims)
    ]
    print(sum(deaths))


if __name__ == "__main__":
    main()
