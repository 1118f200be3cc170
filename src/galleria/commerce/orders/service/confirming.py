"""The mails that tell shoppers their orders were placed."""

from collections.abc import Sequence
from uuid import UUID

from galleria.commerce.orders.model import Order, confirmation_of
from galleria.commerce.orders.repository import reading, writing
from galleria.commerce.orders.service.history import entry_of
from galleria.engines.context import Context
from galleria.engines.mail import InvalidMail, MailRefused, Message
from galleria.platform import tenants


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
    sent: list[UUID] = []
    try:
        for order in orders:
            if await _send(ctx, order, shop.name):
                sent.append(order.order_id)
    finally:
        if sent:
            async with ctx.transaction() as tx:
                await writing.mark_confirmed(tx, sent)
    return sent


async def _send(ctx: Context, order: Order, shop_name: str) -> bool:
    """True when the mail has gone out; False when nobody can receive it, which is noted."""
    subject, text = confirmation_of(order, shop_name)
    try:
        message = Message(
            tenant_id=ctx.tenant.tenant_id,
            to=order.email,
            subject=subject,
            text=text,
            sender_name=shop_name,
            mail_id=order.order_id,
        )
        await ctx.engines.mail.send(message)
    except (InvalidMail, MailRefused) as refused:
        async with ctx.transaction() as tx:
            entry = entry_of(ctx, "confirmation_refused", refused.detail)
            await writing.insert_entry(tx, order.order_id, entry)
        return False
    return True
