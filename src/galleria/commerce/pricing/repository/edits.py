"""Bulk edits and the prices they changed."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from galleria.commerce.pricing.model.edits import EditRow, Outcome, Place, PriceEdit
from galleria.engines.sql import Reader, Record, Transaction

_FIELDS = PriceEdit.__struct_fields__
_COLUMNS = ", ".join(_FIELDS)
_ROW = ", ".join(EditRow.__struct_fields__)


class Tally(msgspec.Struct):
    """What became of the prices of one step."""

    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    reverted: int = 0
    kept: int = 0


async def add_edit(tx: Transaction, edit: PriceEdit) -> None:
    """The edit is kept, and stands at its beginning."""
    start = Place()
    fields = msgspec.structs.asdict(edit)
    fields |= {name: msgspec.to_builtins(fields[name]) for name in ("formula", "selection")}
    await tx.execute(
        f"""
        INSERT INTO pricing.price_edit
            (tenant_id, after_product_id, after_variant_id, beat_at, {_COLUMNS})
        VALUES ($1, $2, $3, $4, {", ".join(f"${at}" for at in range(5, len(_FIELDS) + 5))})
        """,
        start.after_product_id,
        start.after_variant_id,
        tx.now,
        *fields.values(),
    )


async def find_edit(reader: Reader, edit_id: UUID) -> PriceEdit | None:
    """The edit, or None."""
    row = await reader.read_row(
        f"SELECT {_COLUMNS} FROM pricing.price_edit WHERE tenant_id = $1 AND edit_id = $2", edit_id
    )
    return None if row is None else _edit(row)


async def page_of_edits(reader: Reader, before: UUID, count: int) -> list[PriceEdit]:
    """At most `count` edits older than one, newest first."""
    rows = await reader.read(
        f"SELECT {_COLUMNS} FROM pricing.price_edit WHERE tenant_id = $1 AND edit_id < $2"
        " ORDER BY edit_id DESC LIMIT $3",
        before,
        count,
    )
    return [_edit(row) for row in rows]


async def lock_edit(tx: Transaction, edit_id: UUID) -> tuple[PriceEdit, Place] | None:
    """The edit and how far it is, locked until the commit; None when there is none."""
    row = await tx.fetch_row(
        f"SELECT {_COLUMNS}, after_product_id, after_variant_id FROM pricing.price_edit"
        " WHERE tenant_id = $1 AND edit_id = $2 FOR UPDATE",
        edit_id,
    )
    if row is None:
        return None
    return _edit(row), Place(row["after_product_id"], row["after_variant_id"])


async def save_step(
    tx: Transaction, edit_id: UUID, place: Place, tally: Tally, beat_at: datetime
) -> None:
    """The edit has come so far, and so many prices more have been seen."""
    await tx.execute(
        """
        UPDATE pricing.price_edit
        SET after_product_id = $3, after_variant_id = $4, changed_count = changed_count + $5,
            unchanged_count = unchanged_count + $6, refused_count = refused_count + $7,
            reverted_count = reverted_count + $8, kept_count = kept_count + $9, beat_at = $10
        WHERE tenant_id = $1 AND edit_id = $2
        """,
        edit_id,
        place.after_product_id,
        place.after_variant_id,
        *msgspec.structs.astuple(tally),
        beat_at,
    )


async def set_state(
    tx: Transaction, edit_id: UUID, state: str, finished_at: datetime | None
) -> None:
    """The edit is in this state, from its beginning on when it sets out to be undone."""
    start = Place()
    await tx.execute(
        """
        UPDATE pricing.price_edit
        SET state = $3, finished_at = $4, beat_at = $5,
            after_product_id = CASE WHEN $3 = 'undoing' THEN $6 ELSE after_product_id END,
            after_variant_id = CASE WHEN $3 = 'undoing' THEN $7 ELSE after_variant_id END
        WHERE tenant_id = $1 AND edit_id = $2
        """,
        edit_id,
        state,
        finished_at,
        tx.now,
        start.after_product_id,
        start.after_variant_id,
    )


async def stalled_edits(reader: Reader, before: datetime, count: int) -> list[UUID]:
    """Edits that ought to be under way and have not moved since an instant."""
    rows = await reader.read(
        "SELECT edit_id FROM pricing.price_edit WHERE tenant_id = $1 AND beat_at < $2"
        " AND state IN ('waiting', 'running', 'undoing') ORDER BY beat_at LIMIT $3",
        before,
        count,
    )
    return [row["edit_id"] for row in rows]


async def touch(tx: Transaction, edit_ids: Sequence[UUID]) -> None:
    """These have been asked for again just now."""
    await tx.execute(
        "UPDATE pricing.price_edit SET beat_at = $3"
        " WHERE tenant_id = $1 AND edit_id = ANY ($2::uuid[])",
        list(edit_ids),
        tx.now,
    )


async def add_rows(tx: Transaction, edit_id: UUID, rows: Sequence[EditRow]) -> None:
    """It is remembered what the edit did to these prices."""
    names = EditRow.__struct_fields__
    kinds = ("uuid", "int4", "int8", "int8", "int8", "int8", "text")
    await tx.copy_rows(
        "incoming_edit_row",
        dict(zip(names, kinds, strict=True)),
        [msgspec.structs.astuple(row) for row in rows],
    )
    await tx.execute(
        f"INSERT INTO pricing.price_edit_row (tenant_id, edit_id, {_ROW})"
        f" SELECT $1, $2, {_ROW} FROM incoming_edit_row",
        edit_id,
    )


async def rows_after(
    reader: Reader, edit_id: UUID, after: tuple[UUID, int], outcome: Outcome | None, count: int
) -> list[EditRow]:
    """At most `count` prices an edit changed after a (variant, tier), in order."""
    rows = await reader.read(
        f"""
        SELECT {_ROW} FROM pricing.price_edit_row
        WHERE tenant_id = $1 AND edit_id = $2
          AND (variant_id, min_quantity) > ($3::uuid, $4::int4)
          AND ($5::text IS NULL OR outcome = $5)
        ORDER BY variant_id, min_quantity LIMIT $6
        """,
        edit_id,
        *after,
        outcome,
        count,
    )
    return [EditRow(**row) for row in rows]


async def set_outcomes(
    tx: Transaction, edit_id: UUID, rows: Sequence[EditRow], outcome: Outcome
) -> None:
    """This is what became of these rows."""
    await tx.execute(
        """
        UPDATE pricing.price_edit_row AS r SET outcome = $5
        FROM unnest($3::uuid[], $4::int4[]) AS w (variant_id, min_quantity)
        WHERE r.tenant_id = $1 AND r.edit_id = $2 AND r.variant_id = w.variant_id
          AND r.min_quantity = w.min_quantity
        """,
        edit_id,
        [row.variant_id for row in rows],
        [row.min_quantity for row in rows],
        outcome,
    )


async def forget_rows(tx: Transaction, before: datetime, count: int) -> int:
    """At most `count` rows of edits that ended before an instant are gone; how many were."""
    return await tx.execute(
        """
        DELETE FROM pricing.price_edit_row AS r USING (
            SELECT old.edit_id, old.variant_id, old.min_quantity
            FROM pricing.price_edit AS e
            JOIN pricing.price_edit_row AS old ON old.tenant_id = $1 AND old.edit_id = e.edit_id
            WHERE e.tenant_id = $1 AND e.finished_at < $2
            LIMIT $3) AS gone
        WHERE r.tenant_id = $1 AND r.edit_id = gone.edit_id AND r.variant_id = gone.variant_id
          AND r.min_quantity = gone.min_quantity
        """,
        before,
        count,
    )


def _edit(row: Record) -> PriceEdit:
    return msgspec.convert({name: row[name] for name in _FIELDS}, PriceEdit)
