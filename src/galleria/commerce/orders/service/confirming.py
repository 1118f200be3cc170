"""The mails that tell shoppers their orders were placed."""

from collections.abc import Sequence
from uuid import UUID

from galleria.commerce import downloads
from galleria.commerce.orders.errors import OrderHasNoDownloads, OrderNotFound
from galleria.commerce.orders.model import Order, confirmation_of
from galleria.commerce.orders.model.confirmation import downloads_mail_of
from galleria.commerce.orders.model.links import ShopLinks
from galleria.commerce.orders.repository import reading, writing
from galleria.commerce.orders.service.history import entry_of
from galleria.commerce.orders.service.reading import bought_downloads
from galleria.engines.context import Context
from galleria.engines.mail import InvalidMail, MailRefused, Message
from galleria.foundation.ids import new_id
from galleria.platform import tenants

NOBODY = ".invalid"  # RFC 2606, 2: no such domain will ever be


async def send_confirmations(ctx: Context, order_ids: Sequence[UUID]) -> list[UUID]:
    """The orders whose mail has gone out now: not those confirmed before, unplaced or unreachable.

    Should one be sent twice after a crash, it is the same letter: its id is the order's.

    Raises:
        MailUnavailable: the mail server takes nothing at present; to be tried again.
    """
    orders = await reading.unconfirmed_among(ctx, list(order_ids))
    if not orders:
        return []
    shop = await tenants.shop_of(ctx)
    address = await _address_of(ctx)
    sent: list[UUID] = []
    try:
        for order in orders:
            bought = await bought_downloads(ctx, order, downloads.MAILED_LINK_FOR)
            letter = confirmation_of(order, shop.name, bought, address)
            if await _send(ctx, order, shop.name, letter, order.order_id):
                sent.append(order.order_id)
    finally:
        if sent:
            async with ctx.transaction() as tx:
                await writing.mark_confirmed(tx, sent)
    return sent


async def send_downloads(ctx: Context, order_id: UUID) -> None:
    """The buyer has a mail with fresh links, and their licences.

    Raises:
        OrderNotFound: this shop has no such order.
        OrderHasNoDownloads: there is nothing to fetch in it, or not any more.
        MailUnavailable: the mail server takes nothing at present.
    """
    order = await reading.order(ctx, order_id)
    if order is None:
        raise OrderNotFound(f"no order {order_id}")
    bought = await bought_downloads(ctx, order, downloads.MAILED_LINK_FOR)
    if not bought.licences and all(each.path is None for each in bought.files):
        raise OrderHasNoDownloads("nothing in this order can be fetched")
    shop = await tenants.shop_of(ctx)
    letter = downloads_mail_of(order, shop.name, bought, await _address_of(ctx))
    if await _send(ctx, order, shop.name, letter, new_id()):
        async with ctx.transaction() as tx:
            await writing.insert_entry(tx, order_id, entry_of(ctx, "downloads_sent"))


async def _address_of(ctx: Context) -> str:
    """Where links in mails lead."""
    domains = await tenants.list_domains(ctx)
    host = domains[0].host if domains else None
    return ctx.engines.settings_of(ShopLinks).address_of(ctx.tenant.slug, host)


async def _send(
    ctx: Context, order: Order, shop_name: str, letter: tuple[str, str], mail_id: UUID
) -> bool:
    """True when the mail has gone out; False when nobody can receive it, which is noted, or when
    the buyer has not said who they are."""
    if order.email.endswith(NOBODY):
        return False
    subject, text = letter
    try:
        message = Message(
            tenant_id=ctx.tenant.tenant_id,
            to=order.email,
            subject=subject,
            text=text,
            sender_name=shop_name,
            mail_id=mail_id,
        )
        await ctx.engines.mail.send(message)
    except (InvalidMail, MailRefused) as refused:
        async with ctx.transaction() as tx:
            entry = entry_of(ctx, "confirmation_refused", refused.detail)
            await writing.insert_entry(tx, order.order_id, entry)
        return False
    return True
