"""Changes since a pack was made: noted as they happen, told in order, none left out."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from datetime import datetime, timedelta
from time import monotonic
from uuid import UUID

import msgspec

from galleria.commerce import catalog
from galleria.engines.context import Context
from galleria.engines.realtime import SubscriptionDropped, Topic
from galleria.engines.sql import Transaction
from galleria.faces.kiosk.errors import OfflineCursorExpired
from galleria.faces.kiosk.model.packs import KioskSettings
from galleria.faces.kiosk.repository import changes as repository
from galleria.faces.kiosk.service import keys
from galleria.faces.kiosk.service.cursors import cursor_of, sequence_in
from galleria.faces.kiosk.service.standing import Stand, stand_of
from galleria.faces.kiosk.service.telling import Vouching, lines_of
from galleria.faces.profiles import Profile
from galleria.platform import access

KEPT = timedelta(days=30)
A_STEP = 5_000
A_PAGE = 50
TOPIC = "kiosk/changes"
RETRY_MS = 2_000
POLL_S = 0.5
BEAT_S = 10.0
CHECKED_EACH_S = 5.0
# Clients come back with the last id they have; whoever stays for good holds up a restart.
LONGEST_S = 3_600.0


class Change(msgspec.Struct, frozen=True):
    """A change: its line as JSON, and the cursor behind it."""

    cursor: str
    line: msgspec.Raw
    is_gone: bool


class ChangePage(msgspec.Struct, frozen=True, kw_only=True):
    """Products as they are now, or `{"product_id", "is_gone": true}` for those not shown any more.
    Ask again with `since=next_cursor`; when `is_last`, there was nothing more at present. Prices
    here hold until `prices_until`."""

    items: list[msgspec.Raw]
    next_cursor: str
    is_last: bool
    prices_until: datetime


async def note(tx: Transaction, product_ids: Sequence[UUID], variant_ids: Sequence[UUID]) -> None:
    """These products, and those of these variants, have changed, if the shop has kiosks."""
    if await repository.counter(tx) is None:
        return
    found = dict.fromkeys(product_ids)
    if variant_ids:
        views = await catalog.variants_of(tx, list(dict.fromkeys(variant_ids)))
        found |= dict.fromkeys(each.product_id for each in views)
    if found:
        await repository.note(tx, list(found))


async def changes_since(ctx: Context, profile: Profile, since: str, limit: int) -> ChangePage:
    """The next changes behind a cursor, at most `limit` of them, 1 to 100.

    Raises:
        InvalidCursor: it is none.
        OfflineCursorExpired: what happened since is not known for sure.
        KioskPlaceGone: see `stand_of`.
    """
    stand = await stand_of(ctx, profile)
    sequence = await _checked(ctx, stand, since)
    vouching = await _vouching(ctx)
    found, reached, is_last = await _page(ctx, stand, vouching, sequence, limit)
    return ChangePage(
        items=[each.line for each in found],
        next_cursor=cursor_of(ctx, stand.edition, reached),
        is_last=is_last,
        prices_until=vouching.until,
    )


async def open_stream(ctx: Context, profile: Profile, since: str) -> AsyncGenerator[bytes, None]:
    """Server-sent events behind a cursor; the first byte can be sent.

    Raises:
        InvalidCursor, OfflineCursorExpired, KioskPlaceGone: see `changes_since`.
        TooManySubscribers: the shop watches as much as it may in this process.
    """
    stand = await stand_of(ctx, profile)
    stream = _stream(ctx, stand, await _checked(ctx, stand, since))
    first = await anext(stream)  # whatever refuses the stream does so now
    return _after_first(first, stream)


async def _after_first(
    first: bytes, rest: AsyncGenerator[bytes, None]
) -> AsyncGenerator[bytes, None]:
    async with aclosing(rest):
        yield first
        async for part in rest:
            yield part


async def _stream(ctx: Context, stand: Stand, sequence: int) -> AsyncGenerator[bytes, None]:
    """Each change in order. The next page is read when the one before was taken, so a slow kiosk
    holds up itself and a page of memory."""
    ends_at = monotonic() + LONGEST_S
    async with ctx.engines.realtime.subscribe(Topic(ctx.tenant.tenant_id, TOPIC)) as watching:
        yield b"retry: %d\n\n" % RETRY_MS
        beat_at = checked_at = monotonic()
        while monotonic() < ends_at:
            present = _at_present(ctx)
            found, sequence, is_last = await _page(
                present, stand, await _vouching(present), sequence, A_PAGE
            )
            if found:
                yield b"".join(_as_sent(each) for each in found)
                beat_at = monotonic()
            if monotonic() - beat_at > BEAT_S:
                yield b"id: %b\n: beat\n\n" % cursor_of(ctx, stand.edition, sequence).encode()
                beat_at = monotonic()
            if monotonic() - checked_at > CHECKED_EACH_S:
                if not await _may_stay(present):
                    return
                checked_at = monotonic()
            if is_last:
                try:
                    await watching.next(POLL_S)
                except SubscriptionDropped:
                    return
            await asyncio.sleep(0)


def _as_sent(change: Change) -> bytes:
    # JSON holds no line break, so the data is one line.
    kind = b"gone" if change.is_gone else b"product"
    return b"id: %b\nevent: %b\ndata: %b\n\n" % (change.cursor.encode(), kind, bytes(change.line))


async def _page(
    ctx: Context, stand: Stand, vouching: Vouching, sequence: int, limit: int
) -> tuple[list[Change], int, bool]:
    """The next changes, the number of the last one, and whether there were no more."""
    found = await repository.after(ctx, sequence, limit + 1)
    is_last, found = len(found) <= limit, found[:limit]
    if not found:
        return [], sequence, True
    lines = await lines_of(ctx, stand, vouching, [product_id for _, product_id in found])
    told = [
        Change(
            cursor_of(ctx, stand.edition, number),
            msgspec.Raw(line.json or _gone(line.product_id)),
            line.json is None,
        )
        for (number, _), line in zip(found, lines, strict=True)
    ]
    return told, found[-1][0], is_last


def _gone(product_id: UUID) -> bytes:
    return msgspec.json.encode({"product_id": product_id, "is_gone": True})


async def _checked(ctx: Context, stand: Stand, since: str) -> int:
    sequence = sequence_in(ctx, stand.edition, since)
    counted = await repository.counter(ctx)
    if counted is None or not counted.forgotten <= sequence <= counted.sequence:
        raise OfflineCursorExpired(f"changes are kept for {KEPT.days} days")
    return sequence


async def _vouching(ctx: Context) -> Vouching:
    lasts = timedelta(hours=ctx.engines.settings_of(KioskSettings).pack_lasts_h)
    return Vouching(await keys.code_key(ctx), ctx.now + lasts)


def _at_present(ctx: Context) -> Context:
    present = Context(ctx.engines, ctx.tenant, ctx.actor, ctx.request_id, ctx.locale)
    present.channel = ctx.channel
    return present


async def _may_stay(ctx: Context) -> bool:
    """False when the key that opened the stream opens nothing any more."""
    if ctx.actor.kind != "key":
        return False
    key_id = UUID(ctx.actor.actor_id)
    key = (await access.keys_with_ids(ctx, [key_id])).get(key_id)
    return key is not None and key.status in ("active", "grace")


async def forget_old(ctx: Context) -> None:
    """What changed long ago is forgotten, step by step."""
    gone = A_STEP
    while gone == A_STEP:
        async with ctx.transaction() as tx:
            gone = await repository.forget(tx, ctx.now - KEPT, A_STEP)
