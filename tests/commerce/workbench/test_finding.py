"""Products found by what is said of them, page by page in both directions."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from galleria.commerce import catalog, collections, inventory, workbench
from galleria.commerce.catalog import ProductChanges, ProductDraft
from galleria.commerce.collections import NewCollection
from galleria.commerce.inventory import SetStock
from galleria.commerce.workbench import Sort, Wanted
from galleria.commerce.workbench.room import ROOM
from galleria.engines.context import Context
from galleria.foundation.pagination import InvalidCursor
from tests.commerce.selling import mug, open_shop, put_on_sale

Drain = Callable[..., Awaitable[int]]


async def titles(ctx: Context, wanted: Wanted, order: Sort = "title") -> list[str]:
    """What the products are called, in order."""
    page = await workbench.find_products(ctx, wanted, order)
    names = await catalog.summaries_of(ctx, [each.product_id for each in page.entries])
    return [names[each.product_id].title for each in page.entries]


async def a_shop(ctx: Context, drain: Drain) -> Context:
    """Two mugs on sale, one of them gone, and a draft without a price."""
    _, shop = await open_shop(ctx)
    await put_on_sale(shop, mug(), mug("cup", stock=0, title="Red Cup", tags=["Sale", "kitchen"]))
    await catalog.create_product(
        shop, ProductDraft(title="Äpfel red", brand="Orchard", product_type="Fruit")
    )
    await drain(*ROOM.subscriptions)
    return shop


async def test_products_are_found_by_each_thing_said_of_them_drafts_as_well(
    house_ctx: Context, drain: Drain
) -> None:
    shop = await a_shop(house_ctx, drain)
    (kitchen,) = [each for each in await catalog.all_categories(shop) if each.name == "Kitchen"]
    for wanted, expected in (
        (Wanted(), ["Äpfel red", "Red Cup", "Stoneware Mug"]),
        (Wanted(status="draft"), ["Äpfel red"]),
        (Wanted(words="RED"), ["Äpfel red", "Red Cup"]),
        (Wanted(words="apfel"), ["Äpfel red"]),
        (Wanted(words="red nothing"), []),
        (Wanted(brand="Kiln & Co"), ["Red Cup", "Stoneware Mug"]),
        (Wanted(product_type="fruit"), ["Äpfel red"]),
        (Wanted(tag="sale"), ["Red Cup"]),
        (Wanted(tag="kitchen", words="red"), ["Red Cup"]),
        (Wanted(category_id=kitchen.category_id), ["Red Cup", "Stoneware Mug"]),
        (Wanted(shelf="in"), ["Stoneware Mug"]),
        (Wanted(shelf="out"), ["Äpfel red", "Red Cup"]),
        (Wanted(has_pictures=False, status="active"), ["Red Cup", "Stoneware Mug"]),
        (Wanted(has_pictures=True), []),
        (Wanted(price_from=2500), ["Red Cup", "Stoneware Mug"]),
        (Wanted(price_from=2601), []),
        (Wanted(price_until=2400), ["Red Cup", "Stoneware Mug"]),
        (Wanted(changed_since=datetime.now(UTC) + timedelta(hours=1)), []),
    ):
        assert await titles(shop, wanted) == expected, wanted


async def test_what_changes_is_found_as_it_is_now_and_counted_so(
    house_ctx: Context, drain: Drain
) -> None:
    shop = await a_shop(house_ctx, drain)
    (entry,) = (await workbench.find_products(shop, Wanted(tag="sale"))).entries
    tree = await catalog.get_product(shop, entry.product_id)
    summer = await collections.create_collection(shop, NewCollection(title="Summer"))
    await collections.fill_collection(shop, summer.collection_id, [entry.product_id], [])
    await catalog.update_product(shop, entry.product_id, ProductChanges(tags=["New"]))
    await inventory.set_stock(shop, [SetStock(variant_id=tree.variants[0].variant_id, on_hand=9)])
    await drain(*ROOM.subscriptions)
    assert await titles(shop, Wanted(tag="sale")) == []
    assert await titles(shop, Wanted(tag="new", collection_id=summer.collection_id)) == ["Red Cup"]
    page = await workbench.find_products(shop, Wanted(shelf="in"), "-on_hand")
    assert [each.on_hand for each in page.entries] == [9, 3]
    assert page.total == 2

    await catalog.delete_product(shop, entry.product_id)
    await drain(*ROOM.subscriptions)
    assert await titles(shop, Wanted()) == ["Äpfel red", "Stoneware Mug"]
    assert await workbench.count_products(shop, Wanted(status="active")) == 1


@pytest.mark.parametrize(
    "order", ["created", "-created", "title", "-title", "changed", "-changed", "price", "-on_hand"]
)
async def test_a_list_is_turned_to_its_end_and_back_without_a_gap(
    house_ctx: Context, drain: Drain, order: Sort
) -> None:
    _, shop = await open_shop(house_ctx)
    async with shop.transaction() as tx:
        await catalog.merge_products(
            tx,
            [
                ProductDraft(handle=f"p-{n}", title=f"Print {n % 7}", tags=["odd"] * (n % 2))
                for n in range(23)
            ],
        )
    await drain(*ROOM.subscriptions)
    for wanted, count in ((Wanted(), 23), (Wanted(tag="odd"), 11)):
        forth: list[list[UUID]] = []
        back: list[list[UUID]] = []
        cursor: str | None = None
        while True:
            page = await workbench.find_products(shop, wanted, order, cursor, 4)
            forth.append([each.product_id for each in page.entries])
            if page.next_cursor is None:
                break
            cursor = page.next_cursor
        assert len({each for ids in forth for each in ids}) == count
        while True:
            back.insert(0, [each.product_id for each in page.entries])
            if page.previous_cursor is None:
                break
            page = await workbench.find_products(shop, wanted, order, page.previous_cursor, 4)
        assert [each for ids in back for each in ids] == [each for ids in forth for each in ids]


async def test_a_cursor_of_another_question_is_refused(house_ctx: Context, drain: Drain) -> None:
    shop = await a_shop(house_ctx, drain)
    page = await workbench.find_products(shop, Wanted(), "title", None, 1)
    with pytest.raises(InvalidCursor):
        await workbench.find_products(shop, Wanted(tag="sale"), "title", page.next_cursor, 1)


async def test_what_is_found_by_is_made_anew_from_the_shops(house_ctx: Context) -> None:
    _, shop = await open_shop(house_ctx)
    async with shop.transaction() as tx:
        await catalog.merge_products(
            tx, [ProductDraft(handle=f"p-{n}", title=f"Print {n}") for n in range(5)]
        )
    writer = shop.engines.record_writer
    assert writer is not None
    assert await workbench.rebuild(shop.engines, writer.writer) >= 5
    await shop.engines.records.refresh()
    assert await workbench.is_filled(shop)
    assert len(await titles(shop, Wanted())) == 5


async def test_another_shop_finds_nothing_of_it(
    house_ctx: Context, another_ctx: Context, drain: Drain
) -> None:
    await a_shop(house_ctx, drain)
    assert (await workbench.find_products(another_ctx, Wanted())).entries == []
