"""A file is looked at before it is imported, and a dry run says what would change."""

import gzip

import pytest

from galleria.commerce import attributes, catalog, imports
from galleria.commerce.catalog import ProductFilter
from galleria.commerce.imports import Difference, MappingDocument, Rule
from galleria.commerce.imports.service import write_export
from galleria.engines.context import Context
from galleria.foundation.errors import InvalidInput
from tests.commerce.imports.conftest import (
    counts,
    json_lines,
    mugs,
    prices_by_sku,
    products_of,
    sample,
    stock_by_sku,
    taken_in,
)

ODD = "Nr|Was|Netto €|Da\n7|Tasse|12,50|3\n8|Krug|umsonst|1\n"
ODD_MAPPING = MappingDocument(
    rules=[
        Rule(field="sku", column="Nr"),
        Rule(field="title", column="Was"),
        Rule(field="price", column="Netto €"),
        Rule(field="stock", column="Da"),
    ],
    delimiter="|",
)


async def looked_at(
    ctx: Context, content: bytes, document: MappingDocument | None = None
) -> imports.FileLook:
    file = await imports.accept_file(ctx, "a file", content)
    return await imports.look_at_file(ctx, file.file_id, document)


async def test_a_file_that_is_known_says_what_it_is_and_what_comes_of_it(shop: Context) -> None:
    look = await looked_at(shop, gzip.compress(mugs(9)))
    assert (look.format, look.packing, look.encoding) == ("json_lines", "gzip", "utf-8")
    assert not look.is_table
    assert [each.title for each in look.products] == [f"Mug {at}" for at in range(5)]
    (variant,) = look.products[0].variants
    assert (variant.sku, variant.amount_minor, variant.currency) == ("MUG-0", 1000, "EUR")
    assert '"Mug 0"' in look.rows[0][0], "lines as they stand there"


async def test_a_table_that_nobody_knows_is_shown_and_read_by_a_mapping(shop: Context) -> None:
    look = await looked_at(shop, ODD.encode("windows-1252"))
    assert (look.format, look.delimiter, look.encoding) == (None, "|", "windows-1252")
    assert look.is_table
    assert look.header == ["Nr", "Was", "Netto €", "Da"]
    assert look.rows[0] == ["7", "Tasse", "12,50", "3"]
    assert "mapping" in look.reason

    tried = await looked_at(shop, ODD.encode("windows-1252"), ODD_MAPPING)
    assert tried.format == "mapping"
    assert [(each.title, each.variants[0].amount_minor) for each in tried.products] == [
        ("Tasse", 1250)
    ]
    assert tried.products[0].variants[0].on_hand == 3
    assert [each.code for each in tried.problems if each.is_refusal] == ["invalid_price"]
    assert await products_of(shop) == {}


async def test_what_the_catalog_would_refuse_is_told_before_anything_goes_in(
    shop: Context,
) -> None:
    wanted = attributes.NewMetafieldDefinition(
        owner_kind="product", namespace="own", code="size", kind="select", choices=["S"]
    )
    await attributes.create_metafield_definition(shop, wanted)
    line = {"title": "Cup", "metafields": {"own.size": "XXL"}}
    look = await looked_at(shop, json_lines(line, {"title": "Jug"}))
    assert [each.outcome for each in look.products] == ["refused", "created"]
    assert [each.code for each in look.problems if each.is_refusal] == ["unknown_choice"]


async def test_a_mapping_that_cannot_make_products_is_not_tried(shop: Context) -> None:
    untitled = MappingDocument(rules=[Rule(field="sku", column="Nr")])
    with pytest.raises(InvalidInput) as raised:
        await looked_at(shop, ODD.encode(), untitled)
    assert [each.code for each in raised.value.errors] == ["missing_title"]


async def test_only_the_beginning_of_a_large_file_is_looked_at(shop: Context) -> None:
    look = await looked_at(shop, mugs(5_000))
    assert len(look.products) == 5
    assert look.problems == [], "the line that is cut off is nobody's fault"


