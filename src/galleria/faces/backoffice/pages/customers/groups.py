"""Customer groups: made, named, filled and emptied; and the price lists that are for them."""

import re
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.commerce import customers, pricing
from galleria.commerce.customers import CustomerGroupChanges, NewCustomerGroup
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.shell import own_path
from galleria.faces.backoffice.visits import Desk
from galleria.faces.stationery import Form
from galleria.foundation.errors import FieldError, GalleriaError, InvalidInput
from galleria.foundation.pagination import InvalidCursor
from galleria.foundation.text import slugify

PAGE = 50
PLACE = "/customers/groups"
MOST_AT_ONCE = 500
_BETWEEN = re.compile(r"[\s,;<>]+")


@get("/s/{slug:str}/customers/groups", scope="customers:read")
async def show_groups(desk: NamedDependency[Desk]) -> Response[bytes]:
    """All groups by code."""
    return await _show_all(desk, forms.empty())


async def _show_all(desk: Desk, form: Form[Any], status: int = 200) -> Response[bytes]:
    return desk.show(
        "customers/groups.html",
        status,
        section="groups",
        form=form,
        groups=await customers.list_groups(desk.ctx),
    )


@post("/s/{slug:str}/customers/groups", scope="customers:write")
async def create_group(desk: NamedDependency[Desk]) -> Response[bytes]:
    """A new group with nobody in it."""
    form = desk.form
    name = form.values.get("name", "").strip()
    code = form.values.get("code", "").strip() or slugify(name)
    wanted = forms.convert(form, {"name": name, "code": code}, NewCustomerGroup)
    if wanted is None:
        return await _show_all(desk, form, 422)
    try:
        made = await customers.create_group(desk.ctx, wanted)
    except GalleriaError as error:
        forms.refuse(form, error)
        form.errors.setdefault("code", error.code)
        return await _show_all(desk, form, error.status)
    place = desk.at(f"{PLACE}/{made.customer_group_id}")
    return desk.go(place, Notice("saved", name=made.name[:80]))


@get("/s/{slug:str}/customers/groups/{group_id:uuid}", scope="customers:read")
async def show_group(desk: NamedDependency[Desk], group_id: FromPath[UUID]) -> Response[bytes]:
    """The group, who is in it, and the price lists that are for it."""
    group = await customers.get_group(desk.ctx, group_id)
    form = forms.empty(name=group.name, code=group.code, version=str(group.version))
    return await _show(desk, group_id, form)


async def _show(desk: Desk, group_id: UUID, form: Form[Any], status: int = 200) -> Response[bytes]:
    cursor = desk.question("cursor", 4_000) or None
    try:
        page = await customers.list_members(desk.ctx, group_id, cursor, PAGE)
    except InvalidCursor:
        return desk.go(desk.at(f"{PLACE}/{group_id}"))
    lists = None
    if desk.may("prices:read"):
        lists = await pricing.lists_of_group(desk.ctx, group_id)
    return desk.show(
        "customers/group.html",
        status,
        group=await customers.get_group(desk.ctx, group_id),
        form=form,
        page=page,
        lists=lists,
        selects_all=desk.question("select", 10) == "all",
        is_first=cursor is None,
    )


@post("/s/{slug:str}/customers/groups/{group_id:uuid}", scope="customers:write")
async def save_group(desk: NamedDependency[Desk], group_id: FromPath[UUID]) -> Response[bytes]:
    """The group's name and code."""
    form = desk.form
    fields = {name: form.values.get(name, "").strip() for name in ("name", "code")}
    changes = forms.convert(form, fields, CustomerGroupChanges)
    if changes is None:
        return await _show(desk, group_id, form, 422)
    try:
        version = forms.read_whole(form.values.get("version", ""), "version", most=2**62)
        await customers.update_group(desk.ctx, group_id, changes, version or None)
    except customers.GroupChanged as error:
        # Sent once more it replaces what the other person saved.
        form.values["version"] = str((await customers.get_group(desk.ctx, group_id)).version)
        forms.refuse(form, error)
        return await _show(desk, group_id, form, error.status)
    except GalleriaError as error:
        forms.refuse(form, error)
        form.errors.setdefault("code", error.code)
        return await _show(desk, group_id, form, error.status)
    return desk.go(desk.at(f"{PLACE}/{group_id}"), Notice("saved", name=fields["name"][:80]))


