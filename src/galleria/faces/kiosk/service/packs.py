"""Packs: asked for by kiosks, made by a worker, given out in parts."""

from datetime import timedelta
from uuid import UUID

import msgspec

from galleria.commerce import listings, orders, payments
from galleria.engines.blob import BlobKey, BlobNotFound
from galleria.engines.context import Context
from galleria.faces.kiosk.errors import PackNotFound
from galleria.faces.kiosk.events import PackRequested
from galleria.faces.kiosk.model import signing
from galleria.faces.kiosk.model.packs import (
    BYTES_A_PART,
    FORMAT,
    Cut,
    Cutter,
    Jws,
    KioskSettings,
    Manifest,
    Pack,
    Part,
    Place,
    Tally,
    is_fresh,
)
from galleria.faces.kiosk.repository import changes, watching
from galleria.faces.kiosk.repository import packs as repository
from galleria.faces.kiosk.service import keys
from galleria.faces.kiosk.service.cursors import cursor_of
from galleria.faces.kiosk.service.standing import Stand, stand_at, stand_of
from galleria.faces.kiosk.service.telling import Vouching, lines_of
from galleria.faces.profiles import Profile, ProfileNotFound, get_profile
from galleria.foundation.ids import new_id
from galleria.platform import tenants

A_PAGE = 100  # products in memory at a time
NDJSON = "application/x-ndjson"
# Somebody may be fetching the parts of a pack whose prices hold no more.
KEPT_BEYOND = timedelta(hours=2)
_NOWHERE = UUID(int=0)


async def present_pack(ctx: Context, profile: Profile) -> Jws | None:
    """The signed manifest of the newest pack for whoever asks; None while the first is made. One
    that is old is given out while the next one is made, since its changes are told besides.

    Raises:
        KioskPlaceGone: see `stand_of`.
    """
    stand = await stand_of(ctx, profile)
    settings = ctx.engines.settings_of(KioskSettings)
    found = await repository.newest(ctx, stand.edition)
    if not any(is_fresh(each, ctx.now, settings) for each in found):
        await _ask(ctx, stand)
    for pack in found:
        if pack.manifest is not None and pack.expires_at is not None and pack.expires_at > ctx.now:
            await _note_taken(ctx, pack)
            return pack.manifest
    return None


async def _note_taken(ctx: Context, pack: Pack) -> None:
    """The shop's people see which pack this kiosk has."""
    if ctx.actor.kind == "key" and pack.made_at is not None:
        async with ctx.transaction() as tx:
            key_id = UUID(ctx.actor.actor_id)
            await watching.note_taken(tx, key_id, pack.pack_id, pack.made_at)


async def _ask(ctx: Context, stand: Stand) -> None:
    """One of many kiosks that ask together has the pack made."""
    settings = ctx.engines.settings_of(KioskSettings)
    async with ctx.transaction() as tx:
        await repository.lock(tx)
        found = await repository.newest(tx, stand.edition)
        if any(is_fresh(each, ctx.now, settings) for each in found):
            return
        pack_id = new_id()
        await repository.ask(tx, pack_id, stand.edition)
        tx.publish(PackRequested(pack_id=pack_id))


async def part_of(ctx: Context, profile: Profile, pack_id: UUID, number: int) -> tuple[Pack, bytes]:
    """A part of a pack, with what it belongs to: at most some megabytes.

    Raises:
        PackNotFound: there is no such part, or it is not for whoever asks.
        KioskPlaceGone: see `stand_of`.
    """
    pack = await repository.find(ctx, pack_id)
    if pack is None or pack.made_at is None or not 1 <= number <= pack.part_count:
        raise PackNotFound(f"no part {number} of a pack {pack_id}")
    own = (await stand_of(ctx, profile)).edition
    # Fetching goes on by what was begun, should somebody edit the profile meanwhile.
    version = pack.edition.profile_version
    if msgspec.structs.replace(own, profile_version=version, locale=pack.edition.locale) != (
        pack.edition
    ):
        raise PackNotFound(f"the pack {pack_id} is of another edition")
    try:
        return pack, await ctx.engines.blob.read(_key_of(ctx, pack_id, number))
    except BlobNotFound:
        raise PackNotFound(f"the pack {pack_id} is gone") from None


def digest_in(pack: Pack, number: int) -> str:
    """The digest by which the manifest of a pack that is there knows a part of it."""
    assert pack.manifest is not None, "it is there"
    manifest = msgspec.json.decode(signing.body_of(pack.manifest), type=Manifest)
    return manifest.parts[number - 1].sha256


