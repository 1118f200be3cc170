"""A table of anybody's is read by a mapping that the shop keeps, or first has guessed."""

from typing import Any

import pytest

from galleria.commerce import imports
from galleria.commerce.imports import MappingDocument, Rule
from galleria.commerce.imports.model.guessing import suggest_mapping
from galleria.commerce.imports.model.mappings import check_mapping
from galleria.commerce.imports.room import ROOM
from galleria.engines.context import Context
from galleria.foundation.errors import InvalidInput
from galleria.foundation.ids import new_id
from tests.commerce.imports.conftest import (
    counts,
    prices_by_sku,
    products_of,
    sample,
    stock_by_sku,
    taken_in,
)
from tests.platform.conftest import acting_with, client_of


def rules(**columns: str) -> list[Rule]:
    """A rule for each field, its column as named; `__` stands for a point."""
    return [Rule(field=f.replace("__", "."), column=column) for f, column in columns.items()]


async def kept(ctx: Context, document: MappingDocument) -> str:
    mapping = await imports.create_mapping(ctx, "Supplier", document)
    return f"mapping:{mapping.mapping_id}"


async def test_a_german_table_goes_in_by_the_mapping_that_was_guessed(shop: Context) -> None:
    file = await imports.accept_file(shop, "liste.csv", sample("supplier-de.csv"))
    guess = await imports.suggest_mapping_of(shop, file.file_id)
    assert guess.document is not None
    assert (guess.document.delimiter, guess.document.decimal_comma) == (";", True)
    assert guess.document.group_by == "Vaterartikel"
    assert guess.left_out == []
    by_field = {rule.field: rule.column for rule in guess.document.rules}
    assert by_field["option.Size"] == "Größe"
    assert guess.rows[0][2] == "Leinenhemd „Förde“"
    # Not each product here has a parent: those without are known by their number.
    document = guess.document

    run = await taken_in(shop, sample("supplier-de.csv"), format=await kept(shop, document))

    assert (run.state, run.format) == ("done", "mapping")
    products = await products_of(shop)
    shirt = next(tree for tree in products.values() if tree.external_ref == "T-1")
    assert shirt.title == "Leinenhemd „Förde“"
    assert [option.name for option in shirt.options] == ["Size", "Colour"]
    assert [v.sku for v in shirt.variants] == ["T-1-S", "T-1-M"]
    assert (await prices_by_sku(shop))["T-1-S"] == (104990, 119900)


async def test_rows_without_a_group_stand_for_themselves(shop: Context) -> None:
    content = "sku;name;group;size;price\nA-1;Hat;;;5\nB-1;Coat;B;S;7\nC-1;Sock;;;1\nB-2;Coat;B;M;8"
    document = MappingDocument(
        rules=rules(sku="sku", title="name", option__Size="size", price="price"),
        group_by="group",
    )
    run = await taken_in(shop, content.encode(), format=await kept(shop, document))
    assert (counts(run), run.problem_codes) == ((3, 0, 0, 0), {})
    by_title = {tree.title: tree for tree in (await products_of(shop)).values()}
    assert [v.sku for v in by_title["Coat"].variants] == ["B-1", "B-2"]
    assert [v.sku for v in by_title["Hat"].variants] == ["A-1"]


