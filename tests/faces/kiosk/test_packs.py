"""What a kiosk takes along: signed, in parts, for its own key alone, with nothing left out."""

import asyncio
import base64
import hashlib
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from galleria.commerce import catalog, inventory, listings
from galleria.commerce.inventory import SetStock
from galleria.engines.blob import BlobInfo, BlobStore
from galleria.faces import kiosk, profiles
from galleria.faces.kiosk import Jws, KioskSettings, Manifest
from galleria.faces.kiosk.model.packs import Cutter, Line, wanted_range
from galleria.faces.kiosk.service import changes, leaving
from galleria.faces.kiosk.service import packs as service
from galleria.faces.profiles import BUILT_IN
from galleria.foundation.ids import new_id
from tests.commerce.selling import mug, put_on_sale
from tests.faces.gateway.door import Client, Door
from tests.faces.kiosk.conftest import PACK, KioskScene, kiosk_key, open_kiosk, retitle


async def pack_of(scene: KioskScene, client: Client) -> tuple[Jws, Manifest]:
    """The pack of whoever asks, made if need be."""
    answer = await client.get(PACK)
    if answer.status_code == 202:
        assert answer.json() == {"retry_after_s": 2}
        assert answer.headers["retry-after"] == "2"
        await scene.make_packs()
        answer = await client.get(PACK)
    assert answer.status_code == 200, answer.text
    jws = msgspec.json.decode(answer.content, type=Jws)
    payload = jws.payload + "=" * (-len(jws.payload) % 4)
    return jws, msgspec.json.decode(base64.urlsafe_b64decode(payload), type=Manifest)


async def products_in(client: Client, manifest: Manifest) -> dict[str, Any]:
    """The products of all parts, by handle."""
    found = {}
    for part in manifest.parts:
        answer = await client.get(f"{PACK}/{manifest.pack_id}/parts/{part.number}")
        assert answer.status_code == 200, answer.text
        assert hashlib.sha256(answer.content).hexdigest() == part.sha256
        for line in answer.content.splitlines():
            product = msgspec.json.decode(line)["product"]
            found[product["handle"]] = product
    return found


async def public_key(client: Client, jws: Jws) -> bytes:
    header = msgspec.json.decode(base64.urlsafe_b64decode(jws.protected + "=="))
    known = await client.json("GET", f"{PACK}/keys")
    (x,) = [each["x"] for each in known["keys"] if each["kid"] == header["kid"]]
    return base64.urlsafe_b64decode(x + "=")


async def test_a_pack_is_signed_and_says_what_can_be_sold_here(scene: KioskScene) -> None:
    variant_id = scene.shop.variant_ids[0]
    await set_here(scene, variant_id, 7)
    async with scene.client() as client:
        jws, manifest = await pack_of(scene, client)
        assert kiosk.payload_of(jws, await public_key(client, jws)) is not None
        assert (manifest.location.code, manifest.profile) == ("arcade", "kiosk")
        assert (manifest.product_count, manifest.variant_count) == (1, 2)
        assert manifest.payment_methods == ["cash", "terminal"]
        assert manifest.expires_at - manifest.made_at == timedelta(hours=48)
        assert "standard" in [each["code"] for each in manifest.shipping_methods]
        assert [each["path"] for each in manifest.categories] == ["kitchen", "kitchen/mugs"]
        product = (await products_in(client, manifest))["mug"]
        assert "description" in product and "description_html" not in product, "by the profile"
        here = {each["variant_id"]: each["available_here"] for each in product["variants"]}
        assert here == {variant_id: 7, scene.shop.variant_ids[1]: 0}
        assert "staff_notes" not in product


async def set_here(scene: KioskScene, variant_id: str, on_hand: int) -> None:
    places = {each.code: each for each in await inventory.list_locations(scene.ctx)}
    await inventory.set_stock(
        scene.ctx,
        [
            SetStock(
                variant_id=UUID(variant_id),
                location_id=places["arcade"].location_id,
                on_hand=on_hand,
            )
        ],
    )
    await scene.shop.door.relay()


