"""How a session begins: always with a token nobody has seen before."""

from uuid import UUID

from galleria.engines.context import HOUSE, Context
from galleria.engines.sql import Transaction
from galleria.foundation.ids import mint_token, new_id, token_hash
from galleria.platform.access.model import sessions
from galleria.platform.access.model.sessions import SecondFactor, SignedIn, StoredSession
from galleria.platform.access.repository import sessions as repository


def assert_house(ctx: Context) -> None:
    """People and sessions live in the house; a caller who is elsewhere has a bug."""
    assert ctx.tenant.tenant_id == HOUSE.tenant_id, "people and sessions live in the house"


async def start_session(
    tx: Transaction, person_id: UUID, second_factor: SecondFactor, client_address: str
) -> SignedIn:
    """A new session and its tokens; with `pending` it can do nothing but take the code."""
    token = mint_token(sessions.TOKEN_KIND, HOUSE.tenant_id)
    idle_expires_at, expires_at = sessions.deadlines(second_factor, tx.now)
    session = StoredSession(
        session_id=new_id(),
        person_id=person_id,
        second_factor=second_factor,
        created_at=tx.now,
        seen_at=tx.now,
        idle_expires_at=idle_expires_at,
        expires_at=expires_at,
    )
    await repository.add_session(tx, session, token_hash(token), client_address)
    await repository.end_oldest(tx, session, sessions.MOST_SESSIONS)
    return SignedIn(
        session_token=token,
        csrf_token=sessions.csrf_token_of(token),
        needs_second_factor=second_factor == "pending",
        expires_at=expires_at,
    )
