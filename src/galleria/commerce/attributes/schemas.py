"""What comes in over the wire."""

from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType, field

from galleria.commerce.attributes.model.attributes import Kind, ReferenceKind
from galleria.commerce.attributes.model.grammar import Violation
from galleria.commerce.attributes.model.metafield_values import NewMetafields
from galleria.commerce.attributes.model.metafields import (
    MAX_CHOICES,
    MAX_ITEMS,
    MetafieldKind,
    OwnerKind,
    Visibility,
)
from galleria.commerce.attributes.model.plain import MAX_TEXT_LENGTH
from galleria.commerce.attributes.model.product_types import MAX_AXES, MAX_SKU_LENGTH
from galleria.commerce.attributes.model.rules import MAX_RULES, Rule
from galleria.commerce.attributes.model.sets import MAX_SET_SIZE, SetItem
from galleria.foundation.http import Handle, LocaleCode, Name, ShortText, WireInput

MAX_MERGED = 500
MAX_ADOPTED = 100

AttributeCode: TypeAlias = Annotated[
    str, Meta(max_length=100, pattern=r"^[a-z0-9][a-z0-9_.-]*$(?!\n)")
]
MetafieldName: TypeAlias = Annotated[
    str, Meta(max_length=60, pattern=r"^[a-z0-9][a-z0-9_-]*$(?!\n)")
]
Labels: TypeAlias = Annotated[dict[LocaleCode, ShortText], Meta(max_length=100)]
Number32: TypeAlias = Annotated[int, Meta(ge=1, le=2**31 - 1)]
Position: TypeAlias = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Decimals: TypeAlias = Annotated[int, Meta(ge=0, le=6)]
Unit: TypeAlias = Annotated[str, Meta(min_length=1, max_length=10)]
Swatch: TypeAlias = Annotated[str, Meta(max_length=36)]
Choices: TypeAlias = Annotated[list[Name], Meta(max_length=MAX_CHOICES)]
SkuPattern: TypeAlias = Annotated[
    str, Meta(max_length=MAX_SKU_LENGTH, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)")
]
Axes: TypeAlias = Annotated[list[Number32], Meta(max_length=MAX_AXES)]
Rules: TypeAlias = Annotated[list[Rule], Meta(max_length=MAX_RULES)]
Items: TypeAlias = Annotated[list[SetItem], Meta(max_length=MAX_SET_SIZE)]
MaxLength: TypeAlias = Annotated[int, Meta(ge=1, le=MAX_TEXT_LENGTH)]
MaxItems: TypeAlias = Annotated[int, Meta(ge=1, le=MAX_ITEMS)]


class NewAttribute(WireInput, frozen=True, kw_only=True):
    """An attribute for the dictionary. Shoppers filter by it unless it says that they do not."""

    code: AttributeCode
    kind: Kind
    label: ShortText = ""
    labels: Labels = field(default_factory=dict)
    decimals: Decimals = 0
    unit: Unit | None = None
    reference_kind: ReferenceKind | None = None
    minimum: float | None = None
    maximum: float | None = None
    is_filterable: bool = True
    is_searchable: bool = False
    is_axis: bool = False
    position: Position = 0


class AttributeChanges(WireInput, frozen=True, kw_only=True):
    """Fields of an attribute to be replaced.

    Code, decimals and kind stay what they are, save that a select may become a swatch and a
    swatch a select; a unit may be given to a number that has none.
    """

    label: Name | UnsetType = UNSET
    labels: Labels | UnsetType = UNSET
    kind: Literal["select", "swatch"] | UnsetType = UNSET
    unit: Unit | UnsetType = UNSET
    minimum: float | UnsetType | None = UNSET
    maximum: float | UnsetType | None = UNSET
    is_filterable: bool | UnsetType = UNSET
    is_searchable: bool | UnsetType = UNSET
    is_axis: bool | UnsetType = UNSET
    is_archived: bool | UnsetType = UNSET
    position: Position | UnsetType = UNSET


class AdoptedCodes(WireInput, frozen=True, kw_only=True):
    """Codes of the base dictionary that a shop takes over."""

    codes: Annotated[list[AttributeCode], Meta(min_length=1, max_length=MAX_ADOPTED)]


class NewAttributeValue(WireInput, frozen=True, kw_only=True):
    """A word to be added to an attribute, behind those it has."""

    word: Name
    labels: Labels = field(default_factory=dict)
    swatch: Swatch | None = None


class AttributeValueChanges(WireInput, frozen=True, kw_only=True):
    """Fields of a value to be replaced. The old word goes on being understood."""

    word: Name | UnsetType = UNSET
    labels: Labels | UnsetType = UNSET
    swatch: Swatch | UnsetType | None = UNSET
    position: Position | UnsetType = UNSET
    is_archived: bool | UnsetType = UNSET


