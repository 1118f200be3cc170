"""Warns before keys end, and writes to the owners of the shop what became of their keys."""

from datetime import timedelta
from uuid import UUID

from galleria.engines.context import HOUSE, Context
from galleria.engines.mail import InvalidMail, MailRefused, Message
from galleria.foundation.rotation import WARNED_DAYS, warning_due
from galleria.foundation.telemetry import logger
from galleria.platform import audit, tenants
from galleria.platform.access.events import KeyEnding
from galleria.platform.access.model import keys, scopes
from galleria.platform.access.model.keys import ListedKey
from galleria.platform.access.model.letters import KeyLetter, letter_id, text_of
from galleria.platform.access.repository import keys as repository
from galleria.platform.access.repository import people

AT_ONCE = 500
MOST_SHOWN = 20
MOST_OWNERS = 100
_log = logger(__name__)


async def warn_of_ends(ctx: Context) -> int:
    """For each key that expires within 14, 3 or 1 days an event and a line in the diary, once for
    each; how many there were. Safe to repeat."""
    warned = 0
    before = ctx.now + timedelta(days=max(WARNED_DAYS))
    more = True
    while more:
        async with ctx.transaction() as tx:
            found = await repository.lock_unwarned(tx, before, AT_ONCE)
            more = len(found) == AT_ONCE
            for key, warned_days in found:
                assert key.expires_at is not None, "the statement asks for an end"
                due = warning_due(key.expires_at, ctx.now, warned_days)
                assert due is not None, "the statement counts as the rule does"
                await repository.set_columns(tx, key.key_id, {"warned_days": due})
                tx.publish(
                    KeyEnding(
                        key_id=key.key_id,
                        name=key.name,
                        ends_at=key.expires_at,
                        within_days=due,
                    )
                )
                detail = {"name": key.name, "ends_at": key.expires_at, "within_days": due}
                await audit.record(tx, "keys.ending", f"key:{key.key_id}", detail)
                warned += 1
    return warned


async def ending_soon(ctx: Context) -> list[ListedKey]:
    """At most 20 keys that end within 14 days, by expiry or since they are being replaced; the
    soonest first."""
    before = ctx.now + timedelta(days=max(WARNED_DAYS))
    found = await repository.ending_before(ctx, ctx.now, before, MOST_SHOWN)
    return [keys.listed(key, ctx.now) for key in found]


async def write_to_owners(ctx: Context, letter: KeyLetter) -> int:
    """The owners of the shop have the letter; how many. Sent again it is the same letter. The house
    has no owners: its keys are the operators', who read the diary.

    Raises:
        MailUnavailable: the mail server takes nothing at present; to be tried again.
    """
    if ctx.tenant == HOUSE:
        return 0
    shop = await tenants.shop_of(ctx)
    subject, text = text_of(letter, shop.name)
    sent = 0
    after: UUID | None = None
    while members := await people.members_after(ctx, after, MOST_OWNERS):
        after = members[-1].person_id
        for each in members:
            if each.role != scopes.OWNER:
                continue
            try:
                message = Message(
                    tenant_id=ctx.tenant.tenant_id,
                    to=each.email,
                    subject=subject,
                    text=text,
                    sender_name=shop.name,
                    mail_id=letter_id(letter, each.person_id),
                )
                await ctx.engines.mail.send(message)
                sent += 1
            except (InvalidMail, MailRefused) as refused:
                _log.warning("key_letter_refused", reason=refused.detail)
    return sent
