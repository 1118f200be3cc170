"""Categories and the dictionary of attributes."""

import asyncio
from typing import Any

import pytest

from galleria.commerce import catalog
from galleria.commerce.catalog import (
    CategoryChanges,
    HandleTaken,
    InvalidStructure,
    NewCategory,
)
from galleria.engines.context import Context
from tests.commerce.catalog.wares import made, merge, simple


async def _tree(ctx: Context) -> dict[str, catalog.Category]:
    return {each.path: each for each in (await catalog.list_categories(ctx)).items}


async def test_a_way_through_the_categories_is_made_once(ctx: Context) -> None:
    async def walk(*names: str) -> Any:
        async with ctx.transaction() as tx:
            return await catalog.ensure_category_path(tx, names)

    deep = await walk("Prints", "A3", "Framed")
    assert await walk("prints ", "a3", "FRAMED") == deep
    tree = await _tree(ctx)
    assert list(tree) == ["prints", "prints/a3", "prints/a3/framed"]
    framed = tree["prints/a3/framed"]
    assert (framed.category_id, framed.handle, framed.name) == (deep, "prints-a3-framed", "Framed")
    assert framed.lineage == [each.category_id for each in tree.values()]
    with pytest.raises(InvalidStructure):
        await walk()
    with pytest.raises(InvalidStructure):
        await walk(*"abcdefghi")


async def test_many_hands_make_a_way_once(ctx: Context) -> None:
    await asyncio.gather(
        *(merge(ctx, simple(f"p{n}", category_paths=[["A", "B", str(n % 3)]])) for n in range(12))
    )
    assert list(await _tree(ctx)) == ["a", "a/b", "a/b/0", "a/b/1", "a/b/2"]


async def test_a_branch_moves_with_all_that_is_inside(ctx: Context) -> None:
    await merge(ctx, simple("mug", category_paths=[["A", "B", "C"], ["D"]]))
    tree = await _tree(ctx)
    b, d = tree["a/b"], tree["d"]
    moved = await catalog.update_category(
        ctx, b.category_id, CategoryChanges(parent_id=d.category_id, name="Bee"), 1
    )
    assert (moved.path, moved.name, moved.version) == ("d/b", "Bee", 2)
    tree = await _tree(ctx)
    assert list(tree) == ["a", "d", "d/b", "d/b/c"]
    assert tree["d/b/c"].lineage == [d.category_id, b.category_id, tree["d/b/c"].category_id]
    product = await catalog.get_product_by_handle(ctx, "mug")
    assert [each.path for each in product.categories] == ["d", "d/b", "d/b/c"]

    root = await catalog.update_category(ctx, b.category_id, CategoryChanges(parent_id=None))
    assert (root.path, root.lineage) == ("b", [b.category_id])


async def test_a_renamed_category_is_still_found_under_its_old_name(ctx: Context) -> None:
    await merge(ctx, simple("mug", category_paths=[["Shirts"]]))
    category = (await _tree(ctx))["shirts"]
    await catalog.update_category(ctx, category.category_id, CategoryChanges(name="Tops"))
    await merge(ctx, simple("cup", category_paths=[["Shirts"]]))
    assert [each.name for each in (await _tree(ctx)).values()] == ["Tops"]


async def test_a_category_does_not_lie_in_itself_or_too_deep(ctx: Context) -> None:
    async with ctx.transaction() as tx:
        await catalog.ensure_category_path(tx, list("abcdefgh"))
    tree = await _tree(ctx)
    top, below = tree["a"], tree["a/b"]
    with pytest.raises(InvalidStructure):
        await catalog.update_category(
            ctx, top.category_id, CategoryChanges(parent_id=below.category_id)
        )
    other = await catalog.create_category(ctx, NewCategory(name="Other"))
    with pytest.raises(InvalidStructure):
        await catalog.update_category(
            ctx, top.category_id, CategoryChanges(parent_id=other.category_id)
        )
    with pytest.raises(InvalidStructure):
        deepest = tree["/".join("abcdefgh")].category_id
        await catalog.create_category(ctx, NewCategory(name="x", parent_id=deepest))


async def test_a_category_has_its_name_once_under_a_parent(ctx: Context) -> None:
    first = await catalog.create_category(
        ctx, NewCategory(name="Mugs", translations={"de": "Becher"}, position=3)
    )
    assert (first.handle, first.translations, first.position) == ("mugs", {"de": "Becher"}, 3)
    with pytest.raises(HandleTaken):
        await catalog.create_category(ctx, NewCategory(name="mugs"))
    with pytest.raises(HandleTaken):
        await catalog.create_category(ctx, NewCategory(name="Cups", handle="mugs"))
    inside = NewCategory(name="Mugs", parent_id=first.category_id)
    assert (await catalog.create_category(ctx, inside)).handle == "mugs-mugs"


async def test_an_empty_category_goes_and_its_products_stay(ctx: Context) -> None:
    product_id = await made(ctx, simple("mug", category_paths=[["A", "B"]]))
    tree = await _tree(ctx)
    with pytest.raises(catalog.CategoryNotEmpty):
        await catalog.remove_category(ctx, tree["a"].category_id)
    await catalog.remove_category(ctx, tree["a/b"].category_id)
    product = await catalog.get_product(ctx, product_id)
    assert (product.categories, product.version) == ([], 2)
    (again,) = await merge(ctx, simple("mug", category_paths=[["A", "B"]]))
    assert again.outcome == "changed"


async def test_lists_of_places_and_names_come_in_pages(ctx: Context) -> None:
    names = "edcba"
    for name in names:
        await catalog.create_category(ctx, NewCategory(name=name))

    async def all_of(read: Any, key: str) -> str:
        shown, cursor = "", None
        while True:
            page = await read(ctx, cursor, 2)
            shown += "".join(getattr(each, key) for each in page.items)
            cursor = page.next_cursor
            if cursor is None:
                return shown

    assert await all_of(catalog.list_categories, "path") == "abcde"


async def test_another_shops_places_are_not_found(ctx: Context, another_ctx: Context) -> None:
    category = await catalog.create_category(ctx, NewCategory(name="A"))
    there, one = another_ctx, category.category_id
    for act in (
        catalog.get_category(there, one),
        catalog.update_category(there, one, CategoryChanges(name="x")),
        catalog.remove_category(there, one),
        catalog.create_category(there, NewCategory(name="x", parent_id=one)),
    ):
        with pytest.raises(catalog.CategoryNotFound):
            await act
