"""What is old goes, and a shop takes its own along or leaves nothing behind."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import msgspec

from galleria.engines.context import Context
from galleria.faces.kiosk.model.packs import KioskSettings
from galleria.faces.kiosk.model.sales import KEPT
from galleria.faces.kiosk.model.signing import jwk_of
from galleria.faces.kiosk.repository import changes, sales, watching
from galleria.faces.kiosk.repository import packs as repository
from galleria.faces.kiosk.service import selling
from galleria.faces.kiosk.service.changes import forget_old
from galleria.faces.kiosk.service.packs import KEPT_BEYOND, folder_of

_PACKS_A_STEP = 100
_SALES_A_STEP = 500


async def tidy(ctx: Context) -> None:
    """Packs whose prices hold no more are gone with their parts, and so are old changes."""
    lasts = timedelta(hours=ctx.engines.settings_of(KioskSettings).pack_lasts_h)
    too_old = ctx.now - lasts - KEPT_BEYOND
    while found := await repository.old(ctx, too_old, _PACKS_A_STEP):
        for pack_id in found:
            await _remove_parts(ctx, pack_id)
            async with ctx.transaction() as tx:
                await repository.delete(tx, pack_id)
    await forget_old(ctx)
    await selling.forget_old(ctx)
    async with ctx.transaction() as tx:
        await repository.delete_ended_keys(tx, ctx.now)
        await watching.forget_taken(tx, ctx.now - KEPT)


async def _remove_parts(ctx: Context, pack_id: UUID) -> None:
    blob = ctx.engines.blob
    while (page := await blob.list(ctx.tenant.tenant_id, folder_of(pack_id))).keys:
        for key in page.keys:
            await blob.delete(key)


async def export_kiosk(ctx: Context) -> AsyncIterator[bytes]:
    """The public keys, and what was handed in, a JSON object a line; packs can be made again."""
    for key in await repository.keys(ctx):
        yield msgspec.json.encode({"kiosk_key": jwk_of(key)}) + b"\n"
    last = ""
    while found := await sales.after(ctx, last, _SALES_A_STEP):
        for sale in found:
            told = {
                name: getattr(sale, name)
                for name in ("sale_key", "sold_by", "location", "taken_at", "handed_in_at")
            }
            told |= {"order_id": sale.order_id, "total": sale.total, "receipt": sale.receipt}
            yield msgspec.json.encode({"kiosk_sale": told}) + b"\n"
        last = found[-1].sale_key
    after = ("", b"")
    while waiting := await watching.waiting_after(ctx, after, _SALES_A_STEP):
        for each in waiting:
            yield msgspec.json.encode({"kiosk_waiting_sale": each}) + b"\n"
        after = (waiting[-1].sale_key, waiting[-1].fingerprint)


async def erase_kiosk(ctx: Context) -> None:
    """The shop has no packs, counts no changes, and nothing of it is signed any more. Parts go with
    the shop's files."""
    async with ctx.transaction() as tx:
        await repository.delete_all(tx)
        await changes.delete_all(tx)
        await sales.delete_all(tx)
        await watching.delete_all(tx)
