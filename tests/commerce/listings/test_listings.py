"""The shop window shows what catalog, prices and stock say, in each language, and nothing else."""

import asyncio
from datetime import timedelta

import msgspec
import pytest

from galleria.commerce import catalog, inventory, listings, pricing
from galleria.commerce.inventory import AdjustStock
from galleria.commerce.listings import (
    CategoryNotShown,
    Detail,
    ListingNotFound,
    ListingsChanged,
    UnknownSort,
    service,
)
from galleria.commerce.pricing import PriceRow
from galleria.engines.context import Context
from galleria.foundation.ids import made_at
from galleria.foundation.pagination import InvalidCursor
from galleria.platform import tenants
from tests.commerce.pricing.tags import later
from tests.commerce.selling import mug, open_shop, put_on_sale, show, window


@pytest.fixture
async def shop(house_ctx: Context) -> Context:
    _, ctx = await open_shop(house_ctx)
    return ctx


async def detail(ctx: Context, handle: str, locale: str = "en") -> Detail:
    text, _ = await listings.detail_of(ctx, await window(ctx, locale), handle)
    return msgspec.json.decode(text, type=Detail)


async def titles(ctx: Context, **wanted: object) -> list[str]:
    cards, _ = await listings.page_of_cards(ctx, await window(ctx), **wanted)  # type: ignore[arg-type]
    return [msgspec.json.decode(card)["title"] for card in cards]


async def test_a_product_on_sale_is_shown_with_prices_stock_and_place(shop: Context) -> None:
    await put_on_sale(shop, mug())
    await show(shop)
    shown = await detail(shop, "mug")
    assert shown.title == "Stoneware Mug"
    assert [v.price.amount_minor for v in shown.variants] == [2400, 2600]
    assert [v.is_available for v in shown.variants] == [True, False]
    assert shown.variants[0].few_left == 3
    assert [c.path for c in shown.categories] == ["kitchen/mugs"]
    assert shown.price_range.min.amount_minor == 2400


async def test_a_page_is_found_by_its_handle_before_the_server_has_counted_the_shop(
    shop: Context,
) -> None:
    await put_on_sale(shop, mug())
    await show(shop)
    shown_in = await window(shop)
    looked_at = (
        "SELECT sum(pg_stat_get_xact_tuples_returned(c.oid)) FROM pg_class AS c"
        " LEFT JOIN pg_index AS i ON i.indexrelid = c.oid WHERE $1::int4 IS NOT NULL"
        " AND 'listings.listing'::regclass IN (c.oid, i.indrelid)"
    )
    async with shop.transaction() as tx:
        # No other row has the handle's hash: theirs count from zero up.
        await tx.execute(
            "INSERT INTO listings.listing (tenant_id, window_id, product_id, price_min_minor,"
            " published_at, updated_at, handle_hash, tie, category, title_sort, document)"
            " SELECT tenant_id, window_id, gen_random_uuid(), price_min_minor, published_at,"
            " updated_at, n, n, category, title_sort, document"
            " FROM listings.listing, generate_series(0, 4999) AS n"
            " WHERE tenant_id = $1 AND window_id = $2",
            shown_in.window_id,
        )
        before = await shop.read_value(looked_at)
        await listings.detail_of(shop, shown_in, "mug")
        assert await shop.read_value(looked_at) - before <= 5


async def test_what_is_announced_says_when_the_first_of_its_changes_was_committed(
    shop: Context,
) -> None:
    (made,) = await put_on_sale(shop, mug())
    assert made.product_id is not None
    await show(shop)
    for title in ("First", "Second"):
        await catalog.update_product(shop, made.product_id, catalog.ProductChanges(title=title))
        await asyncio.sleep(0.01)
    await show(shop)
    await catalog.delete_product(shop, made.product_id)
    await show(shop)
    rows = await shop.read(
        "SELECT event_id, tag, payload FROM event_log.outbox WHERE tenant_id = $1 ORDER BY sequence"
    )
    changes = {
        tag: [row["event_id"] for row in rows if row["tag"] == f"catalog.{tag}.v1"]
        for tag in ("products_changed", "products_removed")
    }
    announced = [
        msgspec.json.decode(row["payload"], type=ListingsChanged)
        for row in rows
        if row["tag"] == ListingsChanged.TAG
    ]
    assert [each.changed_at for each in announced if each.product_ids][-2:] == [
        made_at(changes["products_changed"][-2]),
        made_at(changes["products_removed"][-1]),
    ]


async def test_texts_and_options_are_in_the_readers_language(shop: Context) -> None:
    await put_on_sale(shop, mug())
    await show(shop)
    shown = await detail(shop, "mug", "de")
    assert shown.title == "Steinzeugbecher"
    assert shown.options[0].name == "Farbe"
    assert shown.options[0].values == ["Blau", "White"]
    assert shown.description_html == "<p>Holds a good morning.</p>", "falls back to the shop's own"


async def test_a_draft_or_priceless_product_is_not_shown(shop: Context) -> None:
    await put_on_sale(shop, mug("draft", status="draft"))
    async with shop.transaction() as tx:
        await catalog.merge_products(tx, [mug("priceless").draft])
    await show(shop)
    for handle in ("draft", "priceless"):
        with pytest.raises(ListingNotFound):
            await detail(shop, handle)


async def test_an_archived_product_leaves_the_window(shop: Context) -> None:
    (made,) = await put_on_sale(shop, mug())
    await show(shop)
    assert made.product_id is not None
    await catalog.archive_product(shop, made.product_id)
    await show(shop)
    with pytest.raises(ListingNotFound):
        await detail(shop, "mug")
    assert await titles(shop, category="kitchen") == []


