"""The dictionary as it was at one moment: everything but the words themselves."""

from collections.abc import Iterable, Mapping
from uuid import UUID

import msgspec

from galleria.commerce.attributes.model.attributes import (
    Attribute,
    Kind,
    fresh_attribute,
    word_key,
)
from galleria.commerce.attributes.model.metafields import MetafieldDefinition, OwnerKind
from galleria.commerce.attributes.model.product_types import ProductType
from galleria.commerce.attributes.model.sets import AttributeSet


class Dictionary(msgspec.Struct, frozen=True):
    """A snapshot, shared by all who ask: nobody changes what is in it.

    `version` differs whenever anything in it does, None for a shop that never wrote any;
    `values_version` whenever a word was added or changed.
    `axes_by_label` finds what variants may differ by under the `word_key` of its label, and
    `axes_by_any_label` under that of its label in any language.
    """

    version: UUID | None
    values_version: UUID | None
    attributes: dict[int, Attribute]
    by_code: dict[str, Attribute]
    axes_by_label: dict[str, Attribute]
    axes_by_any_label: dict[str, Attribute]
    types: dict[UUID, ProductType]
    sets: dict[UUID, AttributeSet]
    definitions: dict[OwnerKind, dict[str, MetafieldDefinition]]


def dictionary_of(
    version: UUID | None,
    attributes: Iterable[Attribute] = (),
    sets: Iterable[AttributeSet] = (),
    definitions: Iterable[MetafieldDefinition] = (),
    types: Iterable[ProductType] = (),
) -> Dictionary:
    """The snapshot of these."""
    by_id = {each.attribute_id: each for each in attributes}
    axes = [each for each in by_id.values() if each.is_axis]
    by_owner: dict[OwnerKind, dict[str, MetafieldDefinition]] = {}
    for each in definitions:
        by_owner.setdefault(each.owner_kind, {})[each.name] = each
    return Dictionary(
        version=version,
        values_version=None,
        attributes=by_id,
        by_code={each.code: each for each in by_id.values()},
        axes_by_label={word_key(each.label): each for each in axes},
        # Of two that are called alike the one that shoppers filter by is found.
        axes_by_any_label={
            word_key(label): each
            for each in sorted(axes, key=lambda each: each.is_filterable)
            for label in (*each.labels.values(), each.label)
        },
        types={each.product_type_id: each for each in types},
        sets={each.attribute_set_id: each for each in sets},
        definitions=by_owner,
    )


def supposing(
    known: Dictionary, kinds: Mapping[str, Kind], labels: Mapping[str, str]
) -> Dictionary:
    """The dictionary as it would be if it had attributes of these codes too, numbered from -1."""
    fresh = [
        fresh_attribute(-at, code, kind, labels.get(code, ""))
        for at, (code, kind) in enumerate(kinds.items(), 1)
        if code not in known.by_code
    ]
    supposed = dictionary_of(
        None,
        [*known.attributes.values(), *fresh],
        known.sets.values(),
        [each for named in known.definitions.values() for each in named.values()],
        known.types.values(),
    )
    # Words are looked up as they are.
    return msgspec.structs.replace(supposed, values_version=known.values_version)