@post("/s/{slug:str}/customers/groups/{group_id:uuid}/remove", scope="customers:write")
async def remove_group(desk: NamedDependency[Desk], group_id: FromPath[UUID]) -> Response[bytes]:
    """The group is gone; what was for it alone is for nobody."""
    await customers.remove_group(desk.ctx, group_id)
    return desk.go(desk.at(PLACE), Notice("removed"))


@post("/s/{slug:str}/customers/groups/{group_id:uuid}/join", scope="customers:write")
async def add_members(desk: NamedDependency[Desk], group_id: FromPath[UUID]) -> Response[bytes]:
    """The customers with these e-mail addresses are in the group, all of them or none."""
    form = desk.form
    try:
        emails = [each for each in _BETWEEN.split(form.values.get("emails", "")) if "@" in each]
        if not emails or len(emails) > MOST_AT_ONCE:
            raise forms.refused("emails", "too_many" if emails else "required")
        found = await customers.customers_by_email(desk.ctx, emails)
        missing = [each for each in emails if each not in found]
        if missing:
            told = ", ".join(missing[:10])
            errors = [FieldError("emails", "no_such_customer", told)]
            form.values["missing"] = told
            raise InvalidInput(told, errors=errors)
        ids = list(dict.fromkeys(each.customer_id for each in found.values()))
        joined = await customers.add_members(desk.ctx, group_id, ids)
    except GalleriaError as error:
        group = await customers.get_group(desk.ctx, group_id)
        form.values |= {"name": group.name, "code": group.code, "version": str(group.version)}
        forms.refuse(form, error)
        form.errors.setdefault("emails", error.code)
        return await _show(desk, group_id, form, error.status)
    return desk.go(desk.at(f"{PLACE}/{group_id}"), Notice("group_joined", count=len(joined)))


def _chosen(form: Form[Any]) -> list[UUID]:
    ids = [forms.read_id(each) for each in form.many.get("customer_id", [])[:MOST_AT_ONCE]]
    return [each for each in ids if each is not None]


@post("/s/{slug:str}/customers/groups/{group_id:uuid}/leave", scope="customers:write")
async def remove_members(desk: NamedDependency[Desk], group_id: FromPath[UUID]) -> Response[bytes]:
    """The ticked customers are in the group no more."""
    place, chosen = desk.at(f"{PLACE}/{group_id}"), _chosen(desk.form)
    if not chosen:
        return desk.go(place, Notice("no_customer_chosen"))
    left = await customers.remove_members(desk.ctx, group_id, chosen)
    return desk.go(place, Notice("group_left", count=len(left)))


@post("/s/{slug:str}/customers/join", scope="customers:write")
async def join_chosen(desk: NamedDependency[Desk]) -> Response[bytes]:
    """The customers that were ticked in the list are in the group that was chosen."""
    form = desk.form
    back, chosen = own_path(form.values.get("back", desk.at("/customers"))), _chosen(form)
    group_id = forms.read_id(form.values.get("group_id", ""))
    if not chosen or group_id is None:
        return desk.go(back, Notice("no_customer_chosen"))
    joined = await customers.add_members(desk.ctx, group_id, chosen)
    return desk.go(back, Notice("group_joined", count=len(joined)))


ROUTES = [
    show_groups,
    create_group,
    show_group,
    save_group,
    remove_group,
    add_members,
    remove_members,
    join_chosen,
]
