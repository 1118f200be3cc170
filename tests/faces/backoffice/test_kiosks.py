"""Kiosks in the back office: set up, looked at, and what they could not hand in settled."""

import re

from galleria.commerce.catalog import ProductTree
from galleria.engines.context import Actor, Context
from galleria.faces import kiosk
from galleria.faces.kiosk import CounterPayment, OfflineAnswer, OfflineOrder, SoldLine
from galleria.faces.profiles import BUILT_IN
from galleria.foundation.ids import new_id
from galleria.foundation.money import Money
from galleria.platform import access
from galleria.platform.access import CreatedKey
from tests.faces.backoffice.conftest import SignedIn

PLACE = "/settings/kiosks"
SHOWN = re.compile(r"gal_rk_[0-9A-Za-z_]+(?=<)")


async def actor_of(shop: Context, key: str) -> Actor:
    """Who this key opens the shop for."""
    actor = await access.actor_of_key(shop, key)
    assert actor is not None
    return actor


async def hand_in(
    shop: Context, key: str, goods: ProductTree, *prices: int, variant: int = 0
) -> list[OfflineAnswer]:
    """A kiosk with this key hands in a mug sold at each of these prices."""
    ctx = Context(shop.engines, shop.tenant, await actor_of(shop, key), "kiosk")
    variant_id = goods.variants[variant].variant_id
    sales = [
        OfflineOrder(
            idempotency_key=str(new_id()),
            taken_at=ctx.now,
            lines=(SoldLine(variant_id=variant_id, quantity=1, unit_price=Money(price, "EUR")),),
            payment=CounterPayment(method="cash", reference=f"till-{price}"),
            total=Money(price, "EUR"),
        )
        for price in prices
    ]
    return await kiosk.take_in(ctx, BUILT_IN["kiosk"], sales)


async def set_up(shop: Context, name: str = "By the door") -> CreatedKey:
    return await kiosk.set_up(shop, kiosk.NewKiosk(name=name, location="main"))


async def test_a_kiosk_is_set_up_and_its_key_is_shown_once(
    shop: Context, at_work: SignedIn
) -> None:
    mia = await at_work(shop)
    page = await mia.get(PLACE)
    assert "No kiosk yet" in page.text
    page = await mia.submit(page, PLACE, name="By the door", may_read_staff_notes="true")
    (text,) = set(SHOWN.findall(page.text))
    known = await kiosk.public_keys(shop)
    assert known.keys and known.keys[0].x in page.text, "what the device is to trust"
    actor = await actor_of(shop, text)
    assert (actor.location, actor.profile) == ("main", "kiosk")
    assert actor.scopes == {"kiosk:sell", "stock:read", "staff_notes:read"}
    page = await mia.get(PLACE)
    assert text not in page.text, "shown once"
    assert "By the door" in page.text and "No kiosk yet" not in page.text
    found = await mia.get(f"{PLACE}?q=nowhere")
    assert "Nothing fits" in found.text and "By the door" not in found.text


async def test_what_is_wrong_with_a_new_kiosk_is_said_at_its_field(
    shop: Context, at_work: SignedIn
) -> None:
    mia = await at_work(shop)
    page = await mia.get(PLACE)
    for changes, said in (
        ({"name": " "}, "Please fill this in"),
        ({"name": "A", "location": "moon"}, "does not have this any more"),
        ({"name": "A", "profile": "moon"}, "does not have this any more"),
    ):
        refused = await mia.send(page, PLACE, changes)
        assert refused.status == 422 and said in refused.text, changes
        assert not SHOWN.findall(refused.text)
    assert (await kiosk.list_kiosks(shop, cursor=None, limit=9)).items == []


async def test_a_kiosk_tells_what_it_sold_and_what_waits_is_settled(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    made = await set_up(shop)
    answers = await hand_in(shop, made.key, a_mug, 2400, 1)
    assert [each.outcome for each in answers] == ["placed", "refused"]
    mia = await at_work(shop)
    page = await mia.get(PLACE)
    assert re.search(r'data-label="Sales handed in" class="num">1<', page.text)
    assert re.search(r'data-label="Need a look" class="num"><span[^>]*>1<', page.text)
    path = f"{PLACE}/{made.key_id}"
    page = await mia.get(path)
    assert "till-2400</span>" in page.text and "€24.00" in page.text
    assert answers[0].order and f"#{answers[0].order.number}" in page.text
    assert "at a price that does not hold" in page.text and "2400 EUR" in page.text
    settled = await mia.submit(page, f"{path}/settle")
    assert "The sale waits no more." in settled.text
    assert await kiosk.waiting_of(shop, made.key_id) == []
    late = await mia.submit(page, f"{path}/settle")
    assert "waited no more" in late.text


async def test_its_sales_are_turned_by_pages(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    made = await set_up(shop)
    await hand_in(shop, made.key, a_mug, 2400, 2400, 2400)
    key_id = made.key_id
    first = await kiosk.sales_of(shop, key_id, None, 2)
    mia = await at_work(shop)
    page = await mia.get(f"{PLACE}/{key_id}?cursor={first.next_cursor}")
    assert page.text.count("till-2400</span></td>") == 1
    assert "First page" in page.text
    page = await mia.get(f"{PLACE}/{key_id}?cursor=broken")
    assert page.status == 200 and page.text.count("till-2400</span></td>") == 3


async def test_a_kiosk_is_revoked_where_keys_are_and_is_listed_with_the_dead_alone(
    shop: Context, at_work: SignedIn
) -> None:
    made = await set_up(shop, "Lost one")
    await set_up(shop, "Kept one")
    mia = await at_work(shop)
    page = await mia.get(f"{PLACE}/{made.key_id}")
    await mia.submit(page, f"/settings/keys/{made.key_id}/revoke")
    assert (await access.get_key(shop, made.key_id)).status == "revoked"
    page = await mia.get(PLACE)
    assert "Lost one" not in page.text and "Kept one" in page.text
    page = await mia.get(f"{PLACE}?state=all")
    assert "Lost one" in page.text and "revoked" in page.text
    page = await mia.get(f"{PLACE}/{made.key_id}")
    assert not page.has_form(f"{mia.base}/settings/keys/{made.key_id}/revoke")


async def test_who_may_not_see_keys_sees_no_kiosks(shop: Context, at_work: SignedIn) -> None:
    made = await set_up(shop)
    noa = await at_work(shop, "viewer")
    assert PLACE not in (await noa.get("/settings")).text
    for path in (PLACE, f"{PLACE}/{made.key_id}"):
        assert (await noa.get(path)).status == 403
