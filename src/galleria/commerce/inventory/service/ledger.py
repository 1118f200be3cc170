"""The books: what came and went, whether it adds up, and the whole stock as a file."""

import csv
import io
from collections.abc import AsyncIterator, Sequence
from uuid import UUID

from galleria.commerce import catalog
from galleria.commerce.inventory.model.counting import Place
from galleria.commerce.inventory.model.levels import (
    MAX_LOCATION,
    LedgerCheck,
    LedgerFilter,
    Movement,
    StockLevel,
)
from galleria.commerce.inventory.repository import ledger as repository
from galleria.commerce.inventory.repository import levels, locations
from galleria.commerce.inventory.service.levels import START, cursor_at, place_in
from galleria.engines.context import Context
from galleria.engines.sql import Reader
from galleria.foundation.pagination import CursorKey, InvalidCursor, Page

ALL_OF_IT = LedgerFilter()
_NEWEST = 2**63 - 1
_OPENINGS = 1_000
_LAST: Place = (UUID(int=2**128 - 1), MAX_LOCATION)
_CHECK = "inventory.check"
_ROWS_AT_ONCE = 1_000
CSV_COLUMNS = ("sku", "variant_id", "location", "on_hand", "reserved", "safety", "available")
# What a spreadsheet takes for a formula when a cell begins with it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


async def list_movements(
    ctx: Context, variant_id: UUID | None = None, cursor: str | None = None, limit: int = 50
) -> Page[Movement]:
    """A page of movements, newest first, then the first counts; of one variant when given.

    Raises:
        InvalidCursor: the cursor is not one of this list with this filter.
    """
    scope = f"inventory.movements:{variant_id}"
    before, shelf = _stand(ctx, cursor, scope)
    found: list[Movement] = []
    if before:
        found = await repository.page_of_movements(ctx, variant_id, before, limit + 1)
        if len(found) > limit:
            last: list[CursorKey] = [str(found[limit - 1].movement_id)]
            next_cursor = ctx.engines.cursors.encode(ctx.tenant.tenant_id, scope, last)
            return Page(items=found[:limit], next_cursor=next_cursor)
    room = limit - len(found)
    opened, end = await repository.page_of_openings(ctx, variant_id, shelf, room + 1)
    if len(opened) > room:
        last_shown = opened[room - 1] if room else None
        end = (last_shown.variant_id, last_shown.location_id) if last_shown else _LAST
    return Page(items=found + opened[:room], next_cursor=cursor_at(ctx, scope, end))


async def list_ledger(
    ctx: Context,
    variant_id: UUID,
    wanted: LedgerFilter = ALL_OF_IT,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Movement]:
    """A page of a variant's movements that are wanted, newest first, then its first counts.

    Raises:
        InvalidCursor: the cursor is not one of this list with this filter.
    """
    asked = ":".join(str(getattr(wanted, name)) for name in wanted.__struct_fields__)
    scope = f"inventory.ledger:{variant_id}:{asked}"
    before, shelf = _stand(ctx, cursor, scope)
    found = await repository.page_of_ledger(ctx, variant_id, wanted, before, limit + 1)
    if len(found) > limit:
        last: list[CursorKey] = [str(found[limit - 1].movement_id)]
        next_cursor = ctx.engines.cursors.encode(ctx.tenant.tenant_id, scope, last)
        return Page(items=found[:limit], next_cursor=next_cursor)
    # A variant has a first count at each location at most: those are few.
    opened, _ = await repository.page_of_openings(ctx, variant_id, shelf, _OPENINGS)
    return Page(items=found + [each for each in opened if wanted.lets_in(each)])


def _stand(ctx: Context, cursor: str | None, scope: str) -> tuple[int, Place]:
    """Before which movement to go on, 0 when all were shown, and before which shelf."""
    if cursor is None:
        return _NEWEST, _LAST
    match ctx.engines.cursors.decode(cursor, ctx.tenant.tenant_id, scope):
        case [str(movement_key)]:
            return int(movement_key), _LAST
        case [str(variant_key), int(location_id)]:
            return 0, (UUID(variant_key), location_id)
    raise InvalidCursor("this cursor is not one of this list")


async def check_ledger(ctx: Context, cursor: str | None = None, limit: int = 1_000) -> LedgerCheck:
    """Whether the books of the next `limit` shelves agree, and which do not.

    What is on hand is what a shelf opened with and the sum of its movements; what is reserved is
    the sum of what is held.

    Raises:
        InvalidCursor: the cursor is not one of this check.
    """
    after = START if cursor is None else place_in(ctx, cursor, _CHECK)
    count, faults, end = await repository.check_shelves(ctx, after, limit)
    return LedgerCheck(checked_count=count, faults=faults, next_cursor=cursor_at(ctx, _CHECK, end))


async def stocked_variants(reader: Reader, after: UUID, limit: int) -> list[UUID]:
    """Variants after an id that have stock nobody was promised, in order."""
    return await repository.variants_on_shelves(reader, after, limit)


async def stock_as_csv(
    ctx: Context, *, location_id: int | None = None, only_low: bool = False
) -> AsyncIterator[bytes]:
    """Levels as CSV in UTF-8 with a byte order mark, by variant and location: all, or of one
    location, or of what is low.

    Memory is one page of levels. What is sold meanwhile may be in it or not.
    """
    codes = {each.location_id: each.code for each in await locations.all_locations(ctx)}
    yield b"\xef\xbb\xbf" + _csv([CSV_COLUMNS])
    async for found in _all_levels(ctx, location_id, only_low=only_low):
        views = await catalog.variants_of(ctx, list({each.variant_id for each in found}))
        skus = {view.variant_id: view.sku or "" for view in views}
        yield _csv([_cells(each, skus, codes) for each in found])


async def _all_levels(
    ctx: Context, location_id: int | None, *, only_low: bool
) -> AsyncIterator[list[StockLevel]]:
    after: Place | None = START
    while after is not None:
        if location_id is not None and not only_low:
            found, after = await levels.levels_at(ctx, location_id, after, levels.WINDOW)
        else:
            found = (
                await levels.low_levels(ctx, location_id, after, _ROWS_AT_ONCE)
                if only_low
                else await levels.page_of_levels(ctx, None, after, _ROWS_AT_ONCE)
            )
            after = (found[-1].variant_id, found[-1].location_id) if found else None
        if found:
            yield found


def _cells(level: StockLevel, skus: dict[UUID, str], codes: dict[int, str]) -> tuple[str, ...]:
    sku = skus.get(level.variant_id, "")
    return (
        f"'{sku}" if sku.startswith(_FORMULA) else sku,
        str(level.variant_id),
        codes.get(level.location_id, ""),
        str(level.on_hand),
        str(level.reserved),
        str(level.safety),
        str(level.available),
    )


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
