"""Feeds for Google Merchant Center: a group of entries is a product, in tables and in XML."""

import pytest

from galleria.commerce import imports
from galleria.commerce.catalog import Option
from galleria.commerce.imports.model.feed_entries import XmlFeedReader
from galleria.commerce.imports.model.layouts import recognise
from galleria.commerce.imports.model.records import Record
from galleria.engines.context import Context
from tests.commerce.imports.blocks import cut
from tests.commerce.imports.conftest import (
    counts,
    prices_by_sku,
    products_of,
    sample,
    started,
    stock_by_sku,
    taken_in,
    told,
)

OPEN = b'<rss xmlns:g="http://base.google.com/ns/1.0"><channel>'
CLOSE = b"</channel></rss>"


async def test_entries_of_a_table_that_stand_apart_are_one_product(shop: Context) -> None:
    run = await taken_in(shop, sample("google.tsv"))
    assert (run.state, run.format, counts(run)) == ("done", "google_table", (2, 0, 0, 1))
    assert await told(shop, run) == [(6, "invalid_availability", True)]
    products = await products_of(shop)
    cap = products["wool-cap"]
    assert cap.title == "Wool Cap", "what the titles share"
    assert cap.options == [Option("Colour", ["Red", "Blue"]), Option("Size", ["S", "M"])]
    assert [(v.sku, v.option_values, v.weight_g) for v in cap.variants] == [
        ("W-R-S", ["Red", "S"], 120),
        ("W-B-S", ["Blue", "S"], 120),
        ("W-B-M", ["Blue", "M"], 120),
    ]
    assert cap.attributes["material"] == "Wool", "what does not tell them apart is a property"
    assert {c.path for c in cap.categories} == {"winter", "winter/caps"}
    assert [m.source_url for m in cap.media][:2] == [
        "https://img.example.com/cap-red,w_300.jpg",
        "https://img.example.com/cap-2.jpg",
    ]
    assert (await prices_by_sku(shop))["W-R-S"] == (1990, 2490)
    stock = await stock_by_sku(shop)
    assert stock["W-R-S"].covers(5)
    assert not stock["KETTLE"].covers(1)
    assert stock["W-B-S"].allows_backorder
    kettle = products["whistling-kettle"]
    assert kettle.attributes["google_product_category"] == "604"
    assert kettle.variants[0].weight_g == 1400
    again = await taken_in(shop, sample("google.tsv"))
    assert counts(again) == (0, 0, 2, 1)


async def test_an_rss_feed_goes_in(shop: Context) -> None:
    run = await taken_in(shop, sample("google-rss.xml"))
    assert (run.state, run.format, counts(run)) == ("done", "google_xml", (2, 0, 0, 1))
    assert sorted(await told(shop, run)) == [
        (7, "sale_dates_not_kept", False),
        (42, "missing_key", True),
    ]
    products = await products_of(shop)
    cap, soap = products["wool-cap"], products["soap"]
    assert [v.option_values for v in cap.variants] == [["Red"], ["Blue"]]
    assert cap.description_html == "Warm &amp; plain."
    assert len(cap.media) == 3
    assert {c.path for c in soap.categories} == {"bath", "bath/soap", "gifts"}
    assert await prices_by_sku(shop) == {
        "CAP-R": (2490, None),
        "CAP-B": (2490, None),
        "SOAP": (450, None),
    }
    again = await taken_in(shop, sample("google-rss.xml"))
    assert counts(again) == (0, 0, 2, 1)


async def test_an_atom_feed_in_another_encoding_goes_in(shop: Context) -> None:
    run = await taken_in(shop, sample("google-atom.xml"))
    assert (counts(run), run.problem_count) == ((1, 0, 0, 0), 0)
    (pan,) = (await products_of(shop)).values()
    assert (pan.title, pan.description_html) == ("Pfanne, groß", "Aus Eisen.")
    assert pan.variants[0].barcode == "4006381333955"


async def test_a_feed_in_utf_16_goes_in(shop: Context) -> None:
    text = sample("google-rss.xml").decode().replace("UTF-8", "UTF-16")
    run = await taken_in(shop, text.encode("utf-16"))
    assert counts(run) == (2, 0, 0, 1)
    assert run.problem_codes["read_as_other_encoding"] == 1


def read(content: bytes, cuts: list[int] | None = None) -> list[Record]:
    reader = XmlFeedReader()
    records = [each for block in cut(content, cuts or []) for each in reader.feed(block)]
    return records + list(reader.finish())


def test_entries_are_the_same_wherever_the_file_is_cut() -> None:
    content = sample("google-rss.xml")
    whole = read(content)
    assert len(whole) == 4
    for step in (1, 7, 64):
        assert read(content, list(range(0, len(content), step))) == whole


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b'<!DOCTYPE r [<!ENTITY a "aaaa">]>' + OPEN + CLOSE, "xml_doctype"),
        (b'<!DOCTYPE r SYSTEM "file:///etc/passwd">' + OPEN + CLOSE, "xml_doctype"),
        (OPEN + b"<item><g:id>&a;</g:id></item>" + CLOSE, "malformed_xml"),
        (OPEN + b"<item><g:id>1</g:id>", "malformed_xml"),
        (OPEN + b"<item></channel>", "malformed_xml"),
        (OPEN + b"<a>" * 40, "too_deep"),
    ],
)
async def test_xml_that_is_broken_or_made_to_burst_is_refused(
    shop: Context, content: bytes, code: str
) -> None:
    run = await started(shop, content)
    run = await imports.run_import_now(shop, run.run_id)
    assert (run.state, run.failure_code, counts(run)) == ("failed", code, (0, 0, 0, 0))


def test_a_tag_without_end_does_not_fill_the_memory() -> None:
    reader = XmlFeedReader()
    list(reader.feed(OPEN + b"<item "))
    with pytest.raises(imports.UnreadableFile, match="over 4 MB"):
        for _ in range(1_000):
            list(reader.feed(b"a" * 1_000_000))


def test_a_text_without_end_costs_its_entry_only() -> None:
    reader = XmlFeedReader()
    items = list(reader.feed(OPEN + b"<item><g:id>1</g:id><description>"))
    for _ in range(20):
        items += reader.feed(b"word " * 20_000)
    items += reader.feed(b"</description></item><item><g:id>2</g:id></item>" + CLOSE)
    assert [(each.key, each.fault and each.fault[0]) for each in items] == [
        ("id:1", "too_long"),
        ("id:2", None),
    ]


def test_markup_inside_a_text_leaves_its_words() -> None:
    (entry,) = read(
        OPEN + b"<item><g:id>1</g:id><description>All <b>by</b> hand</description></item>" + CLOSE
    )
    assert entry.cells == ["id", "1", "description", "All by hand"]


async def test_entries_that_nothing_tells_apart_are_told_apart_by_their_ids(
    shop: Context,
) -> None:
    rows = "".join(f"A{at}\tTwin\t1 EUR\tin_stock\tG\n" for at in range(2))
    content = "id\ttitle\tprice\tavailability\titem_group_id\n" + rows
    run = await taken_in(shop, content.encode())
    assert run.problem_count == 0
    (twin,) = (await products_of(shop)).values()
    assert twin.options == [Option("Variant", ["A0", "A1"])]


def test_another_kind_of_xml_is_no_feed() -> None:
    with pytest.raises(imports.UnreadableFile, match="web page"):
        recognise(b"<html><body>Products</body></html>")