async def test_nobody_but_a_kiosk_of_the_shop_gets_a_pack(scene: KioskScene, door: Door) -> None:
    other = await open_kiosk(door)
    async with scene.client() as client:
        _, manifest = await pack_of(scene, client)
    part = f"{PACK}/{manifest.pack_id}/parts/1"
    narrow = await scene.shop.key_for("products:read", "stock:read", "orders:write")
    for path in (PACK, part, f"{PACK}/changes?since={manifest.version}"):
        async with scene.shop.shopper() as nobody:
            assert (await nobody.get(path)).status_code == 401
        async with scene.shop.clerk(narrow) as clerk:
            assert (await clerk.get(path)).status_code == 403
    async with other.client() as stranger:
        assert (await stranger.get(part)).status_code == 404
        answer = await stranger.get(f"{PACK}/changes?since={manifest.version}")
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_cursor")
    elsewhere = await kiosk_key(scene.shop, location="main")
    async with scene.shop.clerk(elsewhere) as client:
        assert (await client.get(part)).status_code == 404, "it is another place's"


async def test_a_changed_manifest_or_another_shops_key_does_not_pass(
    scene: KioskScene, door: Door
) -> None:
    other = await open_kiosk(door)
    async with scene.client() as client, other.client() as stranger:
        jws, manifest = await pack_of(scene, client)
        public = await public_key(client, jws)
        cheaper = msgspec.json.encode(msgspec.structs.replace(manifest, currency="JPY"))
        forged = Jws(
            base64.urlsafe_b64encode(cheaper).rstrip(b"=").decode(), jws.protected, jws.signature
        )
        assert kiosk.payload_of(forged, public) is None
        theirs, _ = await pack_of(other, stranger)
        assert kiosk.payload_of(jws, await public_key(stranger, theirs)) is None


async def test_a_broken_fetch_goes_on_where_it_broke(scene: KioskScene) -> None:
    async with scene.client() as client:
        _, manifest = await pack_of(scene, client)
        at = f"{PACK}/{manifest.pack_id}/parts/1"
        whole = await client.get(at, headers={"Accept-Encoding": "identity"})
        tag = whole.headers["etag"]
        assert tag.endswith(f'{manifest.parts[0].sha256}"')
        headers = {"Range": "bytes=100-", "If-Range": tag}
        rest = await client.get(at, headers=headers)
        assert (rest.status_code, rest.content) == (206, whole.content[100:])
        size = len(whole.content)
        assert rest.headers["content-range"] == f"bytes 100-{size - 1}/{size}"
        few = await client.get(at, headers={"Range": "bytes=0-9"})
        assert few.content == whole.content[:10]
        last = await client.get(at, headers={"Range": "bytes=-5"})
        assert last.content == whole.content[-5:]
        other = await client.get(at, headers={"Range": "bytes=100-", "If-Range": '"other"'})
        assert (other.status_code, other.content) == (200, whole.content)
        behind = await client.get(at, headers={"Range": f"bytes={size}-"})
        assert behind.status_code == 416
        kept = await client.get(at, headers={"If-None-Match": tag})
        assert (kept.status_code, kept.content) == (304, b"")
        small = await client.get(at, headers={"Accept-Encoding": "gzip"})
        assert small.headers["content-encoding"] == "gzip"
        assert small.content == whole.content, "httpx unpacks it"


async def test_staff_notes_come_to_kiosks_that_may_read_them_alone(scene: KioskScene) -> None:
    told = await kiosk_key(scene.shop, "staff_notes:read")
    async with scene.client() as client, scene.shop.clerk(told) as trusted:
        _, plain = await pack_of(scene, client)
        _, whole = await pack_of(scene, trusted)
        assert plain.pack_id != whole.pack_id
        assert (await products_in(trusted, whole))["mug"]["staff_notes"] == []
        path = f"{PACK}/{whole.pack_id}/parts/1"
        assert (await client.get(path)).status_code == 404


async def test_parts_are_cut_by_products_and_hold_each_once(scene: KioskScene) -> None:
    await put_on_sale(scene.ctx, *(mug(f"mug-{n}", stock=n) for n in range(101)))
    await scene.shop.door.relay()
    smaller = {KioskSettings: KioskSettings(products_a_part=40)}
    async with scene.client() as client:
        await client.get(PACK)
        await scene.make_packs(replace(scene.ctx.engines, room_settings=smaller))
        _, manifest = await pack_of(scene, client)
        assert [each.product_count for each in manifest.parts] == [40, 40, 22]
        assert len(await products_in(client, manifest)) == manifest.product_count == 102


