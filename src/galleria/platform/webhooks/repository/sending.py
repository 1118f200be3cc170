"""What a sender asks and says: to whom something is due, what it takes, what came of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from galleria.engines.sql import Database, Record, Transaction
from galleria.platform.webhooks.model.deliveries import Claimed, Tried
from galleria.platform.webhooks.model.endpoints import Endpoint
from galleria.platform.webhooks.model.figures import CLASSES, class_of
from galleria.platform.webhooks.model.retrying import Fate, Health
from galleria.platform.webhooks.repository.endpoints import endpoint_of, health_of

# From one endpoint to the next: what it costs grows with endpoints that have something waiting,
# not with what waits.
_DUE = """
WITH RECURSIVE lane AS (
    (SELECT tenant_id, endpoint_id FROM webhooks.delivery WHERE state = 'waiting'
     ORDER BY tenant_id, endpoint_id LIMIT 1)
    UNION ALL
    SELECT next.tenant_id, next.endpoint_id FROM lane CROSS JOIN LATERAL (
        SELECT d.tenant_id, d.endpoint_id FROM webhooks.delivery AS d
        WHERE d.state = 'waiting'
          AND (d.tenant_id, d.endpoint_id) > (lane.tenant_id, lane.endpoint_id)
        ORDER BY d.tenant_id, d.endpoint_id LIMIT 1
    ) AS next
)
SELECT lane.tenant_id, lane.endpoint_id FROM lane
JOIN webhooks.endpoint AS e USING (tenant_id, endpoint_id)
JOIN webhooks.health AS h USING (tenant_id, endpoint_id)
WHERE e.status = 'enabled' AND (h.open_until IS NULL OR h.open_until <= $1)
  AND EXISTS (
      SELECT 1 FROM webhooks.delivery AS d
      WHERE d.tenant_id = lane.tenant_id AND d.endpoint_id = lane.endpoint_id
        AND d.state = 'waiting' AND d.due_at <= $1)
"""
_LANES = """
SELECT e.*, h.failures_in_row, h.trips, h.failing_since, h.open_until, h.last_success_at,
       h.last_failure_at, h.last_error,
       ARRAY(SELECT s.sealed FROM webhooks.secret AS s
             WHERE s.tenant_id = e.tenant_id AND s.endpoint_id = e.endpoint_id
               AND (s.ends_at IS NULL OR s.ends_at > $3)
             ORDER BY s.made_at DESC, s.secret_id DESC) AS sealed
FROM webhooks.endpoint AS e JOIN webhooks.health AS h USING (tenant_id, endpoint_id)
WHERE e.tenant_id = $1 AND e.endpoint_id = ANY ($2::uuid[]) AND e.status = 'enabled'
"""
_CLAIM = """
WITH picked AS (
    SELECT mine.delivery_id, lane.until
    FROM unnest($2::uuid[], $3::int[], $4::timestamptz[]) AS lane (endpoint_id, room, until)
    CROSS JOIN LATERAL (
        SELECT d.delivery_id FROM webhooks.delivery AS d
        WHERE d.tenant_id = $1 AND d.endpoint_id = lane.endpoint_id AND d.state = 'waiting'
          AND d.due_at <= $5
        ORDER BY d.due_at LIMIT lane.room FOR UPDATE SKIP LOCKED
    ) AS mine
)
UPDATE webhooks.delivery SET due_at = picked.until FROM picked
WHERE delivery.tenant_id = $1 AND delivery.delivery_id = picked.delivery_id
RETURNING delivery.delivery_id, endpoint_id, message_id, tag, subject_id, body, thing_ids, tries,
    due_at, created_at
"""
_ATTEMPTS = """
INSERT INTO webhooks.attempt (tenant_id, delivery_id, attempt_id, latency_ms, status, error,
                              request_headers, response_headers, response_body)
SELECT $1, * FROM unnest($2::uuid[], $3::uuid[], $4::int[], $5::int[], $6::text[], $7::text[],
                         $8::text[], $9::text[])
ON CONFLICT DO NOTHING
"""
# Only who still holds a delivery says what became of it: the claim is known by its end.
_OUTCOMES = """
UPDATE webhooks.delivery SET state = said.state, tries = said.tries, due_at = said.due_at,
    done_at = said.done_at, last_status = said.status, last_error = said.error
FROM unnest($2::uuid[], $3::timestamptz[], $4::text[], $5::int[], $6::timestamptz[],
            $7::timestamptz[], $8::int[], $9::text[])
    AS said (delivery_id, claimed_until, state, tries, due_at, done_at, status, error)
