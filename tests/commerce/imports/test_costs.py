"""What goods cost the merchant comes in with them, goes out with them, and is taken back."""

import csv
import io
from typing import Any

import pytest

from galleria.commerce import imports, pricing
from galleria.commerce.imports.model.runs import ExportFormat
from galleria.commerce.pricing import SetCost
from galleria.engines.context import Context
from galleria.platform import tenants
from tests.commerce.imports.conftest import (
    counts,
    json_lines,
    products_of,
    taken_in,
    told,
)
from tests.commerce.imports.test_undoing import remarks_of, undone


async def costs_by_sku(ctx: Context) -> dict[tuple[str, str], int]:
    """What each variant costs in each currency."""
    trees = await products_of(ctx)
    skus = {each.variant_id: each.sku or "" for tree in trees.values() for each in tree.variants}
    known = await pricing.costs_of(ctx, list(skus))
    return {(skus[k[0]], k[1]): each.amount_minor for k, each in known.items()}


async def exported(ctx: Context, format: ExportFormat) -> bytes:
    return b"".join([part async for part in imports.export_shop(ctx, format=format)])


def cups(**changes: Any) -> bytes:
    """A product of two variants, of which one says what it costs and one what the product says."""
    return json_lines(
        {
            "id": "cup",
            "handle": "cup",
            "title": "Cup",
            "price_minor": 1000,
            "cost_minor": 400,
            "options": [{"name": "Colour", "values": ["Red", "Blue"]}],
            "variants": [
                {"sku": "RED", "option_values": ["Red"], "cost_minor": 450},
                {"sku": "BLUE", "option_values": ["Blue"]},
            ],
            **changes,
        }
    )


async def test_lines_say_what_variants_cost(shop: Context) -> None:
    assert counts(await taken_in(shop, cups())) == (1, 0, 0, 0)
    assert await costs_by_sku(shop) == {("RED", "EUR"): 450, ("BLUE", "EUR"): 400}
    assert counts(await taken_in(shop, cups())) == (0, 0, 1, 0)
    look = await taken_in(shop, cups(cost_minor=390), is_dry_run=True)
    assert counts(look) == (0, 1, 0, 0)
    refused = await taken_in(shop, cups(cost_minor=-1))
    assert counts(refused) == (0, 0, 0, 1)
    await taken_in(shop, cups(cost_minor=None, variants=[{"sku": "RED", "option_values": ["Red"]}]))
    assert (await costs_by_sku(shop))["RED", "EUR"] == 450, "who says nothing changes nothing"


async def test_a_dry_run_tells_the_cost_before_and_after(shop: Context) -> None:
    await taken_in(shop, cups())
    look = await taken_in(shop, cups(cost_minor=390, tags=["new"]), is_dry_run=True)
    (change,) = (await imports.list_changes(shop, look.run_id)).items
    differing = {each.path: (each.before, each.after) for each in change.differences}
    assert differing["variants[BLUE].cost"] == ("4.00 EUR", "3.90 EUR")
    assert "variants[RED].cost" not in differing
    assert (await costs_by_sku(shop))["BLUE", "EUR"] == 400


async def test_a_cost_that_can_be_compared_with_no_price_is_noted_and_left_out(
    shop: Context,
) -> None:
    lines = cups(cost_minor=None, variants=None, options=[], sku="CUP")
    run = await taken_in(shop, lines)
    costs = [{"amount_minor": 300, "currency": "JPY"}, {"amount_minor": 250}]
    run = await taken_in(
        shop, cups(cost_minor=None, variants=None, options=[], sku="CUP", costs=costs)
    )
    assert await told(shop, run) == [(1, "unknown_currency", False)]
    assert await costs_by_sku(shop) == {("CUP", "EUR"): 250}


