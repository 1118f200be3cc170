"""The list of products: found, sorted, looked at as one likes, and changed many at a time."""

from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency

from galleria.commerce import catalog, workbench
from galleria.commerce.catalog import StatusChange
from galleria.engines.context import Context
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import UNDO, Notice, Status, Undo, read_undo
from galleria.faces.backoffice.pages.products import grid
from galleria.faces.backoffice.pages.products.grid import PAGE
from galleria.faces.backoffice.pages.products.places import (
    categories_to_choose,
    collections_to_look_in,
)
from galleria.faces.backoffice.shell import own_path
from galleria.faces.backoffice.visits import Desk
from galleria.foundation.pagination import InvalidCursor

# What a button does, and how the notice about it is called.
ACTIONS: dict[str, tuple[Status, str]] = {
    "publish": ("active", "published"),
    "unpublish": ("draft", "unpublished"),
    "archive": ("archived", "archived"),
}


@get("/s/{slug:str}/products", scope="products:read")
async def show_products(desk: NamedDependency[Desk]) -> Response[bytes]:
    """Products, fifty to a page."""
    choices = grid.read_choices(desk)
    views = await workbench.list_views(desk.ctx)
    first = next((each for each in views if each.is_default and _is_mine(desk, each)), None)
    if first is not None and not desk.request.query_params:
        return desk.go(f"{desk.at('/products')}?{first.question}&view={first.view_id}")
    try:
        found = await grid.find(desk, choices)
    except InvalidCursor:
        return desk.go(choices.address(desk.at("/products")))
    chosen = [category] if (category := grid.id_of(choices.category)) else []
    categories = await categories_to_choose(desk.ctx, chosen)
    undo = read_undo(desk.shell.cookies, desk.request)
    return desk.show(
        "products/list.html",
        found=found,
        choices=choices,
        columns=choices.columns,
        all_columns=grid.COLUMNS,
        views=views,
        my_views=[each for each in views if _is_mine(desk, each)],
        view=next((each for each in views if str(each.view_id) == choices.view), None),
        categories=categories,
        lying=await workbench.count_by_category(desk.ctx, [c.category_id for c in categories]),
        collections=await collections_to_look_in(desk.ctx),
        is_filled=not found.is_by_bench or await workbench.is_filled(desk.ctx),
        counts=await catalog.count_products(desk.ctx),
        is_first=not (desk.question("cursor", 4_000) or desk.question("turn", 4_000)),
        selects_all=desk.question("select") == "all",
        can_undo=undo is not None and undo.tenant_id == desk.shop.tenant_id,
        amount_text=forms.amount_text,
    )


def _is_mine(desk: Desk, view: workbench.SavedView) -> bool:
    return view.owner == f"person:{desk.session.person_id}"


@post("/s/{slug:str}/products/bulk", scope="products:write")
async def change_many(desk: NamedDependency[Desk]) -> Response[bytes]:
    """All chosen products have a new status, and it can be taken back for a while."""
    back = own_path(desk.form.values.get("back", desk.at("/products")))
    ids = forms.chosen_ids(desk.form.many.get("product_id", []))
    action = ACTIONS.get(desk.form.values.get("action", ""))
    if action is None:
        raise forms.refused("action", "unknown_value")
    if not ids:
        return desk.go(back, Notice("nothing_chosen"))
    status, key = action
    undo, outcome = await _set_status(desk.ctx, ids, status)
    changed = sum(1 for each in outcome if each.outcome == "changed")
    refused = sum(1 for each in outcome if each.outcome == "refused")
    notice = Notice(key, count=changed, refused=refused, can_undo=changed > 0)
    return desk.go(back, notice, undo=undo if changed else None)


async def _set_status(
    ctx: Context, ids: list[UUID], status: Status
) -> tuple[Undo, list[StatusChange]]:
    """The change, and what would take it back: both seen in one transaction."""
    async with ctx.transaction() as tx:
        before = {p.product_id: p.status for p in await catalog.products_for_listing(tx, ids)}
        outcome = await catalog.bulk_set_status(ctx, ids, status)
    undone: dict[Status, list[UUID]] = {}
    for each in outcome:
        if each.outcome == "changed":
            undone.setdefault(before[each.product_id], []).append(each.product_id)
    return Undo(ctx.tenant.tenant_id, undone), outcome


@post("/s/{slug:str}/products/undo", scope="products:write")
async def undo_change(desk: NamedDependency[Desk]) -> Response[bytes]:
    """The products have the status again that they had before the last change of many."""
    back = own_path(desk.form.values.get("back", desk.at("/products")))
    undo = read_undo(desk.shell.cookies, desk.request)
    if undo is None or undo.tenant_id != desk.shop.tenant_id:
        return desk.go(back, Notice("nothing_to_undo"))
    count = 0
    async with desk.ctx.transaction():
        for status, ids in undo.before.items():
            if status == "active":
                # What is archived goes on sale by way of being a draft.
                await catalog.bulk_set_status(desk.ctx, ids[:PAGE], "draft")
            outcome = await catalog.bulk_set_status(desk.ctx, ids[:PAGE], status)
            count += sum(1 for each in outcome if each.outcome == "changed")
    response = desk.go(back, Notice("undone", count=count))
    response.cookies = [*response.cookies, desk.shell.cookies.forget(UNDO)]
    return response


ROUTES = [show_products, change_many, undo_change]