WHERE delivery.tenant_id = $1 AND delivery.delivery_id = said.delivery_id
  AND delivery.due_at = said.claimed_until AND delivery.state = 'waiting'
"""
_HOURS = """
INSERT INTO webhooks.hour AS h (tenant_id, endpoint_id, hour_at, succeeded_count, failed_count,
                                latencies)
SELECT $1, said.endpoint_id, date_trunc('hour', $2::timestamptz, 'UTC'), said.succeeded,
       said.failed, said.latencies::int8[]
FROM unnest($3::uuid[], $4::int8[], $5::int8[], $6::text[])
    AS said (endpoint_id, succeeded, failed, latencies)
ON CONFLICT (tenant_id, endpoint_id, hour_at) DO UPDATE SET
    succeeded_count = h.succeeded_count + excluded.succeeded_count,
    failed_count = h.failed_count + excluded.failed_count,
    latencies = ARRAY(SELECT a + b FROM unnest(h.latencies, excluded.latencies)
                      WITH ORDINALITY AS pair (a, b, place) ORDER BY place)
"""


class Lane(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint with what a sender needs of it."""

    endpoint: Endpoint
    health: Health
    sealed: list[bytes]


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """What is written of a try: what became of the delivery, and when it is tried again."""

    tried: Tried
    fate: Fate
    due_at: datetime


async def lanes_with_work(database: Database, now: datetime) -> dict[int, list[UUID]]:
    """The endpoints that something is due to, of all shops, by shop; those that rest are not."""
    async with database.relay() as connection:
        rows = await connection.fetch(_DUE, now)
    found: dict[int, list[UUID]] = {}
    for row in rows:
        found.setdefault(row["tenant_id"], []).append(row["endpoint_id"])
    return found


async def lanes(tx: Transaction, endpoint_ids: Sequence[UUID]) -> list[Lane]:
    """Those of these endpoints that are enabled."""
    rows: list[Record] = await tx.fetch(_LANES, list(endpoint_ids), tx.wall_now)
    return [
        Lane(endpoint=endpoint_of(row), health=health_of(row), sealed=list(row["sealed"]))
        for row in rows
    ]


async def claim(tx: Transaction, wanted: Sequence[tuple[UUID, int, datetime]]) -> list[Claimed]:
    """Deliveries that are due, of each endpoint at most so many, held until then: nobody else
    takes them before. Those longest due come first."""
    rows = await tx.fetch(
        _CLAIM,
        [endpoint_id for endpoint_id, _, _ in wanted],
        [room for _, room, _ in wanted],
        [until for _, _, until in wanted],
        tx.wall_now,
    )
    return [Claimed(**row) for row in rows]


async def write_ends(tx: Transaction, ends: Sequence[Ended]) -> None:
    """The tries are in the log, and each delivery says what became of it."""
    tried = [each.tried for each in ends]
    await tx.execute(
        _ATTEMPTS,
        [each.claimed.delivery_id for each in tried],
        [each.attempt_id for each in tried],
        [each.latency_ms for each in tried],
        [each.outcome.status for each in tried],
        [each.outcome.error for each in tried],
        [_text(each.request_headers) for each in tried],
        [_text(each.response_headers) for each in tried],
        [each.response_body for each in tried],
    )
    await tx.execute(
        _OUTCOMES,
        [each.claimed.delivery_id for each in tried],
        [each.claimed.due_at for each in tried],
        ["waiting" if each.fate == "again" else each.fate for each in ends],
        [each.claimed.tries + 1 for each in tried],
        [each.due_at for each in ends],
        [None if each.fate == "again" else tx.wall_now for each in ends],
        [each.outcome.status for each in tried],
        [each.outcome.reason for each in tried],
    )


async def count_tries(tx: Transaction, by_endpoint: Mapping[UUID, Sequence[Tried]]) -> None:
    """The present hour of each endpoint has these tries more."""
    succeeded, failed, latencies = [], [], []
    for tries in by_endpoint.values():
        good = sum(each.outcome.is_success for each in tries)
        succeeded.append(good)
        failed.append(len(tries) - good)
        counts = [0] * CLASSES
        for each in tries:
            counts[class_of(each.latency_ms)] += 1
        latencies.append("{" + ",".join(map(str, counts)) + "}")
    await tx.execute(_HOURS, tx.wall_now, list(by_endpoint), succeeded, failed, latencies)


def _text(value: Any) -> str:
    return msgspec.json.encode(value).decode()
