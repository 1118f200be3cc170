"""Tables as the world writes them: other letters, ragged rows, lines without end, repeats."""

import tracemalloc
from collections.abc import AsyncIterator

import pytest

from galleria.commerce import imports
from galleria.commerce.imports.model.batches import Batch, Gatherer
from galleria.commerce.imports.model.cells import Home, pointed
from galleria.commerce.imports.model.encodings import Transcoder, encoding_of
from galleria.commerce.imports.model.formats import gathering_of
from galleria.commerce.imports.model.layouts import recognise
from galleria.commerce.imports.model.records import Record
from galleria.commerce.imports.model.runs import Claim, Position
from galleria.commerce.imports.model.seen import SeenMarks
from galleria.commerce.imports.service.files import file_key
from galleria.commerce.imports.service.gathering import gathered_batches
from galleria.commerce.imports.service.keeping import keep_batch
from galleria.commerce.imports.service.shop_facts import facts_of
from galleria.commerce.imports.service.spooling import Spool
from galleria.commerce.imports.service.starting import claim_run
from galleria.commerce.imports.service.stored_bytes import StoredBytes
from galleria.engines.context import Context
from galleria.foundation.errors import InvalidInput
from tests.commerce.imports.blocks import cut
from tests.commerce.imports.conftest import (
    counts,
    problems_of,
    products_of,
    started,
    taken_in,
    told,
)

TEXT = "handle,title,price.EUR\ngrosse,Größe „L“,12.50\nlow,Low,1\n"


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        (TEXT.encode(), {}),
        (TEXT.encode("utf-8-sig"), {}),
        (TEXT.encode("utf-16"), {"read_as_other_encoding": 1}),
        (TEXT.encode("utf-16-be"), {"read_as_other_encoding": 1}),
        (TEXT.encode("utf-16-le"), {"read_as_other_encoding": 1}),
        (TEXT.encode("cp1252"), {"read_as_windows_1252": 1}),
        (TEXT.replace("\n", "\r").encode(), {}),
        (TEXT.replace(",", ";").encode(), {}),
        (TEXT.replace(",", "\t").encode("utf-16"), {"read_as_other_encoding": 1}),
    ],
)
async def test_letters_are_read_however_they_are_written(
    shop: Context, content: bytes, codes: dict[str, int]
) -> None:
    run = await taken_in(shop, content)
    assert (run.state, counts(run), run.problem_codes) == ("done", (2, 0, 0, 0), codes)
    assert (await products_of(shop))["grosse"].title == "Größe „L“"


async def test_a_note_says_which_letters_a_file_was_read_as(shop: Context) -> None:
    run = await taken_in(shop, TEXT.encode("utf-16"))
    (said,) = await problems_of(shop, run)
    assert (said.line, said.is_refusal) == (1, False)
    assert "UTF-16-LE" in said.reason


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        (b"handle,title\n", "utf-8"),
        (b"", "utf-8"),
        (b"\x00\x00\x00\x00" * 10, "utf-8"),
        ("handle,title".encode("utf-16-be"), "utf-16-be"),
        ("handle,title".encode("utf-16-le"), "utf-16-le"),
    ],
)
def test_encodings_are_told_by_the_first_bytes(head: bytes, encoding: str) -> None:
    assert encoding_of(head) == encoding


def test_letters_cut_in_two_are_put_together() -> None:
    content = "äöü€𝄞".encode("utf-16")
    for step in range(1, 5):
        transcoder = Transcoder("utf-16-le")
        blocks = cut(content, list(range(0, len(content), step)))
        text = b"".join(piece for block in blocks for piece in transcoder.feed(block))
        assert (text + b"".join(transcoder.finish())).decode() == "äöü€𝄞"
    half = Transcoder("utf-16-le")
    assert list(half.feed(content[:-1]))
    with pytest.raises(imports.UnreadableFile, match="damaged"):
        list(half.finish())


async def test_rows_are_ragged_and_headers_repeat(shop: Context) -> None:
    content = (
        "handle,title,title,sku,price.EUR\n"
        "a,A,Second,A-1,1\n"
        "b,B,,B-1,2,,\n"
        "c,C\n"
        "\n"
        'd,"D ""quoted""\nin two lines",,D-1,3\n'
        "e,E,,A-1,4\n"
        'f,"F\n'
    )
    run = await taken_in(shop, content.encode())
    assert counts(run) == (4, 0, 0, 2), "of two columns with one name the first that speaks counts"
    assert await told(shop, run) == [
        (1, "duplicate_column", False),
        (4, "wrong_column_count", True),
        (8, "duplicate_sku", False),
        (9, "unclosed_quote", True),
    ]
    products = await products_of(shop)
    assert products["a"].title == "A"
    assert products["e"].variants[0].sku is None


async def test_a_nul_costs_its_product_only(shop: Context) -> None:
    long = b"".join(b"x%d,X,1\n" % at for at in range(9_000))
    run = await taken_in(shop, b"handle,title,price.EUR\n" + long + b"n,N\0L,1\nok,OK,1\n")
    assert counts(run) == (9_001, 0, 0, 1)
    assert run.problem_codes == {"nul_character": 1}


async def test_a_gigabyte_in_one_line_is_refused_in_flat_memory(shop: Context) -> None:
    async def body() -> AsyncIterator[bytes]:
        yield b"handle,title,price.EUR\na,A,1\nb,"
        for _ in range(100):
            yield b"x" * 1024 * 1024
        yield b",1\nc,C,1\n"

    file = await imports.accept_file(shop, "endless", body())
    run = await imports.start_import(shop, file.file_id)
    tracemalloc.start()
    run = await imports.run_import_now(shop, run.run_id)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert counts(run) == (2, 0, 0, 1)
    assert run.problem_codes == {"line_too_long": 1}
    assert peak < 60_000_000


