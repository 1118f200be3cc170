"""Product files go in: good lines become products, bad ones are listed, twice is as once."""

from typing import Any

import pytest

from galleria.commerce import attributes, catalog, collections, imports, inventory, pricing
from galleria.engines.context import Context
from galleria.foundation.ids import new_id
from galleria.platform import tenants
from tests.commerce.imports.conftest import (
    SAMPLES,
    counts,
    json_lines,
    mugs,
    packed,
    problems_of,
    products_of,
    started,
    taken_in,
)


async def price_of(ctx: Context, variant: catalog.Variant) -> tuple[int, int | None] | None:
    channel = await tenants.channel_of(ctx)
    found = await pricing.prices_of(ctx, [variant.variant_id], channel.channel_id, channel.currency)
    price = found.get(variant.variant_id)
    return (price.amount_minor, price.compare_at_minor) if price else None


async def stock_of(ctx: Context, variant: catalog.Variant) -> inventory.Availability:
    return (await inventory.availability(ctx, [variant.variant_id]))[variant.variant_id]


async def state_of(ctx: Context) -> dict[str, Any]:
    """All a shop has, as far as an import can change it, with versions and instants."""
    trees = await products_of(ctx)
    variant_ids = [v.variant_id for tree in trees.values() for v in tree.variants]
    return {
        "products": trees,
        "prices": (await pricing.list_prices(ctx, limit=10_000)).items,
        "stock": (await inventory.list_stock(ctx, limit=10_000)).items,
        "availability": await inventory.availability(ctx, variant_ids),
        "movements": (await inventory.list_movements(ctx, limit=10_000)).items,
        "attributes": (await attributes.list_attributes(ctx, limit=10_000)).items,
    }


async def test_a_line_becomes_a_product_with_price_stock_and_properties(shop: Context) -> None:
    line = {
        "id": 77,
        "title": "Ink, 50 ml",
        "brand": "Federhof",
        "description": "Mixed <b>here</b>.",
        "gtin": ["4006381333931", "4006381333948"],
        "sku": "INK",
        "released_at": "2020-05-01T00:00:00Z",
        "price_minor": 1150,
        "compare_at_minor": 1350,
        "stock": 31,
        "weight_g": 170,
        "tags": ["ink"],
        "attributes": {"n_volume": 50, "b_vegan": True, "t_base": "Water", "n_none": None},
        "category_paths": ["Stationery > Ink"],
        "collections": ["new"],
        "images": ["https://example.com/ink.jpg"],
        "status": "active",
    }
    run = await taken_in(shop, json_lines(line))
    assert (run.state, counts(run), run.format) == ("done", (1, 0, 0, 0), "json_lines")
    (product,) = (await products_of(shop)).values()
    assert product.handle == "ink-50-ml-77"
    assert (product.external_ref, product.brand, product.status) == ("77", "Federhof", "active")
    assert product.attributes == {
        "volume": 50,
        "vegan": True,
        "base": "Water",
        "released_at": "2020-05-01",
        "gtin": "4006381333931, 4006381333948",
    }
    (variant,) = product.variants
    assert (variant.sku, variant.barcode, variant.weight_g) == ("INK", "4006381333931", 170)
    assert [each.source_url for each in product.media] == ["https://example.com/ink.jpg"]
    assert {each.path for each in product.categories} == {"stationery", "stationery/ink"}
    assert await price_of(shop, variant) == (1150, 1350)
    stock = await stock_of(shop, variant)
    assert (stock.available, stock.is_tracked) == (31, True)


async def test_without_stock_a_new_variant_is_sold_uncounted_and_a_known_one_left_alone(
    shop: Context,
) -> None:
    await taken_in(shop, json_lines({"id": "a", "title": "A", "price_minor": 100}))
    (product,) = (await products_of(shop)).values()
    (variant,) = product.variants
    assert (await stock_of(shop, variant)).covers(1_000)
    policy = inventory.StockPolicy(is_tracked=True)
    await inventory.set_policy(shop, variant.variant_id, policy)

    run = await taken_in(shop, json_lines({"id": "a", "title": "A, renamed", "price_minor": 100}))

    assert counts(run) == (0, 1, 0, 0)
    assert (await stock_of(shop, variant)).is_tracked, "the merchant's own choice stays"


@pytest.mark.parametrize("name", ["stationery.jsonl", "garden-shopify.csv"])
async def test_the_same_file_twice_writes_nothing(shop: Context, name: str) -> None:
    content = (SAMPLES / name).read_bytes()
    first = await taken_in(shop, content)
    before = await state_of(shop)
    xact = await shop.read_value("SELECT max(xact_id) FROM event_log.outbox WHERE tenant_id = $1")

    second = await taken_in(shop, content)

    assert counts(second) == (0, 0, first.created_count, first.refused_count)
    assert await state_of(shop) == before
    tags = await shop.read(
        "SELECT DISTINCT tag FROM event_log.outbox WHERE tenant_id = $1 AND xact_id > $2", xact
    )
    assert {row["tag"].partition(".")[0] for row in tags} == {"imports"}
    assert [p.code for p in await problems_of(shop, first)] == [
        p.code for p in await problems_of(shop, second)
    ]


