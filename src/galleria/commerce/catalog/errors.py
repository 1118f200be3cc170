"""What can go wrong with the shelves, each with a code that stays."""

from galleria.foundation.errors import Conflict, InvalidInput, NotFound, PreconditionFailed


class ProductNotFound(NotFound):
    """This shop has no such product."""

    code = "product_not_found"
    title = "No such product"


class VariantNotFound(NotFound):
    """This shop has no such variant."""

    code = "variant_not_found"
    title = "No such variant"


class CategoryNotFound(NotFound):
    """This shop has no such category."""

    code = "category_not_found"
    title = "No such category"


class InvalidProduct(InvalidInput):
    """A product, as described, could not be sold: the errors say which field and why."""

    code = "invalid_product"
    title = "The product is not valid"


class InvalidStructure(InvalidInput):
    """A category or attribute, as described, cannot be."""

    code = "invalid_structure"
    title = "This cannot be arranged so"


class ProductNotPublishable(Conflict):
    """It is archived, or there is nothing in it to sell."""

    code = "product_not_publishable"
    title = "This product cannot be put on sale"


class AttributeRequired(Conflict):
    """Its categories or its type ask for an attribute it does not have; a draft may lack it."""

    code = "attribute_required"
    title = "The product lacks what its categories ask for"


class LastVariant(Conflict):
    """A product keeps at least one variant."""

    code = "last_variant"
    title = "A product keeps at least one variant"


class TooManyVariants(Conflict):
    """The product has as many variants as it may."""

    code = "too_many_variants"
    title = "The product has as many variants as it may"


class HandleTaken(Conflict):
    """Another thing of its kind has this handle."""

    code = "handle_taken"
    title = "The handle is taken"


class SkuTaken(Conflict):
    """Another variant of the shop has this SKU."""

    code = "sku_taken"
    title = "The SKU is taken"


class ExternalRefTaken(Conflict):
    """Another product has this reference."""

    code = "external_ref_taken"
    title = "The external reference is taken"


class CodeTaken(Conflict):
    """Another attribute has this code."""

    code = "code_taken"
    title = "The code is taken"


class CategoryNotEmpty(Conflict):
    """A category with categories in it is not removed."""

    code = "category_not_empty"
    title = "The category holds other categories"


class StaleVersion(PreconditionFailed):
    """Somebody else was quicker."""

    code = "stale_version"
    title = "It has changed since it was read"
