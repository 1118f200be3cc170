"""Acts that a shopper's client may repeat: done once for an `Idempotency-Key`."""

import hashlib
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import msgspec

from galleria.commerce.accounts.service.acting import shopper_of
from galleria.engines.context import Context
from galleria.engines.sql import claim, keep_answer
from galleria.foundation.errors import InvalidInput

T = TypeVar("T")
LONGEST_KEY = 255


async def once(
    ctx: Context,
    act: tuple[str, str | None],
    asked: Any,
    kind: type[T],
    do: Callable[[], Awaitable[T]],
) -> T:
    """What `do` answers, or answered before to the same shopper's request with the same key.

    Args:
        ctx: of a shopper; what `do` writes in it is kept with the answer.
        act: the operation's name and the client's key; without a key it is done each time.
        asked: what was asked, so that a key is not used for another request.
        kind: the type of the answer.
        do: does it, in the transaction opened here.

    Raises:
        IdempotencyConflict, IdempotencyInProgress: see `engines.sql`.
        InvalidInput: the key is too long or no printable ASCII.
    """
    name, key = act
    if key is None:
        return await do()
    if not 0 < len(key) <= LONGEST_KEY or not (key.isascii() and key.isprintable()):
        raise InvalidInput(f"an Idempotency-Key has 1 to {LONGEST_KEY} printable ASCII characters")
    # One shopper's key says nothing to another.
    scope = f"{name}:{shopper_of(ctx)}"
    fingerprint = hashlib.sha256(msgspec.json.encode(asked)).digest()
    async with ctx.transaction() as tx:
        kept = await claim(tx, scope, key, fingerprint)
        if kept is not None:
            return msgspec.json.decode(kept.body, type=kind)
        answer = await do()
        await keep_answer(tx, scope, key, 201, msgspec.json.encode(answer))
    return answer
