"""SQL of passkeys and of what they are asked to sign."""

from uuid import UUID

from galleria.commerce.accounts.model.passkeys import Challenge, StoredPasskey
from galleria.engines.sql import Reader, Transaction

_COLUMNS = StoredPasskey.__struct_fields__
_CHALLENGE = Challenge.__struct_fields__


async def add_challenge(tx: Transaction, challenge: Challenge) -> None:
    """The challenge is kept until it is answered or expires."""
    places = ", ".join(f"${place}" for place, _ in enumerate(_CHALLENGE, 2))
    await tx.execute(
        f"INSERT INTO accounts.challenge (tenant_id, {', '.join(_CHALLENGE)})"
        f" VALUES ($1, {places})",
        *(getattr(challenge, name) for name in _CHALLENGE),
    )


async def take_challenge(
    tx: Transaction, challenge_id: UUID, customer_id: UUID | None
) -> Challenge | None:
    """The challenge, used up by this; None when it is another's, was used or has expired."""
    row = await tx.fetch_row(
        "DELETE FROM accounts.challenge WHERE tenant_id = $1 AND challenge_id = $2"
        f" AND customer_id IS NOT DISTINCT FROM $3 RETURNING {', '.join(_CHALLENGE)}",
        challenge_id,
        customer_id,
    )
    if row is None or row["expires_at"] <= tx.now:
        return None
    return Challenge(**row)


async def forget_challenges(tx: Transaction) -> int:
    """Challenges that have expired are gone; how many comes back."""
    return await tx.execute(
        "DELETE FROM accounts.challenge WHERE tenant_id = $1 AND expires_at <= $2", tx.now
    )


async def add(tx: Transaction, passkey: StoredPasskey) -> bool:
    """True when the passkey is kept, False when the shop knows it already."""
    places = ", ".join(f"${place}" for place, _ in enumerate(_COLUMNS, 2))
    touched = await tx.execute(
        f"INSERT INTO accounts.passkey (tenant_id, {', '.join(_COLUMNS)}) VALUES ($1, {places})"
        " ON CONFLICT (tenant_id, credential_id) DO NOTHING",
        *(getattr(passkey, name) for name in _COLUMNS),
    )
    return touched == 1


async def of_customer(reader: Reader, customer_id: UUID) -> list[StoredPasskey]:
    """The person's passkeys, the oldest first."""
    rows = await reader.read(
        f"SELECT {', '.join(_COLUMNS)} FROM accounts.passkey"
        " WHERE tenant_id = $1 AND customer_id = $2 ORDER BY passkey_id",
        customer_id,
    )
    return [StoredPasskey(**row) for row in rows]


async def lock_by_credential(tx: Transaction, credential_id: bytes) -> StoredPasskey | None:
    """The passkey, locked until the commit: its counter grows by one use after the other."""
    row = await tx.fetch_row(
        f"SELECT {', '.join(_COLUMNS)} FROM accounts.passkey"
        " WHERE tenant_id = $1 AND credential_id = $2 FOR UPDATE",
        credential_id,
    )
    return None if row is None else StoredPasskey(**row)


async def note_use(
    tx: Transaction, passkey: StoredPasskey, sign_count: int, is_backed_up: bool
) -> None:
    """It was used now, for the so-manieth time by its own count."""
    await tx.execute(
        "UPDATE accounts.passkey SET sign_count = $4, is_backed_up = $5, last_used_at = $6"
        " WHERE tenant_id = $1 AND customer_id = $2 AND passkey_id = $3",
        passkey.customer_id,
        passkey.passkey_id,
        sign_count,
        is_backed_up,
        tx.now,
    )


async def rename(
    tx: Transaction, customer_id: UUID, passkey_id: UUID, name: str
) -> StoredPasskey | None:
    """The passkey under its new name, None when there is no such."""
    row = await tx.fetch_row(
        "UPDATE accounts.passkey SET name = $4"
        " WHERE tenant_id = $1 AND customer_id = $2 AND passkey_id = $3"
        f" RETURNING {', '.join(_COLUMNS)}",
        customer_id,
        passkey_id,
        name,
    )
    return None if row is None else StoredPasskey(**row)


async def remove(tx: Transaction, customer_id: UUID, passkey_id: UUID) -> bool:
    """True when there was such a passkey; it opens nothing any more."""
    touched = await tx.execute(
        "DELETE FROM accounts.passkey"
        " WHERE tenant_id = $1 AND customer_id = $2 AND passkey_id = $3",
        customer_id,
        passkey_id,
    )
    return touched == 1
