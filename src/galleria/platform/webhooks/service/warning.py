"""Tells a shop's owners by mail that the house has given up on an endpoint."""

from uuid import UUID, uuid5

from galleria.engines.context import Context
from galleria.engines.mail import InvalidMail, MailRefused, Message
from galleria.foundation.telemetry import logger
from galleria.platform import access
from galleria.platform.webhooks.repository import endpoints as repository

_log = logger(__name__)
_LETTERS = UUID("3f1c9d0e-5d0b-4c59-9d6c-6f2f3c1e7a10")
_WHY = {
    "failing": "Nothing we sent was taken for days.",
    "gone": "It answered 410 Gone: it wants no more messages.",
}


async def warn_owners(ctx: Context, endpoint_id: UUID, reason: str) -> int:
    """Each owner has a letter about the endpoint, unless it was enabled meanwhile; how many.

    Raises:
        MailUnavailable: the mail server takes nothing at present.
    """
    found = await repository.find(ctx, endpoint_id)
    if found is None or found[0].status != "disabled":
        return 0
    endpoint = found[0]
    text = (
        f"We have stopped sending events to the webhook {endpoint.name}.\n\n"
        f"{_WHY.get(reason, '')}\n\n"
        f"Address: {endpoint.url}\nLast error: {found[1].last_error or 'none'}\n\n"
        "Enable it again in the back office under Webhooks, once its receiver is well. What has"
        " failed meanwhile can be sent again from its log.\n"
    )
    sent = 0
    owners = set(await access.owners_of(ctx))
    cursor = None
    while owners:
        page = await access.list_members(ctx, cursor, 100)
        for member in page.items:
            if member.person_id not in owners:
                continue
            # A letter that is sent twice after a crash is the same letter.
            mail_id = uuid5(_LETTERS, f"{endpoint_id}:{endpoint.version}:{member.person_id}")
            sent += await _send(ctx, member.email, endpoint.name, text, mail_id)
        cursor = page.next_cursor
        if cursor is None:
            break
    return sent


async def _send(ctx: Context, to: str, name: str, text: str, mail_id: UUID) -> bool:
    subject = f"{ctx.tenant.slug}: the webhook {name[:100]} was disabled"
    try:
        await ctx.engines.mail.send(
            Message(
                tenant_id=ctx.tenant.tenant_id, to=to, subject=subject, text=text, mail_id=mail_id
            )
        )
    except (InvalidMail, MailRefused) as error:
        _log.warning("letter_refused", reason=error.code)
        return False
    return True
