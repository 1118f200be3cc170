"""The verbs of the catalog."""

from galleria.commerce.catalog.service.attributes import (
    create_attribute,
    list_attributes,
    update_attribute,
)
from galleria.commerce.catalog.service.listing import (
    get_variant,
    list_products,
    list_variants,
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
    attributes_with,
    find_collection,
    product_ids_after,
)
from galleria.commerce.catalog.service.structure import (
    create_category,
    create_collection,
    fill_collection,
    get_category,
    get_collection,
    list_categories,
    list_collections,
    remove_category,
    remove_collection,
    update_category,
    update_collection,
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
    "attributes_with",
    "bulk_set_status",
    "count_products",
    "create_attribute",
    "create_category",
    "create_collection",
    "create_product",
    "delete_product",
    "diff_products",
    "ensure_category_path",
    "fill_collection",
    "find_collection",
    "get_category",
    "get_collection",
    "get_product",
    "get_product_by_handle",
    "get_variant",
    "list_attributes",
    "list_categories",
    "list_collections",
    "list_products",
    "list_variants",
    "merge_products",
    "merge_together",
    "product_ids_after",
    "products_for_listing",
    "publish_product",
    "refresh_statistics",
    "remove_category",
    "remove_collection",
    "remove_variant",
    "unpublish_product",
    "update_attribute",
    "update_category",
    "update_collection",
    "update_product",
    "update_variant",
    "variants_of",
]
