"""Deliveries: written in sets, listed newest first, replayed and dropped step by step."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from galleria.engines.sql import Reader, Record, Transaction
from galleria.foundation.ids import made_at, new_id
from galleria.platform.webhooks.model.deliveries import Attempt, Delivery, Replay
from galleria.platform.webhooks.model.endpoints import Message
from galleria.platform.webhooks.model.figures import HourOfTries

_COLUMNS = ", ".join(
    "CASE WHEN state = 'waiting' AND isfinite(due_at) THEN due_at END AS due_at"
    if name == "due_at"
    else name
    for name in Delivery.__struct_fields__
)
_REPLAY = ", ".join(Replay.__struct_fields__)
_ADD = """
INSERT INTO webhooks.delivery
    (tenant_id, delivery_id, endpoint_id, message_id, tag, subject_id, occurred_at, body, thing_ids,
     is_test, state, due_at, created_at, queued_at)
SELECT $1, told.delivery_id, told.endpoint_id, told.message_id, told.tag, told.subject_id,
       told.occurred_at, told.body, told.thing_ids::uuid[], told.is_test, 'waiting',
       CASE WHEN told.is_ordered THEN 'infinity' ELSE $2::timestamptz END, $2, $2
FROM unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::timestamptz[],
            $9::text[], $10::text[], $11::boolean[], $12::boolean[]) WITH ORDINALITY
     AS told (delivery_id, endpoint_id, message_id, tag, subject_id, occurred_at, body, thing_ids,
              is_ordered, is_test, place)
ORDER BY told.place
ON CONFLICT (tenant_id, endpoint_id, message_id) DO NOTHING
"""


async def lock_lines(tx: Transaction) -> None:
    """Until the commit nobody else decides who comes first among messages that keep an order."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtext('webhooks.lines'), $1)")


async def add(tx: Transaction, messages: Sequence[Message]) -> list[UUID]:
    """The messages wait to be sent, each once however often it is added; their delivery ids.

    Those that keep an order all stand in line: see `release_heads`.
    """
    ids = [new_id() for _ in messages]
    await tx.execute(
        _ADD,
        tx.wall_now,
        ids,
        [each.endpoint_id for each in messages],
        [each.message_id for each in messages],
        [each.tag for each in messages],
        [each.subject_id for each in messages],
        [each.occurred_at for each in messages],
        [each.body for each in messages],
        # An array of arrays would have to be square.
        [_array(each.thing_ids) for each in messages],
        [each.is_ordered for each in messages],
        [each.is_test for each in messages],
    )
    return ids


async def release_heads(tx: Transaction, lines: Sequence[tuple[UUID, str]]) -> None:
    """The first that waits in each line (endpoint and subject) may be sent."""
    await tx.execute(
        """
        UPDATE webhooks.delivery SET due_at = $2
        FROM unnest($3::uuid[], $4::text[]) AS line (endpoint_id, subject_id)
        CROSS JOIN LATERAL (
            SELECT first.delivery_id FROM webhooks.delivery AS first
            WHERE first.tenant_id = $1 AND first.endpoint_id = line.endpoint_id
              AND first.subject_id = line.subject_id AND first.state = 'waiting'
            ORDER BY first.sequence LIMIT 1
        ) AS head
        WHERE delivery.tenant_id = $1 AND delivery.delivery_id = head.delivery_id
          AND delivery.due_at = 'infinity'
        """,
        tx.wall_now,
        [endpoint_id for endpoint_id, _ in lines],
        [subject_id for _, subject_id in lines],
    )


async def release_all(tx: Transaction, endpoint_id: UUID) -> None:
    """Nothing of this endpoint stands behind anything any more."""
    await tx.execute(
        "UPDATE webhooks.delivery SET due_at = $3 WHERE tenant_id = $1 AND endpoint_id = $2"
        " AND state = 'waiting' AND due_at = 'infinity'",
        endpoint_id,
        tx.wall_now,
    )


async def release_forgotten(tx: Transaction, before: datetime) -> int:
    """Whoever stands in line since before then and is the first in it may be sent; how many.

    It happens when an endpoint begins to keep an order in the very moment of a try.
    """
    return await tx.execute(
        """
        UPDATE webhooks.delivery AS late SET due_at = $2
        WHERE tenant_id = $1 AND state = 'waiting' AND due_at = 'infinity' AND queued_at < $3
          AND NOT EXISTS (
              SELECT 1 FROM webhooks.delivery AS first
              WHERE first.tenant_id = $1 AND first.endpoint_id = late.endpoint_id
                AND first.subject_id = late.subject_id AND first.state = 'waiting'
                AND first.sequence < late.sequence)
        """,
        tx.wall_now,
        before,
    )


async def find(
    reader: Reader, endpoint_id: UUID, delivery_id: UUID
) -> tuple[Delivery, str, bool] | None:
    """The delivery, its body, and whether things are sent beside it."""
    row = await reader.read_row(
        f"SELECT {_COLUMNS}, body, thing_ids IS NOT NULL AS is_expanded FROM webhooks.delivery"
        " WHERE tenant_id = $1 AND delivery_id = $2 AND endpoint_id = $3",
        delivery_id,
        endpoint_id,
    )
    return None if row is None else (_delivery_of(row), row["body"], row["is_expanded"])


