"""Shoppers who buy one thing after the other over HTTP, whatever happens to the house meanwhile."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from galleria.foundation.ids import new_id
from tests.app.houses import SLUG, Processes
from tests.faces.gateway.door import purchase

SHOPPERS = 6


@dataclass
class Bought:
    """What one shopper knows: the key used, and every definite answer it was given."""

    cart: str
    key: str
    answers: list[dict[str, Any]] = field(default_factory=list)


class Shoppers:
    """People who ask again with the same key when they are unsure."""

    def __init__(self, processes: Processes, seed: int) -> None:
        self._processes = processes
        self._random = random.Random(seed)  # noqa: S311 - which goods, not a secret
        self._is_open = True
        self.bought: list[Bought] = []

    @property
    def accepted(self) -> int:
        """How many orders somebody was told of."""
        return sum(bool(each.answers) for each in self.bought)

    def have_bought(self, more: int) -> Callable[[], Awaitable[bool]]:
        """True, when asked, once so many more orders than now were accepted."""
        wanted = self.accepted + more

        async def have() -> bool:
            return self.accepted >= wanted

        return have

    async def shop_on(self) -> None:
        """Buy until told to stop; what was begun is brought to its end."""
        async with self.client() as client:
            while self._is_open:
                variant_id = self._random.choice(self._processes.prepared.variant_ids)
                lines = [{"variant_id": variant_id, "quantity": 1}]
                cart = await insist(client, "/store/v1/carts", {"lines": lines}, {})
                bought = Bought(cart["token"], str(new_id()))
                self.bought.append(bought)
                for _ in range(2):  # once more when all is well: the answer stays the same
                    bought.answers.append(await self.ask_for(client, bought))

    async def ask_for(self, client: httpx.AsyncClient, bought: Bought) -> dict[str, Any]:
        """The order of this purchase, whether it was made before or not."""
        path, headers = f"/store/v1/carts/{bought.cart}/checkout", {"Idempotency-Key": bought.key}
        return await insist(client, path, purchase(), headers)

    def client(self) -> httpx.AsyncClient:
        """A client on the house's port, in the small shop."""
        return httpx.AsyncClient(
            base_url=self._processes.base_url, headers={"X-Galleria-Shop": SLUG}, timeout=20
        )

    def go_home(self) -> None:
        """Nobody begins anything new."""
        self._is_open = False


async def insist(
    client: httpx.AsyncClient, path: str, body: object, headers: dict[str, str]
) -> dict[str, Any]:
    """The first answer that is one: not a dead connection, nor that it is not available now."""
    while True:
        try:
            answer = await client.post(path, json=body, headers=headers)
        except httpx.TransportError:
            await asyncio.sleep(0.1)
            continue
        said = answer.json()
        if answer.status_code in (200, 201):
            return dict(said)
        assert answer.status_code in (202, 503), answer.text
        await asyncio.sleep(0.1)


@asynccontextmanager
async def traffic(processes: Processes, seed: int = 1) -> AsyncIterator[Shoppers]:
    """Shoppers are buying all the while; at the end each has brought theirs to an end."""
    shoppers = Shoppers(processes, seed)
    async with asyncio.TaskGroup() as group:
        for _ in range(SHOPPERS):
            group.create_task(shoppers.shop_on())
        try:
            yield shoppers
        finally:
            shoppers.go_home()