async def test_every_transform_does_what_it_says(shop: Context) -> None:
    header = "no|what|tags|cat|net|kilo|vat|left|mat"
    row = " 7 | Rope |red; blue|Boats > Ropes/Gifts|1 234,50|1,5|ja|3|Hemp"
    document = MappingDocument(
        rules=[
            Rule(field="external_ref", column="no"),
            Rule(field="sku", column="NO "),
            Rule(field="title", column="what"),
            Rule(field="tags", column="tags", split=";"),
            Rule(field="categories", column="cat", split="/"),
            Rule(field="price", column="net", currency="EUR"),
            Rule(field="weight", column="kilo", unit="kg"),
            Rule(field="is_taxable", column="vat", true_words=["nein"], false_words=["JA"]),
            Rule(field="stock", column="left"),
            Rule(field="attribute.material", column="mat"),
            Rule(field="brand", constant="Tidewater"),
            Rule(field="status", constant="active"),
        ],
        delimiter="|",
        decimal_comma=True,
    )
    content = f"{header}\n{row}\n".encode()
    run = await taken_in(shop, content, format=await kept(shop, document))
    assert (counts(run), run.problem_codes) == ((1, 0, 0, 0), {})
    (rope,) = (await products_of(shop)).values()
    assert (rope.external_ref, rope.title, rope.brand) == ("7", "Rope", "Tidewater")
    assert (rope.tags, rope.status) == (["red", "blue"], "active")
    assert {c.path for c in rope.categories} == {"boats", "boats/ropes", "gifts"}
    assert rope.attributes == {"material": "Hemp"}
    (variant,) = rope.variants
    assert (variant.sku, variant.weight_g, variant.is_taxable) == ("7", 1500, False)
    assert await prices_by_sku(shop) == {"7": (123450, None)}
    assert (await stock_by_sku(shop))["7"].available == 3


async def test_an_import_goes_by_the_mapping_as_it_was_when_asked_for(shop: Context) -> None:
    document = MappingDocument(rules=rules(sku="a", title="b"))
    mapping = await imports.create_mapping(shop, "First", document)
    file = await imports.accept_file(shop, "f", b"a,b\n1,Right\n")
    run = await imports.start_import(shop, file.file_id, format=f"mapping:{mapping.mapping_id}")
    swapped = MappingDocument(rules=rules(sku="b", title="a"))
    await imports.update_mapping(shop, mapping.mapping_id, "Second", swapped)
    await imports.remove_mapping(shop, mapping.mapping_id)

    run = await imports.run_import_now(shop, run.run_id)

    assert [tree.title for tree in (await products_of(shop)).values()] == ["Right"]
    with pytest.raises(imports.MappingNotFound):
        await imports.get_mapping(shop, mapping.mapping_id)


async def test_what_is_wrong_with_a_mapping_or_its_file_is_said(shop: Context) -> None:
    with pytest.raises(InvalidInput) as caught:
        check_mapping(
            MappingDocument(
                rules=[
                    Rule(field="colour", column="x"),
                    Rule(field="brand"),
                    Rule(field="brand", column="x", constant="y"),
                ]
            )
        )
    assert [each.code for each in caught.value.errors] == [
        "unknown_field",
        "column_or_constant",
        "column_or_constant",
        "missing_title",
        "missing_key",
    ]
    wanted = await kept(shop, MappingDocument(rules=rules(sku="a", title="b")))
    file = await imports.accept_file(shop, "f", b"a,c\n1,2\n")
    with pytest.raises(imports.UnreadableFile, match="'b'"):
        await imports.start_import(shop, file.file_id, format=wanted)
    with pytest.raises(imports.MappingNotFound):
        await imports.start_import(shop, file.file_id, format=f"mapping:{new_id()}")
    for wrong in ("mapping:x", "csv", ""):
        with pytest.raises(InvalidInput):
            await imports.start_import(shop, file.file_id, format=wrong)


async def test_bad_cells_are_named_by_the_file_s_own_columns(shop: Context) -> None:
    document = MappingDocument(rules=rules(sku="Nr", title="Name", price="Preis", stock="Bestand"))
    content = b"Nr,Name,Preis,Bestand\n1,A,zehn,1\n2,B,1,viele\n3,C,1,1\n,D,1,1\n"
    run = await taken_in(shop, content, format=await kept(shop, document))
    assert counts(run) == (1, 0, 0, 3)
    page = await imports.list_problems(shop, run.run_id)
    assert [(p.line, p.column, p.code) for p in page.items] == [
        (2, "Preis", "invalid_price"),
        (3, "Bestand", "invalid_quantity"),
        (5, "", "missing_key"),
    ]
    assert all(p.remedy for p in page.items)


