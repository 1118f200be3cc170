"""Remembers the answer to a write that a client may repeat, in the commit of the write itself."""

from datetime import timedelta

import msgspec

from galleria.engines.sql.transaction import Transaction
from galleria.foundation.errors import Conflict

KEPT_FOR_HOURS = 24
# No request lasts so long: what has no answer by then was cut off.
ANSWERED_WITHIN = timedelta(minutes=2)


class IdempotencyConflict(Conflict):
    code = "idempotency_key_reused"
    title = "The idempotency key was used for another request"


class IdempotencyInProgress(Conflict):
    code = "idempotency_in_progress"
    title = "The first request with this idempotency key has not finished"


class IdempotencyAnswerLost(Conflict):
    """It was done, and the process died before its answer was kept."""

    code = "idempotency_answer_lost"
    title = "This request was carried out, but its answer is lost"


class Answer(msgspec.Struct, frozen=True):
    """What the first request was answered: HTTP status and body."""

    status: int
    body: bytes


async def claim(tx: Transaction, scope: str, key: str, fingerprint: bytes) -> Answer | None:
    """None when the key is now this request's; the kept answer when an equal one came before.

    A concurrent first request makes this one wait for its commit.

    Args:
        tx: the transaction that also writes.
        scope: the operation's name, so one key may serve two operations.
        key: the client's key, at most 255 characters.
        fingerprint: hash of what was asked, so a key cannot be reused for another body.

    Raises:
        IdempotencyConflict: the key came before with another fingerprint.
        IdempotencyInProgress: it came before and no answer has been kept yet.
        IdempotencyAnswerLost: and none will be.
    """
    taken = await tx.fetch_row(
        "INSERT INTO idempotency.answer (tenant_id, scope, key, fingerprint, created_at)"
        " VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (tenant_id, scope, key) DO UPDATE SET fingerprint = EXCLUDED.fingerprint,"
        "   created_at = EXCLUDED.created_at, status = NULL, body = NULL"
        f"   WHERE answer.created_at < EXCLUDED.created_at - interval '{KEPT_FOR_HOURS} hours'"
        " RETURNING key",
        scope,
        key,
        fingerprint,
        tx.now,
    )
    if taken is not None:
        return None
    row = await tx.fetch_row(
        "SELECT fingerprint, status, body, created_at FROM idempotency.answer"
        " WHERE tenant_id = $1 AND scope = $2 AND key = $3",
        scope,
        key,
    )
    assert row is not None, "the row that stopped the insert is locked by nobody else"
    if row["fingerprint"] != fingerprint:
        raise IdempotencyConflict("use a new Idempotency-Key for a different request")
    if row["status"] is None:
        if tx.now - row["created_at"] > ANSWERED_WITHIN:
            raise IdempotencyAnswerLost("read what you wanted to write; a new key would repeat it")
        raise IdempotencyInProgress(
            "ask again in a moment with the same Idempotency-Key", retry_after_s=1
        )
    return Answer(row["status"], row["body"])


async def keep_answer(tx: Transaction, scope: str, key: str, status: int, body: bytes) -> None:
    """Later requests with this key are answered `status` and `body` for a day."""
    await tx.execute(
        "UPDATE idempotency.answer SET status = $4, body = $5"
        " WHERE tenant_id = $1 AND scope = $2 AND key = $3",
        scope,
        key,
        status,
        body,
    )


async def forget_claim(tx: Transaction, scope: str, key: str) -> None:
    """The key is free again: what it stood for was undone and may be tried anew."""
    await tx.execute(
        "DELETE FROM idempotency.answer WHERE tenant_id = $1 AND scope = $2 AND key = $3",
        scope,
        key,
    )


async def forget_old_answers(tx: Transaction) -> int:
    """Answers older than a day are gone; how many comes back."""
    return await tx.execute(
        "DELETE FROM idempotency.answer WHERE tenant_id = $1"
        f" AND created_at < $2::timestamptz - interval '{KEPT_FOR_HOURS} hours'",
        tx.now,
    )
