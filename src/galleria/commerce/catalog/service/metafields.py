"""Has metafields checked by the definitions of the shop."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import UnsetType

from galleria.commerce import attributes
from galleria.commerce.attributes import (
    Dictionary,
    Metafields,
    OwnerKind,
    changed_metafields,
    checked_metafields,
)
from galleria.commerce.catalog.errors import InvalidProduct, InvalidStructure
from galleria.commerce.catalog.model.drafts import ProductDraft
from galleria.engines.sql import Transaction
from galleria.foundation.errors import FieldError


def draft_with_checked(
    dictionary: Dictionary, draft: ProductDraft
) -> tuple[ProductDraft, list[FieldError]]:
    """The draft with metafields as they are kept, and what is wrong with them."""
    faults: list[FieldError] = []
    if draft.metafields is not None:
        own = dictionary.definitions.get("product", {})
        clean, errors = checked_metafields(own, draft.metafields)
        draft = msgspec.structs.replace(draft, metafields=clean)
        faults += errors
    if any(each.metafields is not None for each in draft.variants):
        theirs = dictionary.definitions.get("variant", {})
        variants = list(draft.variants)
        for at, variant in enumerate(variants):
            if variant.metafields is not None:
                clean, errors = checked_metafields(theirs, variant.metafields)
                variants[at] = msgspec.structs.replace(variant, metafields=clean)
                faults += [
                    msgspec.structs.replace(each, path=f"variants[{at}].{each.path}")
                    for each in errors
                ]
        draft = msgspec.structs.replace(draft, variants=variants)
    return draft, faults


def names_in(draft: ProductDraft) -> set[str]:
    """The names of all metafields that the draft gives a value, its variants' too."""
    given = [draft.metafields, *(each.metafields for each in draft.variants)]
    return {name for values in given for name in values or {}}


async def changed(
    tx: Transaction,
    kind: OwnerKind,
    present: Metafields | None,
    changes: Mapping[str, Any] | UnsetType | None,
) -> Metafields | None:
    """What a thing of this kind keeps after the changes, by name; null takes a value away.

    Raises:
        InvalidProduct: of a product or variant, naming each value at fault.
        InvalidStructure: the same of a category.
        NamespaceOfApp: some are an app's.
    """
    if changes is msgspec.UNSET:
        return present
    definitions = (await attributes.dictionary(tx)).definitions.get(kind, {})
    after, errors = changed_metafields(definitions, present, changes)
    if errors:
        refusal = InvalidStructure if kind == "category" else InvalidProduct
        raise refusal("not all metafields are valid", errors=errors)
    await attributes.refuse_foreign(tx, attributes.differing(definitions, present, after))
    return after
