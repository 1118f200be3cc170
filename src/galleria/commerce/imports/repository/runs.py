"""Imports, and who works at them."""

from datetime import datetime
from uuid import UUID

import msgspec

from galleria.commerce.imports.model.runs import Claim, Position, Run, State
from galleria.engines.sql import Reader, Record, Transaction

_FIELDS = Run.__struct_fields__
_COLUMNS = ", ".join(_FIELDS)
_WORK = f"{_COLUMNS}, next_byte, holder, beat_at, tries"


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A run as a worker finds it, locked; `tries` since it last got on."""

    run: Run
    position: Position
    holder: UUID | None
    beat_at: datetime | None
    tries: int


def _run(row: Record) -> Run:
    return Run(**{name: row[name] for name in _FIELDS})


async def add_run(tx: Transaction, run: Run) -> None:
    """The import is waiting."""
    names = [name for name in _FIELDS if name not in ("started_at", "finished_at")]
    await tx.execute(
        f"INSERT INTO imports.run (tenant_id, {', '.join(names)})"
        f" VALUES ($1, {', '.join(f'${at}' for at in range(2, len(names) + 2))})",
        *(getattr(run, name) for name in names),
    )


async def find_run(reader: Reader, run_id: UUID) -> Run | None:
    """The import, or None."""
    row = await reader.read_row(
        f"SELECT {_COLUMNS} FROM imports.run WHERE tenant_id = $1 AND run_id = $2", run_id
    )
    return _run(row) if row else None


async def runs_before(reader: Reader, before: UUID, count: int) -> list[Run]:
    """At most `count` imports older than one, newest first."""
    rows = await reader.read(
        f"SELECT {_COLUMNS} FROM imports.run WHERE tenant_id = $1 AND run_id < $2"
        " ORDER BY run_id DESC LIMIT $3",
        before,
        count,
    )
    return [_run(row) for row in rows]


async def lock_claims(tx: Transaction) -> None:
    """Nobody else of the shop begins or ends an import until the commit."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtext('imports.claim'), $1)")


async def lock_run(tx: Transaction, run_id: UUID) -> Standing | None:
    """The import as it stands, locked until the commit."""
    row = await tx.fetch_row(
        f"SELECT {_WORK} FROM imports.run WHERE tenant_id = $1 AND run_id = $2 FOR UPDATE", run_id
    )
    if row is None:
        return None
    return Standing(
        run=_run(row),
        position=Position(row["next_byte"], row["next_line"]),
        holder=row["holder"],
        beat_at=row["beat_at"],
        tries=row["tries"],
    )


async def beat_of(reader: Reader, run_id: UUID) -> tuple[Run, datetime | None] | None:
    """The import, and when somebody last got on with it."""
    row = await reader.read_row(
        f"SELECT {_WORK} FROM imports.run WHERE tenant_id = $1 AND run_id = $2", run_id
    )
    return (_run(row), row["beat_at"]) if row else None


async def other_is_running(reader: Reader, run_id: UUID) -> bool:
    """Another import of the shop is on its way in, or back."""
    found: bool = await reader.read_value(
        "SELECT EXISTS (SELECT FROM imports.run WHERE tenant_id = $1 AND run_id <> $2"
        " AND (state = 'running' OR (state = 'undoing' AND holder IS NOT NULL)))",
        run_id,
    )
    return found


async def take(tx: Transaction, run_id: UUID, holder: UUID, now: datetime) -> None:
    """The import is on its way in, or goes on being taken back, and `holder` works at it."""
    await tx.execute(
        "UPDATE imports.run SET state = CASE state WHEN 'undoing' THEN state ELSE 'running' END,"
        " holder = $3, beat_at = $4, tries = tries + 1,"
        " started_at = coalesce(started_at, $4) WHERE tenant_id = $1 AND run_id = $2",
        run_id,
        holder,
        now,
    )


async def let_go(tx: Transaction, run_id: UUID, holder: UUID, forgiven: int) -> None:
    """Nobody works at it any more, if it was this holder; so many of its tries do not count."""
    await tx.execute(
        "UPDATE imports.run SET beat_at = NULL, tries = greatest(tries - $4, 0)"
        " WHERE tenant_id = $1 AND run_id = $2 AND holder = $3"
        " AND state IN ('running', 'undoing')",
        run_id,
        holder,
        forgiven,
    )


