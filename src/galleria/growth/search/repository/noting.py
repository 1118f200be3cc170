"""SQL of what was asked and what came of it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from galleria.engines.sql import Reader, Transaction
from galleria.growth.search.model.noting import (
    CLICKS,
    AskedKind,
    AskedSort,
    AskedWords,
    ClickedProduct,
    NotedEvent,
    NotedQuestion,
)

# A click may be written down before its question, by another process.
LATE = timedelta(seconds=30)
_BEST_OF_A_DAY = 500
_QUESTION_TYPES = {
    "query_id": "uuid",
    "asked_at": "timestamptz",
    "words": "text",
    "key": "text",
    "client_id": "text",
    "channel_id": "uuid",
    "locale": "text",
    "attributes": "jsonb",
    "hits": "uuid[]",
    "total": "int4",
    "match": "text",
    "took_ms": "float4",
    "is_continued": "boolean",
}
_EVENT_TYPES = {
    "event_id": "uuid",
    "query_id": "uuid",
    "action_name": "text",
    "happened_at": "timestamptz",
    "taken_at": "timestamptz",
    "client_id": "text",
    "session_id": "text",
    "message_type": "text",
    "message": "text",
    "object_id": "text",
    "object_id_field": "text",
    "ordinal": "int4",
}
assert tuple(_QUESTION_TYPES) == NotedQuestion.__struct_fields__, "a column a field"
assert tuple(_EVENT_TYPES) == NotedEvent.__struct_fields__, "a column a field"
_QUESTION_COLUMNS = ", ".join(_QUESTION_TYPES)
_EVENT_COLUMNS = ", ".join(_EVENT_TYPES)

# One that is known already is not counted again.
_ADD_QUESTIONS = f"""
WITH fresh AS (
    INSERT INTO search.question (tenant_id, {_QUESTION_COLUMNS})
    SELECT $1, {_QUESTION_COLUMNS} FROM noted_question ORDER BY query_id
    ON CONFLICT DO NOTHING
    RETURNING locale, key, (asked_at AT TIME ZONE 'UTC')::date AS asked_on, words, total, took_ms,
              is_continued
)
INSERT INTO search.question_day AS d (tenant_id, locale, key, asked_on, words, asked_count,
    empty_count, clicked_count, took_ms_sum, took_ms_max)
SELECT $1, locale, key, asked_on, min(words), count(*), count(*) FILTER (WHERE total = 0), 0,
       sum(took_ms), max(took_ms)
FROM fresh WHERE NOT is_continued GROUP BY locale, key, asked_on
ON CONFLICT (tenant_id, locale, key, asked_on) DO UPDATE
SET asked_count = d.asked_count + EXCLUDED.asked_count,
    empty_count = d.empty_count + EXCLUDED.empty_count,
    took_ms_sum = d.took_ms_sum + EXCLUDED.took_ms_sum,
    took_ms_max = greatest(d.took_ms_max, EXCLUDED.took_ms_max)
"""
_ADD_EVENTS = f"""
INSERT INTO search.event (tenant_id, {_EVENT_COLUMNS})
SELECT $1, {_EVENT_COLUMNS} FROM noted_event ON CONFLICT DO NOTHING
"""
# A question counts as clicked once, however often it was.
_COUNT_CLICKS = """
WITH clicked AS (
    UPDATE search.question AS q SET is_clicked = true
    WHERE q.tenant_id = $1 AND NOT q.is_clicked AND q.query_id = ANY (ARRAY(
        SELECT e.query_id FROM search.event AS e
        WHERE e.tenant_id = $1 AND e.taken_at > $2 AND e.action_name = ANY ($3::text[])
    ))
    RETURNING q.locale, q.key, (q.asked_at AT TIME ZONE 'UTC')::date AS asked_on, q.is_continued
)
UPDATE search.question_day AS d SET clicked_count = d.clicked_count + c.count
FROM (SELECT locale, key, asked_on, count(*) AS count FROM clicked WHERE NOT is_continued
      GROUP BY locale, key, asked_on) AS c
WHERE d.tenant_id = $1 AND d.locale = c.locale AND d.key = c.key AND d.asked_on = c.asked_on
"""


async def lock(tx: Transaction) -> None:
    """Until the commit no other process writes down what was asked in this shop: two would lock
    rows of each other in another order."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtext('search.questions'), $1)")


async def add_questions(tx: Transaction, questions: Sequence[NotedQuestion]) -> None:
    """The questions are kept and added up; those known already are left as they are."""
    rows = [tuple(getattr(each, name) for name in _QUESTION_TYPES) for each in questions]
    await tx.copy_rows("noted_question", _QUESTION_TYPES, rows)
    await tx.execute(_ADD_QUESTIONS)


async def add_events(tx: Transaction, events: Sequence[NotedEvent]) -> None:
    """The events are kept; those known already are left as they are."""
    rows = [tuple(getattr(each, name) for name in _EVENT_TYPES) for each in events]
    await tx.copy_rows("noted_event", _EVENT_TYPES, rows)
    await tx.execute(_ADD_EVENTS)


async def count_clicks(tx: Transaction, now: datetime) -> None:
    """Questions to which a click came lately are counted as clicked."""
    await tx.execute(_COUNT_CLICKS, now - LATE, list(CLICKS))