async def page_before(
    reader: Reader, endpoint_id: UUID, before: UUID, kinds: tuple[str, str], count: int
) -> list[Delivery]:
    """At most `count` deliveries made before another, the newest first.

    Args:
        reader: where from.
        endpoint_id: whose.
        before: the delivery that the page before ended with.
        kinds: a state and a tag, each "" for any.
        count: at most so many.
    """
    state, tag = kinds
    wanted = [f"state = '{state}'"] if state in ("waiting", "failed", "delivered") else []
    rows = await reader.read(
        f"SELECT {_COLUMNS} FROM webhooks.delivery WHERE tenant_id = $1 AND endpoint_id = $2"
        " AND delivery_id < $3 AND ($5 = '' OR tag = $5)"
        + "".join(f" AND {each}" for each in wanted)
        + " ORDER BY delivery_id DESC LIMIT $4",
        endpoint_id,
        before,
        count,
        tag,
    )
    return [_delivery_of(row) for row in rows]


async def attempts_of(reader: Reader, delivery_id: UUID, count: int) -> list[Attempt]:
    """The latest tries of a delivery, the newest first."""
    rows = await reader.read(
        "SELECT attempt_id, latency_ms, status, error, request_headers, response_headers,"
        " response_body FROM webhooks.attempt WHERE tenant_id = $1 AND delivery_id = $2"
        " ORDER BY attempt_id DESC LIMIT $3",
        delivery_id,
        count,
    )
    return [
        Attempt(
            attempt_id=row["attempt_id"],
            tried_at=made_at(row["attempt_id"]),
            latency_ms=row["latency_ms"],
            status=row["status"],
            error=row["error"],
            request_headers=msgspec.json.decode(row["request_headers"]),
            response_headers=msgspec.json.decode(row["response_headers"]),
            response_body=row["response_body"],
        )
        for row in rows
    ]


async def oldest_waiting(reader: Reader, endpoint_id: UUID) -> datetime | None:
    """When the oldest message that waits was made; None when none waits."""
    made: datetime | None = await reader.read_value(
        "SELECT min(queued_at) AS made FROM webhooks.delivery"
        " WHERE tenant_id = $1 AND endpoint_id = $2 AND state = 'waiting'",
        endpoint_id,
    )
    return made


async def hours_since(reader: Reader, endpoint_id: UUID, since: datetime) -> list[HourOfTries]:
    """The endpoint's tries by the hour, the oldest first."""
    rows = await reader.read(
        "SELECT hour_at, succeeded_count, failed_count, latencies FROM webhooks.hour"
        " WHERE tenant_id = $1 AND endpoint_id = $2 AND hour_at >= $3 ORDER BY hour_at",
        endpoint_id,
        since,
    )
    return [HourOfTries(**row) for row in rows]


_AGAIN = """
UPDATE webhooks.delivery SET state = 'waiting', tries = 0, done_at = NULL, queued_at = $4,
    due_at = CASE WHEN $3 THEN 'infinity' ELSE $4::timestamptz END
WHERE tenant_id = $1 AND delivery_id = ANY ($2::uuid[]) AND state <> 'waiting'
RETURNING endpoint_id, subject_id
"""


async def send_again(
    tx: Transaction, delivery_ids: Sequence[UUID], *, is_ordered: bool
) -> list[tuple[UUID, str]]:
    """These wait to be sent once more, those that have come to an end; their lines."""
    rows = await tx.fetch(_AGAIN, list(delivery_ids), is_ordered, tx.wall_now)
    return [(row["endpoint_id"], row["subject_id"]) for row in rows]


async def ended_after(tx: Transaction, replay: Replay, after: UUID, count: int) -> list[UUID]:
    """The next deliveries that a replay is about, in the order they were made."""
    only_failed = " AND state = 'failed'" if replay.what == "failed" else ""
    rows = await tx.fetch(
        "SELECT delivery_id FROM webhooks.delivery WHERE tenant_id = $1 AND endpoint_id = $2"
        f" AND delivery_id > $3 AND delivery_id < $4 AND created_at < $5{only_failed}"
        " ORDER BY delivery_id LIMIT $6",
        replay.endpoint_id,
        after,
        first_id_at(replay.until),
        replay.until,
        count,
    )
    return [row["delivery_id"] for row in rows]


async def add_replay(tx: Transaction, replay: Replay) -> None:
    """The replay is there, at its beginning."""
    await tx.execute(
        f"INSERT INTO webhooks.replay (tenant_id, {_REPLAY}, reached_id)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        *msgspec.structs.astuple(replay),
        first_id_at(replay.since),
    )


