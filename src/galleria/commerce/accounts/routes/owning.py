"""A shopper's own account over HTTP."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, delete, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from galleria.commerce.accounts.errors import (
    FreshSignInRequired,
    ShopperSessionNotFound,
)
from galleria.commerce.accounts.model.sessions import SignedIn
from galleria.commerce.accounts.routes.guarding import (
    NO_STORE,
    IdempotencyKey,
    IfMatch,
    client_of,
    for_shoppers,
)
from galleria.commerce.accounts.schemas import (
    AccountView,
    Addresses,
    LinkSent,
    NewEmail,
    NewPassword,
    OwnAddress,
    OwnCart,
    ProfileChanges,
    Sessions,
    SessionsEnded,
    TakenAlong,
)
from galleria.commerce.accounts.service import baskets, profiles, sessions, signing_in
from galleria.commerce.accounts.service.acting import settings_of
from galleria.commerce.accounts.service.repeating import once
from galleria.commerce.carts import CartNotFound, CartView, cart_view
from galleria.commerce.customers import (
    AddressNotFound,
    CustomerChanged,
    SavedAddress,
    TooManyAddresses,
)
from galleria.commerce.orders import OrderNotFound, OrderSummary, PastOrder, StoreOrder
from galleria.engines.context import Context
from galleria.engines.sql import IdempotencyConflict, IdempotencyInProgress
from galleria.foundation.errors import InvalidInput
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.foundation.routing import CursorQuery, LimitQuery, etag_of, expect_version, problems
from galleria.platform.access import (
    PasswordTooWeak,
    SignInBusy,
    SignInRefused,
    TooManyAttempts,
)

ACCOUNT = "/store/v1/account"


def _shown(account: AccountView) -> Response[AccountView]:
    return Response(account, headers={**NO_STORE, "ETag": etag_of(account.version)})


@get(ACCOUNT, operation_id="GetAccount", tags=["account"], guards=[for_shoppers])
async def get_account(ctx: NamedDependency[Context]) -> Response[AccountView]:
    """The shopper's own account."""
    return _shown(await profiles.own_account(ctx))


@patch(
    ACCOUNT,
    operation_id="ChangeAccount",
    tags=["account"],
    guards=[for_shoppers],
    responses=problems(InvalidInput, CustomerChanged),
)
async def change_account(
    ctx: NamedDependency[Context], data: JSONBody[ProfileChanges], if_match: IfMatch = None
) -> Response[AccountView]:
    """The fields that were sent are changed; with If-Match only at that version."""
    return _shown(await profiles.change_profile(ctx, data, expect_version(if_match)))


@delete(
    ACCOUNT,
    operation_id="CloseAccount",
    tags=["account"],
    guards=[for_shoppers],
    responses=problems(FreshSignInRequired),
)
async def close_account(ctx: NamedDependency[Context]) -> None:
    """The account is gone for good; orders stay, and nothing else tells who the shopper was."""
    await profiles.close_account(ctx)


@get(f"{ACCOUNT}/export", operation_id="ExportAccount", tags=["account"], guards=[for_shoppers])
async def export_account(ctx: NamedDependency[Context]) -> Response[TakenAlong]:
    """All that the shop knows of the shopper."""
    return Response(await profiles.take_along(ctx), headers=NO_STORE)


@put(
    f"{ACCOUNT}/password",
    operation_id="SetAccountPassword",
    tags=["account"],
    guards=[for_shoppers],
    responses=problems(
        InvalidInput,
        FreshSignInRequired,
        SignInRefused,
        TooManyAttempts,
        PasswordTooWeak,
        SignInBusy,
    ),
)
async def set_password(
    ctx: NamedDependency[Context], request: Request[Any, Any, Any], data: JSONBody[NewPassword]
) -> Response[SignedIn]:
    """The new password holds; all sessions have ended, and this is a new one."""
    signed_in = await signing_in.change_password(
        ctx, data.present, data.password, client_of(request)
    )
    return Response(signed_in, headers=NO_STORE)


@post(
    f"{ACCOUNT}/email",
    operation_id="RequestEmailChange",
    tags=["account"],
    guards=[for_shoppers],
    responses=problems(InvalidInput, FreshSignInRequired, TooManyAttempts),
    status_code=202,
)
async def request_email_change(
    ctx: NamedDependency[Context], request: Request[Any, Any, Any], data: JSONBody[NewEmail]
) -> LinkSent:
    """A link goes to the new address to confirm it, and one to the old address to stop it."""
    await profiles.request_email_change(ctx, data.email, client_of(request))
    return LinkSent(good_for_minutes=settings_of(ctx).link_minutes)


@get(f"{ACCOUNT}/sessions", operation_id="ListSessions", tags=["account"], guards=[for_shoppers])
async def list_sessions(ctx: NamedDependency[Context]) -> Response[Sessions]:
    """Where the shopper has signed in."""
    return Response(Sessions(await sessions.list_sessions(ctx)), headers=NO_STORE)


@delete(
    f"{ACCOUNT}/sessions/{{session_id:uuid}}",
    operation_id="EndSession",
    tags=["account"],
    guards=[for_shoppers],
    responses=problems(ShopperSessionNotFound),
)
async def end_session(ctx: NamedDependency[Context], session_id: FromPath[UUID]) -> None:
    """One session has ended, on whatever device."""
    await sessions.end_session(ctx, session_id)


