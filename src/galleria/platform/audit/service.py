"""Writing and reading the diary."""

from collections.abc import Mapping
from uuid import UUID

from galleria.engines.context import Context
from galleria.engines.sql import Transaction
from galleria.foundation.ids import new_id
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.platform.audit import model, repository
from galleria.platform.audit.model import Entry

NEWEST = UUID(int=2**128 - 1)  # above every id there will be: a list without a cursor starts here
_NOTHING: Mapping[str, object] = {}


async def record(
    tx: Transaction, action: str, subject: str, detail: Mapping[str, object] = _NOTHING
) -> None:
    """The transaction's actor did `action` to `subject`: kept if the transaction is.

    Args:
        tx: the transaction that makes the change.
        action: `<things>.<past verb>`, as in `keys.key_revoked`.
        subject: `<noun>:<what names it>`, as in `key:0192…`; entries can be listed by it.
        detail: what changed, as JSON, at most 16 KiB. Never a secret: no password, token or code.
    """
    entry = Entry(
        entry_id=new_id(),
        at=tx.now,
        actor_kind=tx.ctx.actor.kind,
        actor_id=tx.ctx.actor.actor_id,
        action=action,
        subject=subject,
        detail=detail,
        request_id=tx.ctx.request_id,
    )
    model.check_entry(entry)
    await repository.add_entry(tx, entry)


async def list_entries(
    ctx: Context, cursor: str | None = None, limit: int = 50, subject: str | None = None
) -> Page[Entry]:
    """A page of this shop's diary, newest first.

    Args:
        ctx: the shop.
        cursor: where the page before ended, None for the newest entries.
        limit: at most how many entries, 1 to 100.
        subject: only entries about this one thing, as in `key:0192…`.

    Raises:
        InvalidCursor: the cursor is not one of this list in this shop.
    """
    scope = f"audit.entries:{subject or ''}"
    before = NEWEST if cursor is None else _entry_id(ctx, cursor, scope)
    entries = await repository.entries_before(ctx, before, subject, limit + 1)
    if len(entries) <= limit:
        return Page(items=entries, next_cursor=None)
    shown = entries[:limit]
    last = str(shown[-1].entry_id)
    return Page(
        items=shown, next_cursor=ctx.engines.cursors.encode(ctx.tenant.tenant_id, scope, [last])
    )


def _entry_id(ctx: Context, cursor: str, scope: str) -> UUID:
    keys = ctx.engines.cursors.decode(cursor, ctx.tenant.tenant_id, scope)
    if len(keys) != 1 or not isinstance(keys[0], str):
        raise InvalidCursor("this cursor is not one of this list")
    return UUID(keys[0])
