"""Receivers of webhooks: real servers on the loopback, which check what they are sent."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec
from standardwebhooks.webhooks import Webhook

from tests.engines.outbound.servers import LocalServer, Received, head, plain, serving

__all__ = ["LocalServer", "Received", "Receiver", "head", "plain", "receiving"]


@dataclass
class Receiver:
    """What a receiver has been sent, and what it answers from now on."""

    server: LocalServer
    statuses: list[int] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    hangs: bool = False

    @property
    def url(self) -> str:
        return f"{self.server.url}/hook"

    @property
    def received(self) -> list[Received]:
        return self.server.received

    def bodies(self) -> list[dict[str, Any]]:
        """The messages, as they came."""
        return [msgspec.json.decode(each.body) for each in self.received]

    def ids(self) -> list[str]:
        """The ids of the messages, as they came."""
        return [each.headers["webhook-id"] for each in self.received]


def verified(received: Received, secret: str) -> dict[str, Any]:
    """The message, when the library of Standard Webhooks finds it signed with the secret."""
    verify: Callable[..., Any] = Webhook(secret).verify
    message: dict[str, Any] = verify(received.body, received.headers)
    return message


@asynccontextmanager
async def receiving(status: int = 200) -> AsyncIterator[Receiver]:
    """A receiver that answers the statuses it is given in turn, then `status` for ever."""
    holder: list[Receiver] = []

    async def answer(_: Received, writer: asyncio.StreamWriter) -> None:
        receiver = holder[0]
        if receiver.hangs:
            await asyncio.sleep(3600)
        code = receiver.statuses.pop(0) if receiver.statuses else status
        writer.write(head(code, 2, **receiver.headers) + b"ok")
        await writer.drain()

    async with serving(answer) as server:
        holder.append(Receiver(server))
        yield holder[0]
