"""The verbs of the catalog."""

from galleria.commerce.catalog.service.bulk_edits import update_variants
from galleria.commerce.catalog.service.explaining import reasons_against
from galleria.commerce.catalog.service.generating import generate_variants, preview_variants
from galleria.commerce.catalog.service.listing import (
    Sort,
    cursor_before,
    get_variant,
    list_products,
    list_variants,
    reversed_sort,
    summaries_of,
    variants_by_sku,
    variants_of,
)
from galleria.commerce.catalog.service.merging import (
    diff_products,
    merge_products,
    merge_together,
)
from galleria.commerce.catalog.service.naming import ensure_category_path
from galleria.commerce.catalog.service.picturing import (
    attach_media,
    attach_pictures,
    pictures_to_fetch,
)
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
    barcodes_of,
    existing_products,
    gone_among,
    in_portions,
    is_value_used,
    names_of,
    orphan_variants,
    outlines_of,
    product_ids_after,
    product_ids_matching,
    product_ids_using,
    products_by_handle,
    products_by_reference,
    products_of_variants,
    remove_orphans,
    variant_ids_by_product,
)
from galleria.commerce.catalog.service.relabelling import relabel_products
from galleria.commerce.catalog.service.requirements import effective_attributes
from galleria.commerce.catalog.service.restoring import list_versions, restore_product
from galleria.commerce.catalog.service.scheduling import apply_schedule
from galleria.commerce.catalog.service.structure import (
    create_category,
    get_category,
    list_categories,
    remove_category,
    update_category,
)
from galleria.commerce.catalog.service.undoing import ALL_PARTS, undo_part
from galleria.commerce.catalog.service.variants import (
    add_variant,
    remove_variant,
    update_variant,
)

__all__ = [
    "ALL_PARTS",
    "Sort",
    "add_variant",
    "all_categories",
    "apply_schedule",
    "archive_product",
    "attach_media",
    "attach_pictures",
    "barcodes_of",
    "bulk_set_status",
    "count_products",
    "create_category",
    "create_product",
    "cursor_before",
    "delete_product",
    "diff_products",
    "effective_attributes",
    "ensure_category_path",
    "existing_products",
    "generate_variants",
    "get_category",
    "get_product",
    "get_product_by_handle",
    "get_variant",
    "gone_among",
    "in_portions",
    "is_value_used",
    "list_categories",
    "list_products",
    "list_variants",
    "list_versions",
    "merge_products",
    "merge_together",
    "names_of",
    "orphan_variants",
    "outlines_of",
    "pictures_to_fetch",
    "preview_variants",
    "product_ids_after",
    "product_ids_matching",
    "product_ids_using",
    "products_by_handle",
    "products_by_reference",
    "products_for_listing",
    "products_of_variants",
    "publish_product",
    "reasons_against",
    "refresh_statistics",
    "relabel_products",
    "remove_category",
    "remove_orphans",
    "remove_variant",
    "restore_product",
    "reversed_sort",
    "summaries_of",
    "undo_part",
    "unpublish_product",
    "update_category",
    "update_product",
    "update_variant",
    "update_variants",
    "variant_ids_by_product",
    "variants_by_sku",
    "variants_of",
]
