"""What a room wants to hear: one tag, the fields it reads, and what it does with them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from galleria.engines.context import Context
from galleria.engines.sql.transaction import Transaction
from galleria.foundation.events import Envelope

PayloadT = TypeVar("PayloadT")

Handle = Callable[[Context, Transaction, list[Envelope[PayloadT]]], Awaitable[None]]


@dataclass(frozen=True)
class Subscription(Generic[PayloadT]):
    """One handler of one tag, or of several that it takes in one order.

    `handle` is called with at most 500 events of one tenant in the order of the log, inside the
    transaction that moves the handler's position. Delivery is at least once. `at_once` lowers the
    500 for handlers whose events each stand for much work.
    """

    handler: str
    tag: str | tuple[str, ...]
    payload: type[PayloadT]
    handle: Handle[PayloadT]
    at_once: int = 500

    @property
    def tags(self) -> tuple[str, ...]:
        """All it listens to. Fields that only some of them have are optional in `payload`."""
        return (self.tag,) if isinstance(self.tag, str) else self.tag


AnySubscription = Subscription[Any]
