"""Price lists: for whom, where and when they count, and before which others."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.commerce import customers, pricing
from galleria.commerce.customers import CustomerGroup
from galleria.commerce.pricing import NewPriceList, PriceList, PriceListChanged, PriceListChanges
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.pages.attributes.fields import refuse
from galleria.faces.backoffice.pages.prices import entries
from galleria.faces.backoffice.pages.products.editing import expected_version
from galleria.faces.backoffice.shell import own_path
from galleria.faces.backoffice.visits import Desk
from galleria.faces.stationery import Form
from galleria.foundation.errors import GalleriaError
from galleria.foundation.pagination import InvalidCursor
from galleria.foundation.text import slugify
from galleria.platform import tenants
from galleria.platform.tenants import Channel

PAGE = 50
PLACE = "/prices/lists"
WINDOW = ("valid_from", "valid_until")


class Around(msgspec.Struct, frozen=True):
    """What lists are for: the shop's channels and customer groups."""

    channels: list[Channel]
    groups: list[CustomerGroup]

    def channel_name(self, channel_id: UUID | None) -> str:
        """The channel's name, empty for all of them."""
        return next((each.name for each in self.channels if each.channel_id == channel_id), "")

    def group_name(self, group_id: UUID | None) -> str:
        """The group's name, empty for everybody."""
        found = (each.name for each in self.groups if each.customer_group_id == group_id)
        return next(found, "")


async def around(desk: Desk) -> Around:
    """The channels and groups of the shop."""
    return Around(await tenants.list_channels(desk.ctx), await customers.list_groups(desk.ctx))


def standing(price_list: PriceList, now: datetime) -> str:
    """Whether the list counts at present: `off`, `ahead`, `over` or `counts`."""
    if not price_list.is_active:
        return "off"
    if price_list.valid_from is not None and now < price_list.valid_from:
        return "ahead"
    is_over = price_list.valid_until is not None and price_list.valid_until <= now
    return "over" if is_over else "counts"


@get("/s/{slug:str}/prices/lists", scope="prices:read")
async def show_lists(desk: NamedDependency[Desk]) -> Response[bytes]:
    """Price lists, fifty to a page."""
    cursor = desk.question("cursor", 4_000) or None
    try:
        page = await pricing.list_price_lists(desk.ctx, cursor, PAGE)
    except InvalidCursor:
        return desk.go(desk.at(PLACE))
    return desk.show(
        "prices/lists.html",
        section="lists",
        page=page,
        around=await around(desk),
        standing=standing,
        is_first=cursor is None,
    )


@get("/s/{slug:str}/prices/lists/new", scope="prices:write")
async def show_new(desk: NamedDependency[Desk]) -> Response[bytes]:
    """The form for a new list."""
    return await _show_new(desk, forms.empty(kind="sale", priority="0", is_active="true"))


async def _show_new(desk: Desk, form: Form[Any], status: int = 200) -> Response[bytes]:
    return desk.show("prices/new_list.html", status, form=form, around=await around(desk))


@post("/s/{slug:str}/prices/lists/new", scope="prices:write")
async def create_list(desk: NamedDependency[Desk]) -> Response[bytes]:
    """The list is there, without prices; its own page is where it gets them."""
    form = desk.form
    sent = {name: text.strip() for name, text in form.values.items()}
    try:
        given = {
            **_terms(form),
            "kind": sent.get("kind", ""),
            "channel": sent.get("channel") or None,
            "customer_group_id": sent.get("customer_group_id") or None,
            "currency": sent.get("currency", "").upper() or None,
            "includes_tax": {"yes": True, "no": False}.get(sent.get("includes_tax", "")),
        }
        given["code"] = given["code"] or slugify(given["name"])
        wanted = forms.convert(form, given, NewPriceList)
        if wanted is None:
            return await _show_new(desk, form, 422)
        made = await pricing.create_list(desk.ctx, wanted)
    except GalleriaError as error:
        refuse(form, error, "code")
        return await _show_new(desk, form, error.status)
    place = desk.at(f"{PLACE}/{made.price_list_id}")
    return desk.go(place, Notice("saved", name=made.name[:80]))


