"""Expected deliveries."""

from uuid import UUID

from galleria.commerce.inventory.model.arriving import Incoming, IncomingState
from galleria.engines.sql import Reader, Transaction

_FIELDS = Incoming.__struct_fields__
_COLUMNS = ", ".join(_FIELDS)


async def add_incoming(tx: Transaction, incoming: Incoming) -> None:
    """The delivery is expected."""
    places = ", ".join(f"${at}" for at in range(2, len(_FIELDS) + 2))
    await tx.execute(
        f"INSERT INTO inventory.incoming (tenant_id, {_COLUMNS}) VALUES ($1, {places})",
        *(getattr(incoming, name) for name in _FIELDS),
    )


async def lock_incoming(tx: Transaction, incoming_id: UUID) -> Incoming | None:
    """The delivery, locked until the commit."""
    row = await tx.fetch_row(
        f"SELECT {_COLUMNS} FROM inventory.incoming"
        " WHERE tenant_id = $1 AND incoming_id = $2 FOR UPDATE",
        incoming_id,
    )
    return Incoming(**row) if row else None


async def save_incoming(tx: Transaction, incoming: Incoming) -> None:
    """The row says how much has come and whether more is waited for."""
    await tx.execute(
        "UPDATE inventory.incoming SET received = $3, state = $4"
        " WHERE tenant_id = $1 AND incoming_id = $2",
        incoming.incoming_id,
        incoming.received,
        incoming.state,
    )


async def page_of_incoming(
    reader: Reader, variant_id: UUID | None, after: UUID, count: int
) -> list[Incoming]:
    """At most `count` open deliveries noted after one, oldest first; of one variant when given."""
    args: list[object] = [after, count]
    whose = ""
    if variant_id is not None:
        args.append(variant_id)
        whose = "AND variant_id = $4"
    rows = await reader.read(
        f"SELECT {_COLUMNS} FROM inventory.incoming WHERE tenant_id = $1 AND state = 'open'"
        f" AND incoming_id > $2 {whose} ORDER BY incoming_id LIMIT $3",
        *args,
    )
    return [Incoming(**row) for row in rows]


async def page_of_closed(
    reader: Reader, state: IncomingState, before: UUID, count: int
) -> list[Incoming]:
    """At most `count` deliveries in a state that is not open, noted before one, newest first."""
    assert state != "open", "those are found by another index"
    rows = await reader.read(
        f"SELECT {_COLUMNS} FROM inventory.incoming WHERE tenant_id = $1 AND state = $2"
        " AND state <> 'open' AND incoming_id < $3 ORDER BY incoming_id DESC LIMIT $4",
        state,
        before,
        count,
    )
    return [Incoming(**row) for row in rows]
