"""What rooms that show the catalog read of it in sets."""

from uuid import UUID

from galleria.commerce import catalog
from galleria.commerce.catalog import NewAttribute
from galleria.engines.context import Context
from tests.commerce.catalog.wares import merge, simple


async def test_the_dictionary_answers_for_the_codes_it_has(ctx: Context) -> None:
    await catalog.create_attribute(ctx, NewAttribute(code="width", kind="number", unit="cm"))
    found = await catalog.attributes_with(ctx, ["width", "nothing"])
    assert {code: each.unit for code, each in found.items()} == {"width": "cm"}
    assert await catalog.attributes_with(ctx, []) == {}


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