def test_a_part_is_cut_by_bytes_too_and_one_long_line_is_a_part() -> None:
    lines = [Line(new_id(), b"x" * size) for size in (3, 3, 30, 3)] + [Line(new_id(), None)]
    cutter = Cutter(10, 9)
    cuts = [*cutter.add(lines), *cutter.rest()]
    assert [cut.body for cut in cuts] == [b"xxx\nxxx\n", b"x" * 30 + b"\n", b"xxx\n"]
    assert [*cutter.rest()] == []


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        (None, None),
        ("bytes=0-", (0, 100)),
        ("bytes=10-19", (10, 10)),
        ("bytes=90-500", (90, 10)),
        ("bytes=-5", (95, 5)),
        ("bytes=-500", (0, 100)),
        ("bytes=5-4", None),
        ("bytes=0-1,5-6", None),
        ("bytes=a-b", None),
        ("bytes=-", None),
        ("bytes=\u0661-", None),
        ("lines=1-2", None),
    ],
)
def test_a_range_is_what_is_asked_for_or_nothing(
    header: str | None, wanted: tuple[int, int] | None
) -> None:
    assert wanted_range(header, 100) == wanted


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=200-300", "bytes=-0"])
def test_a_range_behind_the_end_is_none(header: str) -> None:
    with pytest.raises(IndexError):
        wanted_range(header, 100)


async def test_many_kiosks_that_ask_together_share_one_pack(scene: KioskScene) -> None:
    async with scene.client() as client:
        await asyncio.gather(*(client.get(PACK) for _ in range(5)))
        _, first = await pack_of(scene, client)
        _, second = await pack_of(scene, client)
    assert first.pack_id == second.pack_id
    count = await scene.ctx.read_value("SELECT count(*)::int FROM kiosk.pack WHERE tenant_id = $1")
    assert count == 1


async def changes_of(client: Client, since: str, limit: int = 50) -> Any:
    answer = await client.json("GET", f"{PACK}/changes?since={since}&limit={limit}")
    return opened(msgspec.convert(answer, Jws))


def opened(jws: Jws) -> Any:
    return msgspec.json.decode(base64.urlsafe_b64decode(jws.payload + "=="))


async def test_what_changes_after_the_pack_is_told_once_in_order_and_what_is_gone_too(
    scene: KioskScene,
) -> None:
    await put_on_sale(scene.ctx, mug("cup", stock=5))
    await scene.shop.door.relay()
    async with scene.client() as client:
        _, manifest = await pack_of(scene, client)
        assert (await changes_of(client, manifest.version))["items"] == []
        await retitle(scene, "mug", "First")
        await retitle(scene, "cup", "Cup")
        await retitle(scene, "mug", "Second")
        page = await changes_of(client, manifest.version, 1)
        assert [each["product"]["title"] for each in page["items"]] == ["Cup"]
        assert not page["is_last"]
        page = await changes_of(client, page["next_cursor"], 1)
        assert [each["product"]["title"] for each in page["items"]] == ["Second"]
        assert page["is_last"]
        cup = await catalog.get_product_by_handle(scene.ctx, "cup")
        await catalog.archive_product(scene.ctx, cup.product_id)
        await scene.shop.door.relay()
        page = await changes_of(client, page["next_cursor"])
        assert page["items"] == [{"product_id": str(cup.product_id), "is_gone": True}]
        await set_here(scene, scene.shop.variant_ids[0], 9)
        page = await changes_of(client, page["next_cursor"])
        (told,) = page["items"]
        assert told["product"]["variants"][0]["available_here"] == 9


class Slow:
    """A file store to which something happens while it keeps a file."""

    def __init__(self, blob: BlobStore, meanwhile: Callable[[], Awaitable[None]]) -> None:
        self._blob, self._meanwhile = blob, meanwhile

    async def put(self, *file: Any) -> BlobInfo:
        await self._meanwhile()
        return await self._blob.put(*file)


async def test_what_is_committed_while_the_pack_is_made_is_among_the_changes(
    scene: KioskScene,
) -> None:
    engines = scene.ctx.engines
    slow = Slow(engines.blob, lambda: retitle(scene, "mug", "Changed meanwhile"))
    async with scene.client() as client:
        await client.get(PACK)
        await scene.make_packs(replace(engines, blob=slow))  # type: ignore[arg-type]
        _, manifest = await pack_of(scene, client)
        assert (await products_in(client, manifest))["mug"]["title"] == "Stoneware Mug"
        page = await changes_of(client, manifest.version)
        assert [each["product"]["title"] for each in page["items"]] == ["Changed meanwhile"]


