"""SQL of shoppers' sessions. A request's is looked up by the hash of its token and nothing else."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from galleria.commerce.accounts.model.sessions import KnownSession, StoredSession
from galleria.engines.sql import Reader, Transaction

_KNOWN = ", ".join(f"s.{name}" for name in KnownSession.__struct_fields__)
_STORED = StoredSession.__struct_fields__


async def add(tx: Transaction, session: StoredSession, token_hash: bytes) -> None:
    """The session is kept under the hash of its token."""
    places = ", ".join(f"${place}" for place, _ in enumerate(_STORED, 3))
    await tx.execute(
        f"INSERT INTO accounts.session (tenant_id, token_hash, {', '.join(_STORED)})"
        f" VALUES ($1, $2, {places})",
        token_hash,
        *(getattr(session, name) for name in _STORED),
    )


async def find(reader: Reader, token_hash: bytes, now: datetime) -> KnownSession | None:
    """The session, if it has not ended by `now` and its account is not blocked."""
    row = await reader.read_row(
        f"SELECT {_KNOWN} FROM accounts.session AS s"
        " JOIN accounts.account AS a"
        "   ON a.tenant_id = $1 AND a.customer_id = s.customer_id AND NOT a.is_blocked"
        " WHERE s.tenant_id = $1 AND s.token_hash = $2"
        " AND s.expires_at > $3 AND s.idle_expires_at > $3",
        token_hash,
        now,
    )
    return None if row is None else KnownSession(**row)


async def touch(tx: Transaction, token_hash: bytes, idle_expires_at: datetime) -> None:
    """The session was used now. A later touch is not undone by an earlier one."""
    await tx.execute(
        "UPDATE accounts.session SET seen_at = $3, idle_expires_at = $4"
        " WHERE tenant_id = $1 AND token_hash = $2 AND seen_at < $3",
        token_hash,
        tx.now,
        idle_expires_at,
    )


async def of_customer(reader: Reader, customer_id: UUID, now: datetime) -> list[StoredSession]:
    """The person's sessions that have not ended, the newest first."""
    rows = await reader.read(
        f"SELECT {', '.join(_STORED)} FROM accounts.session"
        " WHERE tenant_id = $1 AND customer_id = $2 AND expires_at > $3 AND idle_expires_at > $3"
        " ORDER BY session_id DESC",
        customer_id,
        now,
    )
    return [StoredSession(**row) for row in rows]


async def end(tx: Transaction, customer_id: UUID, session_id: UUID) -> list[bytes]:
    """The session is gone; the hash of its token, none when there was no such."""
    rows = await tx.fetch(
        "DELETE FROM accounts.session"
        " WHERE tenant_id = $1 AND customer_id = $2 AND session_id = $3 RETURNING token_hash",
        customer_id,
        session_id,
    )
    return [row["token_hash"] for row in rows]


async def end_all(tx: Transaction, customer_id: UUID, but: Sequence[UUID] = ()) -> list[bytes]:
    """Every session of the person but these is gone; the hashes of their tokens."""
    rows = await tx.fetch(
        "DELETE FROM accounts.session WHERE tenant_id = $1 AND customer_id = $2"
        " AND NOT session_id = ANY ($3::uuid[]) RETURNING token_hash",
        customer_id,
        list(but),
    )
    return [row["token_hash"] for row in rows]


async def end_oldest(tx: Transaction, customer_id: UUID, most: int) -> list[bytes]:
    """The person has at most `most` sessions; the hashes of those that made room."""
    rows = await tx.fetch(
        "DELETE FROM accounts.session WHERE tenant_id = $1 AND token_hash IN ("
        " SELECT token_hash FROM accounts.session WHERE tenant_id = $1 AND customer_id = $2"
        " ORDER BY session_id DESC OFFSET $3) RETURNING token_hash",
        customer_id,
        most,
    )
    return [row["token_hash"] for row in rows]


async def forget_ended(tx: Transaction) -> int:
    """Sessions that are over are gone; how many comes back."""
    return await tx.execute(
        "DELETE FROM accounts.session WHERE tenant_id = $1"
        " AND (idle_expires_at <= $2 OR expires_at <= $2)",
        tx.now,
    )