_BEST = {
    "top": "ORDER BY b.asked_count DESC",
    "slow": "ORDER BY b.took_ms_max DESC",
    "empty": "AND b.empty_count > 0 ORDER BY b.empty_count DESC",
}
_SORTS = {
    "asked": "asked_count DESC",
    "empty": "empty_count DESC",
    "clicked": "clicked_count::float8 / asked_count DESC",
    "mean": "mean_ms DESC",
    "slowest": "slowest_ms DESC",
}
# The best of each day are looked up in order, and only those are added up over the days.
_ASKED = """
SELECT * FROM (
    SELECT max(s.words) AS words, best.locale, sum(s.asked_count)::int8 AS asked_count,
           sum(s.empty_count)::int8 AS empty_count, sum(s.clicked_count)::int8 AS clicked_count,
           sum(s.took_ms_sum) / sum(s.asked_count) AS mean_ms, max(s.took_ms_max) AS slowest_ms
    FROM (
        SELECT DISTINCT d.locale, d.key
        FROM generate_series($2::date, $3::date, '1 day') AS day (asked_on)
        CROSS JOIN LATERAL (
            SELECT b.locale, b.key FROM search.question_day AS b
            WHERE b.tenant_id = $1 AND b.asked_on = day.asked_on::date {best} LIMIT $6
        ) AS d
        WHERE strpos(d.key, $4) > 0 AND ($5 = '' OR d.locale = $5)
    ) AS best
    CROSS JOIN LATERAL (
        SELECT * FROM search.question_day AS q
        WHERE q.tenant_id = $1 AND q.locale = best.locale AND q.key = best.key
          AND q.asked_on BETWEEN $2 AND $3
    ) AS s
    GROUP BY best.locale, best.key
) AS asked
ORDER BY {order}, words, locale LIMIT $7
"""


async def asked_words(
    reader: Reader,
    which: AskedKind,
    days: tuple[date, date],
    part: str,
    locale: str,
    order: AskedSort,
    most: int,
) -> list[AskedWords]:
    """Words that were asked on these days with `part` in them, of all languages or of one."""
    rows = await reader.read(
        _ASKED.format(best=_BEST[which], order=_SORTS[order]),
        *days,
        part,
        locale,
        _BEST_OF_A_DAY,
        most,
    )
    return [AskedWords(**row) for row in rows]


_CLICKED = """
WITH asked AS (
    SELECT q.query_id, q.key, q.hits[1:10] AS hits FROM search.question AS q
    WHERE q.tenant_id = $1 AND q.asked_at > $2 AND q.channel_id = $3 AND q.locale = $4
      AND NOT q.is_continued AND q.total > 0
    ORDER BY q.asked_at DESC LIMIT $5
), shown AS (
    SELECT a.query_id, a.key, h.product_id, h.place
    FROM asked AS a CROSS JOIN LATERAL unnest(a.hits) WITH ORDINALITY AS h (product_id, place)
), clicked AS (
    SELECT DISTINCT e.query_id, e.object_id FROM search.event AS e
    WHERE e.tenant_id = $1 AND e.taken_at > $2 AND e.action_name = ANY ($6::text[])
      AND e.object_id IS NOT NULL
), told AS (
    SELECT s.key, s.product_id, s.place, (c.query_id IS NOT NULL)::int AS is_clicked
    FROM shown AS s
    LEFT JOIN clicked AS c ON c.query_id = s.query_id AND c.object_id = s.product_id::text
), places AS (
    SELECT place, avg(is_clicked)::float8 AS rate FROM told GROUP BY place
)
SELECT t.key AS words, t.product_id, count(*) AS shown_count, sum(t.is_clicked) AS clicked_count,
       sum(p.rate) AS expected
FROM told AS t JOIN places AS p USING (place)
GROUP BY t.key, t.product_id HAVING count(*) >= $7 AND sum(p.rate) > 0
ORDER BY t.key, t.product_id LIMIT $8
"""


async def clicked_products(
    reader: Reader, since: datetime, place: tuple[object, str], bounds: tuple[int, int, int]
) -> list[ClickedProduct]:
    """How products fared among the first ten of answers in a channel and a language.

    `bounds` are how many of the latest questions are looked at, how often a product must have been
    shown, and how many rows come back at most.
    """
    questions, least, most = bounds
    rows = await reader.read(_CLICKED, since, *place, questions, list(CLICKS), least, most)
    return [ClickedProduct(**row) for row in rows]


async def forget(tx: Transaction, before: datetime, most: int) -> int:
    """At most so many questions and events of before then are gone; how many were, of the kind of
    which there were more."""
    gone = 0
    for table, moment, row_id in (
        ("question", "asked_at", "query_id"),
        ("event", "taken_at", "event_id"),
    ):
        count = await tx.execute(
            f"""
            DELETE FROM search.{table} WHERE tenant_id = $1 AND {row_id} = ANY (ARRAY(
                SELECT {row_id} FROM search.{table} WHERE tenant_id = $1 AND {moment} < $2
                ORDER BY {moment} LIMIT $3
            ))
            """,
            before,
            most,
        )
        gone = max(gone, count)
    return gone


async def forget_days(tx: Transaction, before: date) -> None:
    """Nothing is known of how often words were asked before that day."""
    await tx.execute(
        "DELETE FROM search.question_day WHERE tenant_id = $1 AND asked_on < $2", before
    )


async def day_page(
    reader: Reader, after: tuple[str, str, date], count: int
) -> list[dict[str, object]]:
    """At most `count` rows of the sums by day behind a place."""
    rows = await reader.read(
        """
        SELECT locale, key, asked_on, words, asked_count, empty_count, clicked_count, took_ms_sum,
               took_ms_max
        FROM search.question_day
        WHERE tenant_id = $1 AND (locale, key, asked_on) > ($2, $3, $4)
        ORDER BY locale, key, asked_on LIMIT $5
        """,
        *after,
        count,
    )
    return [dict(row) for row in rows]


async def delete_all(tx: Transaction) -> None:
    """Nothing is known of what was asked."""
    for table in ("question", "event", "question_day"):
        await tx.execute(f"DELETE FROM search.{table} WHERE tenant_id = $1")
