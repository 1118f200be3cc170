"""What the buyer of an order has without a parcel, and what the shop's people do about it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from galleria.commerce.downloads import model
from galleria.commerce.downloads.errors import DownloadNotFound
from galleria.commerce.downloads.model import Bought, DigitalGood, DownloadFile, Fetch, Grant
from galleria.commerce.downloads.repository import goods, licences
from galleria.commerce.downloads.repository import grants as repository
from galleria.commerce.downloads.schemas import (
    BoughtDownloads,
    BoughtFile,
    BoughtLicence,
    OrderDownload,
    OrderDownloads,
    OrderLicence,
)
from galleria.commerce.downloads.service import licensing
from galleria.engines.context import Context
from galleria.engines.sql import Reader, Transaction
from galleria.foundation.ids import new_id
from galleria.foundation.pagination import Page
from galleria.platform import audit

LINK = "downloads.link"
_FETCHES = "downloads.fetches"
_ENDING = 4
# So that links are told from what any other list of the shop is paged by.
_PATH = "/store/v1/downloads/"


async def hand_out(tx: Transaction, order_id: UUID, bought: Sequence[Bought]) -> set[UUID]:
    """The buyer may fetch the files of what was bought and has its licences, with this commit.

    Those of the lines that are done with that come back: nothing of them is sent. Safe to repeat;
    what is no digital good is left alone.
    """
    found = await goods.goods_of(tx, [each.variant_id for each in bought]) if bought else {}
    if not found:
        return set()
    files = [key for key, good in found.items() if good.kind == "files"]
    grants = []
    for file in await goods.current_files(tx, files) if files else ():
        good = found[file.variant_id]
        grants += [
            _granted(order_id, each, file, good, tx.now)
            for each in bought
            if each.variant_id == file.variant_id
        ]
    if grants:
        await repository.add_grants(tx, grants)
    pools = [each for each in bought if each.variant_id in found and each.variant_id not in files]
    await licensing.hand_out(tx, order_id, pools)
    others = {each.line_id for each in bought if each.variant_id not in found}
    return {each.line_id for each in bought} - others


def _granted(
    order_id: UUID, bought: Bought, file: DownloadFile, good: DigitalGood, now: datetime
) -> Grant:
    most = good.max_downloads
    return Grant(
        grant_id=new_id(),
        order_id=order_id,
        line_id=bought.line_id,
        variant_id=file.variant_id,
        slot_id=file.slot_id,
        file_id=file.file_id,
        # Who buys three may fetch it three times as often.
        max_downloads=None if most is None else most * bought.quantity,
        downloaded=0,
        expires_at=model.expiry_of(good, now),
        revoked_at=None,
        last_at=None,
        open_bytes=0,
        created_at=now,
    )


async def licensed_among(reader: Reader, variant_ids: Collection[UUID]) -> set[UUID]:
    """Those of the variants that are licences: what was handed out is never in stock again."""
    found = await goods.goods_of(reader, list(variant_ids)) if variant_ids else {}
    return {key for key, good in found.items() if good.kind == "licences"}


async def bought_in(
    ctx: Context, order_id: UUID, link_for: timedelta = model.LINK_FOR
) -> BoughtDownloads:
    """What the buyer of the order has, with fresh links; nothing for most orders."""
    grants = await repository.grants_of(ctx, order_id)
    kept = await licences.licences_of(ctx, order_id)
    owed = await licences.owed_to(ctx, order_id)
    current = await _files_of(ctx, grants)
    until = ctx.now + link_for
    return BoughtDownloads(
        files=[_bought_file(ctx, each, current[each.grant_id], until) for each in grants],
        licences=[
            BoughtLicence(line_id=each.line_id, text=await licensing.unseal(ctx, each.sealed))
            for each in kept
            if each.revoked_at is None
        ],
        owed=owed,
    )


async def _files_of(reader: Reader, grants: Sequence[Grant]) -> Mapping[UUID, DownloadFile]:
    """The file that each grant leads to now, by the grant."""
    if not grants:
        return {}
    found = await goods.goods_of(reader, [each.variant_id for each in grants])
    keeps = {key for key, good in found.items() if good.keeps_bought}
    slots = [each.slot_id for each in grants if each.variant_id not in keeps]
    files = await goods.files_of_slots(reader, slots, [each.file_id for each in grants])
    by_id = {each.file_id: each for each in files}
    newest = {each.slot_id: each for each in files}
    return {
        each.grant_id: by_id[each.file_id] if each.variant_id in keeps else newest[each.slot_id]
        for each in grants
    }


def _bought_file(ctx: Context, grant: Grant, file: DownloadFile, until: datetime) -> BoughtFile:
    ends = min(until, grant.expires_at) if grant.expires_at is not None else until
    is_open = grant.revoked_at is None and ends > ctx.now and grant.left != 0
    return BoughtFile(
        line_id=grant.line_id,
        name=file.name,
        size_bytes=file.size_bytes,
        path=_PATH + link_token(ctx, grant.grant_id, ends) if is_open else None,
        link_expires_at=ends if is_open else None,
        downloads_left=grant.left,
        expires_at=grant.expires_at,
    )


def link_token(ctx: Context, grant_id: UUID, ends: datetime) -> str:
    """What stands in a link: signed by the house, for this shop, this grant and until then."""
    keys: list[str | int | None] = [grant_id.hex, int(ends.timestamp())]
    return ctx.engines.cursors.encode(ctx.tenant.tenant_id, LINK, keys)


async def downloads_of(ctx: Context, order_id: UUID) -> OrderDownloads:
    """What the order brought without a parcel, for the shop's own people."""
    grants = await repository.grants_of(ctx, order_id)
    files = await _files_of(ctx, grants)
    shown = [
        OrderLicence(
            licence_id=each.licence_id,
            line_id=each.line_id,
            variant_id=each.variant_id,
            ending=(await licensing.unseal(ctx, each.sealed))[-_ENDING:],
            handed_at=each.handed_at,
            revoked_at=each.revoked_at,
        )
        for each in await licences.licences_of(ctx, order_id)
    ]
    return OrderDownloads(
        files=[_shown(each, files[each.grant_id]) for each in grants],
        licences=shown,
        owed=await licences.owed_to(ctx, order_id),
    )


