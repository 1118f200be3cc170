"""SQL of the mails that were asked for, and of the links in them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from galleria.commerce.accounts.model.letters import (
    OUTDATED_AFTER_HOURS,
    Letter,
    Link,
    LinkKind,
    Said,
)
from galleria.engines.sql import Reader, Record, Transaction

_FIELDS = Letter.__struct_fields__
_COLUMNS = ", ".join(_FIELDS)


async def add(tx: Transaction, letter: Letter) -> None:
    """The letter waits to be sent."""
    values = msgspec.structs.asdict(letter) | {"said": msgspec.to_builtins(letter.said)}
    places = ", ".join(f"${place}" for place, _ in enumerate(_FIELDS, 2))
    await tx.execute(
        f"INSERT INTO accounts.letter (tenant_id, {_COLUMNS}) VALUES ($1, {places})",
        *(values[name] for name in _FIELDS),
    )


async def unsent_among(reader: Reader, letter_ids: Sequence[UUID], now: datetime) -> list[Letter]:
    """Those of the letters that have not gone out, in the order they were asked for."""
    rows = await reader.read(
        f"SELECT {_COLUMNS} FROM accounts.letter WHERE tenant_id = $1"
        " AND letter_id = ANY ($2::uuid[]) AND sent_at IS NULL AND created_at > $3"
        " ORDER BY letter_id",
        list(letter_ids),
        now - timedelta(hours=OUTDATED_AFTER_HOURS),
    )
    return [_letter(row) for row in rows]


async def add_link(
    tx: Transaction, letter_id: UUID, kind: LinkKind, token_hash: bytes, expires_at: datetime
) -> None:
    """The link opens what the letter is about, until it expires or is used."""
    await tx.execute(
        "INSERT INTO accounts.link (tenant_id, token_hash, letter_id, kind, expires_at)"
        " VALUES ($1, $2, $3, $4, $5)",
        token_hash,
        letter_id,
        kind,
        expires_at,
    )


async def address_to(tx: Transaction, letter_id: UUID, customer_id: UUID | None) -> None:
    """The letter is about this customer, so that it can be withdrawn with others of theirs."""
    await tx.execute(
        "UPDATE accounts.letter SET customer_id = $3 WHERE tenant_id = $1 AND letter_id = $2",
        letter_id,
        customer_id,
    )


async def mark_sent(tx: Transaction, letter_id: UUID) -> None:
    """The letter has gone out, or there is nobody to send it to."""
    await tx.execute(
        "UPDATE accounts.letter SET sent_at = $3 WHERE tenant_id = $1 AND letter_id = $2",
        letter_id,
        tx.now,
    )


async def find_link(reader: Reader, token_hash: bytes, now: datetime) -> Link | None:
    """What the link is for, None when it was used or has expired."""
    columns = ", ".join(f"letter.{name}" for name in _FIELDS if name != "kind")
    row = await reader.read_row(
        f"SELECT link.kind AS link_kind, letter.kind, {columns} FROM accounts.link"
        " JOIN accounts.letter"
        "   ON letter.tenant_id = $1 AND letter.letter_id = link.letter_id"
        " WHERE link.tenant_id = $1 AND link.token_hash = $2 AND link.expires_at > $3",
        token_hash,
        now,
    )
    return None if row is None else Link(kind=row["link_kind"], letter=_letter(row))


async def take_link(tx: Transaction, token_hash: bytes) -> Link | None:
    """The same, and the link is used up, with every other of its letter. Of two calls one gets it.

    The letter is locked first: two links of one letter are taken by one.
    """
    locked = await tx.fetch_row(
        "SELECT letter_id FROM accounts.letter WHERE tenant_id = $1 AND letter_id ="
        " (SELECT letter_id FROM accounts.link WHERE tenant_id = $1 AND token_hash = $2)"
        " FOR UPDATE",
        token_hash,
    )
    if locked is None:
        return None
    link = await find_link(tx, token_hash, tx.now)
    if link is not None:
        await forget(tx, link.letter.letter_id)
    return link


async def forget(tx: Transaction, letter_id: UUID) -> None:
    """The letter's links open nothing any more."""
    await tx.execute("DELETE FROM accounts.link WHERE tenant_id = $1 AND letter_id = $2", letter_id)


async def forget_of(tx: Transaction, customer_id: UUID, kinds: Sequence[str]) -> None:
    """Letters of these kinds about the customer, and their links, are gone."""
    await tx.execute(
        "DELETE FROM accounts.letter"
        " WHERE tenant_id = $1 AND customer_id = $2 AND kind = ANY ($3::text[])",
        customer_id,
        list(kinds),
    )


async def forget_all_of(tx: Transaction, customer_id: UUID) -> None:
    """Every letter about the customer, and its links, are gone."""
    await tx.execute(
        "DELETE FROM accounts.letter WHERE tenant_id = $1 AND customer_id = $2", customer_id
    )


async def forget_old(tx: Transaction) -> int:
    """Letters are forgotten after two days, with their links; how many went."""
    return await tx.execute(
        "DELETE FROM accounts.letter WHERE tenant_id = $1 AND created_at <= $2",
        tx.now - timedelta(hours=2 * OUTDATED_AFTER_HOURS),
    )


def _letter(row: Record) -> Letter:
    fields = {name: row[name] for name in _FIELDS} | {"said": msgspec.convert(row["said"], Said)}
    return Letter(**fields)
