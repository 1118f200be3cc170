"""Changes of many products, and what each of their steps did."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from galleria.commerce.workbench.model.acts import Act, ActState, Done, Outcome
from galleria.engines.sql import Reader, Transaction

_FIELDS = Act.__struct_fields__
_COLUMNS = ", ".join(_FIELDS)


class Standing(msgspec.Struct, frozen=True):
    """An act with how far it is: all products up to one, and so many steps to be taken back."""

    act: Act
    after_product_id: UUID
    steps: int


async def add_act(tx: Transaction, act: Act) -> None:
    """The act is kept, and stands at its beginning."""
    fields = msgspec.structs.asdict(act)
    fields |= {name: msgspec.to_builtins(fields[name]) for name in ("change", "selection")}
    await tx.execute(
        f"""
        INSERT INTO workbench.act (tenant_id, after_product_id, steps, beat_at, {_COLUMNS})
        VALUES ($1, $2, 0, $3, {", ".join(f"${at}" for at in range(4, len(_FIELDS) + 4))})
        """,
        UUID(int=0),
        tx.now,
        *fields.values(),
    )


async def find_act(reader: Reader, act_id: UUID) -> Act | None:
    """The act, or None."""
    row = await reader.read_row(
        f"SELECT {_COLUMNS} FROM workbench.act WHERE tenant_id = $1 AND act_id = $2", act_id
    )
    return None if row is None else _act(row)


async def latest_acts(reader: Reader, count: int) -> list[Act]:
    """The last acts of the shop, newest first."""
    rows = await reader.read(
        f"SELECT {_COLUMNS} FROM workbench.act WHERE tenant_id = $1 ORDER BY act_id DESC LIMIT $2",
        count,
    )
    return [_act(row) for row in rows]


async def lock_act(tx: Transaction, act_id: UUID) -> Standing | None:
    """The act and how far it is, locked until the commit; None when there is none."""
    row = await tx.fetch_row(
        f"SELECT {_COLUMNS}, after_product_id, steps FROM workbench.act"
        " WHERE tenant_id = $1 AND act_id = $2 FOR UPDATE",
        act_id,
    )
    return None if row is None else Standing(_act(row), row["after_product_id"], row["steps"])


async def save_step(
    tx: Transaction, standing: Standing, ids: Sequence[UUID], outcome: Outcome
) -> None:
    """The act has looked at these products as well, and this came of it."""
    await tx.execute(
        """
        UPDATE workbench.act SET state = 'running', after_product_id = $3, steps = steps + 1,
            looked_at_count = looked_at_count + $4, changed_count = changed_count + $5,
            refused_count = refused_count + $6, beat_at = $7
        WHERE tenant_id = $1 AND act_id = $2
        """,
        standing.act.act_id,
        ids[-1],
        len(ids),
        outcome.changed,
        outcome.refused,
        tx.now,
    )
    await tx.execute(
        "INSERT INTO workbench.act_step (tenant_id, act_id, step, done) VALUES ($1, $2, $3, $4)",
        standing.act.act_id,
        standing.steps,
        msgspec.to_builtins(outcome.done),
    )


async def step_of(tx: Transaction, act_id: UUID, step: int) -> Done:
    """What the step did."""
    row = await tx.fetch_row(
        "SELECT done FROM workbench.act_step WHERE tenant_id = $1 AND act_id = $2 AND step = $3",
        act_id,
        step,
    )
    return msgspec.convert(row["done"], Done) if row else Done()


async def save_undone(tx: Transaction, act_id: UUID, step: int, undone: int) -> None:
    """The step has been taken back, for so many products."""
    await tx.execute(
        "UPDATE workbench.act SET steps = $3, undone_count = undone_count + $4, beat_at = $5"
        " WHERE tenant_id = $1 AND act_id = $2",
        act_id,
        step,
        undone,
        tx.now,
    )


async def set_state(
    tx: Transaction, act_id: UUID, state: ActState, finished_at: datetime | None
) -> None:
    """The act is in this state."""
    await tx.execute(
        "UPDATE workbench.act SET state = $3, finished_at = $4, beat_at = $5"
        " WHERE tenant_id = $1 AND act_id = $2",
        act_id,
        state,
        finished_at,
        tx.now,
    )


async def stalled_acts(reader: Reader, before: datetime, count: int) -> list[UUID]:
    """Acts that ought to be under way and have not moved since an instant."""
    rows = await reader.read(
        "SELECT act_id FROM workbench.act WHERE tenant_id = $1 AND beat_at < $2"
        " AND state IN ('waiting', 'running', 'undoing') ORDER BY beat_at LIMIT $3",
        before,
        count,
    )
    return [row["act_id"] for row in rows]


async def touch(tx: Transaction, act_ids: Sequence[UUID]) -> None:
    """These have been asked for again just now."""
    await tx.execute(
        "UPDATE workbench.act SET beat_at = $3 WHERE tenant_id = $1 AND act_id = ANY ($2::uuid[])",
        list(act_ids),
        tx.now,
    )


def _act(row: Any) -> Act:
    return msgspec.convert({name: row[name] for name in _FIELDS}, Act)
