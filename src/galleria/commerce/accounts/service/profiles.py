"""What a shopper sees and changes of themselves: name, addresses, orders, e-mail; and leaving."""

from uuid import UUID

import msgspec

from galleria.commerce import carts, customers, orders
from galleria.commerce.accounts.errors import AccountNotFound
from galleria.commerce.accounts.events import AccountClosed
from galleria.commerce.accounts.model import attempts as attempt_rules
from galleria.commerce.accounts.model.accounts import Client
from galleria.commerce.accounts.repository import accounts as repository
from galleria.commerce.accounts.schemas import AccountView, ProfileChanges, TakenAlong
from galleria.commerce.accounts.service import baskets, letters, sessions
from galleria.commerce.accounts.service.acting import (
    charge,
    require_fresh,
    session_in,
    settings_of,
    shopper_of,
)
from galleria.commerce.accounts.service.passkeys import list_passkeys
from galleria.commerce.accounts.service.sessions import list_sessions
from galleria.commerce.customers import (
    CustomerChanges,
    CustomerDetail,
    PostalAddress,
    SavedAddress,
    email_key,
)
from galleria.commerce.orders import OrderFilter, OrderSummary, PastOrder, StoreOrder
from galleria.engines.context import Context
from galleria.foundation.pagination import Page

ORDERS_A_STEP = 100
MOST_ORDERS_TAKEN = 5_000  # of an export; a person who bought more asks the shop


async def own_account(ctx: Context) -> AccountView:
    """The shopper's own account.

    Raises:
        ShopperSignedOut: nobody has signed in.
    """
    return await _view(ctx, await customers.get_customer(ctx, shopper_of(ctx)))


async def change_profile(
    ctx: Context, changes: ProfileChanges, expected_version: int | None = None
) -> AccountView:
    """The account with the changes, one version on.

    Raises:
        ShopperSignedOut: nobody has signed in.
        CustomerChanged: the version is not `expected_version`.
    """
    customer_id = shopper_of(ctx)
    wanted = CustomerChanges(**msgspec.structs.asdict(changes))
    await customers.update_customer(ctx, customer_id, wanted, expected_version)
    return await own_account(ctx)


async def request_email_change(ctx: Context, email: str, client: Client) -> None:
    """Both addresses have a mail: the new one confirms the change, the old one can stop it.

    What is answered does not tell whether another account has the address.

    Raises:
        ShopperSignedOut, FreshSignInRequired: see `acting`.
        TooManyAttempts: this address had too many mails.
    """
    customer_id = require_fresh(ctx)
    await charge(ctx, attempt_rules.to_have_a_letter(email_key(email), client.address))
    async with ctx.transaction() as tx:
        customer = await customers.locked_customer(tx, customer_id)
        await letters.withdraw(tx, customer_id, ["email_change", "email_stop"])
        locale = customer.locale
        await letters.request(tx, letters.letter(ctx, "email_change", email, locale, customer_id))
        await letters.request(
            tx, letters.letter(ctx, "email_stop", customer.email, locale, customer_id)
        )


async def list_addresses(ctx: Context) -> list[SavedAddress]:
    """The shopper's address book, the default first.

    Raises:
        ShopperSignedOut: nobody has signed in.
    """
    return (await customers.get_customer(ctx, shopper_of(ctx))).addresses


async def add_address(ctx: Context, address: PostalAddress, is_default: bool) -> SavedAddress:
    """The address is in the shopper's book; the first one is the default.

    Raises:
        ShopperSignedOut: nobody has signed in.
        TooManyAddresses: the book is full.
    """
    customer_id = shopper_of(ctx)
    async with ctx.transaction() as tx:
        await customers.locked_customer(tx, customer_id)
        is_first = not (await customers.get_customer(ctx, customer_id)).addresses
        return await customers.add_address(ctx, customer_id, address, is_default or is_first)


async def change_address(
    ctx: Context, address_id: UUID, address: PostalAddress, is_default: bool
) -> SavedAddress:
    """The address of this id reads so now. Safe to repeat.

    Raises:
        ShopperSignedOut: nobody has signed in.
        AddressNotFound: it is not in their book.
    """
    saved = SavedAddress(address_id=address_id, address=address, is_default=is_default)
    return await customers.update_address(ctx, shopper_of(ctx), saved)


async def remove_address(ctx: Context, address_id: UUID) -> None:
    """The address is no longer in the shopper's book.

    Raises:
        ShopperSignedOut: nobody has signed in.
        AddressNotFound: it was not there.
    """
    await customers.remove_address(ctx, shopper_of(ctx), address_id)