async def make_pack(ctx: Context, pack_id: UUID) -> None:
    """The pack that was asked for is there; one whose profile has changed since is made for nobody.
    Safe to repeat."""
    pack = await repository.find(ctx, pack_id)
    if pack is None or pack.made_at is not None:
        return
    edition = pack.edition
    inside = Context(
        ctx.engines, ctx.tenant, ctx.actor, ctx.request_id, edition.locale, ctx.engines.clock.now()
    )
    try:
        profile = await get_profile(inside, edition.profile)
    except ProfileNotFound:
        profile = None
    if profile is None or profile.version != edition.profile_version:
        async with ctx.transaction() as tx:
            await repository.delete(tx, pack_id)
        return
    await _make(inside, pack_id, await stand_at(inside, edition, profile))


async def _make(ctx: Context, pack_id: UUID, stand: Stand) -> None:
    """What is committed after the count was taken is told as a change, whether or not the parts
    show it: nothing falls between the two."""
    async with ctx.transaction() as tx:
        await changes.start(tx)
    counted = await changes.counter(ctx)
    assert counted is not None, "it was started"
    settings = ctx.engines.settings_of(KioskSettings)
    expires_at = ctx.now + timedelta(hours=settings.pack_lasts_h)
    signer = await keys.signer(ctx)
    codes = signing.code_key(signer.private, ctx.tenant.tenant_id)
    parts, tally = await _put_parts(ctx, pack_id, stand, Vouching(codes, expires_at))
    channel = await tenants.channel_of(ctx, stand.window.code)
    manifest = Manifest(
        format=FORMAT,
        pack_id=pack_id,
        shop=ctx.tenant.slug,
        version=cursor_of(ctx, stand.edition, counted.sequence),
        made_at=ctx.now,
        expires_at=expires_at,
        profile=stand.edition.profile,
        channel=channel.code,
        currency=channel.currency,
        tax_inclusive=channel.tax_inclusive,
        locale=stand.window.locale,
        location=Place(stand.location.code, stand.location.name, stand.location.country),
        product_count=sum(each.product_count for each in parts),
        variant_count=tally.variant_count,
        picture_count=tally.picture_count,
        picture_bytes=tally.picture_bytes,
        size_bytes=sum(each.size_bytes for each in parts),
        parts=parts,
        categories=[
            msgspec.to_builtins(each) for each in await listings.categories_of(ctx, stand.window)
        ],
        shipping_methods=[
            msgspec.to_builtins(each)
            for each in await orders.offered_methods(ctx, stand.window.code)
        ],
        payment_methods=payments.counter_names(),
    )
    jws = signer.sign(signing.PACK_TYPE, msgspec.json.encode(manifest))
    async with ctx.transaction() as tx:
        await repository.finish(tx, pack_id, jws, len(parts), expires_at)


async def _put_parts(
    ctx: Context, pack_id: UUID, stand: Stand, vouching: Vouching
) -> tuple[list[Part], Tally]:
    """The parts as they lie in the file store, and what they hold. A page of products and one part
    are in memory at a time."""
    most = ctx.engines.settings_of(KioskSettings).products_a_part
    cutter = Cutter(most, BYTES_A_PART)
    parts: list[Part] = []
    tally = Tally()
    after = _NOWHERE
    while product_ids := await listings.listed_ids(ctx, after, A_PAGE):
        after = product_ids[-1]
        lines = await lines_of(ctx, stand, vouching, product_ids)
        tally.add(lines)
        for cut in cutter.add(lines):
            parts.append(await _put(ctx, pack_id, len(parts) + 1, cut))
    for cut in cutter.rest():
        parts.append(await _put(ctx, pack_id, len(parts) + 1, cut))
    return parts, tally


async def _put(ctx: Context, pack_id: UUID, number: int, cut: Cut) -> Part:
    kept = await ctx.engines.blob.put(_key_of(ctx, pack_id, number), cut.body, NDJSON)
    return Part(
        number=number,
        sha256=kept.sha256,
        size_bytes=kept.size_bytes,
        product_count=len(cut.lines),
        first_product_id=cut.lines[0].product_id,
        last_product_id=cut.lines[-1].product_id,
    )


def _key_of(ctx: Context, pack_id: UUID, number: int) -> BlobKey:
    return BlobKey(ctx.tenant.tenant_id, f"{folder_of(pack_id)}/{number:06d}")


def folder_of(pack_id: UUID) -> str:
    """Where the parts of a pack lie."""
    return f"kiosk/{pack_id.hex}"