async def test_the_last_one_sold_shows_as_sold_out(shop: Context) -> None:
    (made,) = await put_on_sale(shop, mug(stock=1))
    await show(shop)
    await inventory.adjust_stock(
        shop,
        made.variant_ids[0],
        AdjustStock(delta=-1, reason="damaged"),
    )
    await show(shop)
    shown = await detail(shop, "mug")
    assert not shown.is_available


async def test_what_no_shopper_can_see_writes_nothing(shop: Context) -> None:
    await put_on_sale(shop, mug(stock=100))
    await show(shop)
    _, before = await listings.detail_of(shop, await window(shop), "mug")
    made = await catalog.get_product_by_handle(shop, "mug")
    await inventory.adjust_stock(
        shop,
        made.variants[0].variant_id,
        AdjustStock(delta=-1, reason="damaged"),
    )
    await show(shop)
    _, after = await listings.detail_of(shop, await window(shop), "mug")
    assert before == after


async def test_a_reduced_price_is_shown_beside_the_lowest_of_thirty_days(shop: Context) -> None:
    (made,) = await put_on_sale(shop, mug())
    blue, white = made.variant_ids
    assert made.product_id is not None
    product_id = made.product_id
    channel = (await tenants.channel_of(shop)).channel_id
    start = shop.now
    for day, amount in ((1, 1900), (2, 2300)):
        async with later(shop, days=day).transaction() as tx:
            await pricing.merge_prices(tx, [PriceRow(blue, channel, "EUR", amount)])
    sale = await pricing.create_list(
        shop,
        pricing.NewPriceList(
            code="summer",
            name="Summer",
            kind="sale",
            valid_from=start + timedelta(days=3),
            valid_until=start + timedelta(days=5),
        ),
    )
    async with shop.transaction() as tx:
        reduced = pricing.PriceListRow(blue, sale.price_list_id, 1500, 2300)
        await pricing.merge_prices(tx, [reduced])

    async def seen(day: float) -> tuple[int, int | None, int | None, int | None]:
        """Price, compare-at and lowest of the blue one; and the lowest that the card names."""
        async with later(shop, days=day).transaction() as tx:
            await service.refresh(tx, [product_id])
        document = await detail(shop, "mug")
        variant = next(each for each in document.variants if each.variant_id == blue)
        other = next(each for each in document.variants if each.variant_id == white)
        assert other.lowest_30d_minor is None, "its price is not reduced"
        (card,), _ = await listings.page_of_cards(shop, await window(shop))
        compared = variant.compare_at.amount_minor if variant.compare_at else None
        lowest = msgspec.json.decode(card).get("lowest_30d_minor")
        return variant.price.amount_minor, compared, variant.lowest_30d_minor, lowest

    assert await seen(2.5) == (2300, None, None, None)
    assert await seen(3) == (1500, 2300, 1900, 1900)
    assert await seen(4.9) == (1500, 2300, 1900, 1900), "of the days before it began, not of now"
    assert await seen(5) == (2300, None, None, None)


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("title", ["Apple", "Ärmel", "Zebra"]),
        ("-title", ["Zebra", "Ärmel", "Apple"]),
        ("price", ["Zebra", "Ärmel", "Apple"]),
        ("-price", ["Apple", "Ärmel", "Zebra"]),
    ],
)
async def test_lists_are_sorted_as_people_expect_and_paged_without_loss(
    shop: Context, sort: str, expected: list[str]
) -> None:
    goods = [mug(f"p{at}", title=name) for at, name in enumerate(["Zebra", "Ärmel", "Apple"])]
    goods = [
        msgspec.structs.replace(sold, prices=[100 * (at + 1)] * 2) for at, sold in enumerate(goods)
    ]
    await put_on_sale(shop, *goods)
    await show(shop)
    assert await titles(shop, sort=sort) == expected

    seen, cursor = [], None
    while True:
        cards, cursor = await listings.page_of_cards(
            shop, await window(shop), sort=sort, limit=1, cursor=cursor
        )
        seen += [msgspec.json.decode(card)["title"] for card in cards]
        if cursor is None:
            break
    assert seen == expected


async def test_a_category_shows_what_lies_below_it(shop: Context) -> None:
    await put_on_sale(shop, mug(), mug("bowl", title="Bowl", category_paths=[["Kitchen", "Bowls"]]))
    await show(shop)
    assert await titles(shop, category="kitchen", sort="title") == ["Bowl", "Stoneware Mug"]
    assert await titles(shop, category="kitchen/bowls") == ["Bowl"]
    with pytest.raises(CategoryNotShown):
        await titles(shop, category="garden")


async def test_an_unknown_sort_and_a_foreign_cursor_are_refused(shop: Context) -> None:
    await put_on_sale(shop, mug(), mug("second"))
    await show(shop)
    with pytest.raises(UnknownSort):
        await titles(shop, sort="colour")
    _, cursor = await listings.page_of_cards(shop, await window(shop), sort="title", limit=1)
    with pytest.raises(InvalidCursor):
        await titles(shop, sort="price", cursor=cursor)


async def test_a_second_shop_sees_none_of_it(shop: Context, house_ctx: Context) -> None:
    await put_on_sale(shop, mug())
    await show(shop)
    _, other = await open_shop(house_ctx)
    with pytest.raises(ListingNotFound):
        await detail(other, "mug")
    assert await titles(other) == []
    foreign = await window(shop)
    cards, _ = await listings.page_of_cards(other, foreign)
    assert cards == []
