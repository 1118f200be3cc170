"""SQL of accounts."""

from datetime import datetime
from uuid import UUID

from galleria.commerce.accounts.model.accounts import Account, AccountStanding
from galleria.engines.sql import Reader, Transaction

_COLUMNS = ", ".join(Account.__struct_fields__)


async def find(reader: Reader, customer_id: UUID) -> Account | None:
    """The customer's account, None when there is none."""
    row = await reader.read_row(
        f"SELECT {_COLUMNS} FROM accounts.account WHERE tenant_id = $1 AND customer_id = $2",
        customer_id,
    )
    return None if row is None else Account(**row)


async def lock(tx: Transaction, customer_id: UUID) -> Account | None:
    """The account, locked until the commit: sign-ins of one person follow one another."""
    row = await tx.fetch_row(
        f"SELECT {_COLUMNS} FROM accounts.account"
        " WHERE tenant_id = $1 AND customer_id = $2 FOR UPDATE",
        customer_id,
    )
    return None if row is None else Account(**row)


async def open_account(tx: Transaction, customer_id: UUID, email_key: str) -> bool:
    """True when the customer had no account and has one now."""
    touched = await tx.execute(
        "INSERT INTO accounts.account (tenant_id, customer_id, verified_email_key, created_at)"
        " VALUES ($1, $2, $3, $4) ON CONFLICT (tenant_id, customer_id) DO NOTHING",
        customer_id,
        email_key,
        tx.now,
    )
    return touched == 1


async def note_sign_in(tx: Transaction, customer_id: UUID, verified_email_key: str | None) -> None:
    """They signed in now; with a key, that mailbox has just been proven."""
    await tx.execute(
        "UPDATE accounts.account SET signed_in_at = $3,"
        " verified_email_key = coalesce($4, verified_email_key)"
        " WHERE tenant_id = $1 AND customer_id = $2",
        customer_id,
        tx.now,
        verified_email_key,
    )


async def set_password(tx: Transaction, customer_id: UUID, password_hash: str) -> None:
    """The account opens by this password."""
    await tx.execute(
        "UPDATE accounts.account SET password_hash = $3 WHERE tenant_id = $1 AND customer_id = $2",
        customer_id,
        password_hash,
    )


async def set_blocked(tx: Transaction, customer_id: UUID, is_blocked: bool) -> None:
    """The account lets nobody in, or lets them in again."""
    await tx.execute(
        "UPDATE accounts.account SET is_blocked = $3 WHERE tenant_id = $1 AND customer_id = $2",
        customer_id,
        is_blocked,
    )


async def delete(tx: Transaction, customer_id: UUID) -> bool:
    """True when there was an account; it is gone with its sessions and passkeys."""
    touched = await tx.execute(
        "DELETE FROM accounts.account WHERE tenant_id = $1 AND customer_id = $2", customer_id
    )
    return touched == 1


async def cart_of(reader: Reader, customer_id: UUID) -> bytes | None:
    """The sealed token of the account's cart, None when it has none."""
    row = await reader.read_row(
        "SELECT cart_sealed FROM accounts.account WHERE tenant_id = $1 AND customer_id = $2",
        customer_id,
    )
    return None if row is None else row["cart_sealed"]


async def owner_of_cart(reader: Reader, cart_hash: bytes) -> UUID | None:
    """Whose cart it is, None for a guest's."""
    owner: UUID | None = await reader.read_value(
        "SELECT customer_id FROM accounts.account WHERE tenant_id = $1 AND cart_hash = $2",
        cart_hash,
    )
    return owner


async def keep_cart(
    tx: Transaction, customer_id: UUID, cart_hash: bytes | None, cart_sealed: bytes | None
) -> None:
    """This is the account's cart; None for none."""
    await tx.execute(
        "UPDATE accounts.account SET cart_hash = $3, cart_sealed = $4"
        " WHERE tenant_id = $1 AND customer_id = $2",
        customer_id,
        cart_hash,
        cart_sealed,
    )


async def standing(
    reader: Reader, customer_id: UUID, email_key: str, now: datetime
) -> AccountStanding | None:
    """The account as the shop's people see it; sessions that have not ended are counted."""
    row = await reader.read_row(
        """
        SELECT a.customer_id, a.verified_email_key = $3 AS email_verified,
               a.password_hash IS NOT NULL AS has_password, a.is_blocked, a.created_at,
               a.signed_in_at,
               (SELECT count(*) FROM accounts.passkey AS p
                WHERE p.tenant_id = $1 AND p.customer_id = $2) AS passkeys,
               (SELECT count(*) FROM accounts.session AS s
                WHERE s.tenant_id = $1 AND s.customer_id = $2
                  AND s.idle_expires_at > $4 AND s.expires_at > $4) AS sessions
        FROM accounts.account AS a WHERE a.tenant_id = $1 AND a.customer_id = $2
        """,
        customer_id,
        email_key,
        now,
    )
    return None if row is None else AccountStanding(**row)


async def page_after(reader: Reader, after: UUID, limit: int) -> list[Account]:
    """At most `limit` accounts after an id, in order."""
    rows = await reader.read(
        f"SELECT {_COLUMNS} FROM accounts.account"
        " WHERE tenant_id = $1 AND customer_id > $2 ORDER BY customer_id LIMIT $3",
        after,
        limit,
    )
    return [Account(**row) for row in rows]


async def delete_all(tx: Transaction) -> None:
    """The shop has no accounts, and no letters about them."""
    await tx.execute("DELETE FROM accounts.account WHERE tenant_id = $1")
    await tx.execute("DELETE FROM accounts.letter WHERE tenant_id = $1")
    await tx.execute("DELETE FROM accounts.challenge WHERE tenant_id = $1")
    await tx.execute("DELETE FROM accounts.attempt WHERE tenant_id = $1")
