"""Many products changed at once, and taken back."""

from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest

from galleria.commerce import catalog, pricing, workbench
from galleria.commerce.catalog import Labels, ProductDraft
from galleria.commerce.pricing import PriceFormula
from galleria.commerce.pricing.model.formulas import ChangeByPercent
from galleria.commerce.workbench import (
    ActNotUndoable,
    Delete,
    InvalidAct,
    NewAct,
    Relabel,
    Reprice,
    Selection,
    SetStatus,
    Wanted,
)
from galleria.commerce.workbench.room import ROOM
from galleria.engines.context import Context
from galleria.platform import tenants
from tests.commerce.selling import mug, open_shop, put_on_sale

Drain = Callable[..., Awaitable[int]]


async def prints(ctx: Context, drain: Drain, count: int = 7) -> tuple[Context, list[UUID]]:
    """A shop with so many drafts, every other of them tagged."""
    _, shop = await open_shop(ctx)
    async with shop.transaction() as tx:
        made = await catalog.merge_products(
            tx,
            [
                ProductDraft(handle=f"p-{n}", title=f"Print {n}", tags=["odd"] * (n % 2))
                for n in range(count)
            ],
        )
    await drain(*ROOM.subscriptions)
    return shop, [each.product_id for each in made if each.product_id is not None]


async def test_all_that_fit_are_put_on_sale_and_taken_back(
    house_ctx: Context, drain: Drain
) -> None:
    shop, ids = await prints(house_ctx, drain)
    wanted = NewAct(
        change=SetStatus(status="archived"), selection=Selection(wanted=Wanted(tag="odd"))
    )
    act = await workbench.start_act(shop, wanted)
    assert (act.state, act.at_most) == ("waiting", 3)
    act = await workbench.run_act(shop, act.act_id)
    assert (act.state, act.looked_at_count, act.changed_count) == ("done", 3, 3)
    assert (await catalog.count_products(shop))["archived"] == 3

    # One that somebody changed since stays as it is.
    await catalog.unpublish_product(shop, ids[1])
    await catalog.publish_product(shop, ids[1])
    assert (await workbench.undo_act(shop, act.act_id)).state == "undoing"
    act = await workbench.run_act(shop, act.act_id)
    assert (act.state, act.undone_count) == ("undone", 2)
    assert await catalog.count_products(shop) == {"draft": 6, "active": 1, "archived": 0}
    assert (await workbench.undo_act(shop, act.act_id)).state == "undone", "safe to repeat"


async def test_tags_and_categories_come_and_go_and_only_what_changed_is_taken_back(
    house_ctx: Context, drain: Drain
) -> None:
    shop, ids = await prints(house_ctx, drain, 3)
    walls = await catalog.create_category(shop, catalog.NewCategory(name="Walls"))
    labels = Labels(
        add_tags=("odd", "new"), remove_tags=("none",), add_category_ids=(walls.category_id,)
    )
    act = await workbench.start_act(
        shop, NewAct(change=Relabel(labels=labels), selection=Selection(product_ids=tuple(ids)))
    )
    act = await workbench.run_act(shop, act.act_id)
    assert (act.changed_count, act.refused_count) == (3, 0)
    trees = {each: await catalog.get_product(shop, each) for each in ids}
    assert [trees[each].tags for each in ids] == [["odd", "new"]] * 3
    assert all(each.categories for each in trees.values())
    versions = await catalog.list_versions(shop, ids[0])
    assert versions.items[0].version == trees[ids[0]].version, "the history tells of it"

    await workbench.undo_act(shop, act.act_id)
    await workbench.run_act(shop, act.act_id)
    trees = {each: await catalog.get_product(shop, each) for each in ids}
    assert [trees[each].tags for each in ids] == [[], ["odd"], []]
    assert not any(each.categories for each in trees.values())


async def test_prices_go_through_a_formula_that_was_looked_at_before(
    house_ctx: Context, drain: Drain
) -> None:
    _, shop = await open_shop(house_ctx)
    (made,) = await put_on_sale(shop, mug())
    await drain(*ROOM.subscriptions)
    formula = PriceFormula(steps=[ChangeByPercent(percent="10")])
    wanted = NewAct(
        change=Reprice(formula=formula), selection=Selection(wanted=Wanted(words="mug"))
    )
    preview = await workbench.preview_prices(shop, wanted)
    assert {each.amount_before: each.amount_after for each in preview.rows} == {
        2400: 2640,
        2600: 2860,
    }
    act = await workbench.run_act(shop, (await workbench.start_act(shop, wanted)).act_id)
    assert act.changed_count == 1
    (edit,) = (await pricing.list_edits(shop)).items
    await pricing.run_edit(shop, edit.edit_id)
    channel = await tenants.channel_of(shop)
    prices = await pricing.prices_of(shop, made.variant_ids, channel.channel_id, "EUR")
    assert sorted(each.amount_minor for each in prices.values()) == [2640, 2860]

    await workbench.undo_act(shop, act.act_id)
    await workbench.run_act(shop, act.act_id)
    await pricing.run_edit(shop, edit.edit_id)
    prices = await pricing.prices_of(shop, made.variant_ids, channel.channel_id, "EUR")
    assert sorted(each.amount_minor for each in prices.values()) == [2400, 2600]


async def test_deleted_products_are_gone_for_good(house_ctx: Context, drain: Drain) -> None:
    shop, ids = await prints(house_ctx, drain, 45)
    act = await workbench.start_act(
        shop, NewAct(change=Delete(), selection=Selection(wanted=Wanted()))
    )
    act = await workbench.run_act(shop, act.act_id)
    assert act.changed_count == len(ids)
    assert sum((await catalog.count_products(shop)).values()) == 0
    with pytest.raises(ActNotUndoable):
        await workbench.undo_act(shop, act.act_id)


async def test_an_act_that_names_nothing_or_changes_nothing_is_refused(
    house_ctx: Context, drain: Drain
) -> None:
    shop, ids = await prints(house_ctx, drain, 1)
    for wanted in (
        NewAct(change=Delete(), selection=Selection()),
        NewAct(change=Delete(), selection=Selection(product_ids=(ids[0],), wanted=Wanted())),
        NewAct(change=Relabel(labels=Labels()), selection=Selection(product_ids=(ids[0],))),
    ):
        with pytest.raises(InvalidAct):
            await workbench.start_act(shop, wanted)
    assert await workbench.list_acts(shop) == []