async def list_orders(
    ctx: Context, cursor: str | None = None, limit: int = 50
) -> Page[OrderSummary]:
    """A page of the shopper's orders, newest first, with those they made as a guest and those of
    another system.

    Raises:
        ShopperSignedOut: nobody has signed in.
        InvalidCursor: the cursor is not one of this list.
    """
    return await orders.list_orders(ctx, OrderFilter(customer_id=shopper_of(ctx)), cursor, limit)


async def own_order(ctx: Context, order_id: UUID) -> StoreOrder:
    """One of the shopper's orders.

    Raises:
        ShopperSignedOut: nobody has signed in.
        OrderNotFound: it is not theirs.
    """
    return await orders.order_of_customer(ctx, shopper_of(ctx), order_id)


async def own_past_order(ctx: Context, order_id: UUID) -> PastOrder:
    """One of the shopper's orders of another system.

    Raises:
        ShopperSignedOut: nobody has signed in.
        OrderNotFound: it is not theirs.
    """
    return await orders.past_order_of_customer(ctx, shopper_of(ctx), order_id)


async def take_along(ctx: Context) -> TakenAlong:
    """All that the shop knows of the shopper, at most `MOST_ORDERS_TAKEN` orders.

    Raises:
        ShopperSignedOut: nobody has signed in.
    """
    detail = await customers.get_customer(ctx, shopper_of(ctx))
    own: list[orders.Order] = []
    while len(own) < MOST_ORDERS_TAKEN:
        before = own[-1].order_id if own else None
        step = await orders.orders_of_customer(ctx, detail.customer_id, before, ORDERS_A_STEP)
        own += step
        if len(step) < ORDERS_A_STEP:
            break
    return TakenAlong(
        account=await _view(ctx, detail),
        addresses=detail.addresses,
        metafields=detail.metafields,
        orders=own,
        past_orders=await _past_orders(ctx, detail.customer_id),
        passkeys=await list_passkeys(ctx),
        sessions=await list_sessions(ctx),
        exported_at=ctx.now,
    )


async def close_account(ctx: Context) -> None:
    """The account is gone for good, and with it all that told who the shopper was.

    Orders stay, with the addresses they went to: bookkeeping law has the shop keep them.

    Raises:
        ShopperSignedOut, FreshSignInRequired: see `acting`.
    """
    customer_id = require_fresh(ctx)
    cart_token = await _own_cart_token(ctx)
    async with ctx.transaction() as tx:
        if await repository.lock(tx, customer_id) is None:
            raise AccountNotFound("the account is gone already")
        if cart_token is not None:
            await carts.discard_cart(ctx, cart_token)
        # Their tokens are forgotten by this process at once.
        await sessions.end_all(tx, customer_id, [])
        await letters.withdraw_all(tx, customer_id)
        await repository.delete(tx, customer_id)
        former = await customers.forget_person(tx, customer_id)
        goodbye = letters.letter(ctx, "account_closed", former.email, former.locale, None)
        await letters.request(tx, goodbye)
        tx.publish(AccountClosed(customer_id=customer_id))


async def _own_cart_token(ctx: Context) -> str | None:
    try:
        token, _ = await baskets.own_cart(ctx)
    except carts.CartNotFound:
        return None
    return token


async def _past_orders(ctx: Context, customer_id: UUID) -> list[OrderSummary]:
    wanted = OrderFilter(customer_id=customer_id, is_past=True)
    found: list[OrderSummary] = []
    cursor: str | None = None
    while len(found) < MOST_ORDERS_TAKEN:
        page = await orders.list_orders(ctx, wanted, cursor, ORDERS_A_STEP)
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            break
    return found


async def _view(ctx: Context, detail: CustomerDetail) -> AccountView:
    key = email_key(detail.email)
    standing = await repository.standing(ctx, detail.customer_id, key, ctx.now)
    if standing is None:
        raise AccountNotFound("the account is gone")
    session = session_in(ctx)
    shown = {
        name: getattr(detail, name)
        for name in AccountView.__struct_fields__
        if name in CustomerDetail.__struct_fields__ and name != "created_at"
    }
    return AccountView(
        **shown,
        email_verified=standing.email_verified,
        has_password=standing.has_password,
        passkeys=standing.passkeys,
        sessions=standing.sessions,
        is_fresh=session is not None and session.is_fresh(ctx.now, settings_of(ctx)),
        created_at=standing.created_at,
    )
