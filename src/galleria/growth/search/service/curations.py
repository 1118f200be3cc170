"""Curations as a shop keeps them, and what of them holds for a question."""

from uuid import UUID

import msgspec

from galleria.engines.context import Context
from galleria.engines.sql import Transaction
from galleria.foundation.ids import new_id
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.growth.search.curating import NOTHING, Curated, curated
from galleria.growth.search.errors import CurationNotFound, TooManyCurations
from galleria.growth.search.model.curations import (
    MAX_CURATIONS,
    Curation,
    CurationDraft,
    checked,
)
from galleria.growth.search.model.questions import Question
from galleria.growth.search.repository import curations as repository
from galleria.growth.search.service.remembering import Remembered
from galleria.platform import audit

_SCOPE = "search.curations"


async def create_curation(ctx: Context, draft: CurationDraft) -> Curation:
    """It holds from now on, or from when it begins.

    Raises:
        InvalidCuration: it cannot be.
        TooManyCurations: the shop has as many as it may have.
    """
    wanted = _made(ctx, new_id(), checked(draft))
    async with ctx.transaction() as tx:
        await repository.lock(tx)
        if await repository.count(tx) >= MAX_CURATIONS:
            raise TooManyCurations(f"a shop has at most {MAX_CURATIONS} curations")
        await repository.save(tx, wanted)
        await _told(tx, "search.curation_created", wanted.curation_id, wanted)
    return wanted


async def replace_curation(ctx: Context, curation_id: UUID, draft: CurationDraft) -> Curation:
    """The curation is so from now on. Safe to repeat.

    Raises:
        InvalidCuration: it cannot be.
        CurationNotFound: there is none.
    """
    wanted = _made(ctx, curation_id, checked(draft))
    async with ctx.transaction() as tx:
        await repository.lock(tx)
        if await repository.find(tx, curation_id) is None:
            raise CurationNotFound(f"no curation {curation_id}")
        await repository.save(tx, wanted)
        await _told(tx, "search.curation_changed", curation_id, wanted)
    return wanted


async def remove_curation(ctx: Context, curation_id: UUID) -> None:
    """It holds no more.

    Raises:
        CurationNotFound: there is none.
    """
    async with ctx.transaction() as tx:
        if not await repository.delete(tx, curation_id):
            raise CurationNotFound(f"no curation {curation_id}")
        await _told(tx, "search.curation_removed", curation_id)


async def get_curation(ctx: Context, curation_id: UUID) -> Curation:
    """One curation. Raises CurationNotFound."""
    found = await repository.find(ctx, curation_id)
    if found is None:
        raise CurationNotFound(f"no curation {curation_id}")
    return found


async def list_curations(
    ctx: Context, cursor: str | None = None, limit: int = 50
) -> Page[Curation]:
    """A page of curations, those that come first first.

    Raises:
        InvalidCursor: the cursor is not one of this list.
    """
    after = repository.START if cursor is None else _place(ctx, cursor)
    found = await repository.page_after(ctx, after, limit + 1)
    if len(found) <= limit:
        return Page(items=found)
    last = found[limit - 1]
    following = ctx.engines.cursors.encode(
        ctx.tenant.tenant_id, _SCOPE, [last.priority, str(last.curation_id)]
    )
    return Page(found[:limit], following)


def _place(ctx: Context, cursor: str) -> tuple[int, UUID]:
    keys = ctx.engines.cursors.decode(cursor, ctx.tenant.tenant_id, _SCOPE)
    try:
        priority, curation_id = keys
        return int(str(priority)), UUID(str(curation_id))
    except ValueError:
        raise InvalidCursor("this cursor is not one of this list") from None


async def holding(ctx: Context, question: Question, locale: str) -> Curated:
    """What holds for the question now. No statement for some seconds after the first."""
    known = await _said.of(ctx)
    return curated(known, question, locale, ctx.now) if known else NOTHING


async def holding_with(
    ctx: Context, question: Question, locale: str, draft: CurationDraft, instead: UUID | None
) -> Curated:
    """What would hold with this one beside all others, `instead` of the one that it is to replace.

    Raises:
        InvalidCuration: it cannot be.
    """
    wanted = _made(ctx, instead or new_id(), checked(draft))
    wanted = msgspec.structs.replace(wanted, is_active=True, starts_at=None, ends_at=None)
    others = [each for each in await _said.of(ctx) if each.curation_id != instead]
    everything = sorted([*others, wanted], key=lambda each: (each.priority, each.curation_id))
    return curated(everything, question, locale, ctx.now)


async def look_again(ctx: Context) -> None:
    """The next question is asked by what the tables say, whatever this process remembers."""
    await _said.forget(ctx)


async def _written(ctx: Context) -> bytes:
    found = await repository.page_after(ctx, repository.START, MAX_CURATIONS)
    return msgspec.msgpack.encode(found)


def _curations(written: bytes) -> list[Curation]:
    return msgspec.msgpack.decode(written, type=list[Curation])


_said = Remembered("curations", _written, _curations)


def _made(ctx: Context, curation_id: UUID, draft: CurationDraft) -> Curation:
    return Curation(curation_id=curation_id, updated_at=ctx.now, **msgspec.structs.asdict(draft))


async def _told(
    tx: Transaction, what: str, curation_id: UUID, wanted: Curation | None = None
) -> None:
    """The diary has it, and this process asks by it as soon as it is committed."""
    detail = {} if wanted is None else {"name": wanted.name, "applies": wanted.applies}
    await audit.record(tx, what, f"curation:{curation_id}", detail)
    _said.forget_after(tx)
