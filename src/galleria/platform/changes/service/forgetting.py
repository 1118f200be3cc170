"""The history of what is to be forgotten, and of what is long past, goes."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import msgspec

from galleria.engines.context import Context
from galleria.engines.sql import Transaction
from galleria.platform.changes import repository
from galleria.platform.changes.model import packing
from galleria.platform.changes.model.changes import ChangesSettings, change_of, view_of
from galleria.platform.changes.service.reading import MOST_HEADERS, NEWEST

# A commit's worth: a chunk of bulk work is as large as thousands of changes.
CHANGES_A_STEP = 5_000
CHUNKS_A_STEP = 20
_ROWS_AT_ONCE = 500


async def forget(tx: Transaction, subject_kind: str, subject_id: UUID | str) -> None:
    """Nothing is known any more of what happened to the thing, in bulk work neither."""
    await repository.delete_changes(tx, subject_kind, str(subject_id))
    if isinstance(subject_id, str):
        return
    before = NEWEST
    while headers := await repository.headers_before(
        tx, subject_kind, subject_id, before, MOST_HEADERS
    ):
        for header in headers:
            if packing.may_hold(header.bloom, subject_id):
                await _leave_out(tx, subject_kind, subject_id, header.change_id)
        before = headers[-1].change_id


async def _leave_out(tx: Transaction, subject_kind: str, subject_id: UUID, change_id: UUID) -> None:
    for chunk in await repository.chunks_with(tx, subject_kind, [change_id]):
        if packing.unpack_entry(chunk.packed, subject_id) is not None:
            packed = packing.without_entry(chunk.packed, subject_id)
            await repository.repack_chunk(tx, chunk, packed)


async def forget_old(ctx: Context) -> None:
    """Versions replaced longer ago than is kept, and bulk work as old, are gone, step by step."""
    settings = ctx.engines.settings_of(ChangesSettings)
    until = ctx.now - timedelta(days=settings.keep_days)
    gone = CHANGES_A_STEP
    while gone == CHANGES_A_STEP:
        async with ctx.transaction() as tx:
            gone = await repository.delete_superseded(tx, until, CHANGES_A_STEP)
    gone = CHUNKS_A_STEP
    while gone == CHUNKS_A_STEP:
        async with ctx.transaction() as tx:
            gone = await repository.delete_chunks(tx, until, CHUNKS_A_STEP)


async def erase_history(ctx: Context) -> None:
    """The shop has no history any more."""
    async with ctx.transaction() as tx:
        await repository.delete_everything(tx)


async def export_history(ctx: Context) -> AsyncIterator[bytes]:
    """The shop's whole history as JSON lines: changes by what they are of, then bulk work."""
    after = ("", "", 0)
    while changes := await repository.all_changes_after(ctx, after, _ROWS_AT_ONCE):
        yield b"".join(msgspec.json.encode(view_of(each)) + b"\n" for each in changes)
        last = changes[-1]
        assert last.version is not None, "a change by itself has a version"
        after = (last.subject_kind, last.subject_id, last.version)
    place = (UUID(int=0), -1)
    while chunks := await repository.all_chunks_after(ctx, place, 1):
        chunk = chunks[0]
        for subject_id, entry in packing.unpack_entries(chunk.packed).items():
            yield msgspec.json.encode(view_of(change_of(chunk, subject_id, entry))) + b"\n"
        place = (chunk.bulk_id, chunk.chunk)