def _terms(form: Form[Any]) -> dict[str, Any]:
    """What of a list can be changed later, as typed.

    Raises:
        InvalidInput: a number or a time that is none.
    """
    sent = {name: text.strip() for name, text in form.values.items()}
    terms: dict[str, Any] = {name: _moment(sent.get(name, ""), name) for name in WINDOW}
    terms["name"], terms["code"] = sent.get("name", ""), sent.get("code", "")
    terms["priority"] = forms.read_whole(sent.get("priority", ""), "priority", -1_000, 1_000) or 0
    terms["is_active"] = sent.get("is_active") == "true"
    return terms


def _moment(text: str, name: str) -> datetime | None:
    """A time as the form has it, in UTC.

    Raises:
        InvalidInput: it is none; the error names the field `name`.
    """
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        raise forms.refused(name, "invalid_format") from None


@get("/s/{slug:str}/prices/lists/{price_list_id:int}", scope="prices:read")
async def show_list(desk: NamedDependency[Desk], price_list_id: FromPath[int]) -> Response[bytes]:
    """The list with a page of its prices."""
    found = await pricing.get_list(desk.ctx, entries.list_number(price_list_id))
    return await show(desk, found, _form_of(found))


def _form_of(found: PriceList) -> Form[Any]:
    """The list's terms as a form nobody has touched."""
    form = forms.empty(
        version=str(found.version),
        name=found.name,
        code=found.code,
        priority=str(found.priority),
    )
    if found.is_active:
        form.values["is_active"] = "true"
    for name in WINDOW:
        moment = getattr(found, name)
        form.values[name] = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M") if moment else ""
    return form


async def show(
    desk: Desk,
    found: PriceList,
    form: Form[Any],
    status: int = 200,
    sheet: Form[Any] | None = None,
) -> Response[bytes]:
    """The page of a list: `form` has its terms, `sheet` its prices as somebody typed them."""
    goods = await entries.goods_of(desk, found)
    return desk.show(
        "prices/list.html",
        status,
        found=found,
        form=form,
        sheet=sheet or entries.form_of(goods, found.currency),
        those=goods,
        around=await around(desk),
        standing=standing(found, desk.ctx.now),
        entry_path=entries.path_of,
        new_path=entries.new_path_of,
        here=desk.here(),
    )


@post("/s/{slug:str}/prices/lists/{price_list_id:int}", scope="prices:write")
async def save_list(desk: NamedDependency[Desk], price_list_id: FromPath[int]) -> Response[bytes]:
    """The list's terms are as the form has them, unless somebody else was quicker."""
    number = entries.list_number(price_list_id)
    before = await pricing.get_list(desk.ctx, number)
    form = desk.form
    try:
        terms = _terms(form)
        if before.kind == "base":
            terms = {"name": terms["name"]}
        changes = forms.convert(form, terms, PriceListChanges)
        if changes is None:
            return await show(desk, before, form, 422)
        saved = await pricing.update_list(desk.ctx, number, changes, expected_version(form))
    except PriceListChanged as error:
        theirs = await pricing.get_list(desk.ctx, number)
        form.values["version"] = str(theirs.version)
        forms.refuse(form, error)
        return await show(desk, theirs, form, error.status)
    except GalleriaError as error:
        refuse(form, error, "code")
        return await show(desk, before, form, error.status)
    return desk.go(desk.at(f"{PLACE}/{number}"), Notice("saved", name=saved.name[:80]))


@post("/s/{slug:str}/prices/lists/{price_list_id:int}/prices", scope="prices:write")
async def save_entries(
    desk: NamedDependency[Desk], price_list_id: FromPath[int]
) -> Response[bytes]:
    """The prices of the page are as typed; ticked ones are out of the list."""
    found = await pricing.get_list(desk.ctx, entries.list_number(price_list_id))
    sheet = desk.form
    try:
        changed, removed = await entries.save(desk, found)
    except GalleriaError as error:
        forms.refuse(sheet, error)
        return await show(desk, found, _form_of(found), error.status, sheet)
    key = "prices_removed" if removed and not changed else "prices_changed"
    back = own_path(sheet.values.get("back", "") or desk.at(f"{PLACE}/{found.price_list_id}"))
    return desk.go(back, Notice(key, count=changed or removed))


ROUTES = [show_lists, show_new, create_list, show_list, save_list, save_entries]
