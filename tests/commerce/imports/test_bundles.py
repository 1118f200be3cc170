"""Bundles come in with product files and go out with exports."""

import csv
import io
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria.commerce import assortment, catalog, imports
from galleria.commerce.assortment import BundleTerms, BundleView, NamedComponent
from galleria.commerce.imports.model.bundle_cells import bundle_cells, bundle_of
from galleria.engines.context import Context
from galleria.foundation.errors import InvalidInput
from galleria.foundation.money import Money
from tests.commerce.imports.conftest import OpenShop, counts, json_lines, taken_in, told

COMPONENTS = st.lists(
    st.builds(
        NamedComponent,
        sku=st.text(st.sampled_from("aB1 *|\\-.ü"), min_size=1, max_size=9).filter(
            lambda sku: sku == sku.strip()
        ),
        quantity=st.integers(1, 999),
    ),
    min_size=1,
    max_size=5,
)
TERMS = st.one_of(
    st.builds(BundleTerms, components=COMPONENTS),
    st.builds(
        BundleTerms,
        components=COMPONENTS,
        pricing=st.just("components"),
        discount_bp=st.integers(0, 10_000),
    ),
    st.builds(
        BundleTerms,
        components=COMPONENTS,
        pricing=st.just("components"),
        discounts=st.lists(
            st.builds(Money, st.integers(0, 10**9), st.sampled_from(["EUR", "JPY", "BHD"])),
            max_size=3,
        ),
    ),
)


@given(TERMS)
def test_cells_read_back_as_they_were_written(terms: BundleTerms) -> None:
    assert bundle_of(*bundle_cells(terms)) == terms


@pytest.mark.parametrize(
    ("parts", "price"),
    [
        ("CUP*0", ""),
        ("CUP*1000", ""),
        ("CUP*two", ""),
        ("*2", ""),
        ("A*2*2", ""),
        ("|".join(f"S{at}" for at in range(51)), ""),
        ("CUP", "cheap"),
        ("CUP", "components -101%"),
        ("CUP", "components 5.00 EUR"),
        ("CUP", "components -5.001 EUR"),
    ],
)
def test_cells_that_say_no_bundle_are_refused(parts: str, price: str) -> None:
    with pytest.raises(InvalidInput):
        bundle_of(parts, price)


async def bundle_by_sku(ctx: Context, sku: str) -> BundleView:
    found: dict[str, UUID] = await catalog.variants_by_sku(ctx, [sku])
    return await assortment.get_bundle(ctx, found[sku])


def named(view: BundleView) -> list[tuple[str | None, int]]:
    return [(each.sku, each.quantity) for each in view.components]


def line(sku: str, *parts: tuple[str, int], **terms: Any) -> dict[str, Any]:
    product: dict[str, Any] = {"handle": sku.lower(), "title": sku, "sku": sku, "price_minor": 900}
    if parts or terms:
        components = [{"sku": each, "quantity": count} for each, count in parts]
        product["bundle"] = {"components": components, **terms}
    return product


async def test_lines_say_what_variants_consist_of(shop: Context) -> None:
    goods = [line("CUP"), line("PLATE"), line("GIFT", ("CUP", 2), ("PLATE", 1))]
    run = await taken_in(shop, json_lines(*goods), publish=True)
    assert counts(run)[0] == 3
    assert named(await bundle_by_sku(shop, "GIFT")) == [("CUP", 2), ("PLATE", 1)]
    again = await taken_in(shop, json_lines(*goods), publish=True)
    assert again.unchanged_count == 3
    other = line("GIFT", ("CUP", 2), pricing="components", discount_bp=500)
    trial = await taken_in(shop, json_lines(other), is_dry_run=True)
    assert trial.changed_count == 1
    assert named(await bundle_by_sku(shop, "GIFT")) == [("CUP", 2), ("PLATE", 1)]
    changed = await taken_in(shop, json_lines(other))
    assert changed.changed_count == 1
    assert (await bundle_by_sku(shop, "GIFT")).discount_bp == 500
    await taken_in(shop, json_lines(line("GIFT", components=[])))
    with pytest.raises(assortment.BundleNotFound):
        await bundle_by_sku(shop, "GIFT")


async def test_what_cannot_be_a_bundle_goes_in_as_itself_and_is_noted(shop: Context) -> None:
    goods = [line("GIFT", ("LATER", 1)), line("SELF", ("SELF", 1)), line("NEST", ("SET", 1))]
    goods += [line("SET", ("CUP", 1)), line("CUP")]
    run = await taken_in(shop, json_lines(*goods), publish=True)
    # Of two that would nest the first counts.
    assert [each[1] for each in await told(shop, run)] == [
        "variant_not_found",
        "bundle_circular",
        "bundle_nested",
    ]
    assert counts(run)[0] == 5


async def test_an_export_brings_bundles_back_to_another_shop(open_shop: OpenShop) -> None:
    first, second = await open_shop(), await open_shop()
    gift = line("GIFT", ("CUP", 2), ("P|1", 1), pricing="components", discount_bp=1250)
    await taken_in(first, json_lines(line("CUP"), line("P|1"), gift), publish=True)
    for format in ("jsonl", "csv"):
        parts = [part async for part in imports.export_shop(first, format=format)]
        content = b"".join(parts)
        back = await taken_in(first, content)
        assert back.unchanged_count == 3, await told(first, back)
        await taken_in(second, content, publish=True)
        assert named(await bundle_by_sku(second, "GIFT")) == [("CUP", 2), ("P|1", 1)]
        assert (await bundle_by_sku(second, "GIFT")).discount_bp == 1250


async def test_an_empty_cell_of_an_export_takes_the_bundle_apart(shop: Context) -> None:
    await taken_in(shop, json_lines(line("CUP"), line("GIFT", ("CUP", 2))), publish=True)
    content = b"".join([part async for part in imports.export_shop(shop, format="csv")])
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [(row["bundle"], row["bundle_price"]) for row in rows] == [("", ""), ("CUP*2", "own")]
    await taken_in(shop, content.replace(b"CUP*2", b""))
    with pytest.raises(assortment.BundleNotFound):
        await bundle_by_sku(shop, "GIFT")
