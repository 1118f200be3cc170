"""The history of a thing, newest first, and the thing as it was."""

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from uuid import UUID

import msgspec

from galleria.engines.context import Context
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.platform.changes import repository
from galleria.platform.changes.errors import HistoryNotFound, VersionNotKept
from galleria.platform.changes.model import packing
from galleria.platform.changes.model.changes import (
    BulkChunk,
    Change,
    ChangesSettings,
    ChangeView,
    LookingBack,
    change_of,
    version_of,
    view_of,
)
from galleria.platform.changes.model.differences import Tree
from galleria.platform.changes.model.packing import Entry

# Above every id there will be, and every number of a chunk.
NEWEST = UUID(int=2**128 - 1)
LAST_CHUNK = 2**31 - 1
# Bounds of one page: filters looked through (6 KB each), and chunks unpacked (up to a megabyte).
MOST_HEADERS = 200
MOST_UNPACKED = 10
_CHANGES_A_STEP = 50


class Position(msgspec.Struct, frozen=True):
    """Where in a history a reader is: behind this version, and behind this instant of bulk work."""

    version: int | None = None
    change_id: UUID = NEWEST


async def history_of(
    ctx: Context,
    subject_kind: str,
    subject_id: UUID | str,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[ChangeView]:
    """A page of what happened to a thing, newest first, bulk work included.

    A page looks through a bounded share of the shop's bulk work, so it may hold fewer than
    `limit` changes, even none, and still have a next one.

    Raises:
        InvalidCursor: the cursor is not one of this history.
    """
    scope = f"changes:{subject_kind}:{subject_id}"
    position = Position() if cursor is None else _position(ctx, cursor, scope)
    found, following = await _stretch(ctx, subject_kind, str(subject_id), position, limit)
    items = [view_of(change) for change in found]
    if following is None:
        return Page(items=items)
    keys = [following.version, str(following.change_id)]
    return Page(items, ctx.engines.cursors.encode(ctx.tenant.tenant_id, scope, keys))


async def known_history_of(
    ctx: Context, subject_kind: str, subject_id: str, cursor: str | None, limit: int
) -> Page[ChangeView]:
    """As `history_of`, for whoever may have named no thing of this shop.

    Raises:
        HistoryNotFound: nothing is known of it.
        InvalidCursor: see `history_of`.
    """
    page = await history_of(ctx, subject_kind, subject_id, cursor, limit)
    if cursor is None and not page.items and page.next_cursor is None:
        raise HistoryNotFound(f"nothing is known of a {subject_kind} {subject_id}")
    return page


def _position(ctx: Context, cursor: str, scope: str) -> Position:
    keys = ctx.engines.cursors.decode(cursor, ctx.tenant.tenant_id, scope)
    try:
        version, change_id = keys
        return Position(None if version is None else int(version), UUID(str(change_id)))
    except ValueError:
        raise InvalidCursor("this cursor is not one of this list") from None


async def _stretch(
    ctx: Context, subject_kind: str, subject_id: str, position: Position, limit: int
) -> tuple[list[Change], Position | None]:
    """At most `limit` changes behind a position, newest first, and where the next ones are."""
    single = await repository.changes_before(
        ctx, subject_kind, subject_id, position.version, limit + 1
    )
    bulk, horizon = await _bulk(ctx, subject_kind, subject_id, position.change_id, limit)
    found = sorted([*single, *bulk], key=lambda change: change.change_id, reverse=True)
    if horizon is not None:
        # What lies behind the bulk work not yet looked at comes with it.
        found = [change for change in found if change.change_id >= horizon]
    shown = found[:limit]
    version = next((c.version for c in reversed(shown) if c.bulk_id is None), position.version)
    if len(found) > limit:
        return shown, Position(version, shown[-1].change_id)
    return shown, None if horizon is None else Position(version, horizon)


async def _bulk(
    ctx: Context, subject_kind: str, subject_id: str, before: UUID, limit: int
) -> tuple[list[Change], UUID | None]:
    """Bulk changes of a thing, and down to which one was looked; None when that was all."""
    thing = _as_uuid(subject_id)
    if thing is None:
        return [], None
    headers = await repository.headers_before(ctx, subject_kind, thing, before, MOST_HEADERS)
    horizon = headers[-1].change_id if len(headers) == MOST_HEADERS else None
    likely = [each.change_id for each in headers if packing.may_hold(each.bloom, thing)]
    most = min(MOST_UNPACKED, limit + 1)
    if len(likely) > most:
        likely = likely[:most]
        horizon = likely[-1]
    if not likely:
        return [], horizon
    changes: list[Change] = []
    for chunk in await repository.chunks_with(ctx, subject_kind, likely):
        entry = packing.unpack_entry(chunk.packed, thing)
        if entry is not None:
            changes.append(change_of(chunk, thing, entry))
    return changes, horizon


def _as_uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


async def version_before(
    ctx: Context, subject_kind: str, subject_id: UUID | str, current_tree: Tree | None, version: int
) -> Tree:
    """The thing as it was at `version`, made from what it is now by undoing what came after.

    Args:
        ctx: whose thing.
        subject_kind: as it was recorded.
        subject_id: as it was recorded.
        current_tree: the thing as it is, None when it is gone.
        version: the version wanted; between two recorded ones the older one held.

    Raises:
        VersionNotKept: the history does not reach back so far, or the thing was not there yet.
        ChangeDoesNotFit: `current_tree` is not what the history led to.
    """
    tree = None if current_tree is None else msgspec.to_builtins(current_tree)
    present = version_of(tree)
    if present == version:
        return tree
    if present is not None and version > present:
        raise VersionNotKept(f"there was no version {version} yet")
    settings = ctx.engines.settings_of(ChangesSettings)
    looking = LookingBack(tree, version, ctx.now - timedelta(days=settings.keep_days))
    position: Position | None = Position()
    while position is not None:
        found, position = await _stretch(
            ctx, subject_kind, str(subject_id), position, _CHANGES_A_STEP
        )
        if not all(looking.takes(change) for change in found):
            break
    return looking.result()


async def chunks_of_bulk(
    ctx: Context, bulk_id: UUID, below: int = LAST_CHUNK
) -> AsyncIterator[BulkChunk]:
    """The parts of a bulk act, the last one first, as undoing it takes them.

    One is held at a time. Whoever undoes in several goes says `below` which number to go on.
    """
    while chunks := await repository.chunks_of(ctx, bulk_id, below, 1):
        yield chunks[0]
        below = chunks[0].chunk


def unpack(chunk: BulkChunk) -> Mapping[UUID, Entry]:
    """What a part of a bulk act did to each thing; `undone` takes it back."""
    return packing.unpack_entries(chunk.packed)
