"""The tables of what buyers may fetch, and what they fetched."""

from collections.abc import Sequence
from uuid import UUID

from galleria.commerce.downloads.model import Fetch, Grant
from galleria.engines.sql import Reader, Transaction
from galleria.foundation.ids import new_id

_GRANT = ", ".join(Grant.__struct_fields__)


async def add_grants(tx: Transaction, grants: Sequence[Grant]) -> None:
    """The buyers may fetch these; a right that is there stays as it is."""
    await tx.execute(
        """
        INSERT INTO downloads."grant" (tenant_id, grant_id, order_id, line_id, variant_id, slot_id,
            file_id, max_downloads, expires_at, created_at)
        SELECT $1, g.* FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[],
            $7::uuid[], $8::int4[], $9::timestamptz[], $10::timestamptz[]) AS g
        ON CONFLICT (tenant_id, order_id, line_id, variant_id, slot_id) DO NOTHING
        """,
        [each.grant_id for each in grants],
        [each.order_id for each in grants],
        [each.line_id for each in grants],
        [each.variant_id for each in grants],
        [each.slot_id for each in grants],
        [each.file_id for each in grants],
        [each.max_downloads for each in grants],
        [each.expires_at for each in grants],
        [each.created_at for each in grants],
    )


async def grants_of(reader: Reader, order_id: UUID) -> list[Grant]:
    """What the buyer of the order may fetch, or might have."""
    rows = await reader.read(
        f'SELECT {_GRANT} FROM downloads."grant"'
        " WHERE tenant_id = $1 AND order_id = $2 ORDER BY grant_id",
        order_id,
    )
    return [Grant(**row) for row in rows]


async def is_granted(reader: Reader, grant_id: UUID) -> bool:
    """Whether there is such a grant."""
    found = await reader.read_value(
        'SELECT true FROM downloads."grant" WHERE tenant_id = $1 AND grant_id = $2', grant_id
    )
    return found is not None


async def lock_grant(tx: Transaction, grant_id: UUID) -> Grant | None:
    """The grant, which nobody else counts on until the commit."""
    row = await tx.fetch_row(
        f'SELECT {_GRANT} FROM downloads."grant"'
        " WHERE tenant_id = $1 AND grant_id = $2 FOR NO KEY UPDATE",
        grant_id,
    )
    return None if row is None else Grant(**row)


async def save_grant(tx: Transaction, grant: Grant) -> None:
    """The grant's counts, end and state are kept."""
    await tx.execute(
        """
        UPDATE downloads."grant" SET max_downloads = $3, downloaded = $4, expires_at = $5,
            revoked_at = $6, last_at = $7, open_bytes = $8
        WHERE tenant_id = $1 AND grant_id = $2
        """,
        grant.grant_id,
        grant.max_downloads,
        grant.downloaded,
        grant.expires_at,
        grant.revoked_at,
        grant.last_at,
        grant.open_bytes,
    )


async def note_fetch(tx: Transaction, grant_id: UUID, file_id: UUID) -> None:
    """That this file was fetched by the grant is remembered."""
    await tx.execute(
        "INSERT INTO downloads.fetch (tenant_id, grant_id, fetch_id, at, file_id)"
        " VALUES ($1, $2, $3, $4, $5)",
        grant_id,
        new_id(),
        tx.now,
        file_id,
    )


async def fetches_of(
    reader: Reader, grant_id: UUID, before: UUID | None, limit: int
) -> list[Fetch]:
    """At most `limit` downloads by the grant older than `before`, newest first."""
    rows = await reader.read(
        """SELECT fetch_id, file_id, at FROM downloads.fetch
        WHERE tenant_id = $1 AND grant_id = $2 AND ($3::uuid IS NULL OR fetch_id < $3)
        ORDER BY fetch_id DESC LIMIT $4""",
        grant_id,
        before,
        limit,
    )
    return [Fetch(**row) for row in rows]


async def revoke_of_order(tx: Transaction, order_id: UUID) -> None:
    """Nothing of the order can be fetched any more, its licences count as taken back, and none is
    owed."""
    await tx.execute(
        'UPDATE downloads."grant" SET revoked_at = $3'
        " WHERE tenant_id = $1 AND order_id = $2 AND revoked_at IS NULL",
        order_id,
        tx.now,
    )
    await tx.execute(
        "UPDATE downloads.licence SET revoked_at = $3"
        " WHERE tenant_id = $1 AND order_id = $2 AND revoked_at IS NULL",
        order_id,
        tx.now,
    )
    await tx.execute("DELETE FROM downloads.owed WHERE tenant_id = $1 AND order_id = $2", order_id)
