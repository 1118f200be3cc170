"""Digital goods in the back office: terms, files, licences, and what buyers fetched."""

from galleria.commerce import downloads
from galleria.commerce.catalog import ProductTree
from galleria.commerce.downloads import NewDigitalGood
from galleria.engines.context import Context
from tests.commerce.downloads.goods import buy_digital
from tests.faces.backoffice.conftest import SignedIn


async def test_a_variant_becomes_digital_and_is_sent_again(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    blue = a_mug.variants[0].variant_id
    mia = await at_work(shop)
    place = f"/products/{a_mug.product_id}/downloads"
    page = await mia.get(place)
    sent = {"kind": "files", "max_downloads": "3", "valid_days": "30", "keeps_bought": "true"}
    page = await mia.submit(page, place, **sent)
    good = await downloads.get_good(shop, blue)
    assert (good.kind, good.max_downloads, good.valid_days) == ("files", 3, 30)
    assert (good.keeps_bought, good.is_limited) == (True, False)
    assert "No file yet" in page.text
    page = await mia.browser.upload(
        page, f"/uploads/{shop.tenant.slug}{place}", [("file", ("book.pdf", b"%PDF-1"))]
    )
    (file,) = (await downloads.get_good(shop, blue)).files
    assert "book.pdf" in page.text and "application/pdf" in page.text
    wrong = await mia.submit(page, place, max_downloads="many")
    assert wrong.status == 422
    page = await mia.submit(page, f"{place}/files/{file.file_id}/retire")
    assert "book.pdf" not in page.text
    await mia.submit(page, place, kind="")
    assert "No file yet" not in (await mia.get(place)).text
    assert blue not in await downloads.goods_of(shop, [blue])


async def test_licences_are_typed_into_the_pool(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    white = a_mug.variants[1].variant_id
    await downloads.set_good(shop, white, NewDigitalGood(kind="licences"))
    mia = await at_work(shop)
    place = f"/products/{a_mug.product_id}/downloads"
    page = await mia.get(f"{place}?variant={white}")
    empty = await mia.submit(page, f"{place}/licences", licences="")
    assert (empty.status, "Write 1 to 5,000 licences" in empty.text) == (422, True)
    page = await mia.submit(page, f"{place}/licences", licences="A-1\r\nA-2\r\n\r\nA-1")
    assert "2 licences are new in the pool." in page.text
    assert "2 licences can be sold." in page.text


async def test_an_order_shows_its_downloads_and_what_can_be_done(
    shop: Context, at_work: SignedIn, a_mug: ProductTree
) -> None:
    blue, white = (each.variant_id for each in a_mug.variants)
    await downloads.set_good(shop, blue, NewDigitalGood())
    await downloads.add_file(shop, blue, "book.pdf", b"%PDF-1")
    await downloads.set_good(shop, white, NewDigitalGood(kind="licences"))
    await downloads.add_licences(shop, white, ["SECRET-4711"])
    order = await buy_digital(shop, (blue, 1), (white, 1))
    mia = await at_work(shop)
    place = f"/orders/{order.order_id}"
    page = await mia.get(place)
    assert "book.pdf" in page.text and "Licence ending in 4711" in page.text
    assert "SECRET" not in page.text
    (file,) = (await downloads.downloads_of(shop, order.order_id)).files
    page = await mia.submit(page, f"{place}/downloads/{file.grant_id}", verb="revoke")
    assert "revoked" in page.text
    page = await mia.submit(page, f"{place}/downloads/{file.grant_id}", verb="renew")
    assert "revoked" not in page.text
    page = await mia.submit(page, f"{place}/downloads/send")
    assert "A letter with fresh links is on its way." in page.text
