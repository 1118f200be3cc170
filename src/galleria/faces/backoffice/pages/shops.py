"""Which shop to work in; and for operators of the house, all shops there are."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.engines.context import HOUSE, SYSTEM, Context, Tenant
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.errors import ScopeMissing
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.visits import Visit
from galleria.faces.stationery import Form, see_other
from galleria.foundation.errors import GalleriaError
from galleria.platform import access, tenants
from galleria.platform.tenants import OpenShop

PAGE = 50


@get("/")
async def show_mine(visit: NamedDependency[Visit]) -> Response[bytes]:
    """The shops I work in; with just one, straight into it."""
    mine = await access.shops_of(visit.ctx, visit.session.person_id)
    house = await _house(visit)
    if len(mine) == 1 and house is None and mine[0].status == "open":
        return see_other(f"/s/{mine[0].slug}")
    return visit.show("shops/mine.html", shops=mine, is_operator=house is not None)


async def _house(visit: Visit) -> Context | None:
    """The house as this person may act in it, None when they are no operator."""
    membership = await access.membership_of(visit.ctx, visit.session.person_id, HOUSE.tenant_id)
    if membership is None:
        return None
    return visit.ctx.as_actor(access.actor_of_membership(membership))


async def _operator(visit: Visit, scope: str) -> Context:
    """The house, for an operator with the scope.

    Raises:
        ScopeMissing: the person is none.
    """
    house = await _house(visit)
    if house is None or not house.actor.may(scope):
        raise ScopeMissing("only operators of the house may do this")
    return house


@get("/shops")
async def show_all(visit: NamedDependency[Visit]) -> Response[bytes]:
    """All shops of the house."""
    house = await _operator(visit, "shops:read")
    form = forms.empty(currency="EUR", country="DE", locale="en", owner=visit.session.email)
    return await _show_all(visit, house, form)


async def _show_all(
    visit: Visit, house: Context, form: Form[Any], status: int = 200
) -> Response[bytes]:
    page = await tenants.list_shops(house, visit.question("cursor", 4_000) or None, PAGE)
    return visit.show(
        "shops/all.html",
        status,
        page=page,
        form=form,
        may_write=house.actor.may("shops:write"),
        can_open=visit.shell.open_shop is not None,
        address_of_shop=visit.shell.settings.shop_address,
    )


@post("/shops")
async def open_shop(visit: NamedDependency[Visit]) -> Response[bytes]:
    """A shop is open, and the person who opened it is its first owner."""
    house = await _operator(visit, "shops:write")
    form, open_and_provision = visit.form, visit.shell.open_shop
    wanted = _wanted(form)
    if wanted is None or open_and_provision is None:
        return await _show_all(visit, house, form, 422)
    try:
        shop = await open_and_provision(house, wanted)
    except GalleriaError as error:
        forms.refuse(form, error)
        if error.code in {"slug_taken", "invalid_slug"}:
            form.errors["slug"] = error.code
        return await _show_all(visit, house, form, error.status)
    # A new shop has no owner who could make one: the house itself does.
    inside = house.for_tenant(Tenant(shop.tenant_id, shop.slug, shop.is_sandbox)).as_actor(SYSTEM)
    await access.grant(inside, visit.session.person_id, "owner")
    return visit.go(f"/s/{shop.slug}", Notice("shop_opened", name=shop.name))


def _wanted(form: Form[Any]) -> OpenShop | None:
    """The shop as the form describes it; None with the form's errors when it does not."""
    values = {name: text.strip() for name, text in form.values.items() if text.strip()}
    for name in ("slug", "name", "currency", "locale", "country"):
        if name not in values:
            form.errors[name] = "required"
    if form.errors:
        return None
    fields = {
        **{name: values[name] for name in ("slug", "name", "locale")},
        "currency": values["currency"].upper(),
        "country": values["country"].upper(),
        "locales": forms.listed(values.get("locales", "")),
        "hosts": forms.listed(values.get("hosts", "")),
        "is_sandbox": "is_sandbox" in values,
    }
    return forms.convert(form, fields, OpenShop)


@post("/shops/{slug:str}/close")
async def close_shop(visit: NamedDependency[Visit], slug: FromPath[str]) -> Response[bytes]:
    """The shop sells no more; nothing of it is deleted."""
    house = await _operator(visit, "shops:write")
    shop = await tenants.close_shop(house, slug)
    return visit.go("/shops", Notice("shop_closed", name=shop.name))


@post("/shops/{slug:str}/reopen")
async def reopen_shop(visit: NamedDependency[Visit], slug: FromPath[str]) -> Response[bytes]:
    """The shop sells again."""
    house = await _operator(visit, "shops:write")
    shop = await tenants.reopen_shop(house, slug)
    return visit.go("/shops", Notice("shop_reopened", name=shop.name))


ROUTES = [show_mine, show_all, open_shop, close_shop, reopen_shop]
