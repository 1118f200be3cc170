"""Pools of licences: filled by the merchant, handed out one for each piece sold.

How many the pool holds is the variant's stock, so that a checkout reserves licences as it reserves
goods; a reservation that is paid for always finds one, unless somebody has counted by hand.
"""

import hashlib
import hmac
import os
from collections.abc import Sequence
from uuid import UUID

from galleria.commerce import inventory
from galleria.commerce.downloads.errors import DigitalGoodNotFound
from galleria.commerce.downloads.events import LicencesLow
from galleria.commerce.downloads.model import Bought, DigitalGood
from galleria.commerce.downloads.repository import goods
from galleria.commerce.downloads.repository import licences as repository
from galleria.commerce.downloads.schemas import LicencesBrought
from galleria.engines.context import Context
from galleria.engines.sql import Transaction
from galleria.platform import audit

_PEPPER = "downloads.pepper"
_LICENCE = "downloads.licence"
SERVED_AT_ONCE = 200  # orders that waited, in one transaction


async def add_licences(ctx: Context, variant_id: UUID, texts: Sequence[str]) -> LicencesBrought:
    """The licences are in the pool, each once, and in stock; who waited for one has it first.

    Raises:
        DigitalGoodNotFound: the variant has no pool of licences.
    """
    stripped = dict.fromkeys(each.strip() for each in texts if each.strip())
    async with ctx.transaction() as tx:
        good = await goods.lock_good(tx, variant_id)
        if good is None or good.kind != "licences":
            raise DigitalGoodNotFound(f"variant {variant_id} has no pool of licences")
        pepper = await _pepper_of(tx)
        sealed = [await seal(ctx, each) for each in stripped]
        digests = [_digest(pepper, variant_id, each) for each in stripped]
        added = await repository.add(tx, variant_id, sealed, digests)
        handed = await _serve_waiting(tx, variant_id)
        await _note_level(tx, good)
        detail = {"added": added}
        await audit.record(tx, "products.licences_added", f"variant:{variant_id}", detail)
        if added > handed:
            brought = inventory.AdjustStock(delta=added - handed, reason="licences")
            await inventory.adjust_stock(ctx, variant_id, brought)
    return LicencesBrought(
        added_count=added, known_count=len(stripped) - added, handed_count=handed
    )


async def hand_out(tx: Transaction, order_id: UUID, wanted: Sequence[Bought]) -> None:
    """The order has a licence for each piece; those the pool lacks are owed. Safe to repeat."""
    if not wanted or await repository.is_served(tx, order_id):
        return
    found = await goods.goods_of(tx, [each.variant_id for each in wanted])
    # In one order, so that two who take from the same pools do not wait in a circle.
    for each in sorted(wanted, key=lambda bought: (bought.variant_id, bought.line_id)):
        handed = await repository.hand_out(tx, order_id, each)
        if handed < each.quantity:
            await repository.owe(tx, order_id, each._replace(quantity=each.quantity - handed))
    for variant_id in sorted({each.variant_id for each in wanted}):
        await _note_level(tx, found[variant_id])


async def serve_owed(ctx: Context) -> int:
    """Orders that wait for licences have those there are now; how many were handed out."""
    async with ctx.transaction() as tx:
        return await _serve_waiting(tx, None)


async def _serve_waiting(tx: Transaction, variant_id: UUID | None) -> int:
    handed_out = 0
    for owed in await repository.lock_owed(tx, variant_id, SERVED_AT_ONCE):
        wanted = Bought(owed.line_id, owed.variant_id, owed.quantity)
        handed = await repository.hand_out(tx, owed.order_id, wanted)
        if handed:
            await repository.settle_owed(tx, owed, handed)
        handed_out += handed
    return handed_out


async def _note_level(tx: Transaction, good: DigitalGood) -> None:
    """Whether the pool is low is known, and told when it has just become so."""
    if good.low_at is None:
        return
    left = await repository.free_up_to(tx, good.variant_id, good.low_at + 1)
    is_low = left <= good.low_at
    if await repository.mark_low(tx, good.variant_id, is_low) and is_low:
        tx.publish(LicencesLow(variant_id=good.variant_id, left=left))


async def _pepper_of(tx: Transaction) -> bytes:
    """What makes digests of this shop's licences useless to others; made at first use."""
    secrets, tenant_id = tx.ctx.engines.secrets, tx.tenant.tenant_id
    sealed = await repository.pepper(tx)
    if sealed is None:
        fresh = await secrets.encrypt(tenant_id, os.urandom(32), _PEPPER)
        await repository.keep_pepper(tx, fresh)
        # Another may have been faster: its pepper counts.
        sealed = await repository.pepper(tx)
        assert sealed is not None, "one was kept"
    return await secrets.decrypt(tenant_id, sealed, _PEPPER)


def _digest(pepper: bytes, variant_id: UUID, text: str) -> bytes:
    return hmac.digest(pepper, variant_id.bytes + text.encode(), hashlib.sha256)


async def seal(ctx: Context, text: str) -> bytes:
    """The licence as it is kept: readable with the shop's data key only."""
    return await ctx.engines.secrets.encrypt(ctx.tenant.tenant_id, text.encode(), _LICENCE)


async def unseal(ctx: Context, sealed: bytes) -> str:
    """The licence that was sealed."""
    return (await ctx.engines.secrets.decrypt(ctx.tenant.tenant_id, sealed, _LICENCE)).decode()
