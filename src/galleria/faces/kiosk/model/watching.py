"""How kiosks do, for the shop's people."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

COUNTED = 1_000  # beyond that it is "many"
STANDARD_PROFILE = "kiosk"


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What a kiosk took along last, and what became of what it sold: counted up to a thousand, for
    as long as sales are kept."""

    key_id: UUID
    pack_made_at: datetime | None = None
    pack_taken_at: datetime | None = None
    placed_count: int = 0
    waiting_count: int = 0


class NewKiosk(msgspec.Struct, frozen=True, kw_only=True):
    """A kiosk to be set up: where it stands, how it is answered, and what else it may read."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    location: Annotated[str, Meta(min_length=1, max_length=60)]
    profile: Annotated[str, Meta(min_length=1, max_length=60)] = STANDARD_PROFILE
    may_read_stock: bool = True
    may_read_staff_notes: bool = False