@pytest.mark.parametrize(
    ("header", "fields"),
    [
        (
            ["SKU", "Product name", "Retail price (EUR)", "Weight (lb)", "Image 1", "Image 2"],
            ["sku", "title", "price", "weight", "images", "images"],
        ),
        (
            ["Référence", "Désignation", "Prix TTC", "Quantité", "Marque", "Taille", "Couleur"],
            ["sku", "title", "price", "stock", "brand", "option.Size", "option.Colour"],
        ),
        (
            ["Artikel-Nr.", "Titel", "Title (en)", "UVP", "Lagerbestand", "attribute.care"],
            ["sku", "title", "title.en", "compare_at", "stock", "attribute.care"],
        ),
    ],
)
def test_columns_are_guessed_in_three_languages(header: list[str], fields: list[str]) -> None:
    document, left_out = suggest_mapping(header, [])
    assert document is not None
    assert ([rule.field for rule in document.rules], left_out) == (fields, [])
    check_mapping(document)


def test_nothing_is_guessed_of_nothing() -> None:
    assert suggest_mapping(["x1", "y2"], []) == (None, ["x1", "y2"])


def test_decimal_commas_and_separators_are_seen_in_the_rows() -> None:
    header = ["sku", "title", "price", "tags"]
    comma, _ = suggest_mapping(header, [["1", "A", "1.234,50", "a;b"]])
    point, _ = suggest_mapping(header, [["1", "A", "1,234.50", "a,b"]])
    neither, _ = suggest_mapping(header, [["1", "A", "12", "a"]])
    found = [each.decimal_comma for each in (comma, point, neither) if each]
    assert found == [True, False, None]
    assert comma is not None
    assert comma.rules[-1].split == ";"


async def test_mappings_over_http(shop: Context) -> None:
    base = "/admin/v1/imports/mappings"
    wanted: dict[str, Any] = {
        "name": "Supplier",
        "document": {"rules": [{"field": "title", "column": "b"}, {"field": "sku", "column": "a"}]},
    }
    async with client_of(ROOM.routes, shop) as client:
        made = await client.post(base, json=wanted)
        assert (made.status_code, made.json()["version"]) == (201, 1)
        one = f"{base}/{made.json()['mapping_id']}"
        assert (await client.get(one)).headers["etag"] == made.headers["etag"]
        edited = await client.put(
            one, json=wanted | {"name": "Other"}, headers={"If-Match": made.headers["etag"]}
        )
        assert (edited.status_code, edited.json()["name"]) == (200, "Other")
        stale = await client.put(one, json=wanted, headers={"If-Match": made.headers["etag"]})
        assert stale.json()["code"] == "import_mapping_changed"
        assert len((await client.get(f"{base}?limit=1")).json()["items"]) == 1
        sent = (await client.post("/admin/v1/imports/files", content=b"a,b\n1,T\n")).json()
        guess = await client.get(f"/admin/v1/imports/files/{sent['file_id']}/suggested-mapping")
        assert guess.json()["header"] == ["a", "b"]
        body = {"file_id": sent["file_id"], "format": f"mapping:{made.json()['mapping_id']}"}
        asked = await client.post("/admin/v1/imports", json=body)
        assert (asked.status_code, asked.json()["format"]) == (202, "mapping")
        bad = {"name": "x", "document": {"rules": [{"field": "nope", "column": "a"}]}}
        assert (await client.post(base, json=bad)).status_code == 422
        assert (await client.delete(one)).status_code == 204
        assert (await client.get(one)).json()["code"] == "import_mapping_not_found"
    async with client_of(ROOM.routes, acting_with(shop, "imports:read")) as client:
        assert (await client.post(base, json=wanted)).status_code == 403


async def test_another_shop_s_mapping_is_not_there(shop: Context, other_shop: Context) -> None:
    await kept(shop, MappingDocument(rules=rules(sku="a", title="b")))
    assert (await imports.list_mappings(other_shop)).items == []


@pytest.mark.parametrize("content", [b'{"title": "A", "sku": "B"}\n', b"<a>1,2</a>", b"one column"])
async def test_nothing_is_guessed_of_what_is_no_table(shop: Context, content: bytes) -> None:
    file = await imports.accept_file(shop, "f", content)
    with pytest.raises(imports.UnreadableFile):
        await imports.suggest_mapping_of(shop, file.file_id)
