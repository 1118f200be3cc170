"""Reads the things that stand beside events, for all messages that are sent together."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from galleria.engines.context import Context
from galleria.engines.sql import Reader
from galleria.foundation.telemetry import logger
from galleria.platform.webhooks.model.deliveries import Claimed
from galleria.platform.webhooks.model.things import (
    EXPANSIONS,
    Kind,
    Thing,
    body_with,
    expanded,
    read_ids,
)
from galleria.platform.webhooks.ports import ReadThings

A_READ = 200  # things: whole products may have thousands of variants
_log = logger(__name__)


async def nothing_kept(reader: Reader, thing_ids: Sequence[UUID]) -> Mapping[UUID, Thing]:
    """None, as in a house where nothing is sold."""
    return {}


class Things:
    """Who reads things of each kind."""

    def __init__(self) -> None:
        self.readers: dict[Kind, ReadThings] = {"order": nothing_kept, "product": nothing_kept}

    def bind(self, *, order: ReadThings, product: ReadThings) -> None:
        """These rooms show their things beside events from here on. Called once, by the roof."""
        self.readers = {"order": order, "product": product}


things = Things()


async def bodies_with_things(ctx: Context, claimed: Sequence[Claimed]) -> dict[UUID, str]:
    """Delivery -> the body with its things, of those that have any; each thing is read once."""
    wanted: dict[Kind, dict[UUID, None]] = {}
    for each in claimed:
        if each.thing_ids:
            ids = wanted.setdefault(EXPANSIONS[each.tag].kind, {})
            ids.update(dict.fromkeys(read_ids(each.thing_ids)))
    found = {kind: await _read(ctx, kind, list(ids)) for kind, ids in wanted.items()}
    bodies = {}
    for each in claimed:
        if each.thing_ids:
            kind = EXPANSIONS[each.tag].kind
            beside = expanded(kind, each.thing_ids, found[kind], ctx.now)
            bodies[each.delivery_id] = body_with(each.body, beside)
    return bodies


async def _read(ctx: Context, kind: Kind, ids: list[UUID]) -> dict[UUID, Thing] | None:
    """Those of the things that exist; None when they cannot be read."""
    found: dict[UUID, Thing] = {}
    try:
        for start in range(0, len(ids), A_READ):
            found |= await things.readers[kind](ctx, ids[start : start + A_READ])
    except Exception as error:
        # The event itself is worth more than what may stand beside it.
        _log.error("things_not_read", kind=kind, reason=f"{type(error).__name__}: {error}")
        return None
    return found
