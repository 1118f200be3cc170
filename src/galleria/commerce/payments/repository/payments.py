"""Payments, their attempts, refunds and callbacks."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from galleria.commerce.payments.model import (
    Attempt,
    AttemptState,
    Outcome,
    Payment,
    PaymentState,
    Refund,
    RefundState,
)
from galleria.engines.sql import Reader, Record, Transaction
from galleria.foundation.money import Money

_PAYMENT = """p.payment_id, p.order_ref, p.gateway, p.state, p.currency, p.amount_minor,
    p.captured_minor, p.refunding_minor, p.refunded_minor, p.created_at, p.updated_at"""
_ATTEMPT = """a.attempt_id, a.payment_id, p.order_ref, p.gateway, p.currency, p.amount_minor,
    a.state, a.call_until, a.asked_count"""
_REFUND = """r.refund_id, r.payment_id, a.attempt_id, p.order_ref, p.gateway, r.currency,
    r.amount_minor, r.state, r.asked_count"""
_REFUND_FROM = """payments.refund AS r
    JOIN payments.payment AS p USING (tenant_id, payment_id)
    JOIN payments.payment_attempt AS a ON a.tenant_id = p.tenant_id
        AND a.payment_id = p.payment_id AND a.state = 'approved'"""


async def insert_payment(tx: Transaction, attempt: Attempt) -> None:
    """A payment and its first attempt are kept, by one statement."""
    await tx.execute(
        """
        WITH payment AS (
            INSERT INTO payments.payment (tenant_id, payment_id, order_ref, gateway, currency,
                amount_minor, state, created_at, updated_at)
            VALUES ($1, $2, $3, $4, $5, $6, 'created', $9, $9)
        )
        INSERT INTO payments.payment_attempt
            (tenant_id, attempt_id, payment_id, state, call_until, started_at)
        VALUES ($1, $7, $2, 'started', $8, $9)
        """,
        attempt.payment_id,
        attempt.order_ref,
        attempt.gateway,
        attempt.amount.currency,
        attempt.amount.amount_minor,
        attempt.attempt_id,
        attempt.call_until,
        tx.now,
    )


async def settle_attempt(  # one statement, since every checkout makes it
    tx: Transaction,
    attempt_id: UUID,
    outcome: Outcome,
    states: tuple[AttemptState, PaymentState],
    open_states: Sequence[AttemptState],
) -> Payment | None:
    """The payment after an attempt took a new state; None when it was in none of `open_states`.

    Both rows are locked until the commit. `states`: the attempt's new state and the payment's.
    """
    row = await tx.fetch_row(
        f"""
        WITH attempt AS (
            UPDATE payments.payment_attempt
            SET state = $3, gateway_reference = coalesce($5, gateway_reference),
                decline_code = $6, settled_at = $7
            WHERE tenant_id = $1 AND attempt_id = $2 AND state = ANY($8::text[])
            RETURNING payment_id
        )
        UPDATE payments.payment AS p
        SET state = $4, updated_at = $7,
            captured_minor = CASE WHEN $4 = 'captured' THEN amount_minor ELSE 0 END
        FROM attempt
        WHERE p.tenant_id = $1 AND p.payment_id = attempt.payment_id
        RETURNING {_PAYMENT}
        """,
        attempt_id,
        states[0],
        states[1],
        outcome.gateway_reference,
        outcome.code,
        tx.now,
        list(open_states),
    )
    return None if row is None else _payment(row)


async def extend_call(
    tx: Transaction, payment_id: UUID, call_until: datetime, open_states: Sequence[AttemptState]
) -> Attempt | None:
    """The payment's unsettled attempt, its call allowed until `call_until`; None when settled."""
    row = await tx.fetch_row(
        f"""
        UPDATE payments.payment_attempt AS a
        SET call_until = greatest(a.call_until, $3)
        FROM payments.payment AS p
        WHERE a.tenant_id = $1 AND a.payment_id = $2 AND a.state = ANY($4::text[])
          AND p.tenant_id = $1 AND p.payment_id = $2
        RETURNING {_ATTEMPT}
        """,
        payment_id,
        call_until,
        list(open_states),
    )
    return None if row is None else _attempt(row)


