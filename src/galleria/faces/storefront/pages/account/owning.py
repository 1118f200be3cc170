"""What is a shopper's own: who they are, their orders, their address book."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from msgspec import Meta

from galleria.commerce import accounts
from galleria.commerce.accounts import ProfileChanges
from galleria.commerce.customers import PostalAddress, SavedAddress
from galleria.engines.context import Context
from galleria.faces.stationery import Form, read_form, see_other
from galleria.faces.storefront.pages.account.visiting import HOME
from galleria.faces.storefront.pages.buying import COUNTRIES
from galleria.faces.storefront.shell import LANGUAGE_NAMES, Shell
from galleria.foundation.errors import GalleriaError
from galleria.foundation.http import LocaleCode, WireInput

ORDERS_A_PAGE = 20
LATEST_ORDERS = 3
ADDRESSES = "/account/addresses"


class ProfileForm(WireInput):
    """Who the shopper is."""

    name: Annotated[str, Meta(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)")] = ""
    phone: Annotated[str, Meta(max_length=40, pattern=r"^[0-9+()/. -]*$(?!\n)")] = ""
    locale: LocaleCode = "en"
    news: bool = False


@get(HOME, include_in_schema=False)
async def show_account(
    ctx: NamedDependency[Context], shell: NamedDependency[Shell], request: Request[Any, Any, Any]
) -> Response[bytes]:
    """Who they are, and what they bought last."""
    return await _show_account(ctx, shell, request, None)


async def _show_account(
    ctx: Context,
    shell: Shell,
    request: Request[Any, Any, Any],
    form: Form[Any] | None,
    status: int = 200,
) -> Response[bytes]:
    account = await accounts.own_account(ctx)
    if form is None:
        shown = {"name": account.name, "phone": account.phone, "locale": account.locale}
        form = Form(values=shown, many={}, errors={})
        form.values |= {"news": "true"} if account.accepts_marketing else {}
    latest = await accounts.list_orders(ctx, None, LATEST_ORDERS)
    return await shell.send_with_form(
        ctx,
        request,
        "account/account.html",
        status,
        section="account",
        account=account,
        orders=latest.items,
        form=form,
        tongues=LANGUAGE_NAMES,
    )


@post("/account/profile", include_in_schema=False, status_code=303)
async def save_profile(
    ctx: NamedDependency[Context], shell: NamedDependency[Shell], request: Request[Any, Any, Any]
) -> Response[bytes]:
    """Name, telephone, language and consent are as the form says."""
    form: Form[ProfileForm] = await read_form(request)
    shell.check_form(request, form)
    wanted = form.read(ProfileForm)
    if wanted is None:
        form.message = "check"
        return await _show_account(ctx, shell, request, form, 422)
    wished = ProfileChanges(
        name=wanted.name, phone=wanted.phone, locale=wanted.locale, accepts_marketing=wanted.news
    )
    await accounts.change_profile(ctx, wished)
    return see_other(HOME)


@get("/account/orders", include_in_schema=False)
async def show_orders(
    ctx: NamedDependency[Context],
    shell: NamedDependency[Shell],
    request: Request[Any, Any, Any],
    cursor: Annotated[str | None, QueryParameter(max_length=2_000)] = None,
) -> Response[bytes]:
    """All that was bought, newest first."""
    page = await accounts.list_orders(ctx, cursor, ORDERS_A_PAGE)
    return await shell.send_with_form(
        ctx,
        request,
        "account/orders.html",
        section="orders",
        page=page,
        is_first=cursor is None,
    )


@get("/account/orders/{order_id:uuid}", include_in_schema=False)
async def show_order(
    ctx: NamedDependency[Context],
    shell: NamedDependency[Shell],
    request: Request[Any, Any, Any],
    order_id: FromPath[UUID],
) -> Response[bytes]:
    """One order: what was bought and how far it has come."""
    order = await accounts.own_order(ctx, order_id)
    return await shell.send(ctx, request, "orders/order.html", order=order)


@get("/account/past-orders/{order_id:uuid}", include_in_schema=False)
async def show_past_order(
    ctx: NamedDependency[Context],
    shell: NamedDependency[Shell],
    request: Request[Any, Any, Any],
    order_id: FromPath[UUID],
) -> Response[bytes]:
    """One order of before the shop moved here."""
    order = await accounts.own_past_order(ctx, order_id)
    return await shell.send_with_form(
        ctx, request, "account/past_order.html", section="orders", order=order
    )


@get(ADDRESSES, include_in_schema=False)
async def show_addresses(
    ctx: NamedDependency[Context], shell: NamedDependency[Shell], request: Request[Any, Any, Any]
) -> Response[bytes]:
    """The address book, and a form for one more."""
    return await _show_addresses(ctx, shell, request, None)


async def _show_addresses(
    ctx: Context,
    shell: Shell,
    request: Request[Any, Any, Any],
    form: Form[Any] | None,
    status: int = 200,
) -> Response[bytes]:
    book = await accounts.list_addresses(ctx)
    edited = None
    if form is None:
        edited = _chosen(book, request.query_params.get("edit", ""))
        form = Form(values=_shown(edited), many={}, errors={})
    return await shell.send_with_form(
        ctx,
        request,
        "account/addresses.html",
        status,
        section="addresses",
        book=book,
        edited=form.values.get("address_id", ""),
        form=form,
        countries=COUNTRIES,
    )


def _chosen(book: list[SavedAddress], address_id: str) -> SavedAddress | None:
    return next((each for each in book if str(each.address_id) == address_id), None)


def _shown(saved: SavedAddress | None) -> dict[str, str]:
    if saved is None:
        return {}
    shown = {name: getattr(saved.address, name) for name in PostalAddress.__struct_fields__}
    shown |= {"is_default": "true"} if saved.is_default else {}
    return shown | {"address_id": str(saved.address_id)}


@post(ADDRESSES, include_in_schema=False, status_code=303)
async def save_address(
    ctx: NamedDependency[Context], shell: NamedDependency[Shell], request: Request[Any, Any, Any]
) -> Response[bytes]:
    """One more address, or another wording of one."""
    form: Form[PostalAddress] = await read_form(request)
    shell.check_form(request, form)
    address, is_default = form.read(PostalAddress), "is_default" in form.values
    if address is None:
        form.message = "check"
        return await _show_addresses(ctx, shell, request, form, 422)
    try:
        if form.values.get("address_id"):
            address_id = _uuid(form.values["address_id"])
            await accounts.change_address(ctx, address_id, address, is_default)
        else:
            await accounts.add_address(ctx, address, is_default)
    except GalleriaError as error:
        form.message = error.code
        return await _show_addresses(ctx, shell, request, form, error.status)
    return see_other(ADDRESSES)


@post("/account/addresses/{address_id:uuid}/remove", include_in_schema=False, status_code=303)
async def remove_address(
    ctx: NamedDependency[Context],
    shell: NamedDependency[Shell],
    request: Request[Any, Any, Any],
    address_id: FromPath[UUID],
) -> Response[bytes]:
    """The address is no longer in the book."""
    form: Form[Any] = await read_form(request)
    shell.check_form(request, form)
    await accounts.remove_address(ctx, address_id)
    return see_other(ADDRESSES)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


ROUTES = [
    show_account,
    save_profile,
    show_orders,
    show_order,
    show_past_order,
    show_addresses,
    save_address,
    remove_address,
]