async def test_the_samples_go_in_but_for_what_is_wrong_on_purpose(shop: Context) -> None:
    run = await taken_in(shop, (SAMPLES / "stationery.jsonl").read_bytes())
    assert counts(run) == (24, 0, 0, 2)
    refusals = [each for each in await problems_of(shop, run) if each.is_refusal]
    assert [each.line for each in refusals] == [9, 18]
    assert all(each.reason and each.remedy and each.excerpt for each in refusals)

    run = await taken_in(shop, (SAMPLES / "garden-shopify.csv").read_bytes())
    assert (run.state, run.created_count, run.refused_count) == ("done", 12, 0)


async def test_bad_lines_are_listed_and_good_ones_go_in(shop: Context) -> None:
    content = (
        json_lines({"id": "1", "title": "One", "price_minor": 100})
        + b'{"id": "2", "title": "Two", "price_minor": "24,50"}\n'
        + b"{not json}\n\n"
        + json_lines({"id": "5", "title": "Five", "price_minor": -5})
        + json_lines({"id": "6", "price_minor": 5})
        + json_lines({"id": "7", "title": "x" * 501, "price_minor": 5})
        + json_lines({"id": "8", "title": "NUL \0 inside", "price_minor": 5})
        + json_lines({"id": "9", "title": "Nine", "images": ["ftp://example.com/x"]})
        + json_lines({"id": "10", "title": "Ten", "attributes": {"size": {"w": 1}}})
        + json_lines({"id": "1", "title": "One again", "price_minor": 100})
        + json_lines({"id": "12", "title": "Twelve", "colour": "red", "price_minor": 100})
    )
    run = await taken_in(shop, content)
    assert counts(run) == (2, 0, 0, 9)
    found = [(p.line, p.column, p.code, p.is_refusal) for p in await problems_of(shop, run)]
    assert found == [
        (2, "price_minor", "wrong_type", True),
        (3, "", "malformed_json", True),
        (5, "price_minor", "too_small", True),
        (6, "title", "required", True),
        (7, "title", "too_long", True),
        (8, "", "nul_character", True),
        (9, "media[0].source_url", "invalid_url", True),
        (10, "attributes[...]", "wrong_type", True),
        (11, "handle", "duplicate_product", True),
        (12, "colour", "unknown_field", False),
    ]
    assert run.problem_codes["wrong_type"] == 2
    assert {each.title for each in (await products_of(shop)).values()} == {"One", "Twelve"}


async def test_two_ids_with_one_handle_are_told_apart(shop: Context) -> None:
    line = {"title": "A", "handle": "same", "price_minor": 1}
    run = await taken_in(shop, json_lines({"id": "1", **line}, {"id": "2", **line}))
    assert counts(run) == (1, 0, 0, 1)
    (found,) = await problems_of(shop, run)
    assert (found.line, found.code) == (2, "duplicate_handle")
    assert "this file" in found.reason


async def test_an_sku_is_given_to_the_first_that_names_it(shop: Context) -> None:
    lines = [{"id": str(at), "title": f"P{at}", "sku": "SAME", "price_minor": 1} for at in range(3)]
    lines.append({"id": "long", "title": "Long", "sku": "x" * 101, "price_minor": 1})
    run = await taken_in(shop, json_lines(*lines))
    assert counts(run) == (4, 0, 0, 0)
    assert run.problem_codes == {"duplicate_sku": 2, "sku_too_long": 1}
    skus = {tree.title: tree.variants[0].sku for tree in (await products_of(shop)).values()}
    assert skus == {"P0": "SAME", "P1": None, "P2": None, "Long": None}


async def test_a_changed_price_or_stock_alone_changes_the_product(shop: Context) -> None:
    lines = [
        {"id": "a", "title": "A", "price_minor": 100, "stock": 1},
        {"id": "b", "title": "B", "price_minor": 100, "stock": 1},
        {"id": "c", "title": "C", "price_minor": 100, "stock": 1},
    ]
    await taken_in(shop, json_lines(*lines))
    lines[0]["price_minor"], lines[1]["stock"] = 200, 2
    preview = await taken_in(shop, json_lines(*lines), is_dry_run=True)
    run = await taken_in(shop, json_lines(*lines))
    assert counts(run) == counts(preview) == (0, 2, 1, 0)
    product = (await products_of(shop))["a"]
    assert await price_of(shop, product.variants[0]) == (200, None)


