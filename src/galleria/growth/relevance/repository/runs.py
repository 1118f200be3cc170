"""SQL of the runs."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from galleria.engines.sql import Reader, Transaction
from galleria.growth.relevance.model.comparing import Change
from galleria.growth.relevance.model.runs import Figures, QueryScore, Run, State

_COLUMNS = ", ".join(Run.__struct_fields__)
_TYPES = {
    "ndcg": "float8",
    "recall": "float8",
    "precision": "float8",
    "reciprocal_rank": "float8",
    "judged_count": "int4",
    "shown_count": "int4",
    "query": "text",
    "query_class": "text",
    "total": "int4",
    "match": "text",
    "took_ms": "float8",
    "found": "uuid[]",
}
assert tuple(_TYPES) == QueryScore.__struct_fields__, "a column a field"
_SCORE = ", ".join(_TYPES)


async def add(tx: Transaction, made: Run) -> None:
    """The run waits for its turn."""
    await tx.execute(
        "INSERT INTO relevance.run (tenant_id, relevance_run_id, judgment_set_id, profile, release,"
        " state, requested_by, requested_at, query_count)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        made.relevance_run_id,
        made.judgment_set_id,
        made.profile,
        made.release,
        made.state,
        made.requested_by,
        made.requested_at,
        made.query_count,
    )


async def thin_out(tx: Transaction, judgment_set_id: UUID, kept: int) -> None:
    """Only the latest runs of the set are left."""
    await tx.execute(
        """
        DELETE FROM relevance.run WHERE tenant_id = $1 AND relevance_run_id = ANY (ARRAY(
            SELECT relevance_run_id FROM (
                SELECT relevance_run_id, row_number() OVER (ORDER BY relevance_run_id DESC) AS place
                FROM relevance.run WHERE tenant_id = $1 AND judgment_set_id = $2
            ) AS placed WHERE place > $3
        ))
        """,
        judgment_set_id,
        kept,
    )


async def find(reader: Reader, relevance_run_id: UUID) -> Run | None:
    """The run, if there is one."""
    row = await reader.read_row(
        f"SELECT {_COLUMNS} FROM relevance.run WHERE tenant_id = $1 AND relevance_run_id = $2",
        relevance_run_id,
    )
    return None if row is None else _run(row)


async def of_set(
    reader: Reader, judgment_set_id: UUID, before: UUID | None, most: int
) -> list[Run]:
    """At most `most` runs of a set that were asked for before one, newest first."""
    rows = await reader.read(
        f"""
        SELECT {_COLUMNS} FROM relevance.run
        WHERE tenant_id = $1 AND judgment_set_id = $2
          AND ($3::uuid IS NULL OR relevance_run_id < $3)
        ORDER BY relevance_run_id DESC LIMIT $4
        """,
        judgment_set_id,
        before,
        most,
    )
    return [_run(row) for row in rows]


async def keep_scores(
    tx: Transaction, relevance_run_id: UUID, scores: Sequence[QueryScore]
) -> None:
    """What came of these queries is kept, and counted. Safe to repeat."""
    rows = [tuple(getattr(each, name) for name in _TYPES) for each in scores]
    await tx.copy_rows("scored", _TYPES, rows)
    await tx.execute(
        f"""
        INSERT INTO relevance.run_query (tenant_id, relevance_run_id, {_SCORE})
        SELECT $1, $2, {_SCORE} FROM scored ON CONFLICT DO NOTHING
        """,
        relevance_run_id,
    )
    await tx.execute(
        "UPDATE relevance.run SET state = 'running', asked_count = asked_count + $3"
        " WHERE tenant_id = $1 AND relevance_run_id = $2",
        relevance_run_id,
        len(scores),
    )


async def is_there(tx: Transaction, relevance_run_id: UUID) -> bool:
    """The run is there and at work, and stays so until the commit."""
    row = await tx.fetch_row(
        "SELECT state FROM relevance.run WHERE tenant_id = $1 AND relevance_run_id = $2"
        " FOR NO KEY UPDATE",
        relevance_run_id,
    )
    return row is not None and row["state"] in {"waiting", "running"}


async def last_query(reader: Reader, relevance_run_id: UUID) -> str:
    """The last query that was asked, in their order; empty before the first."""
    found: str | None = await reader.read_value(
        "SELECT query FROM relevance.run_query WHERE tenant_id = $1 AND relevance_run_id = $2"
        " ORDER BY query DESC LIMIT 1",
        relevance_run_id,
    )
    return found or ""


async def end(
    tx: Transaction,
    relevance_run_id: UUID,
    state: State,
    figures: Figures | None,
    classes: Mapping[str, Figures],
    failure: str | None = None,
) -> None:
    """The run has come to its end."""
    await tx.execute(
        "UPDATE relevance.run SET state = $3, figures = $4, classes = $5, failure = $6,"
        " ended_at = clock_timestamp() WHERE tenant_id = $1 AND relevance_run_id = $2",
        relevance_run_id,
        state,
        msgspec.to_builtins(figures),
        msgspec.to_builtins(classes),
        failure,
    )


async def scores_after(
    reader: Reader, relevance_run_id: UUID, after: str, most: int
) -> list[QueryScore]:
    """At most `most` queries with their scores behind one, in their order."""
    rows = await reader.read(
        f"""
        SELECT {_SCORE} FROM relevance.run_query
        WHERE tenant_id = $1 AND relevance_run_id = $2 AND query > $3 ORDER BY query LIMIT $4
        """,
        relevance_run_id,
        after,
        most,
    )
    return [QueryScore(**row) for row in rows]


async def worst_scores(reader: Reader, relevance_run_id: UUID, most: int) -> list[QueryScore]:
    """The queries that came off worst, at most `most` of those that have an nDCG."""
    rows = await reader.read(
        f"""
        SELECT {_SCORE} FROM relevance.run_query
        WHERE tenant_id = $1 AND relevance_run_id = $2 AND ndcg IS NOT NULL
        ORDER BY ndcg, query LIMIT $3
        """,
        relevance_run_id,
        most,
    )
    return [QueryScore(**row) for row in rows]


async def score_of(reader: Reader, relevance_run_id: UUID, query: str) -> QueryScore | None:
    """What came of one query."""
    row = await reader.read_row(
        f"SELECT {_SCORE} FROM relevance.run_query"
        " WHERE tenant_id = $1 AND relevance_run_id = $2 AND query = $3",
        relevance_run_id,
        query,
    )
    return None if row is None else QueryScore(**row)


async def changes_between(reader: Reader, before: UUID, after: UUID) -> list[Change]:
    """What became of each query that has an nDCG in both runs."""
    rows = await reader.read(
        """
        SELECT b.query, b.ndcg AS before, a.ndcg AS after
        FROM relevance.run_query AS b
        JOIN relevance.run_query AS a
          ON a.tenant_id = $1 AND a.relevance_run_id = $3 AND a.query = b.query
        WHERE b.tenant_id = $1 AND b.relevance_run_id = $2
          AND b.ndcg IS NOT NULL AND a.ndcg IS NOT NULL
        ORDER BY b.query
        """,
        before,
        after,
    )
    return [Change(**row) for row in rows]


def _run(row: Any) -> Run:
    fields = dict(row)
    fields["figures"] = msgspec.convert(fields["figures"], Figures | None)
    fields["classes"] = msgspec.convert(fields["classes"], dict[str, Figures])
    return Run(**fields)
