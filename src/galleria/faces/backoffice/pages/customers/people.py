"""The people who buy: found, and looked at with their addresses, orders, groups and metafields."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.commerce import accounts, customers, orders
from galleria.commerce.accounts import AccountNotFound
from galleria.commerce.orders import OrderFilter
from galleria.faces.backoffice import forms
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.pages import metafields
from galleria.faces.backoffice.visits import Desk
from galleria.faces.stationery import Form
from galleria.foundation.errors import GalleriaError

PAGE = 50
LATEST_ORDERS = 20


@get("/s/{slug:str}/customers", scope="customers:read")
async def show_customers(desk: NamedDependency[Desk]) -> Response[bytes]:
    """Customers, newest first; or those whose name or e-mail begins so."""
    words, cursor = desk.question("q"), desk.question("cursor", 4_000) or None
    page = await customers.list_customers(desk.ctx, words, cursor, PAGE)
    return desk.show(
        "customers/list.html",
        section="people",
        page=page,
        words=words,
        is_first=cursor is None,
        groups=await customers.list_groups(desk.ctx),
        selects_all=desk.question("select", 10) == "all",
    )


@get("/s/{slug:str}/customers/{customer_id:uuid}", scope="customers:read")
async def show_customer(
    desk: NamedDependency[Desk], customer_id: FromPath[UUID]
) -> Response[bytes]:
    """One customer: addresses, orders, groups and what is kept beside them."""
    return await _show(desk, customer_id, None)


async def _show(
    desk: Desk, customer_id: UUID, form: Form[Any] | None, status: int = 200
) -> Response[bytes]:
    customer = await customers.get_customer(desk.ctx, customer_id)
    definitions = await metafields.definitions_of(desk.ctx, "customer")
    bought = None
    if desk.may("orders:read"):
        wanted = OrderFilter(customer_id=customer_id)
        bought = await orders.list_orders(desk.ctx, wanted, None, LATEST_ORDERS)
    try:
        account = await accounts.standing_of(desk.ctx, customer_id)
    except AccountNotFound:
        account = None
    mine = set(await customers.groups_of(desk.ctx, customer_id))
    return desk.show(
        "customers/customer.html",
        status,
        customer=customer,
        account=account,
        is_forgotten=customer.email.endswith(f"@{customers.FORGOTTEN_DOMAIN}"),
        bought=bought,
        groups=[
            each for each in await customers.list_groups(desk.ctx) if each.customer_group_id in mine
        ],
        definitions=definitions,
        form=form or metafields.form_of(definitions, customer.metafields, customer.version),
    )


@post("/s/{slug:str}/customers/{customer_id:uuid}/metafields", scope="customers:write")
async def save_metafields(
    desk: NamedDependency[Desk], customer_id: FromPath[UUID]
) -> Response[bytes]:
    """What is kept beside the customer is as the form says."""
    definitions = await metafields.definitions_of(desk.ctx, "customer")
    try:
        changes, version = metafields.read(desk.form, definitions)
        await customers.change_metafields(desk.ctx, customer_id, changes, version)
    except customers.CustomerChanged as error:
        # Sent once more it replaces what the other person saved.
        now = await customers.get_customer(desk.ctx, customer_id)
        desk.form.values["version"] = str(now.version)
        forms.refuse(desk.form, error)
        return await _show(desk, customer_id, desk.form, error.status)
    except GalleriaError as error:
        forms.refuse(desk.form, error)
        return await _show(desk, customer_id, desk.form, error.status)
    return desk.go(desk.at(f"/customers/{customer_id}"), Notice("saved"))


@post("/s/{slug:str}/customers/{customer_id:uuid}/account/link", scope="customers:write")
async def send_link(desk: NamedDependency[Desk], customer_id: FromPath[UUID]) -> Response[bytes]:
    """The customer has a mail with a link to sign in, or to open their account."""
    await accounts.send_link(desk.ctx, customer_id)
    return desk.go(desk.at(f"/customers/{customer_id}"), Notice("account_link_sent"))


@post("/s/{slug:str}/customers/{customer_id:uuid}/account/sign-out", scope="customers:write")
async def end_sessions(desk: NamedDependency[Desk], customer_id: FromPath[UUID]) -> Response[bytes]:
    """The customer is signed out on every device."""
    ended = await accounts.end_sessions(desk.ctx, customer_id)
    return desk.go(desk.at(f"/customers/{customer_id}"), Notice("sessions_ended", count=ended))


@post("/s/{slug:str}/customers/{customer_id:uuid}/account/block", scope="customers:write")
async def set_blocked(desk: NamedDependency[Desk], customer_id: FromPath[UUID]) -> Response[bytes]:
    """The account lets nobody in, or lets its shopper in again."""
    is_blocked = desk.form.values.get("is_blocked") == "true"
    await accounts.set_blocked(desk.ctx, customer_id, is_blocked)
    return desk.go(desk.at(f"/customers/{customer_id}"), Notice("saved"))


ROUTES = [
    show_customers,
    show_customer,
    save_metafields,
    send_link,
    end_sessions,
    set_blocked,
]
