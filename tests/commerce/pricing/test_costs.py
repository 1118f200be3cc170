"""What variants cost the merchant: said, merged, taken back, and told to no shopper."""

import asyncio
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria.commerce import catalog, pricing
from galleria.commerce.pricing import CostRow, InvalidPrice, SetCost
from galleria.commerce.pricing.jobs import forget_old_rows
from galleria.commerce.pricing.model.costs import check_cost, margin_of
from galleria.commerce.pricing.room import ROOM
from galleria.engines.context import Context
from galleria.foundation.ids import new_id
from galleria.foundation.pagination import InvalidCursor
from galleria.platform import audit
from tests.commerce.catalog.wares import simple
from tests.commerce.pricing.tags import later
from tests.commerce.selling import mug, open_shop, put_on_sale
from tests.platform.conftest import acting_with, client_of


async def merge(ctx: Context, *rows: CostRow, **more: Any) -> pricing.CostsMerged:
    async with ctx.transaction() as tx:
        return await pricing.merge_costs(tx, rows, **more)


async def costs(ctx: Context, *variant_ids: UUID) -> dict[tuple[UUID, str], int]:
    found = await pricing.costs_of(ctx, variant_ids)
    return {key: each.amount_minor for key, each in found.items()}


async def announced(ctx: Context) -> list[list[UUID]]:
    rows = await ctx.read(
        "SELECT payload FROM event_log.outbox WHERE tenant_id = $1"
        " AND tag = 'pricing.costs_changed.v1' ORDER BY sequence"
    )
    return [[UUID(each) for each in msgspec.json.decode(r["payload"])["variant_ids"]] for r in rows]


async def undone(ctx: Context, work_id: UUID) -> list[pricing.CostsUndone]:
    """What each step took back."""
    steps: list[pricing.CostsUndone] = []
    while True:
        async with ctx.transaction() as tx:
            step = await pricing.undo_merged_costs(tx, work_id, 2)
        if step is None:
            return steps
        steps.append(step)


@given(st.one_of(st.none(), st.integers(-10, 2**60)), st.text(max_size=4))
def test_a_cost_is_an_amount_in_a_currency_or_unknown(amount: int | None, code: str) -> None:
    is_sound = (
        (amount is None or 0 <= amount < 2**53)
        and len(code) == 3
        and all("A" <= letter <= "Z" for letter in code)
    )
    assert (check_cost(CostRow(new_id(), code, amount)) is None) == is_sound


def test_the_margin_is_what_is_left_of_the_price() -> None:
    told = [margin_of(*each) for each in ((1000, 400), (1000, 0), (1000, 1500), (1000, None))]
    assert told == [0.6, 1.0, -0.5, None]
    assert margin_of(0, 0) is None, "of nothing there is no share"


async def test_costs_are_merged_in_sets_and_only_what_differs_is_written(
    ctx: Context, another_ctx: Context
) -> None:
    first, second = sorted([new_id(), new_id()])
    done = await merge(
        ctx, CostRow(first, "EUR", 1), CostRow(first, "EUR", 400), CostRow(second, "USD", 0)
    )
    assert (done.changed, done.refused) == ([first, second], [])
    again = await merge(ctx, CostRow(first, "EUR", 400), CostRow(second, "USD", 0))
    assert (again.changed, again.unchanged_count) == ([], 2)
    assert await costs(ctx, first, second) == {(first, "EUR"): 400, (second, "USD"): 0}
    assert await costs(another_ctx, first, second) == {}
    mixed = await merge(
        ctx, CostRow(first, "EUR", -1), CostRow(second, "euro", 1), CostRow(second, "USD", None)
    )
    assert [each.index for each in mixed.refused] == [0, 1]
    assert mixed.changed == [second]
    assert await costs(ctx, first, second) == {(first, "EUR"): 400}
    assert await announced(ctx) == [[first, second], [second]]


async def test_an_event_names_five_hundred_and_none_that_are_made_here(ctx: Context) -> None:
    ids = [new_id() for _ in range(1_200)]
    made = set(ids[:100])
    await merge(ctx, *(CostRow(each, "EUR", 5) for each in ids), made_here=made)
    told = await announced(ctx)
    assert [len(each) for each in told] == [500, 500, 100]
    assert made.isdisjoint(each for part in told for each in part)


async def test_many_who_merge_at_once_wait_for_each_other_in_no_circle(ctx: Context) -> None:
    ids = [new_id() for _ in range(40)]

    async def one(number: int) -> None:
        turned = ids[number:] + ids[:number]
        await merge(ctx, *(CostRow(each, "EUR", number) for each in turned))

    await asyncio.gather(*(one(number) for number in range(12)))
    assert len(set((await costs(ctx, *ids)).values())) == 1


async def test_people_set_costs_of_what_there_is_all_or_none(house_ctx: Context) -> None:
    _, shop = await open_shop(house_ctx)
    (made,) = await put_on_sale(shop, mug())
    blue, white = made.variant_ids
    done = await pricing.set_costs(
        shop,
        [SetCost(variant_id=blue, amount_minor=900), SetCost(variant_id=white, amount_minor=0)],
    )
    assert done.changed == sorted(made.variant_ids)
    newest, *_ = (await audit.list_entries(shop)).items
    assert newest.action == "prices.costs_set"
    with pytest.raises(InvalidPrice) as refused:
        await pricing.set_costs(
            shop,
            [
                SetCost(variant_id=blue, amount_minor=1),
                SetCost(variant_id=white, amount_minor=1, currency="JPY"),
            ],
        )
    assert [(e.path, e.code) for e in refused.value.errors] == [
        ("costs[1].currency", "not_sold_in")
    ]
    with pytest.raises(InvalidPrice) as refused:
        await pricing.set_costs(shop, [SetCost(variant_id=blue, amount_minor=-1)])
    assert [e.path for e in refused.value.errors] == ["costs[0].amount_minor"]
    with pytest.raises(catalog.VariantNotFound):
        await pricing.set_costs(shop, [SetCost(variant_id=new_id(), amount_minor=1)])
    assert await costs(shop, blue, white) == {(blue, "EUR"): 900, (white, "EUR"): 0}
    await pricing.set_costs(shop, [SetCost(variant_id=blue, amount_minor=None)])
    assert await costs(shop, blue, white) == {(white, "EUR"): 0}