async def due_attempts(reader: Reader, now: datetime, limit: int) -> list[Attempt]:
    """Unsettled attempts whose call cannot be under way any more, the longest waiting first."""
    rows = await reader.read(
        f"""
        SELECT {_ATTEMPT}
        FROM payments.payment_attempt AS a
        JOIN payments.payment AS p USING (tenant_id, payment_id)
        WHERE a.tenant_id = $1 AND a.call_until <= $2
          AND a.state IN ('started', 'pending', 'unknown')
        ORDER BY a.call_until LIMIT $3
        """,
        now,
        limit,
    )
    return [_attempt(row) for row in rows]


async def claim_attempt(tx: Transaction, attempt: Attempt, call_until: datetime) -> bool:
    """True when nobody touched the attempt since it was read; it is now left alone for a while."""
    touched = await tx.execute(
        """
        UPDATE payments.payment_attempt
        SET call_until = $4, asked_count = asked_count + 1
        WHERE tenant_id = $1 AND attempt_id = $2 AND call_until = $3
          AND state IN ('started', 'pending', 'unknown')
        """,
        attempt.attempt_id,
        attempt.call_until,
        call_until,
    )
    return touched == 1


async def attempt(reader: Reader, attempt_id: UUID) -> Attempt | None:
    """The attempt, None when there is no such."""
    row = await reader.read_row(
        f"""
        SELECT {_ATTEMPT}
        FROM payments.payment_attempt AS a
        JOIN payments.payment AS p USING (tenant_id, payment_id)
        WHERE a.tenant_id = $1 AND a.attempt_id = $2
        """,
        attempt_id,
    )
    return None if row is None else _attempt(row)


async def payment(reader: Reader, payment_id: UUID) -> Payment | None:
    """The payment, None when there is no such."""
    row = await reader.read_row(
        f"SELECT {_PAYMENT} FROM payments.payment AS p WHERE tenant_id = $1 AND payment_id = $2",
        payment_id,
    )
    return None if row is None else _payment(row)


async def lock_payment(tx: Transaction, payment_id: UUID) -> Payment | None:
    """The payment, locked until the commit."""
    row = await tx.fetch_row(
        f"SELECT {_PAYMENT} FROM payments.payment AS p"
        " WHERE tenant_id = $1 AND payment_id = $2 FOR UPDATE",
        payment_id,
    )
    return None if row is None else _payment(row)


async def insert_refund(
    tx: Transaction, refund_id: UUID, payment_id: UUID, amount: Money, reason: str, until: datetime
) -> None:
    """A refund is under way and its amount is set aside from the payment's rest."""
    await tx.execute(
        """
        WITH payment AS (
            UPDATE payments.payment
            SET refunding_minor = refunding_minor + $5, updated_at = $8
            WHERE tenant_id = $1 AND payment_id = $3
        )
        INSERT INTO payments.refund (tenant_id, refund_id, payment_id, currency, amount_minor,
            state, reason, call_until, requested_at)
        VALUES ($1, $2, $3, $4, $5, 'requested', $6, $7, $8)
        """,
        refund_id,
        payment_id,
        amount.currency,
        amount.amount_minor,
        reason,
        until,
        tx.now,
    )


async def refund(reader: Reader, refund_id: UUID) -> Refund | None:
    """The refund, None when there is no such."""
    row = await reader.read_row(
        f"SELECT {_REFUND} FROM {_REFUND_FROM} WHERE r.tenant_id = $1 AND r.refund_id = $2",
        refund_id,
    )
    return None if row is None else _refund(row)


