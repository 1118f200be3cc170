"""SQL of the sets of judgments."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from galleria.engines.sql import Reader, Transaction
from galleria.growth.relevance.model.judgments import Imported, JudgedQuery, Judgment, JudgmentSet

START = ("", UUID(int=0))
_COLUMNS = ", ".join(JudgmentSet.__struct_fields__)
_JUDGMENT = ", ".join(Judgment.__struct_fields__)
_TYPES = {"query": "text", "product_id": "uuid", "grade": "int2", "is_from_clicks": "boolean"}
assert tuple(_TYPES) == Judgment.__struct_fields__, "a column a field"


async def lock(tx: Transaction) -> None:
    """Until the commit nobody else changes the shop's sets, so that their number holds."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtext('relevance.sets'), $1)")


async def count(reader: Reader) -> int:
    """How many sets there are: a hundred at most."""
    row = await reader.read_row(
        "SELECT count(*) AS n FROM relevance.judgment_set WHERE tenant_id=$1"
    )
    return int(row["n"]) if row else 0


async def add(tx: Transaction, made: JudgmentSet) -> None:
    """The set is there, with nothing in it."""
    await tx.execute(
        "INSERT INTO relevance.judgment_set (tenant_id, judgment_set_id, name, name_sort,"
        " channel_id, locale, max_grade, created_at, updated_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)",
        made.judgment_set_id,
        made.name,
        made.name_sort,
        made.channel_id,
        made.locale,
        made.max_grade,
        made.created_at,
    )


async def find(reader: Reader, judgment_set_id: UUID) -> JudgmentSet | None:
    """The set, if there is one."""
    row = await reader.read_row(
        f"SELECT {_COLUMNS} FROM relevance.judgment_set"
        " WHERE tenant_id = $1 AND judgment_set_id = $2",
        judgment_set_id,
    )
    return None if row is None else _set(row)


async def lock_one(tx: Transaction, judgment_set_id: UUID) -> JudgmentSet | None:
    """The set, which nobody else changes until the commit."""
    row = await tx.fetch_row(
        f"SELECT {_COLUMNS} FROM relevance.judgment_set"
        " WHERE tenant_id = $1 AND judgment_set_id = $2 FOR NO KEY UPDATE",
        judgment_set_id,
    )
    return None if row is None else _set(row)


async def page_after(reader: Reader, after: tuple[str, UUID], most: int) -> list[JudgmentSet]:
    """At most `most` sets behind a place, by name."""
    rows = await reader.read(
        f"""
        SELECT {_COLUMNS} FROM relevance.judgment_set
        WHERE tenant_id = $1 AND (name_sort, judgment_set_id) > ($2::text, $3::uuid)
        ORDER BY name_sort, judgment_set_id LIMIT $4
        """,
        *after,
        most,
    )
    return [_set(row) for row in rows]


async def delete(tx: Transaction, judgment_set_id: UUID) -> bool:
    """The set is gone with its judgments and runs; whether it was there."""
    rows = await tx.fetch(
        "DELETE FROM relevance.judgment_set WHERE tenant_id = $1 AND judgment_set_id = $2"
        " RETURNING judgment_set_id",
        judgment_set_id,
    )
    return bool(rows)


async def delete_all(tx: Transaction) -> None:
    """The shop has no sets any more."""
    await tx.execute("DELETE FROM relevance.judgment_set WHERE tenant_id = $1")


async def merge(tx: Transaction, judgment_set_id: UUID, judged: Sequence[Judgment]) -> None:
    """The judgments hold, in place of earlier ones of the same query and product.

    Those from clicks take the place of none that somebody made.
    """
    rows = [(each.query, each.product_id, each.grade, each.is_from_clicks) for each in judged]
    await tx.copy_rows("judged", _TYPES, rows)
    await tx.execute(
        f"""
        INSERT INTO relevance.judgment AS j (tenant_id, judgment_set_id, {_JUDGMENT})
        SELECT $1, $2, {_JUDGMENT} FROM judged ORDER BY query, product_id
        ON CONFLICT (tenant_id, judgment_set_id, query, product_id) DO UPDATE
        SET grade = EXCLUDED.grade, is_from_clicks = EXCLUDED.is_from_clicks
        WHERE j.is_from_clicks OR NOT EXCLUDED.is_from_clicks
        """,
        judgment_set_id,
    )


async def remove(tx: Transaction, judgment_set_id: UUID, query: str, product_id: UUID) -> None:
    """The product is not judged for the query."""
    await tx.execute(
        "DELETE FROM relevance.judgment"
        " WHERE tenant_id = $1 AND judgment_set_id = $2 AND query = $3 AND product_id = $4",
        judgment_set_id,
        query,
        product_id,
    )


async def recount(
    tx: Transaction, judgment_set_id: UUID, last_import: Imported | None = None
) -> int:
    """The set knows how much it holds; the number of judgments comes back. Some ten ms at most."""
    count: int = await tx.fetch_value(
        """
        UPDATE relevance.judgment_set SET updated_at = $3,
            last_import = coalesce($4::jsonb, last_import),
            (judgment_count, query_count) = (
                SELECT count(*), count(DISTINCT query) FROM relevance.judgment
                WHERE tenant_id = $1 AND judgment_set_id = $2
            )
        WHERE tenant_id = $1 AND judgment_set_id = $2 RETURNING judgment_count
        """,
        judgment_set_id,
        tx.now,
        msgspec.to_builtins(last_import) if last_import else None,
    )
    return count


async def queries_after(
    reader: Reader, judgment_set_id: UUID, after: str, most: int, begins: str = ""
) -> list[JudgedQuery]:
    """At most `most` queries behind one, those that begin so."""
    rows = await reader.read(
        """
        SELECT query, count(*) AS judgment_count, max(grade) AS best_grade FROM relevance.judgment
        WHERE tenant_id = $1 AND judgment_set_id = $2 AND query > $3
          AND query >= $4 AND query < $5
        GROUP BY query ORDER BY query LIMIT $6
        """,
        judgment_set_id,
        after,
        begins,
        begins + chr(0x10FFFF),
        most,
    )
    return [JudgedQuery(**row) for row in rows]


async def grades_of(
    reader: Reader, judgment_set_id: UUID, queries: Sequence[str]
) -> dict[str, dict[UUID, int]]:
    """The grades by product by query."""
    rows = await reader.read(
        "SELECT query, product_id, grade FROM relevance.judgment"
        " WHERE tenant_id = $1 AND judgment_set_id = $2 AND query = ANY ($3::text[])",
        judgment_set_id,
        list(queries),
    )
    found: dict[str, dict[UUID, int]] = {}
    for row in rows:
        found.setdefault(row["query"], {})[row["product_id"]] = row["grade"]
    return found


async def judgments_after(
    reader: Reader, judgment_set_id: UUID, after: tuple[str, UUID], most: int
) -> list[Judgment]:
    """At most `most` judgments behind a place, by query and product."""
    rows = await reader.read(
        f"""
        SELECT {_JUDGMENT} FROM relevance.judgment
        WHERE tenant_id = $1 AND judgment_set_id = $2 AND (query, product_id) > ($3, $4::uuid)
        ORDER BY query, product_id LIMIT $5
        """,
        judgment_set_id,
        *after,
        most,
    )
    return [Judgment(**row) for row in rows]


def _set(row: Any) -> JudgmentSet:
    fields = dict(row)
    fields["last_import"] = msgspec.convert(fields["last_import"], Imported | None)
    return JudgmentSet(**fields)