async def test_what_is_no_product_file_says_so(shop: Context) -> None:
    look = await looked_at(shop, b"%PDF-1.7 nothing for a shop")
    assert look.format is None
    assert not look.is_table
    assert "PDF" in look.reason


async def test_every_kind_of_file_can_be_looked_at(shop: Context) -> None:
    for name, kind in (
        ("supplier-de.csv", None),
        ("google-feed.xml", "google_xml"),
        ("woocommerce.csv", "woocommerce_csv"),
    ):
        try:
            content = sample(name)
        except FileNotFoundError:
            continue
        look = await looked_at(shop, content)
        assert look.format == kind, name
        assert bool(look.products) == (kind is not None), name


async def test_a_dry_run_tells_each_field_that_would_change(shop: Context) -> None:
    first = {"id": "a", "title": "Bowl", "sku": "B", "price_minor": 900, "stock": 4, "tags": ["x"]}
    await taken_in(shop, json_lines(first))
    second = {**first, "title": "Big bowl", "price_minor": 1000, "stock": 5, "tags": ["x", "y"]}
    other = {"id": "b", "title": "New", "sku": "N", "price_minor": 1}
    run = await taken_in(shop, json_lines(second, other), is_dry_run=True)
    assert counts(run) == (1, 1, 0, 0)
    changes = (await imports.list_changes(shop, run.run_id)).items
    by_outcome = {each.outcome: each for each in changes}
    assert by_outcome["created"].differences == []
    assert by_outcome["changed"].differences == [
        Difference("variants[B].price", "9.00 EUR", "10.00 EUR"),
        Difference("variants[B].stock", "4", "5"),
        Difference("handle", "bowl-a", "big-bowl-a"),
        Difference("title", "Bowl", "Big bowl"),
        Difference("tags", "x", "x, y"),
    ]
    only_new = await imports.list_changes(shop, run.run_id, outcome="created")
    assert [each.title for each in only_new.items] == ["New"]

    await taken_in(shop, json_lines(second, other))
    bowl = (await products_of(shop))["big-bowl-a"]
    assert (bowl.title, bowl.tags) == ("Big bowl", ["x", "y"]), "as it was told"


async def test_variants_that_come_and_go_are_told(shop: Context) -> None:
    def boot(*sizes: str) -> bytes:
        return json_lines(
            {
                "id": "boot",
                "title": "Boot",
                "options": [{"name": "Size", "values": list(sizes)}],
                "variants": [
                    {"sku": f"BO-{each}", "option_values": [each], "price_minor": 100}
                    for each in sizes
                ],
            }
        )

    await taken_in(shop, boot("40", "41"))
    run = await taken_in(shop, boot("41", "42"), is_dry_run=True)
    (change,) = (await imports.list_changes(shop, run.run_id)).items
    told = {each.path: (each.before, each.after) for each in change.differences}
    assert told["variants[BO-42]"] == ("", "42")
    assert told["variants[BO-40]"] == ("BO-40", "")
    assert "variants[BO-41].price" not in told


async def test_products_keep_what_they_are_to_keep(shop: Context) -> None:
    def line(price: int, stock: int, picture: str, title: str = "Jug") -> bytes:
        return json_lines(
            {
                "id": "j",
                "title": title,
                "sku": "J",
                "price_minor": price,
                "stock": stock,
                "images": [f"https://example.com/{picture}.jpg"],
            }
        )

    await taken_in(shop, line(100, 1, "old"))
    everything = {"stock", "prices", "pictures"}
    preview = await taken_in(shop, line(200, 2, "new"), keeps=everything, is_dry_run=True)
    assert counts(preview) == (0, 0, 1, 0) or preview.changed_count == 1
    run = await taken_in(shop, line(200, 2, "new", "Jar"), keeps=everything)
    assert run.keeps == everything
    (jug,) = (await products_of(shop)).values()
    assert jug.title == "Jar"
    assert [each.source_url for each in jug.media] == ["https://example.com/old.jpg"]
    assert (await prices_by_sku(shop))["J"] == (100, None)
    assert (await stock_by_sku(shop))["J"].available == 1

    await taken_in(shop, line(300, 3, "new", "Jar"))
    (jug,) = (await products_of(shop)).values()
    assert [each.source_url for each in jug.media] == ["https://example.com/new.jpg"]
    assert (await prices_by_sku(shop))["J"] == (300, None)


