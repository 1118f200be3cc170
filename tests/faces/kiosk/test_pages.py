"""Pages of changes: a kiosk takes what its shop has signed for it, each in its order and once."""

import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest

from galleria.faces import kiosk
from galleria.faces.kiosk import CHANGES_TYPE, Jws
from tests.commerce.selling import mug, put_on_sale
from tests.faces.gateway.door import Client, Door
from tests.faces.kiosk.conftest import PACK, KioskScene, kiosk_key, open_kiosk, retitle
from tests.faces.kiosk.device import Device, NotGenuine, trusted_keys


@dataclass(frozen=True)
class Away:
    """A kiosk that has taken a pack along, before two products changed."""

    scene: KioskScene
    client: Client
    device: Device
    since: str

    async def page(self, since: str, client: Client | None = None) -> dict[str, str]:
        """The page of one change that is told behind a cursor."""
        answer = await (client or self.client).json("GET", f"{PACK}/changes?since={since}&limit=1")
        assert isinstance(answer, dict)
        return answer

    def titles(self) -> list[str]:
        """What the kiosk knows."""
        return sorted(each["title"] for each in self.device.products.values())


@pytest.fixture
async def away(scene: KioskScene) -> AsyncIterator[Away]:
    """Two changes wait for the kiosk, a page each."""
    await put_on_sale(scene.ctx, mug("cup", stock=5))
    await scene.shop.door.relay()
    async with scene.client() as client:
        device = await packed(scene, client)
        await retitle(scene, "mug", "Mug 2")
        await retitle(scene, "cup", "Cup 2")
        yield Away(scene, client, device, device.manifest["version"])


async def packed(scene: KioskScene, client: Client) -> Device:
    """A kiosk with its pack."""
    await client.get(PACK)
    await scene.make_packs()
    device = Device(await trusted_keys(client))
    assert await device.take_along(client)
    return device


def said(jws: dict[str, str]) -> Any:
    """What a page says, whoever has signed it."""
    return msgspec.json.decode(base64.urlsafe_b64decode(jws["payload"] + "=="))


def saying(told: Any) -> str:
    """The same as a payload."""
    return base64.urlsafe_b64encode(msgspec.json.encode(told)).rstrip(b"=").decode()


async def test_a_page_is_checked_with_the_published_key_and_says_whose_it_is(away: Away) -> None:
    jws = await away.page(away.since)
    (public,) = (await trusted_keys(away.client)).values()
    signed = kiosk.payload_of(msgspec.convert(jws, Jws), public, CHANGES_TYPE)
    assert signed is not None
    page = msgspec.json.decode(signed, type=kiosk.ChangePage)
    ctx = away.scene.ctx
    assert (page.shop, page.profile, page.channel, page.locale, page.location) == (
        *(ctx.tenant.slug, "kiosk", "web"),
        *("en", "arcade"),
    )
    assert page.since == away.since != page.next_cursor
    assert page.told_at < page.prices_until and not page.is_last
    assert away.device.take_page(jws) is False
    assert away.device.take_page(await away.page(page.next_cursor)) is True
    assert away.titles() == ["Cup 2", "Mug 2"]


@pytest.mark.parametrize("name", ["payload", "protected", "signature"])
async def test_a_page_of_which_a_byte_was_altered_is_refused(away: Away, name: str) -> None:
    jws = await away.page(away.since)
    middle = len(jws[name]) // 2
    other = "A" if jws[name][middle] != "A" else "B"
    forged = {**jws, name: jws[name][:middle] + other + jws[name][middle + 1 :]}
    with pytest.raises(NotGenuine):
        away.device.take_page(forged)
    assert away.titles() == ["Stoneware Mug", "Stoneware Mug"]
    away.device.take_page(jws)


@pytest.mark.parametrize("name", ["shop", "location", "since", "next_cursor"])
async def test_what_a_page_is_for_cannot_be_rewritten(away: Away, name: str) -> None:
    jws = await away.page(away.since)
    with pytest.raises(NotGenuine):
        away.device.take_page({**jws, "payload": saying({**said(jws), name: "other"})})


async def test_a_page_out_of_order_or_taken_before_is_refused(away: Away) -> None:
    first = await away.page(away.since)
    second = await away.page(said(first)["next_cursor"])
    with pytest.raises(NotGenuine, match="not the next one"):
        away.device.take_page(second)
    away.device.take_page(first)
    await retitle(away.scene, "mug", "Mug 3")
    away.device.take_page(second)
    for again in (first, second):
        with pytest.raises(NotGenuine, match="not the next one"):
            away.device.take_page(again)
    assert await away.device.catch_up(away.client)
    assert away.titles() == ["Cup 2", "Mug 3"]


async def test_a_page_of_another_kiosk_is_refused(away: Away, door: Door) -> None:
    scene = away.scene
    elsewhere = await kiosk_key(scene.shop, location="main")
    other = await open_kiosk(door)
    async with scene.shop.clerk(elsewhere) as beside, other.client() as stranger:
        theirs = await packed(scene, beside)
        strange = await packed(other, stranger)
        await retitle(scene, "mug", "Mug 3")
        await retitle(other, "mug", "Strange")
        of_main = await away.page(theirs.manifest["version"], beside)
        of_another_shop = await away.page(strange.manifest["version"], stranger)
    with pytest.raises(NotGenuine, match="another kiosk"):
        away.device.take_page(of_main)
    with pytest.raises(NotGenuine, match="has not signed"):
        away.device.take_page(of_another_shop)
    theirs.take_page(of_main)
    strange.take_page(of_another_shop)


async def test_a_page_passes_for_no_pack_and_a_pack_for_no_page(away: Away) -> None:
    page = await away.page(away.since)
    pack = (await away.client.get(PACK)).json()
    with pytest.raises(NotGenuine, match="something else"):
        await away.device.take_along(away.client, page)
    with pytest.raises(NotGenuine, match="something else"):
        away.device.take_page(pack)
    (public,) = (await trusted_keys(away.client)).values()
    assert kiosk.payload_of(msgspec.convert(page, Jws), public) is None
    assert kiosk.payload_of(msgspec.convert(pack, Jws), public) is not None
