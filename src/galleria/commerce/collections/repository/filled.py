"""What fillings that may be undone did to members."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from galleria.commerce.collections.model.undoing import FilledMember
from galleria.engines.sql import Reader, Transaction

_COLUMNS = ", ".join(FilledMember.__struct_fields__)


async def note_filled(tx: Transaction, work_id: UUID, filled: Sequence[FilledMember]) -> None:
    """It is known what the work did; of a member touched twice, where it stood at first."""
    await tx.execute(
        f"""
        INSERT INTO collections.filled_member (tenant_id, work_id, at, {_COLUMNS})
        SELECT $1, $2, $3, w.*
        FROM unnest($4::uuid[], $5::uuid[], $6::int8[], $7::boolean[]) AS w
        ON CONFLICT (tenant_id, work_id, product_id, collection_id)
        DO UPDATE SET is_member = excluded.is_member
        """,
        work_id,
        tx.now,
        [each.product_id for each in filled],
        [each.collection_id for each in filled],
        [each.position_before for each in filled],
        [each.is_member for each in filled],
    )


async def filled_members(reader: Reader, work_id: UUID, count: int) -> list[FilledMember]:
    """At most `count` members that the work changed and nobody has taken back, in order."""
    rows = await reader.read(
        f"SELECT {_COLUMNS} FROM collections.filled_member WHERE tenant_id = $1 AND work_id = $2"
        " ORDER BY product_id, collection_id LIMIT $3",
        work_id,
        count,
    )
    return [FilledMember(**row) for row in rows]


async def forget_filled(tx: Transaction, work_id: UUID, filled: Sequence[FilledMember]) -> None:
    """Nothing is known any more of what the work did to these members."""
    await tx.execute(
        """
        DELETE FROM collections.filled_member AS f
        USING unnest($3::uuid[], $4::uuid[]) AS w (product_id, collection_id)
        WHERE f.tenant_id = $1 AND f.work_id = $2 AND f.product_id = w.product_id
          AND f.collection_id = w.collection_id
        """,
        work_id,
        [each.product_id for each in filled],
        [each.collection_id for each in filled],
    )


async def forget_old_filled(tx: Transaction, before: datetime, count: int) -> int:
    """At most `count` of what was done before an instant is forgotten; how many were."""
    return await tx.execute(
        """
        DELETE FROM collections.filled_member AS f USING (
            SELECT work_id, product_id, collection_id FROM collections.filled_member
            WHERE tenant_id = $1 AND at < $2 LIMIT $3) AS old
        WHERE f.tenant_id = $1 AND f.work_id = old.work_id AND f.product_id = old.product_id
          AND f.collection_id = old.collection_id
        """,
        before,
        count,
    )
