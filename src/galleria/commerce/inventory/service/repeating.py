"""Acts that a client may repeat: done once for an `Idempotency-Key`, answered the same again."""

import hashlib
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import msgspec

from galleria.engines.context import Context
from galleria.engines.sql import claim, keep_answer

T = TypeVar("T")
_OK = 200


async def once(
    ctx: Context,
    act: tuple[str, str | None],
    asked: Any,
    kind: type[T],
    do: Callable[[], Awaitable[T]],
) -> T:
    """What `do` answers, or answered before to the same request with the same key.

    Args:
        ctx: who asks; what `do` writes in it is kept with the answer.
        act: the operation's name and the client's key; without a key it is done each time.
        asked: what was asked, so that a key is not used for another request.
        kind: the type of the answer.
        do: does it, in the transaction opened here.

    Raises:
        IdempotencyConflict: the key came before with another request.
        IdempotencyInProgress: the first request with the key has not finished.
    """
    scope, key = act
    if key is None:
        return await do()
    fingerprint = hashlib.sha256(msgspec.json.encode(asked)).digest()
    async with ctx.transaction() as tx:
        kept = await claim(tx, scope, key, fingerprint)
        if kept is not None:
            return msgspec.json.decode(kept.body, type=kind)
        answer = await do()
        await keep_answer(tx, scope, key, _OK, msgspec.json.encode(answer))
    return answer