async def test_a_cursor_too_old_or_of_another_edition_is_told_to_take_a_new_pack(
    scene: KioskScene,
) -> None:
    gone = (410, "offline_cursor_expired")
    async with scene.client() as client:
        _, manifest = await pack_of(scene, client)
        path = f"{PACK}/changes?since={manifest.version}"
        await retitle(scene, "mug", "Long ago")
        await leaving.tidy(scene.after(timedelta(days=31)))
        answer = await client.get(path)
        assert (answer.status_code, answer.json()["code"]) == gone
        _, manifest = await pack_of(scene, client)
        draft = msgspec.structs.replace(BUILT_IN["kiosk"].draft, name="Other")
        await profiles.put_profile(scene.ctx, draft)
        async with asyncio.timeout(20):
            while True:
                answer = await client.get(path)
                if "told otherwise" in answer.text:
                    break
                await asyncio.sleep(0.2)
        assert (answer.status_code, answer.json()["code"]) == gone


async def test_a_stream_tells_changes_and_goes_on_behind_the_last_id(scene: KioskScene) -> None:
    async with scene.client() as client:
        _, manifest = await pack_of(scene, client)
    await retitle(scene, "mug", "One")
    profile = BUILT_IN["kiosk"]
    key = await scene.ctx.read_value(
        "SELECT key_id FROM access.api_key WHERE tenant_id = $1 AND location = 'arcade'"
    )
    actor = msgspec.structs.replace(
        scene.ctx.actor, kind="key", actor_id=str(key), location="arcade", scopes=frozenset()
    )
    ctx = scene.ctx.as_actor(actor)
    (first_id, title) = await one_of(ctx, profile, manifest.version)
    assert title == "One"
    waiting = asyncio.create_task(one_of(ctx, profile, first_id))
    await asyncio.sleep(0.1)
    await retitle(scene, "mug", "Two")
    assert (await waiting)[1] == "Two"


async def one_of(ctx: Any, profile: Any, since: str) -> tuple[str, str]:
    async with (
        asyncio.timeout(20),
        aclosing(await changes.open_stream(ctx, profile, since)) as stream,
    ):
        async for block in stream:
            lines = dict(line.partition(": ")[::2] for line in block.decode().splitlines())
            if "data" in lines:
                assert lines["event"] == "changes"
                page = opened(msgspec.json.decode(lines["data"], type=Jws))
                assert (page["since"], page["next_cursor"]) == (since, lines["id"])
                return lines["id"], page["items"][0]["product"]["title"]
    raise AssertionError("the stream ended")


async def test_a_new_key_signs_and_what_the_old_one_signed_is_believed(scene: KioskScene) -> None:
    async with scene.client() as client, scene.shop.clerk() as clerk:
        jws, _ = await pack_of(scene, client)
        rotated = await clerk.json("POST", "/admin/v1/offline-pack/keys/rotate")
        assert len(rotated["keys"]) == 2
        assert kiosk.payload_of(jws, await public_key(client, jws)) is not None
        newest = base64.urlsafe_b64decode(rotated["keys"][0]["x"] + "=")
        assert kiosk.payload_of(jws, newest) is None


async def test_old_packs_go_with_their_parts(scene: KioskScene) -> None:
    async with scene.client() as client:
        _, manifest = await pack_of(scene, client)
        await leaving.tidy(scene.after(timedelta(hours=49)))
        assert await products_in(client, manifest), "somebody may be fetching it"
        await leaving.tidy(scene.after(timedelta(hours=51)))
        answer = await client.get(f"{PACK}/{manifest.pack_id}/parts/1")
        assert answer.status_code == 404
    folder = service.folder_of(manifest.pack_id)
    page = await scene.ctx.engines.blob.list(scene.ctx.tenant.tenant_id, folder)
    assert page.keys == []


async def test_a_kiosk_whose_place_is_closed_is_told_so(scene: KioskScene) -> None:
    places = {each.code: each for each in await inventory.list_locations(scene.ctx)}
    await inventory.update_location(
        scene.ctx, places["arcade"].location_id, inventory.LocationChanges(is_active=False)
    )
    async with scene.client() as client:
        answer = await client.get(PACK)
    assert (answer.status_code, answer.json()["code"]) == (409, "kiosk_place_gone")


async def test_a_shop_without_kiosks_counts_no_changes(scene: KioskScene) -> None:
    await retitle(scene, "mug", "Unheard")
    assert await listings.count_listed(scene.ctx, 9) > 0
    count = await scene.ctx.read_value(
        "SELECT count(*)::int FROM kiosk.changed_product WHERE tenant_id = $1"
    )
    assert count == 0
