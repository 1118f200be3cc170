"""SQL of sessions. They are looked up by the hash of their token and nothing else."""

from datetime import datetime
from uuid import UUID

from galleria.engines.sql import Reader, Transaction
from galleria.platform.access.model.sessions import Session, StoredSession

_OWN = StoredSession.__struct_fields__
_SELECT = (
    f"SELECT {', '.join(f'session.{name}' for name in _OWN)}, person.email, person.name"
    " FROM access.session JOIN access.person USING (person_id)"
    " WHERE session.tenant_id = $1 AND token_hash = $2"
    " AND session.expires_at > $3 AND session.idle_expires_at > $3"
)


async def add_session(
    tx: Transaction, session: StoredSession, token_hash: bytes, client_address: str
) -> None:
    """The session is kept under the hash of its token."""
    places = ", ".join(f"${place}" for place, _ in enumerate(_OWN, 4))
    await tx.execute(
        f"INSERT INTO access.session (tenant_id, token_hash, client_address, {', '.join(_OWN)})"
        f" VALUES ($1, $2, $3, {places})",
        token_hash,
        client_address,
        *(getattr(session, name) for name in _OWN),
    )


async def find_session(reader: Reader, token_hash: bytes, now: datetime) -> Session | None:
    """The session, if it has not ended by `now`."""
    row = await reader.read_row(_SELECT, token_hash, now)
    return None if row is None else Session(**row)


async def touch_session(tx: Transaction, session: Session, idle_expires_at: datetime) -> None:
    """The session was used now. A later touch is not undone by an earlier one."""
    await tx.execute(
        "UPDATE access.session SET seen_at = $3, idle_expires_at = $4"
        " WHERE tenant_id = $1 AND session_id = $2 AND person_id = $5 AND seen_at < $3",
        session.session_id,
        tx.now,
        idle_expires_at,
        session.person_id,
    )


async def end_session(tx: Transaction, token_hash: bytes) -> UUID | None:
    """The session is gone; whose it was, None when there was none. Of two calls one gets it."""
    person_id: UUID | None = await tx.fetch_value(
        "DELETE FROM access.session WHERE tenant_id = $1 AND token_hash = $2 RETURNING person_id",
        token_hash,
    )
    return person_id


async def end_sessions_of(tx: Transaction, person_id: UUID) -> int:
    """Every session of a person is gone, pending ones too; how many comes back."""
    return await tx.execute(
        "DELETE FROM access.session WHERE tenant_id = $1 AND person_id = $2", person_id
    )


async def end_oldest(tx: Transaction, like: StoredSession, most: int) -> None:
    """The person has at most `most` sessions of this kind, waiting for a code or not."""
    await tx.execute(
        "DELETE FROM access.session WHERE tenant_id = $1 AND token_hash IN ("
        " SELECT token_hash FROM access.session WHERE tenant_id = $1 AND person_id = $2"
        " AND (second_factor = 'pending') = $3 ORDER BY session_id DESC OFFSET $4)",
        like.person_id,
        like.second_factor == "pending",
        most,
    )


async def forget_ended(tx: Transaction) -> int:
    """Sessions that are over are gone; how many comes back."""
    return await tx.execute(
        "DELETE FROM access.session WHERE tenant_id = $1"
        " AND (expires_at <= $2 OR idle_expires_at <= $2)",
        tx.now,
    )
