"""What rooms that show the catalog read of it in sets."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest

from galleria.commerce import catalog
from galleria.commerce.catalog import Option, ProductNotFound, VariantDraft
from galleria.engines.context import Context, Tenant
from tests.commerce.catalog.wares import made, merge, shirt, simple


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


class EditsMeanwhile:
    """Reads as the shop does, while somebody edits between the first and the second statement."""

    def __init__(self, ctx: Context, edit: Callable[[], Awaitable[object]]) -> None:
        self._ctx = ctx
        self._edit = edit
        self._is_edited = False

    @property
    def tenant(self) -> Tenant:
        return self._ctx.tenant

    async def read(self, sql: str, *args: Any) -> list[Any]:
        rows = await self._ctx.read(sql, *args)
        if not self._is_edited:
            self._is_edited = True
            await self._edit()
        return rows

    async def read_row(self, sql: str, *args: Any) -> Any:
        return await self._ctx.read_row(sql, *args)

    async def read_value(self, sql: str, *args: Any) -> Any:
        return await self._ctx.read_value(sql, *args)


async def test_a_product_removed_while_it_is_read_is_not_there(ctx: Context) -> None:
    product_id = await made(ctx, shirt())
    meanwhile = EditsMeanwhile(ctx, lambda: catalog.delete_product(ctx, product_id))
    with pytest.raises(ProductNotFound):
        await catalog.get_product(meanwhile, product_id)


async def test_a_product_edited_while_it_is_read_is_as_it_was_before_or_after(
    ctx: Context,
) -> None:
    product_id, other_id = await made(ctx, shirt()), await made(ctx, shirt("other"))
    after = shirt(
        options=[Option("Length", ["Short"])],
        variants=[VariantDraft(sku="shirt-short", option_values=["Short"])],
    )
    meanwhile = EditsMeanwhile(ctx, lambda: merge(ctx, after))
    trees = await catalog.products_for_listing(meanwhile, [product_id, other_id])
    assert trees == await catalog.products_for_listing(ctx, [product_id, other_id])
    assert [each.option_values for each in trees[0].variants] == [["Short"]]