async def test_costs_go_over_the_wire_to_who_may_see_prices(house_ctx: Context) -> None:
    _, shop = await open_shop(house_ctx)
    (made,) = await put_on_sale(shop, mug())
    blue, white = map(str, made.variant_ids)
    body = {"costs": [{"variant_id": blue, "amount_minor": 900}]}
    writer = acting_with(shop, "prices:read", "prices:write")
    async with client_of(ROOM.routes, writer) as client:
        done = await client.put("/admin/v1/prices/costs", json=body)
        assert (done.status_code, done.json()["changed"]) == (200, [blue]), done.text
        again = await client.put("/admin/v1/prices/costs", json=body)
        assert again.json() == {"changed": [], "unchanged_count": 1, "refused": []}
        both = {"costs": [{"variant_id": white, "amount_minor": 1, "currency": "EUR"}]}
        await client.put("/admin/v1/prices/costs", json=both)
        page = (await client.get("/admin/v1/prices/costs", params={"limit": 1})).json()
        assert [each["variant_id"] for each in page["items"]] == [min(blue, white)]
        query = {"cursor": page["next_cursor"]}
        last = (await client.get("/admin/v1/prices/costs", params=query)).json()
        assert [each["variant_id"] for each in last["items"]] == [max(blue, white)]
        one = await client.get("/admin/v1/prices/costs", params={"filter[variant_id]": blue})
        (cost,) = one.json()["items"]
        assert (cost["amount_minor"], cost["currency"]) == (900, "EUR")
        wrongs: list[Any] = [
            {"costs": []},
            {"costs": [{"variant_id": blue}]},
            {"costs": [{"variant_id": blue, "amount_minor": -1}]},
            {"costs": [{"variant_id": blue, "amount_minor": 1, "price": 2}]},
            {"costs": [{"variant_id": blue, "amount_minor": 1}] * 501},
        ]
        for wrong in wrongs:
            answer = await client.put("/admin/v1/prices/costs", json=wrong)
            assert answer.status_code == 422, answer.text
    async with client_of(ROOM.routes, acting_with(shop, "prices:read")) as client:
        assert (await client.put("/admin/v1/prices/costs", json=body)).status_code == 403
    async with client_of(ROOM.routes, acting_with(shop, "products:read")) as client:
        assert (await client.get("/admin/v1/prices/costs")).status_code == 403
    with pytest.raises(InvalidCursor):
        await pricing.list_costs(shop, cursor="made up")


async def test_removed_variants_have_no_cost(ctx: Context, drain: Any) -> None:
    tree = await catalog.create_product(ctx, simple("mug"))
    variant_id = tree.variants[0].variant_id
    await merge(ctx, CostRow(variant_id, "EUR", 100))
    await catalog.delete_product(ctx, tree.product_id)
    await drain(*ROOM.subscriptions)
    assert await costs(ctx, variant_id) == {}


async def test_what_a_merge_did_is_taken_back_where_nobody_changed_it_since(ctx: Context) -> None:
    was, fresh, edited, gone, new = sorted(new_id() for _ in range(5))
    await merge(ctx, CostRow(was, "EUR", 1), CostRow(edited, "EUR", 2), CostRow(gone, "EUR", 3))
    work_id = new_id()
    for amount in (10, 20):
        rows = [CostRow(each, "EUR", amount) for each in (was, fresh, edited, new)]
        await merge(ctx, *rows, CostRow(gone, "EUR", None), work_id=work_id, made_here={new})
    await merge(ctx, CostRow(edited, "EUR", 99))
    steps = await undone(ctx, work_id)
    assert sum(each.reverted_count for each in steps) == 2
    assert [key.variant_id for each in steps for key in each.kept] == [edited]
    # `gone` is no variant of the catalog, so nothing says that it came back.
    assert await costs(ctx, was, fresh, edited, gone, new) == {
        (was, "EUR"): 1,
        (edited, "EUR"): 99,
        (new, "EUR"): 20,
    }
    assert await undone(ctx, work_id) == []


async def test_variants_that_a_work_took_away_come_back_with_their_costs(ctx: Context) -> None:
    tree = await catalog.create_product(ctx, simple("mug"))
    variant_id, work_id = tree.variants[0].variant_id, new_id()
    await merge(ctx, CostRow(variant_id, "EUR", 100))
    async with ctx.transaction() as tx:
        await pricing.take_away_prices(tx, [variant_id], work_id)
    assert await costs(ctx, variant_id) == {}
    await undone(ctx, work_id)
    assert await costs(ctx, variant_id) == {(variant_id, "EUR"): 100}


async def test_what_was_merged_long_ago_cannot_be_taken_back(ctx: Context) -> None:
    variant_id, work_id = new_id(), new_id()
    await merge(ctx, CostRow(variant_id, "EUR", 100), work_id=work_id)
    await forget_old_rows(later(ctx, days=100))
    assert await undone(ctx, work_id) == []
    assert await costs(ctx, variant_id) == {(variant_id, "EUR"): 100}