class MergedValues(WireInput, frozen=True, kw_only=True):
    """Values that turned out to be one: those that go, and the one that stays."""

    merged_ids: Annotated[list[Number32], Meta(min_length=1, max_length=MAX_MERGED)]
    value_id: Number32


class AttributeValueOrder(WireInput, frozen=True, kw_only=True):
    """Values in the order in which they are to take the places they have between them."""

    value_ids: Annotated[list[Number32], Meta(min_length=1, max_length=MAX_MERGED)]


class NewAttributeSet(WireInput, frozen=True, kw_only=True):
    """A set to be made; without a handle it gets one from its name."""

    name: Name
    handle: Handle | None = None
    labels: Labels = field(default_factory=dict)
    items: Items = field(default_factory=list)


class AttributeSetChanges(WireInput, frozen=True, kw_only=True):
    """Fields of a set to be replaced."""

    name: Name | UnsetType = UNSET
    handle: Handle | UnsetType = UNSET
    labels: Labels | UnsetType = UNSET
    items: Items | UnsetType = UNSET


class NewProductType(WireInput, frozen=True, kw_only=True):
    """A product type to be made; without a handle it gets one from its name."""

    name: Name
    handle: Handle | None = None
    labels: Labels = field(default_factory=dict)
    axes: Axes = field(default_factory=list)
    attribute_set_id: UUID | None = None
    requires_shipping: bool = True
    is_digital: bool = False
    sku_pattern: SkuPattern = ""
    rules: Rules = field(default_factory=list)


class ProductTypeChanges(WireInput, frozen=True, kw_only=True):
    """Fields of a product type to be replaced; the rules all at once."""

    name: Name | UnsetType = UNSET
    handle: Handle | UnsetType = UNSET
    labels: Labels | UnsetType = UNSET
    axes: Axes | UnsetType = UNSET
    attribute_set_id: UUID | UnsetType | None = UNSET
    requires_shipping: bool | UnsetType = UNSET
    is_digital: bool | UnsetType = UNSET
    sku_pattern: SkuPattern | UnsetType = UNSET
    rules: Rules | UnsetType = UNSET


class CombinationQuestion(WireInput, frozen=True, kw_only=True):
    """A choice for some or all axes, by code: a word, or a number with or without a unit."""

    selection: Annotated[dict[AttributeCode, Any], Meta(max_length=MAX_AXES)]


class CombinationAnswer(Struct, frozen=True, kw_only=True):
    """Whether a combination is made, and if not, why, and what is instead."""

    is_legal: bool
    violations: list[Violation]


class NewMetafieldDefinition(WireInput, frozen=True, kw_only=True):
    """A metafield to be defined."""

    owner_kind: OwnerKind
    namespace: MetafieldName
    code: MetafieldName
    kind: MetafieldKind
    label: ShortText = ""
    labels: Labels = field(default_factory=dict)
    decimals: Decimals = 0
    unit: Unit | None = None
    reference_kind: ReferenceKind | None = None
    minimum: float | None = None
    maximum: float | None = None
    max_length: MaxLength | None = None
    choices: Choices = field(default_factory=list)
    is_list: bool = False
    max_items: MaxItems | None = None
    is_required: bool = False
    is_searchable: bool = False
    is_filterable: bool = False
    storefront: Visibility = "none"
    position: Position = 0


class MetafieldChanges(WireInput, frozen=True, kw_only=True):
    """Values by `namespace.code`: null takes one away, and null for all of them takes all."""

    metafields: NewMetafields | None


class KeptMetafields(Struct, frozen=True, kw_only=True):
    """What a thing keeps, null when there is nothing, and the version it has by now."""

    metafields: dict[str, Any] | None
    version: int


class MetafieldDefinitionChanges(WireInput, frozen=True, kw_only=True):
    """Fields of a definition to be replaced; its owners, name and kind stay what they are.

    What is kept by the old definition is kept; it has to fit the new one when it is next written.
    """

    label: Name | UnsetType = UNSET
    labels: Labels | UnsetType = UNSET
    minimum: float | UnsetType | None = UNSET
    maximum: float | UnsetType | None = UNSET
    max_length: MaxLength | UnsetType | None = UNSET
    choices: Choices | UnsetType = UNSET
    max_items: MaxItems | UnsetType | None = UNSET
    is_required: bool | UnsetType = UNSET
    is_searchable: bool | UnsetType = UNSET
    is_filterable: bool | UnsetType = UNSET
    storefront: Visibility | UnsetType = UNSET
    position: Position | UnsetType = UNSET
