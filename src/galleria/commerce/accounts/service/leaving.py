"""A shop takes along who has an account with it, and leaves nothing behind."""

from collections.abc import AsyncIterator
from uuid import UUID

import msgspec

from galleria.commerce.accounts.repository import accounts as repository
from galleria.engines.context import Context

_ACCOUNTS_A_STEP = 5_000


async def export_accounts(ctx: Context) -> AsyncIterator[bytes]:
    """Each account without what opens it, a JSON object a line: no hash, key or token."""
    after = UUID(int=0)
    while page := await repository.page_after(ctx, after, _ACCOUNTS_A_STEP):
        for each in page:
            said = {
                "customer_id": each.customer_id,
                "has_password": each.password_hash is not None,
                "is_blocked": each.is_blocked,
                "created_at": each.created_at,
                "signed_in_at": each.signed_in_at,
            }
            yield msgspec.json.encode({"account": said}) + b"\n"
        after = page[-1].customer_id


async def erase_accounts(ctx: Context) -> None:
    """Nobody has an account with the shop, and no mail about one waits to be sent."""
    async with ctx.transaction() as tx:
        await repository.delete_all(tx)
