"""Reads a tenant's log without a handler: for who keeps their own position, as a stream does."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from galleria.engines.event_log.position import START, Position, position_of
from galleria.engines.sql.transaction import Reader
from galleria.foundation.events import Envelope

# Looked through in one read, whatever their tags: what a page costs has an end.
MOST_SCANNED = 2_000
# As the relay: never beyond an open transaction, whose events sort before later ones.
_SETTLED = """
  AND (log_epoch < (SELECT e.log_epoch FROM event_log.epoch AS e)
       OR xact_id < pg_snapshot_xmin(pg_current_snapshot())::text::bigint)
"""
_HEADERS = f"""
SELECT log_epoch, xact_id, sequence, tag, occurred_at FROM event_log.outbox
WHERE tenant_id = $1 AND (log_epoch, xact_id, sequence) > ($2, $3, $4) {_SETTLED}
ORDER BY log_epoch, xact_id, sequence LIMIT $5
"""
_EVENTS = """
SELECT log_epoch, xact_id, sequence, event_id, tag, subject_id, occurred_at, actor, request_id,
       caused_by, payload
FROM event_log.outbox
WHERE tenant_id = $1 AND tag = ANY ($2::text[])
  AND (log_epoch, xact_id, sequence) > ($3, $4, $5)
  AND (log_epoch, xact_id, sequence) <= ($6, $7, $8)
ORDER BY log_epoch, xact_id, sequence
"""
_END = f"""
SELECT log_epoch, xact_id, sequence FROM event_log.outbox
WHERE tenant_id = $1 {_SETTLED}
ORDER BY log_epoch DESC, xact_id DESC, sequence DESC LIMIT 1
"""


class LogPage(msgspec.Struct, frozen=True, kw_only=True):
    """Events with the position after each, in the order of the log. `reached` is how far was
    looked and `reached_at` when that event came about; `is_last` when there is no more."""

    events: list[tuple[Position, Envelope[Any]]]
    reached: Position
    reached_at: datetime
    is_last: bool


async def read_log(reader: Reader, after: Position, tags: Sequence[str], limit: int) -> LogPage:
    """The tenant's next events of these tags after a position, at most `limit` >= 1 of them.

    It looks at 2,000 events at most: a page may be empty and not the last. What it has passed is
    settled: no event will ever appear before `reached`.
    """
    headers = await reader.read(_HEADERS, *after, MOST_SCANNED)
    wanted = frozenset(tags)
    count = 0
    reached, reached_at = after, datetime.min.replace(tzinfo=UTC)
    is_last = len(headers) < MOST_SCANNED
    for header in headers:
        if header["tag"] in wanted:
            if count == limit:
                is_last = False
                break
            count += 1
        reached, reached_at = position_of(header), header["occurred_at"]
    rows = await reader.read(_EVENTS, sorted(wanted), *after, *reached) if count else []
    tenant_id = reader.tenant.tenant_id
    return LogPage(
        events=[(position_of(row), _envelope_of(tenant_id, row)) for row in rows],
        reached=reached,
        reached_at=reached_at,
        is_last=is_last,
    )


async def end_of_log(reader: Reader) -> Position:
    """The position of the tenant's latest event that is settled; the very beginning without one."""
    row = await reader.read_row(_END)
    return START if row is None else position_of(row)


def _envelope_of(tenant_id: int, row: Any) -> Envelope[Any]:
    return Envelope(
        event_id=row["event_id"],
        tag=row["tag"],
        tenant_id=tenant_id,
        subject_id=row["subject_id"],
        occurred_at=row["occurred_at"],
        actor=row["actor"],
        request_id=row["request_id"],
        caused_by=row["caused_by"],
        payload=msgspec.json.decode(row["payload"]),
    )
