"""Files that are wrong on purpose: each has its outcome, is told with line and reason, and harms
nothing beside it."""

import asyncio
import gzip
import io
import logging
import zipfile
import zlib
from collections.abc import Callable
from time import monotonic
from typing import Any

import msgspec
import pytest

from galleria import bindings
from galleria.commerce import catalog, imports, listings
from galleria.commerce.imports.model.lines import MAX_LINES_AT_ONCE, in_breaths
from galleria.engines.context import Context
from tests.commerce.imports.conftest import counts, problems_of, products_of, sample, taken_in
from tests.delays import delays_of_the_machine

# The roof says who takes orders in.
assert bindings.ROOMS

HEADER = b"handle,title,price.EUR,stock\n"
GOOD = b"good,Good,1,1\n"
GOOD_LINE = b'{"id":"good","title":"Good"}\n'
Make = Callable[[], bytes]


def table(*rows: bytes) -> Make:
    """A table of ours with these rows and one that is good."""
    return lambda: HEADER + b"".join(rows) + GOOD


def lines(*raw: bytes) -> Make:
    """JSON Lines with these and one that is good."""
    return lambda: b"".join(raw) + GOOD_LINE


def line(**fields: Any) -> bytes:
    """A product with these fields."""
    return msgspec.json.encode({"id": "bad", "title": "Bad", **fields}) + b"\n"


