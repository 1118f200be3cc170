"""What somebody wants different about a thing that is there; UNSET leaves a field as it is."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from galleria.commerce.catalog.errors import InvalidProduct
from galleria.commerce.catalog.model.drafts import (
    MAX_WEIGHT_G,
    MediaDraft,
    ProductDraft,
    VariantDraft,
    check_combinations,
    check_draft,
    check_variant,
)
from galleria.commerce.catalog.model.products import (
    AttributeValue,
    Option,
    Product,
    ProductFacts,
    Seo,
    Translation,
    Variant,
)
from galleria.foundation.http import (
    Handle,
    HttpUrl,
    LocaleCode,
    LongText,
    ShortText,
    Sku,
    WireInput,
)


class ProductChanges(WireInput, frozen=True, kw_only=True):
    """Fields of a product to be replaced, each as a whole."""

    handle: Handle | UnsetType = UNSET
    title: ShortText | UnsetType = UNSET
    description_html: LongText | UnsetType = UNSET
    brand: ShortText | UnsetType = UNSET
    product_type: ShortText | UnsetType = UNSET
    tags: list[ShortText] | UnsetType = UNSET
    attributes: dict[str, AttributeValue] | UnsetType = UNSET
    options: list[Option] | UnsetType = UNSET
    media: list[MediaDraft] | UnsetType = UNSET
    category_ids: list[UUID] | UnsetType = UNSET
    translations: dict[LocaleCode, Translation] | UnsetType = UNSET
    seo: Seo | UnsetType = UNSET
    external_ref: ShortText | UnsetType | None = UNSET


class VariantChanges(WireInput, frozen=True, kw_only=True):
    """Fields of a variant to be replaced."""

    position: Annotated[int, Meta(ge=0, le=100_000)] | UnsetType = UNSET
    sku: Sku | UnsetType | None = UNSET
    barcode: Sku | UnsetType | None = UNSET
    option_values: list[ShortText] | UnsetType = UNSET
    weight_g: Annotated[int, Meta(ge=0, le=MAX_WEIGHT_G)] | UnsetType | None = UNSET
    is_shippable: bool | UnsetType = UNSET
    is_taxable: bool | UnsetType = UNSET
    media_id: UUID | UnsetType | None = UNSET
    image_url: HttpUrl | UnsetType | None = UNSET
    external_ref: ShortText | UnsetType | None = UNSET


_OWN_FIELDS = frozenset(ProductFacts.__struct_fields__)


def own_fields(changes: ProductChanges) -> dict[str, Any]:
    """The changes that are facts of the product; words are seen to elsewhere."""
    return {name: value for name, value in _set_fields(changes).items() if name in _OWN_FIELDS}


def _set_fields(changes: msgspec.Struct) -> dict[str, Any]:
    values = {name: getattr(changes, name) for name in changes.__struct_fields__}
    return {name: value for name, value in values.items() if value is not UNSET}


def check_changes(product: Product, changes: ProductChanges) -> None:
    """Pass when the product would be sound with these changes; variants are seen to elsewhere.

    Raises:
        InvalidProduct: with the fields at fault.
    """
    fields = _set_fields(changes)
    # The same rules as for a draft, asked of a draft that has just these fields.
    options = fields.get("options", product.options)
    draft = ProductDraft(
        handle=fields.get("handle", product.handle),
        title=fields.get("title", product.title),
        description_html=fields.get("description_html", ""),
        brand=fields.get("brand", ""),
        product_type=fields.get("product_type", ""),
        tags=fields.get("tags", []),
        options=options,
        variants=[VariantDraft(option_values=[o.values[0] for o in options if o.values])],
        media=fields.get("media", []),
        translations=fields.get("translations"),
        external_ref=fields.get("external_ref"),
    )
    errors = [error for error in check_draft(draft) if not error.path.startswith("variants")]
    if errors:
        raise InvalidProduct("the product would not be valid", errors=errors)


def change_variant(
    product: Product, variants: Sequence[Variant], changed: Variant, changes: VariantChanges
) -> Variant:
    """The variant with its changes, sound among its product's other variants.

    Raises:
        InvalidProduct: with the fields at fault.
    """
    variant = msgspec.structs.replace(changed, **_set_fields(changes))
    check_among(product, [v for v in variants if v.variant_id != changed.variant_id], variant)
    return variant


def check_among(product: Product, others: Sequence[Variant], variant: Variant) -> None:
    """Pass when `variant` may stand beside the product's `others`.

    Raises:
        InvalidProduct: with the fields at fault.
    """
    errors = check_variant(
        VariantDraft(
            sku=variant.sku,
            barcode=variant.barcode,
            weight_g=variant.weight_g,
            image_url=variant.image_url,
            external_ref=variant.external_ref,
        )
    )
    combinations = [*(other.option_values for other in others), variant.option_values]
    own_path = f"variants[{len(others)}]."
    errors += [
        msgspec.structs.replace(error, path=error.path.removeprefix(own_path))
        for error in check_combinations(product.options, combinations)
    ]
    if errors:
        raise InvalidProduct("the variant would not be valid", errors=errors)
