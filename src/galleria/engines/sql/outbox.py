"""Writes a transaction's events into the outbox, in the same commit as the state they tell of."""

from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg
import msgspec

from galleria.foundation.events import Event, encode_event
from galleria.foundation.ids import new_id

if TYPE_CHECKING:
    from galleria.engines.context import Context

_INSERT = """
INSERT INTO event_log.outbox
    (tenant_id, log_epoch, xact_id, event_id, tag, subject_id, occurred_at, actor, request_id,
     caused_by, payload)
SELECT $1, epoch.log_epoch, pg_current_xact_id()::text::bigint, event.event_id, event.tag,
       event.subject_id, $2, $3, $4, $5, event.payload
FROM unnest($6::uuid[], $7::text[], $8::text[], $9::text[])
     WITH ORDINALITY AS event (event_id, tag, subject_id, payload, position)
CROSS JOIN event_log.epoch AS epoch
ORDER BY event.position
"""


class OutboxRow(msgspec.Struct, frozen=True):
    """One event as the outbox keeps it; `payload` is JSON text."""

    event_id: UUID
    tag: str
    subject_id: str
    payload: str

    @classmethod
    def of(cls, event: Event) -> "OutboxRow":
        """The row of a published event, with a fresh id."""
        return cls(new_id(), event.TAG, event.subject_id, encode_event(event).decode())


async def write_outbox(
    connection: asyncpg.Connection, ctx: "Context", caused_by: UUID | None, rows: list[OutboxRow]
) -> None:
    """The rows are inserted in the order given, by one statement."""
    await connection.execute(
        _INSERT,
        ctx.tenant.tenant_id,
        # Parted and pruned by this: a shop's own clock must not move it.
        ctx.wall_now,
        f"{ctx.actor.kind}:{ctx.actor.actor_id}",
        ctx.request_id,
        caused_by,
        [row.event_id for row in rows],
        [row.tag for row in rows],
        [row.subject_id for row in rows],
        [row.payload for row in rows],
    )