async def due_refunds(reader: Reader, now: datetime, limit: int) -> list[Refund]:
    """Refunds the gateway has not settled, nobody speaking to it now, longest waiting first."""
    rows = await reader.read(
        f"""
        SELECT {_REFUND} FROM {_REFUND_FROM}
        WHERE r.tenant_id = $1 AND r.state = 'requested' AND r.call_until <= $2
        ORDER BY r.call_until LIMIT $3
        """,
        now,
        limit,
    )
    return [_refund(row) for row in rows]


async def postpone_refund(tx: Transaction, refund_id: UUID, call_until: datetime) -> bool:
    """True when the refund is still under way; it is left alone until then."""
    touched = await tx.execute(
        """
        UPDATE payments.refund SET call_until = $3, asked_count = asked_count + 1
        WHERE tenant_id = $1 AND refund_id = $2 AND state = 'requested'
        """,
        refund_id,
        call_until,
    )
    return touched == 1


async def settle_refund(
    tx: Transaction, refund_id: UUID, state: RefundState, outcome: Outcome
) -> bool:
    """True when the refund was under way and took this state; its amount has moved with it."""
    touched = await tx.execute(
        """
        WITH refund AS (
            UPDATE payments.refund
            SET state = $3, gateway_reference = $4, failure_code = $5, settled_at = $6
            WHERE tenant_id = $1 AND refund_id = $2 AND state = 'requested'
            RETURNING payment_id, amount_minor,
                      CASE WHEN $3 = 'succeeded' THEN amount_minor ELSE 0 END AS back_minor
        )
        UPDATE payments.payment AS p
        SET refunding_minor = p.refunding_minor - refund.amount_minor,
            refunded_minor = p.refunded_minor + refund.back_minor,
            state = CASE WHEN p.refunded_minor + refund.back_minor = 0 THEN 'captured'
                         WHEN p.refunded_minor + refund.back_minor = p.captured_minor
                         THEN 'refunded' ELSE 'partly_refunded' END,
            updated_at = $6
        FROM refund
        WHERE p.tenant_id = $1 AND p.payment_id = refund.payment_id
        """,
        refund_id,
        state,
        outcome.gateway_reference,
        outcome.code,
        tx.now,
    )
    return touched == 1


async def keep_callback(
    tx: Transaction, gateway: str, gateway_event_id: str, attempt_id: UUID
) -> bool:
    """True the first time this event of the gateway comes."""
    touched = await tx.execute(
        """
        INSERT INTO payments.gateway_callback
            (tenant_id, gateway, gateway_event_id, attempt_id, received_at)
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING
        """,
        gateway,
        gateway_event_id,
        attempt_id,
        tx.now,
    )
    return touched == 1


def _payment(row: Record) -> Payment:
    currency = row["currency"]
    return Payment(
        payment_id=row["payment_id"],
        order_ref=row["order_ref"],
        gateway=row["gateway"],
        state=row["state"],
        amount=Money(row["amount_minor"], currency),
        captured=Money(row["captured_minor"], currency),
        refunding=Money(row["refunding_minor"], currency),
        refunded=Money(row["refunded_minor"], currency),
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )


def _attempt(row: Record) -> Attempt:
    return Attempt(
        attempt_id=row["attempt_id"],
        payment_id=row["payment_id"],
        order_ref=row["order_ref"],
        gateway=row["gateway"],
        amount=Money(row["amount_minor"], row["currency"]),
        state=row["state"],
        call_until=row["call_until"],
        asked_count=row["asked_count"],
    )


def _refund(row: Record) -> Refund:
    return Refund(
        refund_id=row["refund_id"],
        payment_id=row["payment_id"],
        attempt_id=row["attempt_id"],
        order_ref=row["order_ref"],
        gateway=row["gateway"],
        amount=Money(row["amount_minor"], row["currency"]),
        state=row["state"],
        asked_count=row["asked_count"],
    )
