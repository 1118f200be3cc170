"""Files are sold: fetched by links that end, counted, replaced, taken back."""

from collections.abc import AsyncIterator

import pytest

from galleria.commerce import assortment, catalog, downloads, inventory, orders
from galleria.commerce.assortment import NewBundle, NewComponent
from galleria.commerce.downloads import NewDigitalGood
from galleria.commerce.downloads.room import ROOM
from galleria.engines.context import Context
from galleria.engines.event_log import Relay
from galleria.engines.mail.outbox import OutboxMail
from galleria.foundation.ids import new_id
from tests.commerce.carts.shop import cart_with, sell
from tests.commerce.downloads.goods import BOOK, book, buy_digital, links_of
from tests.commerce.orders.buying import SHIPPING, buy, wanted
from tests.platform.conftest import acting_with, client_of, later


async def fetched(ctx: Context, link: str, asked: str | None = None) -> bytes:
    answer = await downloads.fetch(ctx, link, asked, None)
    assert answer.stream is not None
    return b"".join([chunk async for chunk in answer.stream])


async def test_a_file_is_bought_without_address_and_fetched_at_once(shop: Context) -> None:
    order = await buy_digital(shop, (await book(shop), 1))
    assert (order.status, order.fulfillment_status) == ("placed", "fulfilled")
    assert (order.shipping_address, order.shipping_method) == (None, "")
    assert order.total == order.subtotal
    (file,) = order.downloads.files
    assert (file.name, file.size_bytes, file.downloads_left) == ("Ein Buch.pdf", len(BOOK), 5)
    (link,) = links_of(order)
    assert await fetched(shop, link) == BOOK
    assert await fetched(shop, link, "bytes=100-199") == BOOK[100:200]
    seen = await orders.order_by_token(shop, order.token)
    assert seen.downloads.files[0].downloads_left == 4


async def test_what_is_sent_needs_an_address_also_beside_a_file(shop: Context) -> None:
    print_id, book_id = await sell(shop), await book(shop)
    with pytest.raises(orders.ShippingAddressRequired):
        await buy_digital(shop, (print_id, 1), (book_id, 1))
    order = await buy(shop, (print_id, 1), (book_id, 1))
    assert order.shipping.amount_minor == SHIPPING
    assert order.fulfillment_status == "partly_fulfilled"
    assert [each.fulfilled_quantity for each in order.lines] == [0, 1]
    assert len(links_of(order)) == 1


async def test_nothing_is_handed_out_before_it_is_paid(shop: Context) -> None:
    book_id = await book(shop)
    token = await cart_with(shop, (book_id, 1))
    bare = {"shipping_address": None, "shipping_method": None}
    order = await orders.check_out(shop, token, wanted("tok_timeout", **bare), "key")
    assert (order.status, order.downloads.files) == ("pending_payment", [])
    assert (await downloads.downloads_of(shop, order.order_id)).files == []


async def test_links_and_rights_end(shop: Context) -> None:
    order = await buy_digital(shop, (await book(shop, max_downloads=1, valid_days=7), 1))
    (link,) = links_of(order)
    with pytest.raises(downloads.DownloadLinkExpired):
        await fetched(later(shop, days=2), link)
    in_time = later(shop, days=6)
    (fresh,) = links_of(await orders.order_by_token(in_time, order.token))
    assert await fetched(in_time, fresh) == BOOK
    with pytest.raises(downloads.DownloadLimitReached):
        await fetched(in_time, fresh)
    over = await orders.order_by_token(later(shop, days=8), order.token)
    assert links_of(over) == []


async def test_a_link_opens_nothing_in_another_shop_nor_when_changed(
    shop: Context, other_shop: Context
) -> None:
    (link,) = links_of(await buy_digital(shop, (await book(shop), 1)))
    for ctx, text in ((other_shop, link), (shop, link[:-2] + "AA"), (shop, "x")):
        with pytest.raises(downloads.DownloadNotFound):
            await fetched(ctx, text)


@pytest.mark.parametrize("keeps_bought", [False, True])
async def test_a_replaced_file_reaches_buyers_unless_they_keep_what_they_bought(
    shop: Context, keeps_bought: bool
) -> None:
    book_id = await book(shop, keeps_bought=keeps_bought)
    order = await buy_digital(shop, (book_id, 1))
    (first,) = (await downloads.get_good(shop, book_id)).files
    second = await downloads.add_file(
        shop, book_id, "second.pdf", b"%PDF-2", replaces=first.file_id
    )
    assert (await downloads.get_good(shop, book_id)).files == [second]
    (link,) = links_of(await orders.order_by_token(shop, order.token))
    assert await fetched(shop, link) == (BOOK if keeps_bought else b"%PDF-2")
    assert await fetched(shop, links_of(await buy_digital(shop, (book_id, 1)))[0]) == b"%PDF-2"
    await downloads.retire_file(shop, second.file_id)
    assert await fetched(shop, link) == BOOK
    with pytest.raises(downloads.DownloadFileNotFound):
        await downloads.add_file(shop, book_id, "x", b"x", replaces=first.file_id)