def _shown(grant: Grant, file: DownloadFile) -> OrderDownload:
    same = {
        name: getattr(grant, name)
        for name in OrderDownload.__struct_fields__
        if name in Grant.__struct_fields__
    }
    return OrderDownload(**same, name=file.name, size_bytes=file.size_bytes)


async def revoke(ctx: Context, grant_id: UUID) -> OrderDownload:
    """The file cannot be fetched by this grant any more. Safe to repeat.

    Raises:
        DownloadNotFound: there is no such grant.
    """
    return await _edited(ctx, grant_id, "orders.download_revoked", revoked_at=ctx.now)


async def renew(ctx: Context, grant_id: UUID) -> OrderDownload:
    """The file can be fetched as often and as long as if it had just been bought.

    Raises:
        DownloadNotFound: there is no such grant.
    """
    return await _edited(
        ctx, grant_id, "orders.download_renewed", revoked_at=None, downloaded=0, last_at=None
    )


async def _edited(ctx: Context, grant_id: UUID, action: str, **changes: object) -> OrderDownload:
    async with ctx.transaction() as tx:
        grant = await repository.lock_grant(tx, grant_id)
        if grant is None:
            raise DownloadNotFound(f"no download {grant_id}")
        good = (await goods.goods_of(tx, [grant.variant_id])).get(grant.variant_id)
        if "downloaded" in changes:
            changes["expires_at"] = None if good is None else model.expiry_of(good, ctx.now)
        grant = msgspec.structs.replace(grant, **changes)
        await repository.save_grant(tx, grant)
        await audit.record(tx, action, f"order:{grant.order_id}", {"download": str(grant_id)})
        return _shown(grant, (await _files_of(tx, [grant]))[grant_id])


async def revoke_of_order(tx: Transaction, order_id: UUID) -> None:
    """Nothing that the order brought can be fetched any more; its licences are taken back."""
    await repository.revoke_of_order(tx, order_id)


async def list_fetches(
    ctx: Context, grant_id: UUID, cursor: str | None = None, limit: int = 50
) -> Page[Fetch]:
    """A page of downloads that were counted, newest first.

    Raises:
        DownloadNotFound: there is no such grant.
    """
    if not await repository.is_granted(ctx, grant_id):
        raise DownloadNotFound(f"no download {grant_id}")
    cursors, tenant_id = ctx.engines.cursors, ctx.tenant.tenant_id
    scope = f"{_FETCHES}:{grant_id}"
    before = None
    if cursor is not None:
        before = UUID(str(cursors.decode(cursor, tenant_id, scope)[0]))
    found = await repository.fetches_of(ctx, grant_id, before, limit + 1)
    next_cursor = None
    if len(found) > limit:
        next_cursor = cursors.encode(tenant_id, scope, [str(found[limit - 1].fetch_id)])
    return Page(items=found[:limit], next_cursor=next_cursor)


async def file_behind(tx: Transaction, grant: Grant) -> DownloadFile:
    """The file that the grant leads to now."""
    return (await _files_of(tx, [grant]))[grant.grant_id]