async def test_stock_is_kept_when_asked_but_set_for_new_variants(shop: Context) -> None:
    await taken_in(shop, json_lines({"id": "a", "title": "A", "stock": 5}))
    lines = json_lines({"id": "a", "title": "A", "stock": 9}, {"id": "b", "title": "B", "stock": 9})
    run = await taken_in(shop, lines, keeps={"stock"})
    assert counts(run) == (1, 0, 1, 0)
    products = await products_of(shop)
    assert (await stock_of(shop, products["a"].variants[0])).available == 5
    assert (await stock_of(shop, products["b"].variants[0])).available == 9


@pytest.mark.parametrize(
    ("publish", "silent", "draft"),
    [(None, "draft", "draft"), (True, "active", "draft"), (False, "draft", "draft")],
)
async def test_publishing_is_the_importers_choice(
    shop: Context, publish: bool | None, silent: str, draft: str
) -> None:
    lines = json_lines(
        {"id": "a", "title": "Silent"},
        {"id": "b", "title": "Active", "status": "active"},
        {"id": "c", "title": "Draft", "status": "draft"},
    )
    await taken_in(shop, lines, publish=publish)
    status = {tree.title: tree.status for tree in (await products_of(shop)).values()}
    said = "draft" if publish is False else "active"
    assert status == {"Silent": silent, "Active": said, "Draft": draft}
    again = await taken_in(shop, lines, publish=publish)
    assert counts(again) == (0, 0, 3, 0)


async def test_a_dry_run_says_what_would_happen_and_writes_nothing_else(shop: Context) -> None:
    await taken_in(shop, json_lines({"id": "a", "title": "A"}, {"id": "b", "title": "B"}))
    before = await state_of(shop)
    lines = json_lines(
        {"id": "a", "title": "A"},
        {"id": "b", "title": "B, renamed", "handle": "b"},
        {"id": "c", "title": "C", "price_minor": 1, "stock": 2},
        {"id": "d", "title": ""},
    )
    run = await taken_in(shop, lines, is_dry_run=True)
    assert (counts(run), run.change_count) == ((1, 1, 1, 1), 2)
    changes = (await imports.list_changes(shop, run.run_id)).items
    assert [(each.line, each.handle, each.outcome) for each in changes] == [
        (2, "b", "changed"),
        (3, "c", "created"),
    ]
    assert [each.code for each in await problems_of(shop, run)] == ["required"]
    assert await state_of(shop) == before


async def test_prices_go_to_the_channel_they_name(shop: Context) -> None:
    new = tenants.NewChannel(code="us", name="US", currency="USD", locale="en")
    channel = await tenants.create_channel(shop, new)
    prices: list[dict[str, Any]] = [
        {"amount_minor": 100},
        {"amount_minor": 200, "currency": "USD"},
        {"amount_minor": 300, "channel": "nowhere"},
        {"amount_minor": 400, "currency": "JPY"},
        {"amount_minor": 500, "channel": "us", "currency": "EUR"},
    ]
    stock = [{"on_hand": 3}, {"on_hand": 4, "location": "moon"}]
    run = await taken_in(
        shop, json_lines({"id": "a", "title": "A", "prices": prices, "stock": stock})
    )
    assert counts(run) == (1, 0, 0, 0)
    assert run.problem_codes == {
        "unknown_channel": 1,
        "unknown_currency": 2,
        "unknown_location": 1,
    }
    (product,) = (await products_of(shop)).values()
    variant_id = product.variants[0].variant_id
    found = await pricing.prices_of(shop, [variant_id], channel.channel_id, "USD")
    assert found[variant_id].amount_minor == 200
    assert await price_of(shop, product.variants[0]) == (100, None)
    assert (await stock_of(shop, product.variants[0])).available == 3


async def test_two_shops_do_not_see_each_other(shop: Context, other_shop: Context) -> None:
    ours = await taken_in(shop, mugs(3))
    theirs = await taken_in(other_shop, mugs(3))
    assert counts(ours) == counts(theirs) == (3, 0, 0, 0), "the same SKUs and ids, twice"
    for reach in (
        imports.get_run(other_shop, ours.run_id),
        imports.list_problems(other_shop, ours.run_id),
        imports.cancel_import(other_shop, ours.run_id),
        imports.run_import_now(other_shop, ours.run_id),
        imports.problems_as_csv(other_shop, ours.run_id),
    ):
        with pytest.raises(imports.ImportNotFound):
            await reach
    with pytest.raises(imports.FileNotFound):
        await imports.start_import(other_shop, ours.file_id)
    listed = (await imports.list_runs(other_shop)).items
    assert [run.run_id for run in listed] == [theirs.run_id]