async def save_step(tx: Transaction, claim: Claim, beat_at: datetime) -> bool:
    """The run's counts and position are kept; False when it is no longer the claim's."""
    run = claim.run
    touched = await tx.execute(
        """
        UPDATE imports.run
        SET created_count = $4, changed_count = $5, unchanged_count = $6, refused_count = $7,
            problem_count = $8, problem_codes = $9, change_count = $10, next_byte = $11,
            next_line = $12, read_bytes = $13, beat_at = $14, step_count = $15,
            tries = 0
        WHERE tenant_id = $1 AND run_id = $2 AND holder = $3 AND state = 'running'
        """,
        run.run_id,
        claim.holder,
        run.created_count,
        run.changed_count,
        run.unchanged_count,
        run.refused_count,
        run.problem_count,
        run.problem_codes,
        run.change_count,
        claim.position.next_byte,
        claim.position.next_line,
        run.read_bytes,
        beat_at,
        run.step_count,
    )
    return touched == 1


async def set_state(tx: Transaction, run_id: UUID, state: State) -> None:
    """The locked import is in this state, and nobody works at it."""
    await tx.execute(
        "UPDATE imports.run SET state = $3, holder = NULL, beat_at = NULL, tries = 0"
        " WHERE tenant_id = $1 AND run_id = $2",
        run_id,
        state,
    )


async def ask_back(tx: Transaction, run_id: UUID, below: int) -> None:
    """The locked import waits to be taken back; one that was on its way goes on from there."""
    await tx.execute(
        "UPDATE imports.run SET state = 'undoing', holder = NULL, beat_at = NULL, tries = 0,"
        " undo_below = CASE WHEN undo_phase IS NULL THEN $3 ELSE undo_below END,"
        " undo_phase = coalesce(undo_phase, 'products'),"
        " undo_requested_at = $4, failure_code = NULL, failure = NULL"
        " WHERE tenant_id = $1 AND run_id = $2",
        run_id,
        below,
        tx.now,
    )


async def save_undo_step(tx: Transaction, claim: Claim, beat_at: datetime) -> bool:
    """How far the undoing is is kept; False when it is no longer the claim's."""
    run = claim.run
    touched = await tx.execute(
        """
        UPDATE imports.run
        SET undo_phase = $4, undo_below = $5, undo_removed_count = $6, undo_reverted_count = $7,
            undo_kept_count = $8, undo_collection_count = $9, undo_price_count = $10,
            undo_stock_count = $11, undo_remark_count = $12, beat_at = $13, tries = 0
        WHERE tenant_id = $1 AND run_id = $2 AND holder = $3 AND state = 'undoing'
        """,
        run.run_id,
        claim.holder,
        run.undo_phase,
        run.undo_below,
        run.undo_removed_count,
        run.undo_reverted_count,
        run.undo_kept_count,
        run.undo_collection_count,
        run.undo_price_count,
        run.undo_stock_count,
        run.undo_remark_count,
        beat_at,
    )
    return touched == 1


async def end_undo(tx: Transaction, run: Run) -> None:
    """The locked import's undoing has come to its end as `run` says."""
    await tx.execute(
        "UPDATE imports.run SET state = $3, failure_code = $4, failure = $5, undone_at = $6,"
        " holder = NULL, beat_at = NULL WHERE tenant_id = $1 AND run_id = $2",
        run.run_id,
        run.state,
        run.failure_code,
        run.failure,
        run.undone_at,
    )


async def end(tx: Transaction, run: Run) -> bool:
    """An open import has come to its end as `run` says; False when it had already."""
    touched = await tx.execute(
        "UPDATE imports.run SET state = $3, failure_code = $4, failure = $5, finished_at = $6,"
        " read_bytes = $7, holder = NULL"
        " WHERE tenant_id = $1 AND run_id = $2 AND state IN ('waiting', 'running', 'paused')",
        run.run_id,
        run.state,
        run.failure_code,
        run.failure,
        run.finished_at,
        run.read_bytes,
    )
    return touched == 1


async def next_in_line(reader: Reader, stalled_before: datetime) -> UUID | None:
    """The import whose turn it is: the one that stalled, else one to be taken back, else the first
    that waits; or none."""
    row = await reader.read_row(
        "SELECT run_id, holder, beat_at FROM imports.run WHERE tenant_id = $1"
        " AND state IN ('waiting', 'running', 'undoing')"
        " ORDER BY holder IS NULL, state, run_id LIMIT 1"
    )
    if row is None:
        return None
    run_id: UUID = row["run_id"]
    is_held = row["holder"] is not None and row["beat_at"] is not None
    return None if is_held and row["beat_at"] >= stalled_before else run_id
