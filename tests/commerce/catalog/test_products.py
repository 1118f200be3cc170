"""Products one by one, and lists of them."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from galleria.commerce import catalog
from galleria.commerce.catalog import (
    HandleTaken,
    InvalidProduct,
    MediaDraft,
    Option,
    ProductChanges,
    ProductFilter,
    ProductNotFound,
    ProductNotPublishable,
    SkuTaken,
    StaleVersion,
    Translation,
    VariantDraft,
)
from galleria.engines.context import Context
from galleria.foundation.ids import new_id
from galleria.foundation.pagination import InvalidCursor
from galleria.platform import audit
from tests.commerce.catalog.wares import made, merge, shirt, simple


async def test_a_product_without_a_handle_gets_one_from_its_title(ctx: Context) -> None:
    handles = [
        (await catalog.create_product(ctx, simple("", title="Grüner Becher"))).handle
        for _ in range(3)
    ]
    assert handles == ["gruner-becher", "gruner-becher-2", "gruner-becher-3"]


async def test_names_of_another_product_are_refused(ctx: Context) -> None:
    await made(ctx, simple("mug", variants=[VariantDraft(sku="m")]))
    with pytest.raises(HandleTaken):
        await made(ctx, simple("mug"))
    with pytest.raises(SkuTaken):
        await made(ctx, simple("cup", variants=[VariantDraft(sku="m")]))
    with pytest.raises(InvalidProduct) as raised:
        await made(ctx, simple("cup", title=""))
    assert [error.path for error in raised.value.errors] == ["title"]
    assert (await catalog.count_products(ctx))["draft"] == 1


async def test_a_change_replaces_what_it_names_and_nothing_else(ctx: Context) -> None:
    product_id = await made(ctx, simple("mug", brand="Kiln", tags=["a"], product_type="Cup"))
    changed = await catalog.update_product(
        ctx,
        product_id,
        ProductChanges(
            title="Big mug",
            description_html="<script>x</script><p>Hi</p>",
            product_type="Mug",
            attributes={"volume_ml": 350},
            translations={"de": Translation(description_html="<b onclick=x>Hallo</b>")},
            media=[MediaDraft(source_url="https://x.example/1.jpg")],
        ),
        expected_version=1,
    )
    assert (changed.title, changed.brand, changed.tags) == ("Big mug", "Kiln", ["a"])
    assert (changed.description_html, changed.product_type) == ("<p>Hi</p>", "Mug")
    assert changed.translations["de"].description_html == "<b>Hallo</b>"
    assert (changed.version, len(changed.media)) == (2, 1)
    cleared = await catalog.update_product(ctx, product_id, ProductChanges(product_type=""))
    assert (cleared.product_type, cleared.attributes) == ("", {"volume_ml": 350})


async def test_a_stale_version_changes_nothing(ctx: Context) -> None:
    product_id = await made(ctx, simple("mug"))
    await catalog.update_product(ctx, product_id, ProductChanges(title="One"), 1)
    for act in (
        catalog.update_product(ctx, product_id, ProductChanges(title="Two"), 1),
        catalog.publish_product(ctx, product_id, 1),
        catalog.delete_product(ctx, product_id, 1),
        catalog.add_variant(ctx, product_id, VariantDraft(), 1),
    ):
        with pytest.raises(StaleVersion):
            await act
    assert (await catalog.get_product(ctx, product_id)).title == "One"


async def test_of_two_editors_of_one_version_one_wins(ctx: Context) -> None:
    product_id = await made(ctx, simple("mug"))
    answers = await asyncio.gather(
        *(catalog.update_product(ctx, product_id, ProductChanges(title=t), 1) for t in "abcd"),
        return_exceptions=True,
    )
    assert sum(isinstance(each, StaleVersion) for each in answers) == 3


async def test_a_changed_handle_must_be_free(ctx: Context) -> None:
    product_id = await made(ctx, simple("mug"))
    await made(ctx, simple("cup"))
    with pytest.raises(HandleTaken):
        await catalog.update_product(ctx, product_id, ProductChanges(handle="cup"))


async def test_options_change_only_as_the_variants_allow(ctx: Context) -> None:
    product_id = await made(ctx, shirt(sizes="SM"))
    more = [Option("Farbe", ["Blue", "Red", "Green"]), Option("Size", ["S", "M", "L"])]
    changed = await catalog.update_product(ctx, product_id, ProductChanges(options=more))
    assert [option.name for option in changed.options] == ["Farbe", "Size"]
    with pytest.raises(InvalidProduct):
        await catalog.update_product(ctx, product_id, ProductChanges(options=more[:1]))

    single = await made(ctx, simple("mug"))
    sized = await catalog.update_product(
        ctx, single, ProductChanges(options=[Option("Size", ["S"])])
    )
    assert sized.variants[0].option_values == ["S"]


async def test_a_change_moves_a_product_between_places(ctx: Context) -> None:
    product_id = await made(ctx, simple("mug", category_paths=[["A"]]))
    category = await catalog.create_category(ctx, catalog.NewCategory(name="B"))
    changes = ProductChanges(category_ids=[category.category_id])
    changed = await catalog.update_product(ctx, product_id, changes)
    assert [each.path for each in changed.categories] == ["b"]
    with pytest.raises(catalog.CategoryNotFound):
        await catalog.update_product(ctx, product_id, ProductChanges(category_ids=[new_id()]))


async def test_an_attribute_that_does_not_fit_the_dictionary_is_refused(ctx: Context) -> None:
    product_id = await made(ctx, simple("mug", attributes={"volume": 3}))
    with pytest.raises(InvalidProduct) as raised:
        await catalog.update_product(ctx, product_id, ProductChanges(attributes={"volume": "x"}))
    assert [error.path for error in raised.value.errors] == ["attributes.volume"]


async def test_a_product_goes_on_sale_and_off_it_and_is_counted(ctx: Context) -> None:
    product_id = await made(ctx, simple("mug"))
    on_sale = await catalog.publish_product(ctx, product_id)
    assert on_sale == await catalog.publish_product(ctx, product_id)
    assert (on_sale.status, on_sale.published_at) == ("active", ctx.now)
    await catalog.archive_product(ctx, product_id)
    with pytest.raises(ProductNotPublishable):
        await catalog.publish_product(ctx, product_id)
    assert await catalog.count_products(ctx) == {"draft": 0, "active": 0, "archived": 1}
    await catalog.unpublish_product(ctx, product_id)
    assert (await catalog.publish_product(ctx, product_id)).published_at == ctx.now


async def test_many_products_get_a_status_each_by_itself(ctx: Context) -> None:
    draft = await made(ctx, simple("a"))
    active = await made(ctx, simple("b", status="active"))
    archived = await made(ctx, simple("c", status="archived"))
    nobody = new_id()
    answers = await catalog.bulk_set_status(ctx, [archived, nobody, active, draft, draft], "active")
    assert [(each.product_id, each.outcome, each.code) for each in answers] == [
        (archived, "refused", "product_not_publishable"),
        (nobody, "refused", "product_not_found"),
        (active, "unchanged", None),
        (draft, "changed", None),
    ]
    assert await catalog.count_products(ctx) == {"draft": 0, "active": 2, "archived": 1}


async def test_a_removed_product_is_gone_with_its_variants(ctx: Context) -> None:
    tree = await catalog.create_product(ctx, shirt(category_paths=[["A"]]))
    await catalog.delete_product(ctx, tree.product_id, expected_version=1)
    with pytest.raises(ProductNotFound):
        await catalog.get_product(ctx, tree.product_id)
    with pytest.raises(ProductNotFound):
        await catalog.get_product_by_handle(ctx, "shirt")
    assert await catalog.variants_of(ctx, [tree.variants[0].variant_id]) == []
    assert sum((await catalog.count_products(ctx)).values()) == 0


async def test_every_act_is_in_the_diary(ctx: Context) -> None:
    product_id = await made(ctx, simple("mug"))
    await catalog.update_product(ctx, product_id, ProductChanges(title="X"))
    await catalog.publish_product(ctx, product_id)
    await catalog.delete_product(ctx, product_id)
    entries = await audit.list_entries(ctx, None, 10, f"product:{product_id}")
    assert [entry.action for entry in entries.items] == [
        "products.product_removed",
        "products.status_changed",
        "products.product_changed",
        "products.product_created",
    ]


async def test_another_shops_products_are_not_found(ctx: Context, another_ctx: Context) -> None:
    tree = await catalog.create_product(ctx, shirt())
    product_id, variant_id = tree.product_id, tree.variants[0].variant_id
    acts: list[Any] = [
        catalog.get_product(another_ctx, product_id),
        catalog.get_product_by_handle(another_ctx, "shirt"),
        catalog.update_product(another_ctx, product_id, ProductChanges(title="Mine")),
        catalog.publish_product(another_ctx, product_id),
        catalog.delete_product(another_ctx, product_id),
        catalog.add_variant(another_ctx, product_id, VariantDraft()),
        catalog.get_variant(another_ctx, variant_id),
        catalog.update_variant(another_ctx, variant_id, catalog.VariantChanges(sku="x")),
        catalog.remove_variant(another_ctx, variant_id),
    ]
    for act in acts:
        with pytest.raises((ProductNotFound, catalog.VariantNotFound)):
            await act
    assert (await catalog.list_products(another_ctx)).items == []
    assert (await catalog.list_variants(another_ctx)).items == []
    assert await catalog.variants_of(another_ctx, [variant_id]) == []
    assert await catalog.products_for_listing(another_ctx, [product_id]) == []
    (answer,) = await catalog.bulk_set_status(another_ctx, [product_id], "active")
    assert answer.code == "product_not_found"
    assert await catalog.get_product(ctx, product_id) == tree


async def test_a_listing_reads_many_trees_in_three_statements_and_their_words_once(
    ctx: Context,
) -> None:
    merged = await merge(ctx, shirt(category_paths=[["A", "B"]]), simple("mug"), simple("cup"))
    ids = [each.product_id for each in merged if each.product_id]
    statements: list[str] = []

    class Counting:
        tenant = ctx.tenant
        read_row = ctx.read_row
        read_value = ctx.read_value

        async def read(self, sql: str, *args: Any) -> Any:
            statements.append(sql)
            return await ctx.read(sql, *args)

    trees = await catalog.products_for_listing(Counting(), [*ids, new_id()])
    assert [tree.product_id for tree in trees] == sorted(ids)
    assert len(statements) == 4
    await catalog.products_for_listing(Counting(), ids)
    assert len(statements) == 7


SORTS: list[Any] = ["title", "-title", "created", "-created"]


@pytest.mark.parametrize("sort", SORTS)
async def test_pages_show_each_product_once_in_order(ctx: Context, sort: Any) -> None:
    titles = ["Zebra", "apfel", "Äpfel", "Mug 10", "Mug 2", "mug 2", "apfel"]
    for number, title in enumerate(titles):
        await made(ctx, simple(f"p{number}", title=title))
    whole = (await catalog.list_products(ctx, sort=sort, limit=100)).items
    shown, cursor = [], None
    while True:
        page = await catalog.list_products(ctx, sort=sort, cursor=cursor, limit=2)
        shown += page.items
        cursor = page.next_cursor
        if cursor is None:
            break
    assert shown == whole
    assert len(whole) == len(titles)
    if "title" in sort:
        in_order = whole if sort == "title" else whole[::-1]
        names = [each.title.replace("Ä", "a").casefold() for each in in_order]
        assert names == ["apfel", "apfel", "apfel", "mug 2", "mug 2", "mug 10", "zebra"]


async def test_filters_narrow_a_list(ctx: Context) -> None:
    await merge(
        ctx,
        simple("a", title="Red mug", brand="Kiln", status="active", category_paths=[["X", "Y"]]),
        simple("b", title="Red cup", brand="Loom"),
        simple("c", title="Blue mug", brand="Kiln", category_paths=[["X"]]),
    )
    categories = {
        each.path: each.category_id for each in (await catalog.list_categories(ctx)).items
    }

    async def found(**wanted: Any) -> list[str]:
        page = await catalog.list_products(ctx, ProductFilter(**wanted), sort="created")
        return [each.handle for each in page.items]

    assert await found(status="active") == ["a"]
    assert await found(query="RED m") == ["a"]
    assert await found(query="red") == ["a", "b"]
    assert await found(brand="Kiln") == ["a", "c"]
    assert await found(category_id=categories["x"]) == ["a", "c"]
    assert await found(category_id=categories["x/y"]) == ["a"]
    assert await found(brand="Kiln", status="draft", query="blue") == ["c"]
    assert await found(brand="Nobody") == []


@pytest.mark.parametrize("sort", ["created", "-created", "title", "-title"])
async def test_a_category_is_listed_whole_whether_few_or_most_lie_in_it(
    ctx: Context, sort: catalog.Sort
) -> None:
    await merge(
        ctx,
        *(
            simple(
                f"p-{n}",
                title=f"Print {n * 7 % 10}",
                status="active" if n % 2 else "draft",
                # One in seven lies in two of them, and is shown once.
                category_paths=[["X"], *([["X", "Y"]] if n % 7 == 0 else [])],
            )
            for n in range(60)
        ),
    )
    known = {each.path: each.category_id for each in (await catalog.list_categories(ctx)).items}
    whole = [each.handle for each in (await catalog.list_products(ctx, sort=sort, limit=100)).items]
    for path, expected in (
        ("x", whole),
        ("x/y", [each for each in whole if int(each[2:]) % 7 == 0]),
    ):
        for limit in (4, 100):
            found: list[str] = []
            cursor: str | None = None
            while True:
                wanted = ProductFilter(category_id=known[path])
                page = await catalog.list_products(ctx, wanted, sort, cursor, limit)
                found += [each.handle for each in page.items]
                if (cursor := page.next_cursor) is None:
                    break
            assert found == expected, (path, limit)
    wanted = ProductFilter(category_id=known["x/y"], status="active")
    page = await catalog.list_products(ctx, wanted, sort)
    assert [each.handle for each in page.items] == [
        each for each in whole if int(each[2:]) % 14 == 7
    ]


async def test_a_list_shows_the_first_picture(ctx: Context) -> None:
    url = "https://x.example/1.jpg"
    await made(ctx, simple("mug", media=[MediaDraft(source_url=url, alt="Mug")]))
    (line,) = (await catalog.list_products(ctx)).items
    assert line.image is not None
    assert (line.image.source_url, line.image.alt) == (url, "Mug")


async def test_a_cursor_of_another_list_or_shop_is_refused(
    ctx: Context, another_ctx: Context
) -> None:
    await merge(ctx, simple("a"), simple("b"))
    cursor = (await catalog.list_products(ctx, limit=1)).next_cursor
    assert cursor is not None
    with pytest.raises(InvalidCursor):
        await catalog.list_products(ctx, sort="title", cursor=cursor)
    with pytest.raises(InvalidCursor):
        await catalog.list_products(ctx, ProductFilter(brand="x"), cursor=cursor)
    with pytest.raises(InvalidCursor):
        await catalog.list_products(another_ctx, cursor=cursor)


async def test_counts_are_exact_through_folding_and_many_hands(ctx: Context) -> None:
    async def live(number: int) -> None:
        product_id = await made(ctx, simple(f"p{number}"))
        if number % 3:
            await catalog.publish_product(ctx, product_id)
        if number % 5 == 0:
            await catalog.delete_product(ctx, product_id)

    for start in range(0, 60, 12):
        await asyncio.gather(*(live(number) for number in range(start, start + 12)))
    page = await catalog.list_products(ctx, limit=100)
    seen = {s: sum(p.status == s for p in page.items) for s in ("draft", "active", "archived")}
    assert await catalog.count_products(ctx) == seen
    # About every 64th change folds all before it, so their number stays small.
    changes: int = await ctx.read_value(
        "SELECT count(*) FROM catalog.product_tally WHERE tenant_id = $1"
    )
    assert changes < 60 + 2 * 40 + 12


async def test_the_planner_is_told_of_bulk_work(ctx: Context) -> None:
    await merge(ctx, *(simple(f"p{number}") for number in range(50)))
    async with ctx.transaction() as tx:
        await catalog.refresh_statistics(tx)
    assert isinstance((await catalog.list_products(ctx)).items[0].product_id, UUID)


async def test_merges_edits_and_moves_of_branches_never_wait_in_a_circle(ctx: Context) -> None:
    drafts = [simple(f"p{n}", category_paths=[["A", str(n % 3)]]) for n in range(12)]
    merged = await merge(ctx, *drafts)
    ids = [each.product_id for each in merged if each.product_id]
    (top, *below) = (await catalog.list_categories(ctx)).items

    async def work(number: int) -> None:
        renamed = [
            simple(d.handle, title=f"{number}", attributes={f"a{number}": 1}) for d in drafts
        ]
        await merge(ctx, *(renamed if number % 2 else reversed(renamed)))
        fields = ProductChanges(title="x", attributes={f"b{number}": 1}, product_type=str(number))
        await catalog.update_product(ctx, ids[number], fields)
        await catalog.bulk_set_status(ctx, ids[number:] + ids[:number], "active")
        wish = catalog.CategoryChanges(position=number)
        await catalog.update_category(ctx, below[number % 3].category_id, wish)
        async with ctx.transaction() as tx:
            await catalog.ensure_category_path(tx, ["A", f"new {number}"])
            await catalog.attach_media(tx, ids[-number], "https://x.example/1", new_id())

    await asyncio.gather(*(work(number) for number in range(6)))
    assert (await catalog.count_products(ctx))["active"] == 12
    assert len((await catalog.list_categories(ctx)).items) == 4 + 6
    assert top.path == "a"
