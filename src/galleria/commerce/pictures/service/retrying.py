"""Pictures that were given up, tried again because somebody asks for it."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from galleria.commerce.pictures.events import PicturesWanted
from galleria.commerce.pictures.model import Picture
from galleria.commerce.pictures.repository import reading as repository
from galleria.commerce.pictures.repository import tallying
from galleria.commerce.pictures.service.reading import get_picture
from galleria.engines.context import Context
from galleria.engines.sql import Transaction
from galleria.platform import audit

_A_COMMIT = 10_000


async def retry_picture(ctx: Context, picture_id: UUID) -> Picture:
    """The picture is fetched again soon, should it have failed; any other stays as it is.

    Raises:
        PictureNotFound: no product of this shop names it.
    """
    async with ctx.transaction() as tx:
        await _again(tx, await repository.retry_one(tx, picture_id), f"picture:{picture_id}")
        return await get_picture(tx, picture_id)


async def retry_all_failed(ctx: Context) -> int:
    """All pictures that have failed so far are fetched again soon; how many.

    Commits every 10,000: whatever interrupts it, asking again goes on.
    """
    # One that fails again meanwhile is not asked for a second time.
    begun_at, count = ctx.engines.clock.now(), 0
    while True:
        async with ctx.transaction() as tx:
            requests = await repository.retry_some(tx, begun_at, _A_COMMIT)
            await _again(tx, requests, "picture:all")
        count += len(requests)
        if len(requests) < _A_COMMIT:
            return count


async def _again(tx: Transaction, requests: Sequence[str], subject: str) -> None:
    if not requests:
        return
    changes: tallying.Changes = Counter((each, "waiting") for each in requests)
    changes.subtract((each, "failed") for each in requests)
    await tallying.add(tx, changes)
    await audit.record(tx, "pictures.pictures_retried", subject, {"count": len(requests)})
    tx.publish(PicturesWanted(wanted_count=len(requests)))
