"""How reading the shop window can fail."""

from galleria.foundation.errors import InvalidInput, NotFound


class ListingNotFound(NotFound):
    code = "product_not_found"
    title = "This shop does not show such a product"


class CategoryNotShown(NotFound):
    code = "category_not_found"
    title = "This shop has no such category"


class UnknownSort(InvalidInput):
    code = "unknown_sort"
    title = "The list cannot be sorted like this"


class UnknownChoice(InvalidInput):
    code = "unknown_choice"
    title = "The product cannot be chosen like this"