@pytest.mark.parametrize("format", ["jsonl", "csv"])
async def test_an_export_tells_costs_and_taken_in_again_changes_nothing(
    shop: Context, format: ExportFormat
) -> None:
    new = tenants.NewChannel(code="us", name="US", currency="USD", locale="en")
    await tenants.create_channel(shop, new)
    await taken_in(shop, cups())
    (cup,) = (await products_of(shop)).values()
    red, blue = (each.variant_id for each in cup.variants)
    await pricing.set_costs(
        shop,
        [
            SetCost(variant_id=red, amount_minor=0),
            SetCost(variant_id=red, amount_minor=499, currency="USD"),
            SetCost(variant_id=blue, amount_minor=None),
        ],
    )
    before = await costs_by_sku(shop)
    assert before == {("RED", "EUR"): 0, ("RED", "USD"): 499}
    content = await exported(shop, format)
    assert counts(await taken_in(shop, content, is_dry_run=True)) == (0, 0, 1, 0)
    assert counts(await taken_in(shop, content)) == (0, 0, 1, 0)
    assert await costs_by_sku(shop) == before

    def without_times(exported: bytes) -> list[bytes]:
        return [line for line in exported.splitlines() if b"exported_at" not in line]

    assert without_times(await exported(shop, format)) == without_times(content)
    # What was changed since is as the file says again.
    await pricing.set_costs(shop, [SetCost(variant_id=red, amount_minor=77)])
    assert counts(await taken_in(shop, content)) == (0, 1, 0, 0)
    assert await costs_by_sku(shop) == before


async def test_an_export_goes_into_another_shop_whole(shop: Context, other_shop: Context) -> None:
    await taken_in(shop, cups())
    content = await exported(shop, "csv")
    (row, *_) = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    assert row["cost.EUR"] == "4.50"
    await taken_in(other_shop, content)
    assert await costs_by_sku(other_shop) == await costs_by_sku(shop)


async def test_a_table_written_by_hand_names_the_cost_and_its_currency(shop: Context) -> None:
    rows = "handle,title,sku,price,cost\ncup,Cup,CUP,10.00,4.25\njug,Jug,JUG,20.00,\n"
    run = await taken_in(shop, rows.encode())
    assert (run.format, counts(run)) == ("galleria_csv", (2, 0, 0, 0))
    assert await costs_by_sku(shop) == {("CUP", "EUR"): 425}
    await taken_in(shop, rows.replace(",cost", ",cost.EUR").replace("4.25", "3.99").encode())
    assert await costs_by_sku(shop) == {("CUP", "EUR"): 399}
    bad = await taken_in(shop, rows.replace("4.25", "much").encode())
    assert [each[1:] for each in await told(shop, bad)] == [("invalid_price", True)]


async def test_shopifys_cost_per_item_comes_along(shop: Context) -> None:
    header = "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price,Cost per item\n"
    rows = "cup,Cup,Title,Default Title,CUP,10.00,4.25\njug,Jug,Title,Default Title,JUG,20.00,\n"
    run = await taken_in(shop, (header + rows).encode())
    assert (run.format, counts(run)) == ("shopify_csv", (2, 0, 0, 0))
    assert await costs_by_sku(shop) == {("CUP", "EUR"): 425}
    bad = await taken_in(shop, (header + rows.replace("4.25", "-1")).encode())
    (problem,) = (await imports.list_problems(shop, bad.run_id)).items
    assert (problem.code, problem.column) == ("invalid_price", "Cost per item")


async def test_an_import_that_keeps_prices_keeps_costs_of_what_there_is(shop: Context) -> None:
    await taken_in(shop, cups())
    await taken_in(shop, cups(cost_minor=1), keeps=["prices"])
    assert await costs_by_sku(shop) == {("RED", "EUR"): 450, ("BLUE", "EUR"): 400}


async def test_an_undone_import_leaves_costs_as_they_were(shop: Context) -> None:
    await taken_in(shop, cups())
    run = await taken_in(
        shop,
        cups(
            cost_minor=99,
            variants=[
                {"sku": "RED", "option_values": ["Red"], "cost_minor": 100},
                {"sku": "BLUE", "option_values": ["Blue"]},
            ],
        ),
    )
    (cup,) = (await products_of(shop)).values()
    await pricing.set_costs(shop, [SetCost(variant_id=cup.variants[1].variant_id, amount_minor=5)])
    run = await undone(shop, run)
    assert await costs_by_sku(shop) == {("RED", "EUR"): 450, ("BLUE", "EUR"): 5}
    (stayed,) = await remarks_of(shop, run)
    assert (stayed.path, stayed.code) == ("variants[BLUE] cost EUR", "cost_changed_since")


async def test_variants_that_an_import_removed_come_back_with_their_costs(shop: Context) -> None:
    await taken_in(shop, cups())
    run = await taken_in(
        shop, cups(variants=[{"sku": "RED", "option_values": ["Red"], "cost_minor": 450}])
    )
    assert await costs_by_sku(shop) == {("RED", "EUR"): 450}
    await undone(shop, run)
    assert await costs_by_sku(shop) == {("RED", "EUR"): 450, ("BLUE", "EUR"): 400}
