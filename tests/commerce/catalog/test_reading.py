"""What rooms that show the catalog read of it in sets."""

from uuid import UUID

from galleria.commerce import catalog
from galleria.engines.context import Context
from tests.commerce.catalog.wares import merge, simple


async def test_the_tree_is_read_whole(ctx: Context, another_ctx: Context) -> None:
    await merge(ctx, simple("mug", category_paths=[["B"], ["A", "C"]]))
    assert [each.path for each in await catalog.all_categories(ctx)] == ["a", "a/c", "b"]
    assert await catalog.all_categories(another_ctx) == []


async def test_all_products_are_walked_through_by_id(ctx: Context) -> None:
    merged = await merge(ctx, *(simple(f"p{number}") for number in range(5)))
    walked: list[UUID] = []
    while found := await catalog.product_ids_after(ctx, walked[-1] if walked else UUID(int=0), 2):
        walked += found
    assert walked == sorted(each.product_id for each in merged if each.product_id)
