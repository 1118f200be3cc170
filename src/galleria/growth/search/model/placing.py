"""Which shops have a search index of their own."""

from typing import Annotated

import msgspec
from msgspec import Meta

# A shop about the threshold must not move to and fro: filling an index takes its time.
_BACK_BELOW = 0.5


class PlacingSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When a shop of the embedded index gets one of its own."""

    own_index_from: Annotated[int, Meta(ge=0)] = 250_000
    """A shop with so many documents (products in each channel and language) has a search index of
    its own, in the same folder; it comes back below half of it. 0: only where the operator wishes
    it."""


def belongs_apart(
    documents: int,
    settings: PlacingSettings,
    *,
    is_apart: bool,
    is_wished_apart: bool | None = None,
) -> bool:
    """Whether a shop should have an index of its own, which it has now or not."""
    if is_wished_apart is not None:
        return is_wished_apart
    if not settings.own_index_from:
        return False
    least = settings.own_index_from * (_BACK_BELOW if is_apart else 1)
    return documents >= least
