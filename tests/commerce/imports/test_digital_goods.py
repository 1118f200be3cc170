"""Digital goods come in with product files and go out with exports, on their terms."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria.commerce import catalog, downloads, imports
from galleria.commerce.downloads import DigitalGoodView, NewDigitalGood
from galleria.commerce.imports.model.digital_cells import digital_cell, digital_of
from galleria.engines.context import Context
from galleria.foundation.errors import InvalidInput
from tests.commerce.imports.conftest import OpenShop, json_lines, taken_in, told

TERMS = st.builds(
    NewDigitalGood,
    kind=st.sampled_from(["files", "licences"]),
    max_downloads=st.none() | st.integers(1, 10_000),
    valid_days=st.none() | st.integers(1, 36_500),
    keeps_bought=st.booleans(),
    is_limited=st.booleans(),
    low_at=st.none() | st.integers(0, 1_000_000),
)


@given(TERMS)
def test_a_cell_reads_back_as_it_was_written(terms: NewDigitalGood) -> None:
    assert digital_of(digital_cell(terms)) == terms


@pytest.mark.parametrize("text", ["", "parcel", "files max=0", "files max=many", "files days"])
def test_a_cell_that_says_no_terms_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        digital_of(text)


def line(sku: str, **fields: Any) -> dict[str, Any]:
    return {"handle": sku.lower(), "title": sku, "sku": sku, "price_minor": 900, **fields}


async def good(ctx: Context, sku: str) -> DigitalGoodView:
    return await downloads.get_good(ctx, (await catalog.variants_by_sku(ctx, [sku]))[sku])


async def test_lines_say_how_variants_are_had_without_a_parcel(shop: Context) -> None:
    terms = {"kind": "licences", "low_at": 3}
    goods = [line("BOOK", digital=True), line("APP", digital=terms), line("CUP")]
    await taken_in(shop, json_lines(*goods), publish=True)
    book, app = await good(shop, "BOOK"), await good(shop, "APP")
    assert (book.kind, book.max_downloads, book.available) == ("files", 5, None)
    assert (app.kind, app.low_at, app.available) == ("licences", 3, 0)
    (view,) = await catalog.variants_of(shop, [book.variant_id])
    assert not view.is_shippable
    again = await taken_in(shop, json_lines(*goods), publish=True)
    assert again.unchanged_count == 3
    trial = await taken_in(shop, json_lines(line("BOOK", digital=False)), is_dry_run=True)
    assert trial.changed_count == 1
    await taken_in(shop, json_lines(line("BOOK", digital=False)))
    with pytest.raises(downloads.DigitalGoodNotFound):
        await good(shop, "BOOK")
    (view,) = await catalog.variants_of(shop, [book.variant_id])
    assert view.is_shippable


async def test_what_carries_files_does_not_become_a_licence_by_a_file(shop: Context) -> None:
    await taken_in(shop, json_lines(line("BOOK", digital=True)), publish=True)
    variant_id = (await good(shop, "BOOK")).variant_id
    await downloads.add_file(shop, variant_id, "book.pdf", b"%PDF")
    run = await taken_in(shop, json_lines(line("BOOK", digital={"kind": "licences"})))
    assert [each[1] for each in await told(shop, run)] == ["kind_in_use"]
    assert (await good(shop, "BOOK")).kind == "files"


@pytest.mark.parametrize("form", ["jsonl", "csv"])
async def test_an_export_brings_terms_back_to_another_shop(open_shop: OpenShop, form: Any) -> None:
    first, second = await open_shop(), await open_shop()
    terms = {"kind": "files", "valid_days": 30, "keeps_bought": True, "is_limited": True}
    goods = [line("BOOK", digital=terms), line("APP", digital={"kind": "licences"}), line("CUP")]
    await taken_in(first, json_lines(*goods), publish=True)
    content = b"".join([part async for part in imports.export_shop(first, format=form)])
    back = await taken_in(first, content)
    assert back.unchanged_count == 3, await told(first, back)
    await taken_in(second, content, publish=True)
    book = await good(second, "BOOK")
    assert (book.valid_days, book.keeps_bought, book.is_limited) == (30, True, True)
    assert (await good(second, "APP")).kind == "licences"