@delete(
    f"{ACCOUNT}/sessions",
    operation_id="EndOtherSessions",
    tags=["account"],
    guards=[for_shoppers],
    status_code=200,
)
async def end_other_sessions(ctx: NamedDependency[Context]) -> SessionsEnded:
    """Every session but this one has ended."""
    return SessionsEnded(ended=await sessions.end_other_sessions(ctx))


@post(
    f"{ACCOUNT}/sign-out",
    operation_id="SignOut",
    tags=["account"],
    guards=[for_shoppers],
    status_code=204,
)
async def sign_out(ctx: NamedDependency[Context]) -> None:
    """This session has ended."""
    await sessions.sign_out(ctx)


@get(f"{ACCOUNT}/addresses", operation_id="ListAddresses", tags=["account"], guards=[for_shoppers])
async def list_addresses(ctx: NamedDependency[Context]) -> Response[Addresses]:
    """The address book, the default first."""
    return Response(Addresses(await profiles.list_addresses(ctx)), headers=NO_STORE)


@post(
    f"{ACCOUNT}/addresses",
    operation_id="AddAddress",
    tags=["account"],
    guards=[for_shoppers],
    responses=problems(InvalidInput, TooManyAddresses, IdempotencyConflict, IdempotencyInProgress),
)
async def add_address(
    ctx: NamedDependency[Context],
    data: JSONBody[OwnAddress],
    idempotency_key: IdempotencyKey = None,
) -> SavedAddress:
    """An address in the book; the first one is the default."""
    return await once(
        ctx,
        ("accounts.add_address", idempotency_key),
        data,
        SavedAddress,
        lambda: profiles.add_address(ctx, data.address, data.is_default),
    )


@put(
    f"{ACCOUNT}/addresses/{{address_id:uuid}}",
    operation_id="ChangeAddress",
    tags=["account"],
    guards=[for_shoppers],
    responses=problems(InvalidInput, AddressNotFound),
)
async def change_address(
    ctx: NamedDependency[Context], address_id: FromPath[UUID], data: JSONBody[OwnAddress]
) -> SavedAddress:
    """The address reads so from now on."""
    return await profiles.change_address(ctx, address_id, data.address, data.is_default)


@delete(
    f"{ACCOUNT}/addresses/{{address_id:uuid}}",
    operation_id="RemoveAddress",
    tags=["account"],
    guards=[for_shoppers],
    responses=problems(AddressNotFound),
)
async def remove_address(ctx: NamedDependency[Context], address_id: FromPath[UUID]) -> None:
    """The address leaves the book; orders keep their own copy of it."""
    await profiles.remove_address(ctx, address_id)


@get(
    f"{ACCOUNT}/orders",
    operation_id="ListOwnOrders",
    tags=["account"],
    guards=[for_shoppers],
    responses=problems(InvalidCursor),
)
async def list_orders(
    ctx: NamedDependency[Context], cursor: CursorQuery = None, limit: LimitQuery = 50
) -> Response[Page[OrderSummary]]:
    """The shopper's orders, newest first, with those they made as a guest."""
    return Response(await profiles.list_orders(ctx, cursor, limit), headers=NO_STORE)


@get(
    f"{ACCOUNT}/orders/{{order_id:uuid}}",
    operation_id="GetOwnOrder",
    tags=["account"],
    guards=[for_shoppers],
    responses=problems(OrderNotFound),
)
async def get_order(
    ctx: NamedDependency[Context], order_id: FromPath[UUID]
) -> Response[StoreOrder]:
    """One of the shopper's orders."""
    return Response(await profiles.own_order(ctx, order_id), headers=NO_STORE)


@get(
    f"{ACCOUNT}/past-orders/{{past_order_id:uuid}}",
    operation_id="GetOwnPastOrder",
    tags=["account"],
    guards=[for_shoppers],
    responses=problems(OrderNotFound),
)
async def get_past_order(
    ctx: NamedDependency[Context], past_order_id: FromPath[UUID]
) -> Response[PastOrder]:
    """One of the shopper's orders of before the shop moved in."""
    return Response(await profiles.own_past_order(ctx, past_order_id), headers=NO_STORE)


@get(
    f"{ACCOUNT}/cart",
    operation_id="GetOwnCart",
    tags=["account"],
    guards=[for_shoppers],
    responses=problems(CartNotFound),
)
async def get_cart(ctx: NamedDependency[Context]) -> Response[CartView]:
    """The cart that waits for the shopper on every device, with its token."""
    token, priced = await baskets.own_cart(ctx)
    headers = {**NO_STORE, "ETag": etag_of(priced.cart.version)}
    return Response(cart_view(token, priced), headers=headers)


@put(
    f"{ACCOUNT}/cart",
    operation_id="BringCart",
    tags=["account"],
    guards=[for_shoppers],
    responses=problems(InvalidInput, CartNotFound),
)
async def bring_cart(ctx: NamedDependency[Context], data: JSONBody[OwnCart]) -> Response[CartView]:
    """The cart joins the shopper's own; the one that goes on comes back. Safe to repeat."""
    await baskets.keep_cart(ctx, data.cart_token)
    token, priced = await baskets.own_cart(ctx)
    headers = {**NO_STORE, "ETag": etag_of(priced.cart.version)}
    return Response(cart_view(token, priced), headers=headers)


ROUTES = [
    get_account,
    change_account,
    close_account,
    export_account,
    set_password,
    request_email_change,
    list_sessions,
    end_session,
    end_other_sessions,
    sign_out,
    list_addresses,
    add_address,
    change_address,
    remove_address,
    list_orders,
    get_order,
    get_past_order,
    get_cart,
    bring_cart,
]
