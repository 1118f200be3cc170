"""Changes since a pack was made: noted as they happen, told in order, none left out."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from datetime import timedelta
from time import monotonic
from uuid import UUID

import msgspec

from galleria.commerce import catalog
from galleria.engines.context import Context
from galleria.engines.realtime import SubscriptionDropped, Topic
from galleria.engines.sql import Transaction
from galleria.faces.kiosk.errors import OfflineCursorExpired
from galleria.faces.kiosk.model.changes import FORMAT, ChangePage
from galleria.faces.kiosk.model.packs import Jws, KioskSettings
from galleria.faces.kiosk.model.signing import CHANGES_TYPE, Signer, code_key
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


async def changes_since(ctx: Context, profile: Profile, since: str, limit: int) -> Jws:
    """The next changes behind a cursor, at most `limit` of them, 1 to 100: a `ChangePage`, signed.

    Raises:
        InvalidCursor: it is none.
        OfflineCursorExpired: what happened since is not known for sure.
        KioskPlaceGone: see `stand_of`.
    """
    stand = await stand_of(ctx, profile)
    await _check(ctx, stand, since)
    signer = await keys.signer(ctx)
    return _signed(signer, await _page(ctx, stand, signer, since, limit))


async def open_stream(ctx: Context, profile: Profile, since: str) -> AsyncGenerator[bytes, None]:
    """Server-sent events behind a cursor; the first byte can be sent.

    Raises:
        InvalidCursor, OfflineCursorExpired, KioskPlaceGone: see `changes_since`.
        TooManySubscribers: the shop watches as much as it may in this process.
    """
    stand = await stand_of(ctx, profile)
    await _check(ctx, stand, since)
    stream = _stream(ctx, stand, since)
    first = await anext(stream)  # whatever refuses the stream does so now
    return _after_first(first, stream)


async def _after_first(
    first: bytes, rest: AsyncGenerator[bytes, None]
) -> AsyncGenerator[bytes, None]:
    async with aclosing(rest):
        yield first
        async for part in rest:
            yield part


async def _stream(ctx: Context, stand: Stand, since: str) -> AsyncGenerator[bytes, None]:
    """Each page in order. The next one is read when the one before was taken, so a slow kiosk holds
    up itself and a page of memory."""
    ends_at = monotonic() + LONGEST_S
    async with ctx.engines.realtime.subscribe(Topic(ctx.tenant.tenant_id, TOPIC)) as watching:
        yield b"retry: %d\n\n" % RETRY_MS
        beat_at = checked_at = monotonic()
        while monotonic() < ends_at:
            present = _at_present(ctx)
            signer = await keys.signer(present)
            page = await _page(present, stand, signer, since, A_PAGE)
            if page.items:
                yield _as_sent(page, _signed(signer, page))
                since, beat_at = page.next_cursor, monotonic()
            if monotonic() - beat_at > BEAT_S:
                yield b": beat\n\n"
                beat_at = monotonic()
            if monotonic() - checked_at > CHECKED_EACH_S:
                if not await _may_stay(present):
                    return
                checked_at = monotonic()
            if page.is_last:
                try:
                    await watching.next(POLL_S)
                except SubscriptionDropped:
                    return
            await asyncio.sleep(0)


def _as_sent(page: ChangePage, signed: Jws) -> bytes:
    # JSON holds no line break, so the data is one line.
    data = msgspec.json.encode(signed)
    return b"id: %b\nevent: changes\ndata: %b\n\n" % (page.next_cursor.encode(), data)


def _signed(signer: Signer, page: ChangePage) -> Jws:
    return signer.sign(CHANGES_TYPE, msgspec.json.encode(page))


async def _page(ctx: Context, stand: Stand, signer: Signer, since: str, limit: int) -> ChangePage:
    """The next changes behind a cursor, of this edition and of no other."""
    edition = stand.edition
    found = await repository.after(ctx, sequence_in(ctx, edition, since), limit + 1)
    is_last, found = len(found) <= limit, found[:limit]
    lasts = timedelta(hours=ctx.engines.settings_of(KioskSettings).pack_lasts_h)
    vouching = Vouching(code_key(signer.private, ctx.tenant.tenant_id), ctx.now + lasts)
    told = [product_id for _, product_id in found]
    lines = await lines_of(ctx, stand, vouching, told) if told else []
    return ChangePage(
        format=FORMAT,
        shop=ctx.tenant.slug,
        profile=edition.profile,
        channel=edition.channel,
        locale=edition.locale,
        location=edition.location,
        since=since,
        next_cursor=cursor_of(ctx, edition, found[-1][0]) if found else since,
        told_at=ctx.now,
        prices_until=vouching.until,
        is_last=is_last,
        items=[msgspec.Raw(line.json or _gone(line.product_id)) for line in lines],
    )


def _gone(product_id: UUID) -> bytes:
    return msgspec.json.encode({"product_id": product_id, "is_gone": True})


async def _check(ctx: Context, stand: Stand, since: str) -> None:
    sequence = sequence_in(ctx, stand.edition, since)
    counted = await repository.counter(ctx)
    if counted is None or not counted.forgotten <= sequence <= counted.sequence:
        raise OfflineCursorExpired(f"changes are kept for {KEPT.days} days")


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
