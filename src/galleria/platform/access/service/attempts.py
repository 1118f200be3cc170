"""Counting attempts before anything is checked, and giving back those that were right."""

from collections.abc import Sequence

from galleria.engines.context import Context
from galleria.engines.sql import Transaction
from galleria.platform.access.errors import TooManyAttempts
from galleria.platform.access.model.attempts import Charge
from galleria.platform.access.repository import attempts as repository


async def charge(ctx: Context, charges: Sequence[Charge]) -> None:
    """Each subject has one attempt more, in a commit of its own; the first full one stops it.

    Counted first and checked afterwards, so that a hundred attempts at once are a hundred.
    Subjects after the full one are not counted: who is stopped by address locks nobody out by
    e-mail.

    Raises:
        TooManyAttempts: `retry_after_s` says when the window ends.
    """
    stopped_for_s: int | None = None
    async with ctx.transaction() as tx:
        for each in charges:
            count, window_ends_at = await repository.count_attempt(tx, each)
            if count > each.limit.attempts:
                stopped_for_s = int((window_ends_at - ctx.now).total_seconds()) + 1
                break
    if stopped_for_s is not None:
        raise TooManyAttempts("try again later", retry_after_s=stopped_for_s)


async def forgive(tx: Transaction, right: Sequence[Charge], shared: Sequence[Charge]) -> None:
    """It was the right person: `right` subjects start anew, `shared` ones get this attempt back."""
    # Addresses before e-mails, as `charge` is called: rows locked in one order never deadlock.
    for each in shared:
        await repository.give_back(tx, each.subject)
    for each in right:
        await repository.forget_subject(tx, each.subject)