async def test_new_products_get_all_the_file_says_whatever_others_keep(shop: Context) -> None:
    new = {"id": "n", "title": "New", "sku": "N", "price_minor": 5, "stock": 6}
    picture = {"images": ["https://example.com/n.jpg"]}
    await taken_in(shop, json_lines(new | picture), keeps={"stock", "prices", "pictures"})
    (made,) = (await products_of(shop)).values()
    assert [each.source_url for each in made.media] == ["https://example.com/n.jpg"]
    assert (await prices_by_sku(shop))["N"] == (5, None)
    assert (await stock_by_sku(shop))["N"].available == 6


async def test_problems_are_listed_by_code_or_only_where_products_stayed_out(
    shop: Context,
) -> None:
    lines = mugs(3) + json_lines({"title": ""}) + b"not json\n"
    run = await taken_in(shop, lines)
    everything = (await imports.list_problems(shop, run.run_id)).items
    codes = {each.code for each in everything}
    assert len(codes) >= 2
    for code in codes:
        found = (await imports.list_problems(shop, run.run_id, code=code)).items
        assert found == [each for each in everything if each.code == code]
    refusals = (await imports.list_problems(shop, run.run_id, only_refusals=True)).items
    assert refusals == [each for each in everything if each.is_refusal]


async def test_an_export_holds_what_was_wanted_and_knows_how_much_that_is(shop: Context) -> None:
    await taken_in(shop, mugs(3), publish=True)
    await taken_in(shop, json_lines({"title": "Kept back", "brand": "Kiln", "status": "draft"}))
    active = await imports.start_export(shop, wanted=ProductFilter(status="active"))
    done = await write_export(shop, active.export_id)
    assert (done.state, done.product_count, done.total_count) == ("done", 3, 3)
    kiln = await imports.start_export(shop, wanted=ProductFilter(brand="Kiln"), format="csv")
    assert (await imports.get_export(shop, kiln.export_id)).wanted == ProductFilter(brand="Kiln")
    done = await write_export(shop, kiln.export_id)
    assert (done.product_count, done.total_count) == (1, None)
    whole = b"".join([part async for part in imports.export_shop(shop)])
    assert whole.count(b"\n") == 1 + sum((await catalog.count_products(shop)).values())


async def test_a_person_says_how_a_table_is_written(shop: Context) -> None:
    content = "No;Name, long\n1;Größe, klein\n".encode("mac-roman")
    file = await imports.accept_file(shop, "f", content)
    reading = imports.TableReading(delimiter=";", encoding="mac-roman")
    look = await imports.look_at_file(shop, file.file_id, reading=reading)
    assert (look.format, look.header) == (None, ["No", "Name, long"])
    assert look.rows == [["1", "Größe, klein"]]
    guess = await imports.suggest_mapping_of(shop, file.file_id, reading)
    assert guess.header == ["No", "Name, long"]
    assert guess.document is None or guess.document.encoding == "mac-roman"


async def test_an_import_is_repeated_by_the_mapping_it_went_by(shop: Context) -> None:
    mapping = await imports.create_mapping(shop, "Odd", ODD_MAPPING)
    reading = f"mapping:{mapping.mapping_id}"
    content = ODD.encode("windows-1252")
    preview = await taken_in(shop, content, format=reading, is_dry_run=True, publish=True)
    await imports.remove_mapping(shop, mapping.mapping_id)
    begun = await imports.repeat_import(shop, preview.run_id)
    run = await imports.run_import_now(shop, begun.run_id)
    assert (run.format, run.is_dry_run, run.publish) == ("mapping", False, True)
    assert counts(run) == counts(preview) == (1, 0, 0, 1)
