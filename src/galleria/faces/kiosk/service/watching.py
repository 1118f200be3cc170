"""What the shop's people see of their kiosks, and how they set up one more."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from galleria.engines.context import Context
from galleria.faces.kiosk.errors import KioskNotFound, WaitingSaleNotFound
from galleria.faces.kiosk.model.sales import Sale, WaitingSale
from galleria.faces.kiosk.model.watching import COUNTED, Figures, NewKiosk
from galleria.faces.kiosk.repository import sales
from galleria.faces.kiosk.repository import watching as repository
from galleria.faces.kiosk.service import keys
from galleria.foundation.pagination import Page
from galleria.platform import access, audit
from galleria.platform.access import (
    KIOSK_SCOPE,
    STAFF_NOTES_SCOPE,
    CreatedKey,
    KeyFilter,
    KeyTerms,
    ListedKey,
)

MOST_WAITING = 100
_SALES = "kiosk.sales"
_STOCK_SCOPE = "stock:read"


class Kiosk(msgspec.Struct, frozen=True):
    """A device of the shop: its key, and how it does."""

    key: ListedKey
    figures: Figures


async def set_up(ctx: Context, wanted: NewKiosk) -> CreatedKey:
    """A key for a kiosk, for good bound to its profile and place; its text comes back this once.

    Raises:
        ScopeNotHeld: whoever asks may not do what a kiosk does.
        KeyBindingUnknown: the shop has no such profile or place.
    """
    rights = [KIOSK_SCOPE]
    if wanted.may_read_stock:
        rights.append(_STOCK_SCOPE)
    if wanted.may_read_staff_notes:
        rights.append(STAFF_NOTES_SCOPE)
    terms = KeyTerms(profile=wanted.profile, profile_is_fixed=True, location=wanted.location)
    await keys.signing_key(ctx)  # what the kiosk is to trust is shown beside its key
    return await access.create_key(ctx, wanted.name, rights, kind="restricted", terms=terms)


async def list_kiosks(
    ctx: Context, name: str = "", *, is_alive: bool = True, cursor: str | None, limit: int
) -> Page[Kiosk]:
    """A page of kiosks whose name holds a text, the newest first; `limit` is 1 to 100. Two
    statements, however many there are.

    Raises:
        InvalidCursor: the cursor is not one of this list in this shop.
    """
    wanted = KeyFilter(scope=KIOSK_SCOPE, name=name, is_alive=is_alive)
    page = await access.list_keys(ctx, cursor, limit, wanted)
    figures = await repository.figures_of(ctx, [each.key_id for each in page.items], COUNTED)
    return Page(
        items=[Kiosk(each, figures[each.key_id]) for each in page.items],
        next_cursor=page.next_cursor,
    )


async def get_kiosk(ctx: Context, key_id: UUID) -> Kiosk:
    """The kiosk with this key, dead or alive.

    Raises:
        KioskNotFound: the shop has none.
    """
    key = (await access.keys_with_ids(ctx, [key_id])).get(key_id)
    if key is None or KIOSK_SCOPE not in key.scopes:
        raise KioskNotFound(f"no kiosk with the key {key_id}")
    return Kiosk(key, (await repository.figures_of(ctx, [key_id], COUNTED))[key_id])


async def sales_of(ctx: Context, key_id: UUID, cursor: str | None, limit: int) -> Page[Sale]:
    """A page of the sales of a kiosk that became orders, the last one handed in first.

    Raises:
        InvalidCursor: the cursor is not one of this list in this shop.
    """
    codec, tenant_id = ctx.engines.cursors, ctx.tenant.tenant_id
    scope = f"{_SALES}:{key_id}"
    before = (ctx.now + timedelta(days=1), "")
    if cursor is not None:
        handed_in_at, sale_key = codec.decode(cursor, tenant_id, scope)
        before = (datetime.fromisoformat(str(handed_in_at)), str(sale_key))
    found = await repository.placed_before(ctx, _seller(key_id), before, limit + 1)
    items = found[:limit]
    if len(found) <= limit:
        return Page(items=items)
    last = items[-1]
    place = [last.handed_in_at.isoformat(), last.sale_key]
    return Page(items=items, next_cursor=codec.encode(tenant_id, scope, place))


async def waiting_of(ctx: Context, key_id: UUID) -> list[WaitingSale]:
    """The sales of a kiosk that wait for somebody, the oldest first, a hundred at most."""
    return await repository.waiting(ctx, _seller(key_id), MOST_WAITING)


async def settle(ctx: Context, sale_key: str, fingerprint: bytes) -> None:
    """Somebody has dealt with the sale in another way: it waits no more, unless it is handed in
    again and refused.

    Raises:
        WaitingSaleNotFound: it does not wait.
    """
    async with ctx.transaction() as tx:
        if not await sales.settle(tx, sale_key, fingerprint):
            raise WaitingSaleNotFound("this sale waits no more")
        await audit.record(tx, "kiosk.sale_settled", f"kiosk_sale:{sale_key}", {})


def _seller(key_id: UUID) -> str:
    return f"key:{key_id}"