async def test_a_download_is_revoked_renewed_and_looked_at(shop: Context) -> None:
    order = await buy_digital(shop, (await book(shop, max_downloads=1), 1))
    (link,) = links_of(order)
    await fetched(shop, link)
    (shown,) = (await downloads.downloads_of(shop, order.order_id)).files
    assert (shown.downloaded, shown.last_at) == (1, shop.now)
    assert len((await downloads.list_fetches(shop, shown.grant_id)).items) == 1
    await downloads.renew(shop, shown.grant_id)
    assert await fetched(shop, link) == BOOK
    await downloads.revoke(shop, shown.grant_id)
    with pytest.raises(downloads.DownloadRevoked):
        await fetched(shop, link)
    first = await downloads.list_fetches(shop, shown.grant_id, None, 1)
    rest = await downloads.list_fetches(shop, shown.grant_id, first.next_cursor, 1)
    assert (len(rest.items), rest.next_cursor) == (1, None)


async def test_a_cancelled_order_can_be_fetched_no_more(shop: Context) -> None:
    order = await buy(shop, (await sell(shop), 1), (await book(shop), 1))
    (link,) = links_of(order)
    await orders.cancel_order(shop, order.order_id, orders.Cancellation())
    with pytest.raises(downloads.DownloadRevoked):
        await fetched(shop, link)
    seen = await orders.order_by_token(shop, order.token)
    assert (seen.status, links_of(seen)) == ("cancelled", [])


async def test_who_buys_three_may_fetch_three_times_as_often(shop: Context) -> None:
    order = await buy_digital(shop, (await book(shop, max_downloads=2), 3))
    assert order.downloads.files[0].downloads_left == 6


async def test_files_in_a_bundle_are_handed_out_too(shop: Context) -> None:
    print_id, book_id = await sell(shop), await book(shop)
    gift = await sell(shop, 5000)
    parts = [NewComponent(variant_id=each) for each in (print_id, book_id)]
    await assortment.set_bundle(shop, gift, NewBundle(components=parts))
    order = await buy(shop, (gift, 1))
    assert len(links_of(order)) == 1
    assert order.fulfillment_status == "unfulfilled"
    only_book = await sell(shop, 5000)
    await assortment.set_bundle(shop, only_book, NewBundle(components=parts[1:]))
    alone = await buy_digital(shop, (only_book, 1))
    assert (len(links_of(alone)), alone.fulfillment_status) == (1, "fulfilled")


async def test_the_letter_tells_the_links_and_can_be_sent_again(shop: Context) -> None:
    order = await buy_digital(shop, (await book(shop), 1))
    await orders.send_confirmations(shop, [order.order_id])
    await orders.send_downloads(shop, order.order_id)
    outbox = shop.engines.mail
    assert isinstance(outbox, OutboxMail)
    letters = await outbox.letters(shop.tenant.tenant_id)
    assert len(letters) == 2
    for letter in letters:
        start = f"http://{shop.tenant.slug}.localhost:8000/store/v1/downloads/"
        assert f"Ein Buch.pdf: {start}" in letter.text
        link = letter.text.partition(start)[2].split()[0]
        assert await fetched(later(shop, days=20), link) == BOOK
    plain = await buy(shop)
    with pytest.raises(orders.OrderHasNoDownloads):
        await orders.send_downloads(shop, plain.order_id)


async def test_a_good_is_sent_again_when_it_is_digital_no_more(shop: Context) -> None:
    book_id = await book(shop)
    order = await buy_digital(shop, (book_id, 1))
    await downloads.remove_good(shop, book_id)
    assert (await catalog.get_variant(shop, book_id)).is_shippable
    with pytest.raises(orders.ShippingAddressRequired):
        await buy_digital(shop, (book_id, 1))
    assert await fetched(shop, links_of(order)[0]) == BOOK
    with pytest.raises(downloads.DigitalGoodNotFound):
        await downloads.add_file(shop, book_id, "x", b"x")


async def test_a_product_file_does_not_make_a_parcel_of_a_download(shop: Context) -> None:
    book_id = await book(shop)
    changes = catalog.VariantChanges(is_shippable=True)
    await catalog.update_variant(shop, book_id, changes)
    relay = Relay(shop.engines, ROOM.subscriptions)
    while await relay.drain():
        pass
    assert not (await catalog.get_variant(shop, book_id)).is_shippable
    assert len(links_of(await buy_digital(shop, (book_id, 1)))) == 1