async def find_replay(
    reader: Reader, replay_id: UUID, *, lock: bool = False
) -> tuple[Replay, UUID] | None:
    """The replay and how far it has come."""
    row = await reader.read_row(
        f"SELECT {_REPLAY}, reached_id FROM webhooks.replay"
        " WHERE tenant_id = $1 AND replay_id = $2" + (" FOR UPDATE" if lock else ""),
        replay_id,
    )
    if row is None:
        return None
    return Replay(**{name: row[name] for name in Replay.__struct_fields__}), row["reached_id"]


async def save_replay(tx: Transaction, replay: Replay, reached_id: UUID) -> None:
    """The replay has come so far."""
    await tx.execute(
        "UPDATE webhooks.replay SET state = $3, replayed_count = $4, done_at = $5, reached_id = $6"
        " WHERE tenant_id = $1 AND replay_id = $2",
        replay.replay_id,
        replay.state,
        replay.replayed_count,
        replay.done_at,
        reached_id,
    )


async def replays_of(reader: Reader, endpoint_id: UUID, count: int) -> list[Replay]:
    """The latest replays of an endpoint, the newest first."""
    rows = await reader.read(
        f"SELECT {_REPLAY} FROM webhooks.replay WHERE tenant_id = $1 AND endpoint_id = $2"
        " ORDER BY replay_id DESC LIMIT $3",
        endpoint_id,
        count,
    )
    return [Replay(**row) for row in rows]


async def give_up(tx: Transaction, before: datetime, count: int) -> list[tuple[UUID, str]]:
    """At most `count` deliveries that wait since before then have failed; their lines."""
    rows = await tx.fetch(
        """
        UPDATE webhooks.delivery SET state = 'failed', done_at = $2, last_error = 'expired'
        WHERE tenant_id = $1 AND delivery_id IN (
            SELECT late.delivery_id FROM webhooks.delivery AS late
            WHERE late.tenant_id = $1 AND late.state = 'waiting' AND late.queued_at < $3
              -- Not what somebody is just trying.
              AND (late.due_at <= $2 OR late.due_at > $2 + interval '1 minute')
            LIMIT $4)
        RETURNING endpoint_id, subject_id
        """,
        tx.wall_now,
        before,
        count,
    )
    return [(row["endpoint_id"], row["subject_id"]) for row in rows]


async def delete_old(tx: Transaction, before: datetime, count: int) -> int:
    """At most `count` deliveries made before then are gone, and as many tries; how many."""
    first = first_id_at(before)
    gone = 0
    for table, key in (("delivery", "delivery_id"), ("attempt", "attempt_id")):
        gone = max(
            gone,
            await tx.execute(
                f"DELETE FROM webhooks.{table} WHERE (tenant_id, {key}) IN (SELECT tenant_id, {key}"
                f" FROM webhooks.{table} WHERE tenant_id = $1 AND {key} < $2"
                f" ORDER BY {key} LIMIT $3)",
                first,
                count,
            ),
        )
    return gone


async def delete_old_figures(tx: Transaction, before: datetime) -> None:
    """Figures and replays of before then are gone."""
    await tx.execute("DELETE FROM webhooks.hour WHERE tenant_id = $1 AND hour_at < $2", before)
    await tx.execute(
        "DELETE FROM webhooks.replay WHERE tenant_id = $1 AND replay_id < $2", first_id_at(before)
    )


async def delete_of(tx: Transaction, endpoint_id: UUID, count: int) -> int:
    """At most `count` deliveries of an endpoint are gone with their tries; how many."""
    rows = await tx.fetch(
        "DELETE FROM webhooks.delivery WHERE tenant_id = $1 AND delivery_id IN (SELECT delivery_id"
        " FROM webhooks.delivery WHERE tenant_id = $1 AND endpoint_id = $2"
        " ORDER BY delivery_id LIMIT $3) RETURNING delivery_id",
        endpoint_id,
        count,
    )
    await tx.execute(
        "DELETE FROM webhooks.attempt WHERE tenant_id = $1 AND delivery_id = ANY ($2::uuid[])",
        [row["delivery_id"] for row in rows],
    )
    await tx.execute(
        "DELETE FROM webhooks.replay WHERE tenant_id = $1 AND endpoint_id = $2", endpoint_id
    )
    return len(rows)


async def after(reader: Reader, delivery_id: UUID, count: int) -> list[tuple[Delivery, str]]:
    """The shop's next deliveries with their bodies, in the order they were made."""
    rows = await reader.read(
        f"SELECT {_COLUMNS}, body FROM webhooks.delivery"
        " WHERE tenant_id = $1 AND delivery_id > $2 ORDER BY delivery_id LIMIT $3",
        delivery_id,
        count,
    )
    return [(_delivery_of(row), row["body"]) for row in rows]


def first_id_at(instant: datetime) -> UUID:
    """Below every id made at this instant or later, above those made before (UUIDv7)."""
    milliseconds = max(0, int(instant.timestamp() * 1000))
    return UUID(int=milliseconds << 80)


def _array(ids: Sequence[UUID]) -> str | None:
    return "{" + ",".join(map(str, ids)) + "}" if ids else None


def _delivery_of(row: Record) -> Delivery:
    return Delivery(**{name: row[name] for name in Delivery.__struct_fields__})
