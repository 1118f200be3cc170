"""A product with hundreds of variants is read a page at a time and chosen without loading them."""

import msgspec
import pytest

from galleria.commerce import catalog, listings
from galleria.commerce.listings import Detail, ListingNotFound, UnknownChoice
from galleria.engines.context import Context
from galleria.foundation.pagination import InvalidCursor
from tests.commerce.listings.wares import boots
from tests.commerce.selling import mug, open_shop, put_on_sale, show, window


@pytest.fixture
async def shop(house_ctx: Context) -> Context:
    _, ctx = await open_shop(house_ctx)
    return ctx


async def skus_by_page(ctx: Context, limit: int) -> list[str | None]:
    found, cursor = [], None
    while True:
        page = await listings.page_of_variants(ctx, await window(ctx), "boots", cursor, limit)
        assert len(page.items) <= limit
        found += [each.sku for each in page.items]
        cursor = page.next_cursor
        if cursor is None:
            return found


async def test_a_page_holds_a_hundred_variants_and_says_how_many_there_are(shop: Context) -> None:
    await put_on_sale(shop, boots())
    await show(shop)
    text, _ = await listings.detail_of(shop, await window(shop), "boots")
    shown = msgspec.json.decode(text, type=Detail)
    assert (len(shown.variants), shown.variant_count) == (100, 200)
    assert shown.price_range.max.amount_minor == 1_199


@pytest.mark.parametrize("count", [1, 99, 100, 101, 200])
async def test_all_variants_come_by_page_in_their_order(shop: Context, count: int) -> None:
    sold = boots(count)
    await put_on_sale(shop, sold)
    await show(shop)
    wanted = [each.sku for each in sold.draft.variants]
    for limit in (7, 100):
        assert await skus_by_page(shop, limit) == wanted


async def test_a_complete_choice_leads_to_its_variant_wherever_it_lies(shop: Context) -> None:
    await put_on_sale(shop, boots())
    await show(shop)
    for colour, size, amount in (("Blue", "3", 1_003), ("Navy", "19", 1_199), ("Sand", "0", 1_100)):
        choice = {"Colour": colour, "Size": size}
        picker = await listings.picker_of(shop, await window(shop), "boots", choice)
        assert picker.variant is not None
        assert picker.variant.sku == f"boots-{colour}-{size}"
        assert picker.variant.price.amount_minor == amount
        assert picker.matching_count == 1


async def test_a_choice_so_far_says_what_still_goes_with_it(shop: Context) -> None:
    await put_on_sale(shop, boots(190))
    await show(shop)
    shown = await window(shop, "de")
    picker = await listings.picker_of(shop, shown, "boots", {"Size": "19"})
    assert picker.variant is None
    assert (picker.variant_count, picker.matching_count) == (190, 9)
    colours, sizes = picker.axes
    assert (colours.name, sizes.chosen) == ("Farbe", "19")
    assert [each.exists for each in colours.values] == [True] * 9 + [False]
    assert colours.values[0].value == "Blau"
    blue = colours.values[0].price_range
    assert blue is not None and blue.min.amount_minor == 1_019
    assert [each.is_available for each in colours.values][:3] == [True, False, True]
    assert all(each.exists for each in sizes.values)


async def test_a_small_product_is_picked_from_its_page(shop: Context) -> None:
    await put_on_sale(shop, mug())
    await show(shop)
    picker = await listings.picker_of(shop, await window(shop), "mug", {"Colour": "White"})
    assert picker.variant is not None
    assert picker.variant.sku == "mug-w"
    assert not picker.variant.is_available


async def test_variants_that_go_leave_neither_chunk_nor_picker(shop: Context) -> None:
    await put_on_sale(shop, boots())
    await show(shop)
    await put_on_sale(shop, boots(40))
    await show(shop)
    assert len(await skus_by_page(shop, 100)) == 40
    picker = await listings.picker_of(shop, await window(shop), "boots", {})
    assert picker.variant_count == 40


async def test_search_reads_every_variant(shop: Context) -> None:
    (made,) = await put_on_sale(shop, boots())
    await show(shop)
    assert made.product_id is not None
    found = {
        locale: detail
        for _, _, locale, detail in await listings.details_for_search(shop, [made.product_id])
    }
    assert [len(detail.variants) for detail in found.values()] == [200, 200]
    assert found["en"].variants[-1].sku == "boots-Navy-19"
    assert [c.path for c in found["de"].categories] == ["kitchen/mugs"]


async def test_what_does_not_exist_is_refused(shop: Context) -> None:
    await put_on_sale(shop, boots())
    await show(shop)
    shown = await window(shop)
    for choice in ({"Shape": "Round"}, {"Size": "99"}):
        with pytest.raises(UnknownChoice):
            await listings.picker_of(shop, shown, "boots", choice)
    for reading in (
        listings.picker_of(shop, shown, "nothing", {}),
        listings.page_of_variants(shop, shown, "nothing"),
    ):
        with pytest.raises(ListingNotFound):
            await reading
    _, foreign = await listings.page_of_cards(shop, shown, limit=1), "x"
    with pytest.raises(InvalidCursor):
        await listings.page_of_variants(shop, shown, "boots", foreign)


async def test_an_archived_product_takes_its_chunks_along(shop: Context) -> None:
    (made,) = await put_on_sale(shop, boots())
    await show(shop)
    assert made.product_id is not None
    await catalog.archive_product(shop, made.product_id)
    await show(shop)
    kept = await shop.read_value("SELECT count(*) FROM listings.variant_chunk WHERE tenant_id = $1")
    assert kept == 0
