"""The cart that waits for a shopper on every device, and what they bring along when they sign in.

The rules of joining are those of `carts.join_carts`. A cart that another account calls its own is
not taken from it, whoever has its token.
"""

from uuid import UUID

from galleria.commerce import carts
from galleria.commerce.accounts.repository import accounts as repository
from galleria.commerce.accounts.service.acting import shopper_of
from galleria.commerce.carts import CartNotFound, PricedCart
from galleria.engines.context import Context
from galleria.engines.sql import Transaction
from galleria.foundation.ids import token_hash

_PURPOSE = "accounts.cart"


async def seal(ctx: Context, token: str | None) -> bytes:
    """The token as it is stored. Call it outside a transaction: it may fetch the shop's key."""
    return await ctx.engines.secrets.encrypt(ctx.tenant.tenant_id, (token or "").encode(), _PURPOSE)


async def bring(
    tx: Transaction, customer_id: UUID, brought: str | None, brought_sealed: bytes
) -> str | None:
    """The shopper's one cart after what they brought has joined it; None when they have none.

    The account is locked by the caller.
    """
    own_sealed = await repository.cart_of(tx, customer_id)
    own = await _unseal(tx.ctx, own_sealed) if own_sealed is not None else None
    if brought is not None:
        owner = await repository.owner_of_cart(tx, token_hash(brought))
        if owner not in (None, customer_id):
            brought = None
    joined = await carts.join_carts(tx, own, brought)
    if joined is None:
        await repository.keep_cart(tx, customer_id, None, None)
    elif joined != own:
        await repository.keep_cart(tx, customer_id, token_hash(joined), brought_sealed)
    return joined


async def own_cart(ctx: Context) -> tuple[str, PricedCart]:
    """The shopper's cart and its token.

    Raises:
        ShopperSignedOut: nobody has signed in.
        CartNotFound: they have none that is open.
    """
    sealed = await repository.cart_of(ctx, shopper_of(ctx))
    if sealed is None:
        raise CartNotFound("there is no cart yet")
    token = await _unseal(ctx, sealed)
    priced = await carts.get_cart(ctx, token)
    if priced.cart.status != "open":
        raise CartNotFound("there is no open cart")
    return token, priced


async def keep_cart(ctx: Context, token: str) -> str | None:
    """The cart has joined the shopper's own; the token of the one that goes on. Safe to repeat.

    Raises:
        ShopperSignedOut: nobody has signed in.
    """
    customer_id = shopper_of(ctx)
    sealed = await seal(ctx, token)
    async with ctx.transaction() as tx:
        await repository.lock(tx, customer_id)
        return await bring(tx, customer_id, token, sealed)


async def _unseal(ctx: Context, sealed: bytes) -> str:
    return (await ctx.engines.secrets.decrypt(ctx.tenant.tenant_id, sealed, _PURPOSE)).decode()
