"""Keys laid out as traps: they open nothing, and whoever tries one is told of."""

from collections.abc import Sequence
from uuid import UUID

from galleria.engines.context import SYSTEM, Context
from galleria.platform import audit
from galleria.platform.access.events import CanaryUsed
from galleria.platform.access.model.guarding import Caller
from galleria.platform.access.repository import keys as repository


class Alarm:
    """How often a trap was tried between two writes, and by whom first."""

    __slots__ = ("caller", "key_id", "uses")

    def __init__(self, key_id: UUID, caller: Caller) -> None:
        """Not yet."""
        self.key_id = key_id
        self.caller = caller
        self.uses = 0


def note_alarm(ctx: Context, key_id: UUID, caller: Caller) -> None:
    """An alarm is raised within a second or two, one for all tries of that time."""
    alarm = ctx.engines.notebook.gather(ctx, raise_alarms, key_id, lambda: Alarm(key_id, caller))
    if alarm is not None:
        alarm.uses += 1


async def raise_alarms(ctx: Context, alarms: Sequence[Alarm]) -> None:
    """The shop is told, by event and in its diary."""
    inside = ctx.as_actor(SYSTEM)
    async with inside.transaction() as tx:
        found = await repository.keys_with_ids(tx, [each.key_id for each in alarms])
        names = {key.key_id: key.name for key in found}
        for each in alarms:
            if each.key_id not in names:
                continue
            name, address = names[each.key_id], each.caller.address[:100]
            agent = each.caller.agent[:200]
            tx.publish(
                CanaryUsed(
                    key_id=each.key_id,
                    name=name,
                    client_address=address,
                    agent=agent,
                    uses=each.uses,
                )
            )
            detail = {"name": name, "client_address": address, "agent": agent, "uses": each.uses}
            await audit.record(tx, "keys.canary_used", f"key:{each.key_id}", detail)
        await repository.note_last_use(tx, {each.key_id: inside.now for each in alarms})
