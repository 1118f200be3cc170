"""Places in collections that an import gave or took, and what becomes of them on its way back."""

from collections.abc import Collection, Iterable
from uuid import UUID

import msgspec


class FilledMember(msgspec.Struct, frozen=True, kw_only=True):
    """A product's place in a collection: where it was before, None for nowhere, and whether the
    import left it in."""

    product_id: UUID
    collection_id: UUID
    position_before: int | None
    is_member: bool

    @property
    def key(self) -> tuple[UUID, UUID]:
        """(collection, product)."""
        return self.collection_id, self.product_id


class WayBack(msgspec.Struct, frozen=True):
    """Who is put back into a collection where it stood, and who is taken out again."""

    back: list[FilledMember]
    out: list[FilledMember]


def way_back(filled: Iterable[FilledMember], present: Collection[tuple[UUID, UUID]]) -> WayBack:
    """A product is in again what it was in, as far as it still is as the import left it.

    Where it is not, somebody has put it back already, and nothing is to be done. `present` are
    the (collection, product) pairs as they are.
    """
    way = WayBack([], [])
    for each in filled:
        if (each.key in present) != each.is_member:
            continue
        if each.is_member and each.position_before is None:
            way.out.append(each)
        elif not each.is_member and each.position_before is not None:
            way.back.append(each)
    return way
