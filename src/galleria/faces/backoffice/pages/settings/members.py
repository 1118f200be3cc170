"""Who works in the shop, in which role."""

import secrets
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.visits import Desk
from galleria.faces.stationery import Form
from galleria.foundation.errors import GalleriaError
from galleria.platform import access
from galleria.platform.access import SHOP_ROLES, EmailTaken

PLACE = "/settings/members"
PAGE = 50
ROLES = tuple(SHOP_ROLES)
# 4 groups of 4 letters of 31: 79 bits, and read out on the telephone without mistakes.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class Arrival(msgspec.Struct, frozen=True):
    """Someone new, with the password to begin with; shown once."""

    email: str
    password: str


@get("/s/{slug:str}/settings/members", scope="settings:read")
async def show_members(desk: NamedDependency[Desk]) -> Response[bytes]:
    """The shop's people."""
    return await _show(desk, forms.empty(role="clerk"))


async def _show(
    desk: Desk, form: Form[Any], status: int = 200, arrival: Arrival | None = None
) -> Response[bytes]:
    cursor = desk.question("cursor", 4_000) or None
    return desk.show(
        "settings/members.html",
        status,
        form=form,
        page=await access.list_members(desk.ctx, cursor, PAGE),
        roles=ROLES,
        arrival=arrival,
        admin_address=desk.shell.settings.admin_address,
        section="members",
    )


@post("/s/{slug:str}/settings/members", scope="settings:write")
async def add_member(desk: NamedDependency[Desk]) -> Response[bytes]:
    """Someone works here now: by the number on their account page, or as a new person.

    Whoever has an account somewhere is never found by e-mail: that would tell any shop who works
    in another. They give their number themselves.
    """
    form = desk.form
    sent = {name: text.strip() for name, text in form.values.items()}
    role = sent.get("role", "")
    try:
        if role not in ROLES:
            raise forms.refused("role", "unknown_role")
        if sent.get("person_number"):
            await access.grant(desk.ctx, _number(sent["person_number"]), role)
            return desk.go(desk.at(PLACE), Notice("member_added"))
        if not sent.get("email") or not sent.get("name"):
            raise forms.refused("name" if sent.get("email") else "email", "required")
        arrival = await _welcome(desk, sent["email"], sent["name"][:200], role)
    except EmailTaken:
        form.errors["email"] = "ask_for_number"
        return await _show(desk, form, 409)
    except GalleriaError as error:
        forms.refuse(form, error)
        if error.code == "person_not_found":
            form.errors["person_number"] = error.code
        return await _show(desk, form, error.status)
    return await _show(desk, forms.empty(role="clerk"), arrival=arrival)


def _number(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise forms.refused("person_number", "person_not_found") from None


async def _welcome(desk: Desk, email: str, name: str, role: str) -> Arrival:
    """A new person with a first password, in this role."""
    # Refused before a person is made who then could not enter.
    missing = [scope for scope in SHOP_ROLES[role] if not desk.may(scope)]
    if missing:
        raise access.ScopeNotHeld("you cannot give what you do not have")
    password = "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))
    person = await access.create_person(desk.house, email, name, password)
    await access.grant(desk.ctx, person.person_id, role)
    return Arrival(person.email, password)


@post("/s/{slug:str}/settings/members/{person_id:uuid}", scope="settings:write")
async def change_role(desk: NamedDependency[Desk], person_id: FromPath[UUID]) -> Response[bytes]:
    """The member has another role."""
    try:
        await access.grant(desk.ctx, person_id, desk.form.values.get("role", ""))
    except GalleriaError as error:
        return await _refused(desk, error)
    return desk.go(desk.at(PLACE), Notice("saved"))


async def _refused(desk: Desk, error: GalleriaError) -> Response[bytes]:
    form = forms.empty(role="clerk")
    forms.refuse(form, error)
    form.errors["members"] = form.message
    return await _show(desk, form, error.status)


@post("/s/{slug:str}/settings/members/{person_id:uuid}/end", scope="settings:write")
async def end_membership(desk: NamedDependency[Desk], person_id: FromPath[UUID]) -> Response[bytes]:
    """The person works here no more."""
    try:
        await access.end_membership(desk.ctx, person_id)
    except GalleriaError as error:
        return await _refused(desk, error)
    is_self = person_id == desk.session.person_id
    return desk.go("/" if is_self else desk.at(PLACE), Notice("member_left"))


ROUTES = [show_members, add_member, change_role, end_membership]
