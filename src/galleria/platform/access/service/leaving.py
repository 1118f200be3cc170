"""A shop takes along what there is of its keys, and leaves none behind."""

from collections.abc import AsyncIterator
from datetime import date
from uuid import UUID

import msgspec

from galleria.engines.context import Context
from galleria.platform.access.model.leaks import LeakPolicy
from galleria.platform.access.repository import keys, policies, usage
from galleria.platform.access.service.news import tell_after

_KEYS_A_STEP = 500
_USES_A_STEP = 5_000


async def export_keys(ctx: Context) -> AsyncIterator[bytes]:
    """Keys, who used them on which day, and what is done when one leaks; a JSON object a line.
    Neither a key's text nor its hash is among them: another house could open with neither."""
    last = UUID(int=0)
    while found := await keys.key_rows_after(ctx, last, _KEYS_A_STEP):
        for key in found:
            yield msgspec.json.encode({"key": key}) + b"\n"
            after = (date.max, "", "", "")
            while days := await usage.days_after(ctx, key.key_id, after, _USES_A_STEP):
                for day in days:
                    told = {"key_id": key.key_id, **msgspec.structs.asdict(day)}
                    yield msgspec.json.encode({"key_use": told}) + b"\n"
                end = days[-1]
                after = (end.used_on, end.client, end.agent, end.route)
        last = found[-1].key_id
    policy = await policies.leak_policy(ctx)
    if policy != LeakPolicy():
        yield msgspec.json.encode({"leak_policy": policy}) + b"\n"


async def erase_keys(ctx: Context) -> None:
    """No key of the shop opens anything, and nothing is known of who used them."""
    async with ctx.transaction() as tx:
        await keys.delete_all(tx)
        await usage.delete_all(tx)
        await policies.delete_all(tx)
        tell_after(tx)
