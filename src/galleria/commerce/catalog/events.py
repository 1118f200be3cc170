"""What the catalog tells the other rooms."""

from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

import msgspec

from galleria.foundation.events import Event

MAX_IDS = 500  # an event stays small enough to be handled in one go


class ProductsChanged(Event, frozen=True, kw_only=True):
    """These products were made or changed in a way a shopper may see.

    `reason` is created, changed, merged, status, variants, structure, or renamed when only a
    category they lie in has another name or place. `subject` is the product when it is one, else
    "catalog".
    """

    TAG: ClassVar[str] = "catalog.products_changed.v1"
    SUBJECT: ClassVar[str] = "subject"

    subject: str
    product_ids: list[UUID]
    reason: str


class ProductsRemoved(Event, frozen=True, kw_only=True):
    """These products exist no more, nor do their variants."""

    TAG: ClassVar[str] = "catalog.products_removed.v1"
    SUBJECT: ClassVar[str] = "subject"

    subject: str
    product_ids: list[UUID]


class VariantsRemoved(Event, frozen=True, kw_only=True):
    """These variants exist no more; their products may."""

    TAG: ClassVar[str] = "catalog.variants_removed.v1"
    SUBJECT: ClassVar[str] = "subject"

    subject: str
    variant_ids: list[UUID]


class NamedCollections(msgspec.Struct, frozen=True):
    """A product and the collections its draft names, by title or handle; none to be in none."""

    product_id: UUID
    collections: list[str]


class CollectionsNamed(Event, frozen=True, kw_only=True):
    """Drafts of these products, sent by a client, name the collections they should be in."""

    TAG: ClassVar[str] = "catalog.collections_named.v1"
    SUBJECT: ClassVar[str] = "subject"

    subject: str
    products: list[NamedCollections]


class StructureChanged(Event, frozen=True, kw_only=True):
    """Categories or attributes were made, changed or removed.

    `kind` is category or attribute; `ids` names those concerned as text.
    """

    TAG: ClassVar[str] = "catalog.structure_changed.v1"
    SUBJECT: ClassVar[str] = "subject"

    subject: str = "catalog"
    kind: str
    ids: list[str]


def products_changed(product_ids: Sequence[UUID], reason: str) -> list[ProductsChanged]:
    """One event for each 500 products, in the order given."""
    return [
        ProductsChanged(subject=_subject(part), product_ids=part, reason=reason)
        for part in _parts(product_ids)
    ]


def products_removed(product_ids: Sequence[UUID]) -> list[ProductsRemoved]:
    """One event for each 500 products, in the order given."""
    return [
        ProductsRemoved(subject=_subject(part), product_ids=part) for part in _parts(product_ids)
    ]


def variants_removed(variant_ids: Sequence[UUID]) -> list[VariantsRemoved]:
    """One event for each 500 variants, in the order given."""
    return [
        VariantsRemoved(subject=_subject(part), variant_ids=part) for part in _parts(variant_ids)
    ]


def collections_named(named: Sequence[NamedCollections]) -> list[CollectionsNamed]:
    """One event for each 500 products, in the order given."""
    return [
        CollectionsNamed(
            subject=str(part[0].product_id) if len(part) == 1 else "catalog", products=list(part)
        )
        for start in range(0, len(named), MAX_IDS)
        for part in [named[start : start + MAX_IDS]]
    ]


def _parts(ids: Sequence[UUID]) -> list[list[UUID]]:
    return [list(ids[start : start + MAX_IDS]) for start in range(0, len(ids), MAX_IDS)]


def _subject(ids: Sequence[UUID]) -> str:
    return str(ids[0]) if len(ids) == 1 else "catalog"
