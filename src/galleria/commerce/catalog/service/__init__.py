"""The verbs of the catalog."""

from galleria.commerce.catalog.service.listing import (
    get_variant,
    list_products,
    list_variants,
    variants_by_sku,
    variants_of,
)
from galleria.commerce.catalog.service.merging import (
    diff_products,
    merge_products,
    merge_together,
)
from galleria.commerce.catalog.service.naming import ensure_category_path
from galleria.commerce.catalog.service.products import (
    archive_product,
    bulk_set_status,
    count_products,
    create_product,
    delete_product,
    get_product,
    get_product_by_handle,
    products_for_listing,
    publish_product,
    refresh_statistics,
    unpublish_product,
    update_product,
)
from galleria.commerce.catalog.service.reading import (
    all_categories,
    existing_products,
    is_value_used,
    product_ids_after,
    product_ids_matching,
    product_ids_using,
    products_of_variants,
    variant_ids_by_product,
)
from galleria.commerce.catalog.service.structure import (
    create_category,
    get_category,
    list_categories,
    remove_category,
    update_category,
)
from galleria.commerce.catalog.service.variants import (
    add_variant,
    attach_media,
    remove_variant,
    update_variant,
)

__all__ = [
    "add_variant",
    "all_categories",
    "archive_product",
    "attach_media",
    "bulk_set_status",
    "count_products",
    "create_category",
    "create_product",
    "delete_product",
    "diff_products",
    "ensure_category_path",
    "existing_products",
    "get_category",
    "get_product",
    "get_product_by_handle",
    "get_variant",
    "is_value_used",
    "list_categories",
    "list_products",
    "list_variants",
    "merge_products",
    "merge_together",
    "product_ids_after",
    "product_ids_matching",
    "product_ids_using",
    "products_for_listing",
    "products_of_variants",
    "publish_product",
    "refresh_statistics",
    "remove_category",
    "remove_variant",
    "unpublish_product",
    "update_category",
    "update_product",
    "update_variant",
    "variant_ids_by_product",
    "variants_by_sku",
    "variants_of",
]
