"""What the unique indexes say when two writers want the same name."""

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg

from galleria.commerce.catalog import errors
from galleria.foundation.errors import Conflict

_BY_CONSTRAINT: dict[str, tuple[type[Conflict], str]] = {
    "product_tenant_id_handle_key": (errors.HandleTaken, "another product has this handle"),
    "product_external_ref": (errors.ExternalRefTaken, "another product has this reference"),
    "variant_sku": (errors.SkuTaken, "another variant has this SKU"),
    "variant_tenant_id_product_id_option_values_key": (
        errors.CombinationTaken,
        "another variant has these option values",
    ),
    "category_tenant_id_handle_key": (errors.HandleTaken, "another category has this handle"),
    "category_tenant_id_path_key": (errors.HandleTaken, "its parent has a category of this name"),
    "collection_tenant_id_handle_key": (
        errors.HandleTaken,
        "another collection has this handle",
    ),
    "attribute_tenant_id_code_key": (errors.CodeTaken, "another attribute has this code"),
}


@contextmanager
def named_conflicts() -> Iterator[None]:
    """A name taken in the same moment by somebody else is a typed conflict, not a failure."""
    try:
        yield
    except asyncpg.UniqueViolationError as violation:
        known = _BY_CONSTRAINT.get(violation.constraint_name or "")
        if known is None:
            raise
        error, detail = known
        raise error(detail) from violation
