"""The list of products: found, sorted, and changed many at a time."""

from typing import Literal, TypeAlias
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency

from galleria.commerce import catalog
from galleria.commerce.catalog import ProductFilter, StatusChange
from galleria.engines.context import Context
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import UNDO, Notice, Status, Undo, read_undo
from galleria.faces.backoffice.pages.products.places import categories_to_choose
from galleria.faces.backoffice.shell import own_path
from galleria.faces.backoffice.visits import Desk
from galleria.foundation.pagination import InvalidCursor

PAGE = 50
STATUSES: tuple[Status, ...] = ("active", "draft", "archived")
Sort: TypeAlias = Literal["-created", "created", "title", "-title"]
SORTS: tuple[Sort, ...] = ("-created", "created", "title", "-title")
# What a button does, and how the notice about it is called.
ACTIONS: dict[str, tuple[Status, str]] = {
    "publish": ("active", "published"),
    "unpublish": ("draft", "unpublished"),
    "archive": ("archived", "archived"),
}


class Choices(msgspec.Struct, frozen=True):
    """What the list is narrowed to, as it stands in the address."""

    q: str = ""
    status: str = ""
    category: str = ""
    brand: str = ""
    sort: str = SORTS[0]

    def address(self, path: str, **changes: str) -> str:
        """The list with changes; what says nothing is left out."""
        fields = {**msgspec.structs.asdict(self), **changes}
        fields = {name: text for name, text in fields.items() if text and text != SORTS[0]}
        return f"{path}?{urlencode(fields)}" if fields else path

    @property
    def has_any(self) -> bool:
        """Something narrows the list."""
        return bool(self.q or self.status or self.category or self.brand)

    def filter(self) -> ProductFilter:
        """The same for the catalog; an id that is none finds nothing."""
        return ProductFilter(
            status=self.status if self.status in STATUSES else None,
            query=self.q or None,
            category_id=_id(self.category),
            brand=self.brand or None,
        )


def _id(text: str) -> UUID | None:
    """An id from an address; one that is none is nobody's."""
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


@get("/s/{slug:str}/products", scope="products:read")
async def show_products(desk: NamedDependency[Desk]) -> Response[bytes]:
    """Products, fifty to a page."""
    asked = {name: desk.question(name) for name in Choices.__struct_fields__}
    choices = Choices(**{name: text for name, text in asked.items() if text})
    sort: Sort = choices.sort if choices.sort in SORTS else SORTS[0]
    cursor = desk.question("cursor", 4_000) or None
    try:
        page = await catalog.list_products(desk.ctx, choices.filter(), sort, cursor, PAGE)
    except InvalidCursor:
        return desk.go(choices.address(desk.at("/products")))
    chosen = [category] if (category := _id(choices.category)) else []
    undo = read_undo(desk.shell.cookies, desk.request)
    return desk.show(
        "products/list.html",
        page=page,
        choices=choices,
        categories=await categories_to_choose(desk.ctx, chosen),
        counts=await catalog.count_products(desk.ctx),
        is_first=cursor is None,
        selects_all=desk.question("select") == "all",
        can_undo=undo is not None and undo.tenant_id == desk.shop.tenant_id,
    )


@post("/s/{slug:str}/products/bulk", scope="products:write")
async def change_many(desk: NamedDependency[Desk]) -> Response[bytes]:
    """All chosen products have a new status, and it can be taken back for a while."""
    back = own_path(desk.form.values.get("back", desk.at("/products")))
    ids = chosen_ids(desk.form.many.get("product_id", []))
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


def chosen_ids(texts: list[str]) -> list[UUID]:
    """The ids ticked on a page; what is none is left out."""
    ids = []
    for text in texts[:PAGE]:
        try:
            ids.append(UUID(text))
        except ValueError:
            continue
    return ids


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
