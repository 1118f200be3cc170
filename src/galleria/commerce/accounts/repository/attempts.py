"""SQL of attempts: fixed windows, counted in rows so that all processes agree."""

from datetime import datetime, timedelta

from galleria.engines.sql import Transaction
from galleria.platform.access import Charge

# Counting stops mattering far below; an int4 must not overflow under a long attack.
_MOST = 1_000_000


async def count_attempt(tx: Transaction, charge: Charge) -> tuple[int, datetime]:
    """One attempt more; how many the running window has seen, and when it ends."""
    row = await tx.fetch_row(
        "INSERT INTO accounts.attempt AS a (tenant_id, subject, attempts, window_ends_at)"
        " VALUES ($1, $2, 1, $4) ON CONFLICT (tenant_id, subject) DO UPDATE SET"
        " attempts = CASE WHEN a.window_ends_at <= $3 THEN 1"
        f" ELSE least(a.attempts + 1, {_MOST}) END,"
        " window_ends_at = CASE WHEN a.window_ends_at <= $3 THEN EXCLUDED.window_ends_at"
        " ELSE a.window_ends_at END"
        " RETURNING attempts, window_ends_at",
        charge.subject,
        tx.now,
        tx.now + timedelta(seconds=charge.limit.window_s),
    )
    assert row is not None, "an upsert returns its row"
    return row["attempts"], row["window_ends_at"]


async def forgive(tx: Transaction, right: list[str], shared: list[str]) -> None:
    """It was the right person: `right` subjects start anew, `shared` ones get one attempt back."""
    await tx.execute(
        "UPDATE accounts.attempt SET attempts = attempts - 1"
        " WHERE tenant_id = $1 AND subject = ANY ($2::text[]) AND attempts > 0",
        shared,
    )
    await tx.execute(
        "DELETE FROM accounts.attempt WHERE tenant_id = $1 AND subject = ANY ($2::text[])", right
    )


async def forget_ended(tx: Transaction) -> int:
    """Windows that are over are gone; how many comes back."""
    return await tx.execute(
        "DELETE FROM accounts.attempt WHERE tenant_id = $1 AND window_ends_at <= $2", tx.now
    )
