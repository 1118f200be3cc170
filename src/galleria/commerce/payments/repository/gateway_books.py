"""The test gateway's books: every charge and refund it ever made, however often it was asked."""

from uuid import UUID

from galleria.commerce.payments.ports import BookedCharge, RefundRequest
from galleria.engines.context import Context
from galleria.engines.sql import Record, Transaction
from galleria.foundation.money import Money

_CHARGE = "attempt_id, card, currency, amount_minor, is_approved, settles_at, callbacks_due"


class BooksInRows:
    """`GatewayBooks` kept in the tenant's own tables."""

    async def keep_charge(self, tx: Transaction, charge: BookedCharge) -> BookedCharge:
        """See the port. A repeated request is counted and changes nothing else."""
        row = await tx.fetch_row(
            f"""
            INSERT INTO payments.test_charge AS charge (tenant_id, {_CHARGE}, charged_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            ON CONFLICT (tenant_id, attempt_id)
                DO UPDATE SET request_count = charge.request_count + 1
            RETURNING {_CHARGE}
            """,
            charge.attempt_id,
            charge.card,
            charge.amount.currency,
            charge.amount.amount_minor,
            charge.is_approved,
            charge.settles_at,
            charge.callbacks_due,
            tx.now,
        )
        assert row is not None, "an upsert always returns its row"
        return _charge(row)

    async def charge_of(self, ctx: Context, attempt_id: UUID) -> BookedCharge | None:
        """See the port."""
        row = await ctx.read_row(
            f"SELECT {_CHARGE} FROM payments.test_charge WHERE tenant_id = $1 AND attempt_id = $2",
            attempt_id,
        )
        return None if row is None else _charge(row)

    async def keep_refund(self, tx: Transaction, request: RefundRequest) -> bool:
        """See the port. The charge is locked, so two refunds cannot both fit into its rest."""
        left = await tx.fetch_value(
            """
            SELECT amount_minor FROM payments.test_charge
            WHERE tenant_id = $1 AND attempt_id = $2 AND is_approved FOR UPDATE
            """,
            request.attempt_id,
        )
        row = await tx.fetch_row(
            """
            INSERT INTO payments.test_refund AS refund
                (tenant_id, refund_id, attempt_id, amount_minor, refunded_at)
            SELECT $1, $2, $3, $4, $5
            WHERE $4::int8 <= $6::int8 - (
                SELECT coalesce(sum(amount_minor), 0) FROM payments.test_refund
                WHERE tenant_id = $1 AND attempt_id = $3 AND refund_id <> $2)
            ON CONFLICT (tenant_id, refund_id)
                DO UPDATE SET request_count = refund.request_count + 1
            RETURNING refund_id
            """,
            request.refund_id,
            request.attempt_id,
            request.amount.amount_minor,
            tx.now,
            left or 0,
        )
        return row is not None

    async def take_due_callbacks(self, tx: Transaction) -> list[BookedCharge]:
        """See the port."""
        rows = await tx.fetch(
            f"""
            WITH due AS (
                SELECT {_CHARGE} FROM payments.test_charge
                WHERE tenant_id = $1 AND callbacks_due > 0 AND settles_at <= $2
                FOR UPDATE SKIP LOCKED
            ), taken AS (
                UPDATE payments.test_charge AS charge SET callbacks_due = 0
                FROM due WHERE charge.tenant_id = $1 AND charge.attempt_id = due.attempt_id
            )
            SELECT {_CHARGE} FROM due
            """,
            tx.now,
        )
        return [_charge(row) for row in rows]


def _charge(row: Record) -> BookedCharge:
    return BookedCharge(
        attempt_id=row["attempt_id"],
        card=row["card"],
        amount=Money(row["amount_minor"], row["currency"]),
        is_approved=row["is_approved"],
        settles_at=row["settles_at"],
        callbacks_due=row["callbacks_due"],
    )
