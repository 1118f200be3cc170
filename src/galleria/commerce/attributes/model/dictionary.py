"""The dictionary as it was at one moment: all attributes, sets and metafield definitions."""

from collections.abc import Iterable
from uuid import UUID

import msgspec

from galleria.commerce.attributes.model.attributes import Attribute
from galleria.commerce.attributes.model.metafields import MetafieldDefinition, OwnerKind
from galleria.commerce.attributes.model.sets import AttributeSet


class Dictionary(msgspec.Struct, frozen=True):
    """A snapshot, shared by all who ask: nobody changes what is in it.

    `version` differs whenever anything in it does, None for a shop that never wrote any.
    """

    version: UUID | None
    attributes: dict[int, Attribute]
    by_code: dict[str, Attribute]
    sets: dict[UUID, AttributeSet]
    definitions: dict[OwnerKind, dict[str, MetafieldDefinition]]


def dictionary_of(
    version: UUID | None,
    attributes: Iterable[Attribute] = (),
    sets: Iterable[AttributeSet] = (),
    definitions: Iterable[MetafieldDefinition] = (),
) -> Dictionary:
    """The snapshot of these."""
    by_id = {each.attribute_id: each for each in attributes}
    by_owner: dict[OwnerKind, dict[str, MetafieldDefinition]] = {}
    for each in definitions:
        by_owner.setdefault(each.owner_kind, {})[each.name] = each
    return Dictionary(
        version=version,
        attributes=by_id,
        by_code={each.code: each for each in by_id.values()},
        sets={each.attribute_set_id: each for each in sets},
        definitions=by_owner,
    )
