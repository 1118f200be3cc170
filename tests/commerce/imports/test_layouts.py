"""Files are recognised by looking at them, and refused with a hint at what they are instead."""

import gzip

import pytest

from galleria.commerce import imports
from galleria.commerce.imports.model.layouts import recognise
from galleria.engines.context import Context
from galleria.foundation.ids import new_id
from tests.commerce.imports.conftest import mugs, packed

HEADER = b"Handle,Title,Variant Price"


@pytest.mark.parametrize(
    ("head", "format", "start"),
    [
        (b'{"title": "A"}\n', "json_lines", (0, 1)),
        (b'\xef\xbb\xbf{"title": "A"}\n', "json_lines", (3, 1)),
        (b'\n  {"title": "A"}\n', "json_lines", (0, 1)),
        (b'{"galleria_export":1,"shop":"x"}\n{"title":"A"}\n', "galleria_export", (33, 2)),
        (HEADER + b"\na,b,1\n", "shopify_csv", (27, 2)),
        (b"\xef\xbb\xbf" + HEADER + b"\r\na,b,1\r\n", "shopify_csv", (31, 2)),
        (b"handle;TITLE;Variant Price\ra;b;1\r", "shopify_csv", (27, 2)),
        (b"URL handle\tTitle\tPrice\n", "shopify_csv", (23, 2)),
        (b'"Handle","Title","Say ""it""\nhere"\n', "shopify_csv", (35, 3)),
        (b"Handle,Title,Gr\xf6\xdfe\n", "shopify_csv", (19, 2)),
        (b"\r\n\nHandle,Title\n", "shopify_csv", (16, 4)),
    ],
)
def test_a_product_file_is_recognised(head: bytes, format: str, start: tuple[int, int]) -> None:
    layout = recognise(head)
    assert layout.format == format
    assert (layout.start.next_byte, layout.start.next_line) == start


@pytest.mark.parametrize(
    ("head", "hint"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n", "empty"),
        (b"PK\x03\x04\x14\x00", "spreadsheet"),
        ("Handle,Title\n".encode("utf-16"), "UTF-16"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "spreadsheet"),
        (b"%PDF-1.7", "PDF"),
        (b'[{"title": "A"}]', "one object on each line"),
        (b"<?xml version='1.0'?>", "XML"),
        (b"\x7fELF\x02\x01\x01\x00\x00", "NUL"),
        (bytes(1000), "NUL"),
        (b"Name,Price\nA,1\n", "no column Handle and Title"),
        (b"Handle,Price\nA,1\n", "no column Title"),
        (b'"Handle,Title\n', "no column"),
        (b"just some words", "neither"),
        (b'{"galleria_export":2}\n', "newer"),
    ],
)
def test_anything_else_is_refused_with_a_hint(head: bytes, hint: str) -> None:
    with pytest.raises(imports.UnreadableFile, match=hint):
        recognise(head)


def test_columns_nobody_knows_are_named() -> None:
    layout = recognise(b"Handle,Title,Colour,Variant Weight Unit,Google Shopping / Foo,\n")
    assert [(each.code, each.column) for each in layout.notes] == [("unknown_column", "Colour")]


async def test_what_is_no_product_file_is_refused_at_once(shop: Context) -> None:
    for content in (b"\x89PNG\r\n\x1a\n\x00", gzip.compress(b"Name,Price\n"), b"\x1f\x8b broken"):
        file = await imports.accept_file(shop, "a/../x/Ä\n.csv", content)
        assert file.name == "Ä.csv"
        with pytest.raises(imports.UnreadableFile):
            await imports.start_import(shop, file.file_id)
    with pytest.raises(imports.FileNotFound):
        await imports.start_import(shop, new_id())


async def test_a_file_cut_off_fails_after_what_could_be_read(shop: Context) -> None:
    content = packed(mugs(300))
    file = await imports.accept_file(shop, "cut", content[: len(content) * 9 // 10])
    run = await imports.start_import(shop, file.file_id)
    run = await imports.run_import_now(shop, run.run_id)
    assert (run.state, run.failure_code) == ("failed", "damaged_file")
    assert "cut off" in (run.failure or "")
    assert 200 < run.created_count < 300, "all that came before the cut stays"
    assert (run.problem_count, run.refused_count) == (0, 0), "the half line is not complained about"


async def test_a_file_that_is_gone_fails_its_import(shop: Context) -> None:
    file = await imports.accept_file(shop, "gone", mugs(1))
    run = await imports.start_import(shop, file.file_id)
    page = await shop.engines.blob.list(shop.tenant.tenant_id)
    for key in page.keys:
        await shop.engines.blob.delete(key)
    run = await imports.run_import_now(shop, run.run_id)
    assert (run.state, run.failure_code) == ("failed", "blob_not_found")
