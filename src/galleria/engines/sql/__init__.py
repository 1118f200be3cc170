"""The house's ledger: PostgreSQL, embedded or by address, always under row-level security.

Owns the schemas `galleria` (migrations), `directory`, `secrets` and `idempotency`.
"""

from galleria.engines.sql import directory
from galleria.engines.sql.cells import Cells
from galleria.engines.sql.database import Access, Database
from galleria.engines.sql.failures import NAME_TAKEN, DatabaseUnavailable
from galleria.engines.sql.idempotency import (
    Answer,
    IdempotencyAnswerLost,
    IdempotencyConflict,
    IdempotencyInProgress,
    claim,
    forget_claim,
    forget_old_answers,
    keep_answer,
)
from galleria.engines.sql.transaction import CommitLost, Reader, Record, Transaction

__all__ = [
    "NAME_TAKEN",
    "Access",
    "Answer",
    "Cells",
    "CommitLost",
    "Database",
    "DatabaseUnavailable",
    "IdempotencyAnswerLost",
    "IdempotencyConflict",
    "IdempotencyInProgress",
    "Reader",
    "Record",
    "Transaction",
    "claim",
    "directory",
    "forget_claim",
    "forget_old_answers",
    "keep_answer",
]