def sized(count: int) -> bytes:
    """A product with so many variants."""
    axes = [{"name": "A", "values": [str(at) for at in range(101)]}]
    axes.append({"name": "B", "values": [str(at) for at in range(101)]})
    variants = [{"option_values": [str(at % 101), str(at // 101)]} for at in range(count)]
    return line(options=axes, variants=variants)


# What comes in, what becomes of its products (created, changed, unchanged, refused), and the codes.
REFUSED: dict[str, tuple[Make, dict[str, int]]] = {
    "letters of two encodings": (
        lambda: "b,Größe,1,1\n".encode().join([HEADER, "c,Größe,1,1\n".encode("latin-1")]),
        {"read_as_windows_1252": 1},
    ),
    "JSON with stray Latin-1": (
        lines('{"id":"b","title":"Größe"}\n'.encode("latin-1")),
        {"malformed_json": 1},
    ),
    "half a pair of surrogates": (lines(b'{"id":"b","title":"\\ud800"}\n'), {"malformed_json": 1}),
    "a price below zero": (table(b"b,B,-1,1\n"), {"invalid_price": 1}),
    "a price of 10^18": (table(b"b,B,1000000000000000000,1\n"), {"invalid_price": 1}),
    "a price of NaN": (table(b"b,B,NaN,1\n"), {"invalid_price": 1}),
    "a price of infinity": (table(b"b,B,inf,1\n"), {"invalid_price": 1}),
    "a price of 1e400": (table(b"b,B,1e400,1\n"), {"invalid_price": 1}),
    "a price of 100,000 digits": (table(b"b,B," + b"9" * 100_000 + b",1\n"), {"invalid_price": 1}),
    "a price in other digits": (table("b,B,1²,1\n".encode()), {"invalid_price": 1}),
    "a stock of 10^18": (table(b"b,B,1,1000000000000000000\n"), {"invalid_quantity": 1}),
    "half a piece": (table(b"b,B,1,1.5\n"), {"invalid_quantity": 1}),
    "JSON: below zero": (lines(line(price_minor=-1)), {"too_small": 1}),
    "JSON: 10^18": (lines(line(price_minor=10**18)), {"too_large": 1}),
    "JSON: 1e400": (lines(b'{"id":"b","title":"B","price_minor":1e400}\n'), {"out_of_range": 1}),
    "JSON: NaN": (lines(b'{"id":"b","title":"B","price_minor":NaN}\n'), {"malformed_json": 1}),
    "JSON: true": (lines(line(price_minor=True)), {"wrong_type": 1}),
    "JSON: a number of 400 digits": (
        lines(b'{"id":"b","title":"B","attributes":{"n_a":' + b"9" * 400 + b"}}\n"),
        {"out_of_range": 1},
    ),
    "NUL in JSON": (lines(b'{"id":"b","title":"a\\u0000"}\n'), {"nul_character": 1}),
    "nested 100,000 deep": (
        lines(b'{"id":"b","title":"B","zz":' + b"[" * 100_000 + b"]" * 100_000 + b"}\n"),
        {"too_deep": 1},
    ),
    "a cell of 10 MB": (
        table(b'b,"' + b"x" * 10_000_000 + b'",1,1\n'),
        {"line_too_long": 1},
    ),
    "a title of 10 MB": (lines(line(title="x" * 10_000_000)), {"too_long": 1}),
    "a line of 20 MB": (lines(line(description="x" * 20_000_000)), {"line_too_long": 1}),
    "10,001 variants": (lines(sized(10_001)), {"too_many_variants": 1}),
    "100,000 pictures": (
        lines(line(images=[f"https://a.example/{at}" for at in range(100_000)])),
        {"too_many": 1},
    ),
    "a category 9 deep": (lines(line(category_paths=[["a"] * 9])), {"too_many": 1}),
    "a combination that its options do not have": (
        lines(
            line(options=[{"name": "S", "values": ["a"]}], variants=[{"option_values": ["b"]}]),
        ),
        {"unknown_option_value": 1},
    ),
    "one combination twice": (
        lines(
            line(
                options=[{"name": "S", "values": ["a", "b"]}],
                variants=[{"option_values": ["a"]}, {"option_values": ["a"]}],
            )
        ),
        {"duplicate_combination": 1},
    ),
    "one handle twice, however it is written": (
        lines(line(id="x", handle="same"), line(id="y", handle="SAME")),
        {"duplicate_handle": 1},
    ),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_what_cannot_go_in_is_refused_and_the_rest_goes_in(
    shop: Context, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    make, codes = REFUSED[name]
    with caplog.at_level(logging.INFO):
        run = await taken_in(shop, make())
    assert (run.state, run.problem_codes) == ("done", codes)
    is_noted = set(codes) == {"read_as_windows_1252"}
    assert run.refused_count == (0 if is_noted else 1)
    found = await problems_of(shop, run)
    assert all(each.line > 0 and each.reason and each.remedy for each in found)
    products = await products_of(shop)
    assert {"good", "b", "c", "same"} >= products.keys() != set()
    assert caplog.records == []


def zeros() -> bytes:
    """A gigabyte of them, packed."""
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    block = b"\0" * 1024 * 1024
    return b"".join(packer.compress(block) for _ in range(1024)) + packer.flush()


UNREADABLE: dict[str, tuple[Make, str]] = {
    "nothing": (lambda: b"", "empty_file"),
    "a byte order mark": (lambda: b"\xef\xbb\xbf", "empty_file"),
    "only empty lines": (lambda: b"\n" * 1_000_000, "empty_file"),
    "a packed nothing": (lambda: gzip.compress(b""), "empty_file"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)), "unknown_format"),
    "UTF-32": (lambda: (HEADER + GOOD).decode().encode("utf-32"), "unknown_format"),
    "a gigabyte of zeros": (zeros, "unknown_format"),
    "packed twice": (lambda: gzip.compress(gzip.compress(HEADER + GOOD)), "unknown_format"),
    "a header that is never closed": (lambda: b'handle,"title\na,A\n', "unknown_format"),
    "100,000 columns": (
        lambda: b"handle,title," + b",".join(b"c%d" % at for at in range(100_000)) + b"\n",
        "header_too_long",
    ),
}


@pytest.mark.parametrize("name", UNREADABLE)
async def test_what_is_no_product_file_is_refused_at_once(shop: Context, name: str) -> None:
    make, code = UNREADABLE[name]
    with pytest.raises(imports.UnreadableFile) as refusal:
        await taken_in(shop, make())
    assert [each.code for each in refusal.value.errors] == [code]
    assert await products_of(shop) == {}


def bomb() -> bytes:
    """A zip archive that begins like a table and unpacks to 200 MB."""
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("shop.csv", "w") as member,
    ):
        member.write(HEADER + GOOD)
        for _ in range(200):
            member.write(b"x" * 1024 * 1024)
    return packed.getvalue()


BROKEN: dict[str, tuple[Make, str]] = {
    "a zip bomb": (bomb, "suspicious_file"),
    "cut off on its way": (lambda: gzip.compress(HEADER + GOOD * 999)[:-9], "damaged_file"),
    "half a letter of UTF-16": (
        lambda: (HEADER + GOOD).decode().encode("utf-16") + b"\x00\xd8x\x00",
        "damaged_file",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
async def test_a_file_that_is_damaged_further_on_fails_and_changes_nothing(
    shop: Context, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    make, code = BROKEN[name]
    try:
        run = await taken_in(shop, make())
        assert (run.state, run.failure_code, counts(run)) == ("failed", code, (0, 0, 0, 0))
    except imports.UnreadableFile as refusal:
        assert [each.code for each in refusal.errors] == [code]
    assert await products_of(shop) == {}
    assert caplog.records == []


async def test_a_million_empty_lines_hold_nobody_up(shop: Context) -> None:
    """A file of a kilobyte must not keep a worker from whatever else it does."""
    longest_s = 0.0

    async def wait_for_turns() -> None:
        nonlocal longest_s
        while True:
            began_at = monotonic()
            await asyncio.sleep(0)
            longest_s = max(longest_s, monotonic() - began_at)

    files = [(HEADER + GOOD, b"last,Last,1,1\n"), (GOOD_LINE, line(id="last"))]
    with delays_of_the_machine() as delayed_s:
        for begin, end in files:
            waiting = asyncio.create_task(wait_for_turns())
            run = await taken_in(shop, gzip.compress(begin + b"\n" * 1_000_000 + end))
            waiting.cancel()
            assert (run.state, run.product_count, run.refused_count) == ("done", 2, 0)
        assert longest_s < 0.4 + delayed_s()


def test_a_piece_is_read_in_breaths_and_none_of_it_is_lost() -> None:
    for piece in (b"", b"x" * 100_000, b"\n" * 100_000, b"\r\n" * 9_999 + b"end"):
        parts = list(in_breaths(piece))
        assert b"".join(parts) == piece
        assert all(part.count(b"\n") <= MAX_LINES_AT_ONCE + 1 for part in parts)


async def test_categories_that_lead_back_to_themselves_are_only_names(shop: Context) -> None:
    """A path is read from the top down, so no file can close a circle."""
    paths = [["A", "B"], ["B", "A"], ["A", "B", "A"], ["A", "A"]]
    run = await taken_in(shop, line(category_paths=paths))
    assert counts(run) == (1, 0, 0, 0)
    tree = {each.path: each for each in await catalog.all_categories(shop)}
    assert set(tree) == {"a", "a/a", "a/b", "a/b/a", "b", "b/a"}
    for path, each in tree.items():
        above = path.rpartition("/")[0]
        assert each.parent_id == (tree[above].category_id if above else None)
    assert len(await listings.categories_of(shop)) <= len(tree)


async def test_a_known_product_stays_as_it_is_when_its_line_is_refused(shop: Context) -> None:
    await taken_in(shop, line(title="Before", price_minor=5, sku="S"))
    before = await products_of(shop)
    bad = [line(title="After", price_minor=-1), line(title=""), line(title="x", sku="S", stock=-2)]
    for each in bad:
        run = await taken_in(shop, each)
        assert counts(run) == (0, 0, 0, 1)
    assert await products_of(shop) == before


@pytest.mark.parametrize(
    "date",
    ["0000-01-01 00:00:00 +0000", "0001-01-01 00:00:00 +1400", "9999-12-31 23:59:59 -1400"],
)
@pytest.mark.parametrize("column", [b"2026-03-01 10:15:00 +0100", b"2026-03-01 10:16:00 +0100"])
async def test_an_order_of_no_day_is_refused_and_the_others_go_in(
    shop: Context, column: bytes, date: str
) -> None:
    content = sample("shopify-orders.csv")
    whole = await taken_in(shop, content)
    run = await taken_in(shop, content.replace(column, date.encode(), 1))
    assert (run.state, run.refused_count) == ("done", whole.refused_count + 1)
    assert run.problem_codes["invalid_date"] == whole.problem_codes["invalid_date"] + 1