async def test_imports_are_listed_in_pages_newest_first(shop: Context) -> None:
    runs = [await taken_in(shop, mugs(1)) for _ in range(3)]
    first = await imports.list_runs(shop, limit=2)
    second = await imports.list_runs(shop, first.next_cursor, limit=2)
    listed = [run.run_id for run in first.items + second.items]
    assert listed == [run.run_id for run in reversed(runs)]
    assert second.next_cursor is None


async def test_problems_come_in_pages_and_as_a_table_without_formulas(shop: Context) -> None:
    lines = b"".join(b'=cmd|"%d"\n' % at for at in range(5))
    run = await taken_in(shop, b'{"title": "Good"}\n' + lines)
    first = await imports.list_problems(shop, run.run_id, limit=3)
    second = await imports.list_problems(shop, run.run_id, first.next_cursor, limit=3)
    assert [each.number for each in first.items + second.items] == [1, 2, 3, 4, 5]
    assert (second.next_cursor, first.items[0].line) == (None, 2)
    table = b"".join([part async for part in await imports.problems_as_csv(shop, run.run_id)])
    rows = table.decode("utf-8-sig").splitlines()
    assert rows[0] == "line,column,code,reason,remedy,excerpt"
    assert len(rows) == 6
    assert all(",\"'=cmd" in row for row in rows[1:])


async def test_of_very_many_problems_the_first_are_kept_and_all_counted(shop: Context) -> None:
    run = await taken_in(shop, b'{"title": "Good"}\n' + b"{\n" * 10_500)
    assert (run.problem_count, run.refused_count, run.created_count) == (10_500, 10_500, 1)
    assert run.problem_codes == {"malformed_json": 10_500}
    kept = await shop.read_value(
        "SELECT count(*) FROM imports.problem WHERE tenant_id = $1 AND run_id = $2", run.run_id
    )
    assert kept == 10_000


async def test_one_shops_imports_run_one_after_the_other(shop: Context) -> None:
    first, second = await started(shop, mugs(2)), await started(shop, mugs(2, first=2))
    async with shop.transaction() as tx:
        await tx.execute(
            "UPDATE imports.run SET state = 'running', holder = $3, beat_at = $4"
            " WHERE tenant_id = $1 AND run_id = $2",
            first.run_id,
            new_id(),
            shop.engines.clock.now(),
        )
    waiting = await imports.run_import_now(shop, second.run_id, waits=False)
    assert waiting.state == "waiting"
    await imports.cancel_import(shop, first.run_id)
    called = await shop.read(
        "SELECT payload FROM event_log.outbox WHERE tenant_id = $1"
        " AND tag = 'imports.import_requested.v1' ORDER BY sequence DESC LIMIT 1"
    )
    assert str(second.run_id) in called[0]["payload"], "the one that waits is called"
    done = await imports.run_import_now(shop, second.run_id, waits=False)
    assert done.state == "done"


async def test_cancelling_stops_an_import_and_only_one_that_has_not_ended(shop: Context) -> None:
    run = await started(shop, mugs(3))
    cancelled = await imports.cancel_import(shop, run.run_id)
    assert cancelled.state == "cancelled"
    assert await imports.cancel_import(shop, run.run_id) == cancelled, "safe to repeat"
    assert (await imports.run_import_now(shop, run.run_id)).state == "cancelled"
    assert await products_of(shop) == {}
    done = await taken_in(shop, mugs(1))
    with pytest.raises(imports.ImportFinished):
        await imports.cancel_import(shop, done.run_id)


async def test_packed_files_are_told_by_their_content(shop: Context) -> None:
    run = await taken_in(shop, packed(mugs(3)))
    assert (run.state, counts(run)) == ("done", (3, 0, 0, 0))
    again = await taken_in(shop, mugs(3))
    assert counts(again) == (0, 0, 3, 0)


async def test_collections_of_a_file_are_made_filled_and_then_left_alone(shop: Context) -> None:
    line = {"title": "Mug", "handle": "mug", "collections": ["New things"]}
    preview = await taken_in(shop, json_lines(line), is_dry_run=True)
    assert counts(preview)[0] == 1
    assert await collections.find_collection(shop, "new-things") is None
    await taken_in(shop, json_lines(line))
    made = await collections.find_collection(shop, "new-things")
    assert made is not None
    (member,) = (await collections.list_members(shop, made.collection_id)).items
    assert counts(await taken_in(shop, json_lines(line))) == (0, 0, 1, 0)

    await collections.fill_collection(shop, made.collection_id, [], [member.product_id])
    preview = await taken_in(shop, json_lines(line), is_dry_run=True)
    again = await taken_in(shop, json_lines(line))
    assert counts(preview) == counts(again) == (0, 1, 0, 0)
    assert len((await collections.list_members(shop, made.collection_id)).items) == 1
