"""Cursors: how far a kiosk has heard of changes, and as which edition."""

from galleria.engines.context import Context
from galleria.faces.kiosk.errors import OfflineCursorExpired
from galleria.faces.kiosk.model.packs import Edition
from galleria.foundation.pagination import InvalidCursor

_SCOPE = "kiosk.changes"


def cursor_of(ctx: Context, edition: Edition, sequence: int) -> str:
    """A cursor behind the change of this number."""
    codec = ctx.engines.cursors
    return codec.encode(ctx.tenant.tenant_id, _SCOPE, [sequence, edition.text])


def sequence_in(ctx: Context, edition: Edition, cursor: str) -> int:
    """The number of the last change that the cursor has heard of.

    Raises:
        InvalidCursor: it is none of this shop's.
        OfflineCursorExpired: it is of another edition: profile, channel, language, place or rights
            are others now.
    """
    keys = ctx.engines.cursors.decode(cursor, ctx.tenant.tenant_id, _SCOPE)
    if len(keys) != 2 or not isinstance(keys[0], int):
        raise InvalidCursor("this cursor is not one of this list")
    if keys[1] != edition.text:
        raise OfflineCursorExpired("the kiosk is told otherwise now than when it took its pack")
    return keys[0]