async def test_a_file_that_came_in_vain_is_not_kept(shop: Context) -> None:
    book_id = await book(shop)

    async def slow() -> AsyncIterator[bytes]:
        yield b"%PDF"
        await downloads.remove_good(shop.for_tenant(shop.tenant), book_id)
        yield b"-1"

    kept = await shop.engines.blob.list(shop.tenant.tenant_id, "downloads")
    with pytest.raises(downloads.DigitalGoodNotFound):
        await downloads.add_file(shop, book_id, "x", slow())
    assert await shop.engines.blob.list(shop.tenant.tenant_id, "downloads") == kept


async def test_what_was_bought_outlives_its_product(shop: Context) -> None:
    book_id = await book(shop)
    order = await buy_digital(shop, (book_id, 1))
    await catalog.delete_product(shop, (await catalog.get_variant(shop, book_id)).product_id)
    await Relay(shop.engines, ROOM.subscriptions).drain()
    with pytest.raises(downloads.DigitalGoodNotFound):
        await downloads.get_good(shop, book_id)
    assert await fetched(shop, links_of(order)[0]) == BOOK


async def test_a_limited_file_is_sold_no_more_often_than_there_is(shop: Context) -> None:
    book_id = await sell(shop, 900, on_hand=1)
    await downloads.set_good(shop, book_id, NewDigitalGood(is_limited=True))
    assert (await downloads.get_good(shop, book_id)).available == 1
    await buy_digital(shop, (book_id, 1))
    with pytest.raises(inventory.OutOfStock):
        await buy_digital(shop, (book_id, 1))


async def test_files_are_sent_and_fetched_over_http(shop: Context, other_shop: Context) -> None:
    variant_id = await sell(shop, 900, on_hand=None)
    acting = acting_with(shop, "products:read", "products:write", "orders:read", "orders:write")
    async with client_of(ROOM.routes, acting) as client:
        good = f"/admin/v1/variants/{variant_id}/digital-good"
        assert (await client.get(good)).json()["code"] == "digital_good_not_found"
        assert (await client.put(good, json={"max_downloads": 2})).status_code == 200
        sent = await client.post(
            f"/admin/v1/download-files?variant_id={variant_id}&name=B%C3%BCch.pdf",
            content=BOOK,
            headers={"content-type": "application/octet-stream"},
        )
        assert (sent.status_code, sent.json()["content_type"]) == (201, "application/pdf")
        assert (await client.get(good)).json()["files"] == [sent.json()]
        order = await buy_digital(shop, (variant_id, 1))
        path = order.downloads.files[0].path
        assert path is not None
        whole = await client.get(path)
        assert (whole.status_code, whole.content) == (200, BOOK)
        assert whole.headers["content-type"] == "application/pdf"
        assert "filename*=UTF-8''B%C3%BCch.pdf" in whole.headers["content-disposition"]
        assert whole.headers["x-content-type-options"] == "nosniff"
        part = await client.get(path, headers={"range": "bytes=-10"})
        assert (part.status_code, part.content) == (206, BOOK[-10:])
        size = len(BOOK)
        assert part.headers["content-range"] == f"bytes {size - 10}-{size - 1}/{size}"
        etag = whole.headers["etag"]
        same = await client.get(path, headers={"range": "bytes=5-9", "if-range": etag})
        assert (same.status_code, same.content) == (206, BOOK[5:10])
        behind = await client.get(path, headers={"range": f"bytes={size}-"})
        assert (behind.status_code, behind.json()["code"]) == (416, "blob_range_not_satisfiable")
        changed = await client.get(path, headers={"range": "bytes=5-9", "if-range": '"old"'})
        assert (changed.status_code, changed.content) == (200, BOOK)
        used_up = await client.get(path)
        assert (used_up.status_code, used_up.json()["code"]) == (403, "download_limit_reached")
        (listed,) = (await downloads.downloads_of(shop, order.order_id)).files
        grant_id = listed.grant_id
        assert listed.downloaded == 2
        for verb in ("revoke", "renew"):
            assert (await client.post(f"/admin/v1/downloads/{grant_id}/{verb}")).status_code == 200
        fetches = await client.get(f"/admin/v1/downloads/{grant_id}/fetches")
        assert len(fetches.json()["items"]) == 2
        retired = await client.delete(f"/admin/v1/download-files/{sent.json()['file_id']}")
        assert retired.status_code == 204
    foreign = acting_with(other_shop, "products:write", "orders:read", "orders:write")
    async with client_of(ROOM.routes, foreign) as client:
        assert (await client.get(path)).status_code == 404
        assert (await client.post(f"/admin/v1/downloads/{grant_id}/renew")).status_code == 404
        assert (await client.put(good, json={})).status_code == 404
        bad = await client.delete(f"/admin/v1/download-files/{new_id()}")
        assert bad.json()["code"] == "download_file_not_found"
