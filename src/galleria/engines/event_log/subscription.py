"""What a room wants to hear: one tag, the fields it reads, and what it does with them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from galleria.engines.context import Context
from galleria.engines.sql.transaction import Transaction
from galleria.foundation.events import Envelope

PayloadT = TypeVar("PayloadT")

Handle = Callable[[Context, Transaction, list[Envelope[PayloadT]]], Awaitable[None]]
Watch = Callable[[Context, list[Envelope[PayloadT]]], Awaitable[None]]


@dataclass(frozen=True)
class Subscription(Generic[PayloadT]):
    """One handler of one tag, or of several that it takes in one order.

    `handle` is called with at most 500 events of one tenant in the order of the log, inside the
    transaction that moves the handler's position. Delivery is at least once. `at_once` lowers the
    500 for handlers whose events each stand for much work.

    `watch` instead of it is for what is kept outside the database, as the search index is. It is
    called before that transaction: nobody can read the log beyond an open one, so a second's wait
    in it would be everybody's.
    """

    handler: str
    tag: str | tuple[str, ...]
    payload: type[PayloadT]
    handle: Handle[PayloadT] | None = None
    at_once: int = 500
    watch: Watch[PayloadT] | None = None

    def __post_init__(self) -> None:
        assert (self.handle is None) != (self.watch is None), "it either handles or watches"

    @property
    def tags(self) -> tuple[str, ...]:
        """All it listens to. Fields that only some of them have are optional in `payload`."""
        return (self.tag,) if isinstance(self.tag, str) else self.tag


AnySubscription = Subscription[Any]
