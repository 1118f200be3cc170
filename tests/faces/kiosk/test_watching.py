"""What the shop's people see of their kiosks: what each took, what it sold, and what waits."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from galleria.commerce import inventory
from galleria.commerce.inventory import SetStock
from galleria.faces import kiosk
from galleria.faces.kiosk import KioskNotFound, NewKiosk, WaitingSaleNotFound
from galleria.faces.kiosk.service import leaving
from galleria.platform import access
from galleria.platform.access import KIOSK_SCOPE, STAFF_NOTES_SCOPE, KeyBindingUnknown
from tests.faces.gateway.door import Door
from tests.faces.kiosk.conftest import KioskScene, kiosk_key, open_kiosk
from tests.faces.kiosk.test_sales import away, outcomes, set_price


async def only_kiosk(scene: KioskScene) -> kiosk.Kiosk:
    """The one kiosk of the shop."""
    (found,) = (await kiosk.list_kiosks(scene.ctx, cursor=None, limit=10)).items
    return found


async def test_what_a_kiosk_took_and_sold_is_told_and_why_a_sale_waits(scene: KioskScene) -> None:
    blue, white = scene.shop.variant_ids
    before = await only_kiosk(scene)
    assert (before.figures.pack_taken_at, before.figures.placed_count) == (None, 0)
    async with scene.client() as client:
        device = await away(scene, client)
        device.sell((blue, 1))
        refused = device.sell((white, 1))
        await device.hand_in(client)
        assert outcomes(await device.hand_in(client)) == ["refused"]
        seen = await only_kiosk(scene)
        assert seen.figures.pack_made_at is not None and seen.figures.pack_taken_at is not None
        assert seen.figures.pack_made_at <= seen.figures.pack_taken_at
        assert (seen.figures.placed_count, seen.figures.waiting_count) == (1, 1)
        (waits,) = await kiosk.waiting_of(scene.ctx, seen.key.key_id)
        assert (waits.sale_key, waits.code, waits.tries, waits.location) == (
            *(refused["idempotency_key"], "out_of_stock"),
            *(2, "arcade"),
        )
        assert waits.total.amount_minor == refused["total"]["amount_minor"]
        assert waits.receipt == "cash receipt-2" and waits.first_refused_at < waits.refused_at
        await inventory.set_stock(scene.ctx, [SetStock(variant_id=UUID(white), on_hand=1)])
        assert outcomes(await device.hand_in(client)) == ["placed"]
    assert await kiosk.waiting_of(scene.ctx, seen.key.key_id) == []
    after = await only_kiosk(scene)
    assert (after.figures.placed_count, after.figures.waiting_count) == (2, 0)


async def test_what_could_never_be_kept_as_a_sale_waits_too_until_somebody_settles_it(
    scene: KioskScene,
) -> None:
    blue = scene.shop.variant_ids[0]
    async with scene.client() as client:
        device = await away(scene, client)
        line = device.sell((blue, 1))["lines"][0]
        device.queue = []
        device.sell((blue, 2), lines=[line, line])
        assert outcomes(await device.hand_in(client)) == ["refused"]
        key_id = (await only_kiosk(scene)).key.key_id
        (waits,) = await kiosk.waiting_of(scene.ctx, key_id)
        assert (waits.code, waits.detail) == ("offline_order_invalid", "put its pieces together")
        await kiosk.settle(scene.ctx, waits.sale_key, waits.fingerprint)
        assert await kiosk.waiting_of(scene.ctx, key_id) == []
        with pytest.raises(WaitingSaleNotFound):
            await kiosk.settle(scene.ctx, waits.sale_key, waits.fingerprint)
        await device.hand_in(client)
    assert len(await kiosk.waiting_of(scene.ctx, key_id)) == 1, "it was handed in again"
    await leaving.tidy(scene.after(timedelta(days=89)))
    assert len(await kiosk.waiting_of(scene.ctx, key_id)) == 1
    await leaving.tidy(scene.after(timedelta(days=91)))
    assert await kiosk.waiting_of(scene.ctx, key_id) == []
    assert (await only_kiosk(scene)).figures.pack_taken_at is None


async def test_a_sale_at_a_price_that_was_vouched_for_says_what_it_would_be_today(
    scene: KioskScene,
) -> None:
    blue = scene.shop.variant_ids[0]
    async with scene.client() as client:
        device = await away(scene, client)
        device.sell((blue, 1))
        await device.hand_in(client)
        await set_price(scene, blue, 9900)
        device.sell((blue, 2))
        assert outcomes(await device.hand_in(client)) == ["placed"]
    key_id = (await only_kiosk(scene)).key.key_id
    first = await kiosk.sales_of(scene.ctx, key_id, None, 1)
    rest = await kiosk.sales_of(scene.ctx, key_id, first.next_cursor, 1)
    (dear,), (same,) = first.items, rest.items
    assert (amount(dear.total), amount(dear.total_today)) == (4800, 19800)
    assert (amount(same.total), same.total_today) == (2400, None)
    assert dear.order_number and same.order_number and rest.next_cursor is None


def amount(money: Any) -> int:
    return int(money.amount_minor)


async def test_each_kiosk_has_its_own_and_no_other_key_is_a_kiosk(
    scene: KioskScene, door: Door
) -> None:
    blue = scene.shop.variant_ids[0]
    other = await open_kiosk(door)
    await kiosk_key(scene.shop)
    plain = await access.create_key(scene.ctx, "till", ["orders:read"])
    async with scene.client() as client:
        device = await away(scene, client)
        device.sell((blue, 1))
        await device.hand_in(client)
    newest, oldest = (await kiosk.list_kiosks(scene.ctx, cursor=None, limit=10)).items
    assert [each.figures.placed_count for each in (newest, oldest)] == [0, 1]
    assert newest.figures.pack_taken_at is None
    assert (await only_kiosk(other)).figures.placed_count == 0
    for ctx, key_id in ((scene.ctx, plain.key_id), (other.ctx, oldest.key.key_id)):
        with pytest.raises(KioskNotFound):
            await kiosk.get_kiosk(ctx, key_id)
    assert (await kiosk.get_kiosk(scene.ctx, oldest.key.key_id)).figures.placed_count == 1
    page = await kiosk.list_kiosks(scene.ctx, cursor=None, limit=1)
    rest = await kiosk.list_kiosks(scene.ctx, cursor=page.next_cursor, limit=1)
    assert [*page.items, *rest.items] == [newest, oldest] and rest.next_cursor is None


async def test_a_kiosk_is_set_up_found_by_its_name_and_no_more_listed_once_it_is_revoked(
    scene: KioskScene,
) -> None:
    wanted = NewKiosk(name="Arcade 2", location="arcade", may_read_staff_notes=True)
    made = await kiosk.set_up(scene.ctx, wanted)
    assert set(made.scopes) == {KIOSK_SCOPE, "stock:read", STAFF_NOTES_SCOPE}
    assert (made.profile, made.profile_is_fixed, made.location) == ("kiosk", True, "arcade")
    async with scene.shop.clerk(made.key) as client:
        assert (await client.get("/store/v1/offline-pack")).status_code == 202
    for missing in ({"location": "nowhere"}, {"profile": "nobody"}):
        with pytest.raises(KeyBindingUnknown):
            await kiosk.set_up(scene.ctx, msgspec.structs.replace(wanted, **missing))
    named = await kiosk.list_kiosks(scene.ctx, "ARCADE", cursor=None, limit=10)
    assert [each.key.key_id for each in named.items] == [made.key_id]
    await access.revoke_key(scene.ctx, made.key_id)
    assert (await only_kiosk(scene)).key.name == "kiosk"
    known = await kiosk.list_kiosks(scene.ctx, is_alive=False, cursor=None, limit=10)
    assert [each.key.status for each in known.items] == ["revoked", "active"]
