"""Which shops share an index and which have their own: what a room sees of it.

An adapter that lays its documents into several parts by shop keeps these protocols besides the
port; one that does not, such as a cluster that routes by itself, has none of it.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Protocol, runtime_checkable

import msgspec

from galleria.engines.search_index.model import SearchDocument
from galleria.engines.search_index.port import Rebuild

# The part that all shops share which have none of their own; no shop has this number.
SHARED = 0


class Wish(StrEnum):
    """Where the operator wants a shop to lie."""

    OWN = "own"
    SHARED = "shared"
    BY_SIZE = "by-size"


class ShardStatus(msgspec.Struct, frozen=True, kw_only=True):
    """The state of one part of the index.

    `tenant_id` is the shop whose own it is, `SHARED` for the shared one. `is_filling` is true for
    one that answers nobody yet, since a shop is being moved into it.
    """

    tenant_id: int
    documents: int
    segments: int
    size_bytes: int
    needs_rebuild: bool
    is_readable: bool = True
    is_filling: bool = False


@runtime_checkable
class PlacedIndex(Protocol):
    """An index in parts, as any process reads it."""

    async def shards(self) -> list[ShardStatus]:
        """The state of each part, the shared one first, then by the shop's number."""

    async def own_of(self) -> Mapping[int, str]:
        """Which shops have a part of their own, and the name of its folder, by now."""

    async def sizes(self, tenant_ids: Collection[int], *, is_exact: bool = False) -> dict[int, int]:
        """How many documents shops have. Unless `is_exact` it is a look-up each, which may count
        what is gone, too. Raises SearchUnavailable."""

    async def wish(self, tenant_id: int, wish: Wish) -> None:
        """Note durably where the operator wants a shop to lie; the writing process does it."""

    async def wishes(self) -> Mapping[int, Wish]:
        """What was wished and not taken back, by shop."""


@runtime_checkable
class PlacingWriter(Protocol):
    """The writer of an index in parts. One rebuild or move is under way at a time."""

    @property
    def own(self) -> Mapping[int, str]:
        """Which shops have a part of their own, and the name of its folder."""

    @property
    def moving(self) -> Mapping[int, bool]:
        """Which shops are on their way, and whether to a part of their own; also those whose move
        an earlier process left half made."""

    def take_changed(self) -> frozenset[int] | None:
        """The shops that have changed since this was asked last; None: any may have."""

    def look_again(self, changed: frozenset[int] | None) -> None:
        """Give back what `take_changed` said, since it could not be looked at."""

    async def begin_rebuild_of(self, tenant_id: int) -> Rebuild[SearchDocument]:
        """As `begin_rebuild`, of one part alone: of a shop's own, or of the `SHARED` one.

        Raises:
            SearchUnavailable: a rebuild or a move is under way already, or there is no such part.
        """

    async def begin_move(self, tenant_id: int, *, to_own: bool) -> Rebuild[SearchDocument]:
        """Begin to move a shop, or go on with a move that was left half made.

        It is answered from where it lies until `finish`, which switches durably and then removes
        what was there before; changes meanwhile go to both places. `abandon` leaves it where it is.

        Raises:
            SearchUnavailable: a rebuild or a move is under way already; the shop lies there; or the
                part that it lies in or comes to is to be rebuilt first.
        """

    async def forget_tenant(self, tenant_id: int) -> None:
        """A shop that is gone has no documents and no part any more, durably.

        Raises:
            SearchUnavailable: a rebuild or a move is under way, or the engine failed.
        """
