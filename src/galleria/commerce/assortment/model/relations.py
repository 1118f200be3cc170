"""What goes together: one product names others, each for a reason, in an order."""

from collections.abc import Iterable, Sequence
from uuid import UUID

import msgspec

from galleria.foundation.errors import FieldError

MAX_RELATIONS = 250  # of one product, of all kinds together
KINDS = ("accessory", "cross_sell", "up_sell", "replacement")
"""Those every shop knows; a shop may have kinds of its own."""


class Relation(msgspec.Struct, frozen=True, kw_only=True):
    """`product_id` names `related_id`; when it `is_mutual`, the other names it back.

    `related_handle` is None while the related product is not on sale.
    """

    product_id: UUID
    kind: str
    related_id: UUID
    position: int
    is_mutual: bool
    related_handle: str | None


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """Which products a product is to name for a reason, in this order: these and no others."""

    product_id: UUID
    kind: str
    related_ids: list[UUID]
    is_mutual: bool


def check_wish(wish: Wish, known: Iterable[UUID]) -> list[FieldError]:
    """What is wrong with a wish, `known` being the products there are."""
    there, seen = set(known), set[UUID]()
    errors: list[FieldError] = []
    for at, related_id in enumerate(wish.related_ids):
        path = f"related[{at}]"
        if related_id not in there:
            errors.append(FieldError(path, "product_not_found", "there is no such product"))
        elif related_id == wish.product_id:
            errors.append(FieldError(path, "own_relation", "a product does not name itself"))
        elif related_id in seen:
            errors.append(FieldError(path, "duplicate_relation", "it is named already"))
        seen.add(related_id)
    return errors


def relations_after(present: Sequence[Relation], wishes: Sequence[Wish]) -> list[Relation]:
    """All relations of the products concerned once the wishes, one after the other, are granted.

    What named a product back goes when it is named no longer, and comes behind what there is.

    Args:
        present: every relation that begins at a product wished for, or at one it names or named.
        wishes: each of another product or kind.
    """
    kept = {(each.product_id, each.kind, each.related_id): each for each in present}
    for wish in wishes:
        before = [
            each
            for each in kept.values()
            if (each.product_id, each.kind) == (wish.product_id, wish.kind)
        ]
        places: dict[UUID, int] = {}
        for each in before:
            del kept[each.product_id, each.kind, each.related_id]
            back = kept.pop((each.related_id, each.kind, each.product_id), None)
            if back is not None and back.is_mutual:
                places[each.related_id] = back.position
            elif back is not None:
                kept[back.product_id, back.kind, back.related_id] = back
        for position, related_id in enumerate(wish.related_ids):
            key = (wish.product_id, wish.kind, related_id)
            kept[key] = _relation(key, position, wish.is_mutual)
            if wish.is_mutual:
                back_key = (related_id, wish.kind, wish.product_id)
                present_there = (e.position for k, e in kept.items() if k[:2] == back_key[:2])
                behind = 1 + max(present_there, default=-1)
                kept[back_key] = _relation(back_key, places.get(related_id, behind), True)
    return list(kept.values())


def _relation(key: tuple[UUID, str, UUID], position: int, is_mutual: bool) -> Relation:
    product_id, kind, related_id = key
    return Relation(
        product_id=product_id,
        kind=kind,
        related_id=related_id,
        position=position,
        is_mutual=is_mutual,
        related_handle=None,
    )