async def test_a_damaged_table_changes_nothing(shop: Context) -> None:
    run = await started(shop, TEXT.encode("utf-16")[:-1])
    run = await imports.run_import_now(shop, run.run_id)
    assert (run.state, run.failure_code, counts(run)) == ("failed", "damaged_file", (0, 0, 0, 0))


def records(count: int, products: int) -> list[Record]:
    return [Record(at, f"p{at % products:04}", ["x" * 50, str(at)]) for at in range(count)]


def test_a_spool_gathers_alike_in_memory_and_on_disk() -> None:
    with Spool() as small, Spool(memory_bytes=20_000) as large:
        for record in records(3_000, 700):
            small.add(record)
            large.add(record)
        small.add(Record(9_999, "", ["no key"]))
        large.add(Record(9_999, "", ["no key"]))
        in_memory = {group.key: group.records for group in small.groups()}
        on_disk = {group.key: group.records for group in large.groups()}
        sizes = sum(group.size_bytes for group in large.groups())
    assert in_memory == on_disk
    assert len(on_disk) == 701
    assert [record.line for record in on_disk["p0001"]] == [1, 701, 1401, 2101, 2801]
    assert sizes == large.size_bytes


def test_a_spool_counts_the_rows_of_a_product_that_are_too_many() -> None:
    with Spool() as spool:
        for record in records(11_000, 1):
            spool.add(record)
        (group,) = spool.groups()
    assert (len(group.records), group.left_out) == (10_250, 750)


async def test_too_many_rows_refuse_their_product(shop: Context) -> None:
    rows = "".join(f"a,A,Size,S{at}\n" for at in range(10_251))
    content = f"handle,title,option1.name,option1.value\n{rows}b,B,,\n"
    run = await taken_in(shop, content.encode())
    assert (counts(run), run.problem_codes) == ((1, 0, 0, 1), {"too_many_variants": 1})


async def test_an_import_that_was_interrupted_goes_on_at_the_next_product(
    shop: Context,
) -> None:
    content = b"handle,title,compare_at,sku\n" + b"".join(
        b"h%d,H,,S-%d\n" % (at, at) for at in range(40)
    )
    run = await started(shop, content)
    from_first = 0

    class Enough(Exception):
        pass

    class Stops:
        async def report(self, done: int, total: int | None = None, note: str = "") -> None:
            nonlocal from_first
            from_first += 1
            if from_first == 3:
                raise Enough

    with pytest.raises(Enough):
        await imports.run_import_now(shop, run.run_id, Stops(), at_once=5)
    halfway = await imports.get_run(shop, run.run_id)
    assert (halfway.created_count, halfway.next_line) == (15, 17)
    done = await imports.run_import_now(shop, run.run_id, at_once=7)
    assert (done.state, counts(done), done.problem_count) == ("done", (40, 0, 0, 0), 0)


async def test_an_import_says_that_it_lives_while_it_gathers(shop: Context) -> None:
    rows = b"".join(b"h%d,%s,\n" % (at, b"H" * 400) for at in range(2_000))
    content = b"handle,title,product_type\n" + rows
    run = await started(shop, content)
    claim = await claim_run(shop, run.run_id)
    assert isinstance(claim, Claim)
    source = StoredBytes(shop, file_key(shop.tenant.tenant_id, run.file_id))
    layout = recognise(content)
    pieces = source.pieces(layout.start.next_byte, await source.open())
    gatherer = Gatherer(Position(), SeenMarks(), None)
    way = gathering_of(layout, Home("EUR"))

    found = gathered_batches(claim, source, pieces, way, gatherer, beat_s=0.0)
    read = [(len(batch.products), batch.read_bytes) async for batch in found]

    assert len(read) > 3
    assert [count for count, _ in read[:3]] == [0, 0, 0]
    assert sum(count for count, _ in read) == 2_000
    progress = [done for _, done in read]
    assert progress == sorted(progress)
    assert (progress[-2] <= run.size_bytes // 2, progress[-1]) == (True, run.size_bytes)


async def test_a_batch_without_products_keeps_an_import_alive(shop: Context) -> None:
    for is_dry_run in (False, True):
        run = await started(shop, TEXT.encode(), is_dry_run=is_dry_run)
        claim = await claim_run(shop, run.run_id)
        assert isinstance(claim, Claim)
        empty = Batch(start=Position(), end=Position(), read_bytes=7)
        after = await keep_batch(shop, await facts_of(shop), claim, empty, trusts_skus=True)
        assert (after.run.read_bytes, after.run.product_count) == (7, 0)
        await imports.cancel_import(shop, run.run_id)


@pytest.mark.parametrize(
    ("text", "has_comma", "expected"),
    [
        ("12.90", None, "12.90"),
        ("12,90", None, "12.90"),
        ("1.234,50 €", None, "1234.50"),
        ("$1,234.50", None, "1234.50"),
        ("EUR 007", None, "7"),
        ("1'250.00 CHF", None, "1250.00"),
        ("1.234", True, "1234"),
        ("1,234", False, "1234"),
        ("-5", None, "-5"),
    ],
)
def test_amounts_are_read_as_people_write_them(
    text: str, has_comma: bool | None, expected: str
) -> None:
    assert pointed(text, has_comma) == expected


@pytest.mark.parametrize(
    ("text", "has_comma"),
    [("1,23,4", None), ("ten", None), ("12,5", False), ("1.5.0", None), ("", None), ("1e5", None)],
)
def test_what_could_be_two_amounts_is_none(text: str, has_comma: bool | None) -> None:
    with pytest.raises(InvalidInput):
        pointed(text, has_comma)
