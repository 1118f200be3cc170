"""The mail that tells a shopper their order was placed."""

from uuid import UUID

from galleria.commerce.orders.model import confirmation_of
from galleria.commerce.orders.repository import reading, writing
from galleria.commerce.orders.service.history import entry_of
from galleria.engines.context import Context
from galleria.engines.mail import InvalidMail, MailRefused, Message
from galleria.platform import tenants


async def send_confirmation(ctx: Context, order_id: UUID) -> bool:
    """True when the mail has gone out now; False when it had before, or nobody can receive it.

    Should it be sent twice after a crash, it is the same letter: its id is the order's.

    Raises:
        MailUnavailable: the mail server takes nothing at present; to be tried again.
    """
    order = await reading.unconfirmed_order(ctx, order_id)
    if order is None:
        return False
    shop = await tenants.shop_of(ctx)
    subject, text = confirmation_of(order, shop.name)
    try:
        message = Message(
            tenant_id=ctx.tenant.tenant_id,
            to=order.email,
            subject=subject,
            text=text,
            sender_name=shop.name,
            mail_id=order_id,
        )
        await ctx.engines.mail.send(message)
    except (InvalidMail, MailRefused) as refused:
        async with ctx.transaction() as tx:
            entry = entry_of(ctx, "confirmation_refused", refused.detail)
            await writing.insert_entry(tx, order_id, entry)
        return False
    async with ctx.transaction() as tx:
        await writing.mark_confirmed(tx, order_id)
    return True
