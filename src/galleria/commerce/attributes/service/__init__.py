"""The verbs of the dictionary."""

from galleria.commerce.attributes.service.asking import answers
from galleria.commerce.attributes.service.attributes import (
    adopt_base,
    base_attributes,
    create_attribute,
    get_attribute,
    list_attributes,
    update_attribute,
)
from galleria.commerce.attributes.service.interning import (
    Interned,
    find_words,
    intern_words,
    learn,
)
from galleria.commerce.attributes.service.metafields import (
    change_metafields,
    create_metafield_definition,
    forget_namespace,
    get_metafield_definition,
    list_metafield_definitions,
    remove_metafield_definition,
    update_metafield_definition,
)
from galleria.commerce.attributes.service.product_types import (
    check_selection,
    create_product_type,
    ensure_product_types,
    get_product_type,
    grammar_of,
    list_product_types,
    product_types_of,
    remove_product_type,
    update_product_type,
)
from galleria.commerce.attributes.service.sets import (
    create_attribute_set,
    get_attribute_set,
    list_attribute_sets,
    remove_attribute_set,
    update_attribute_set,
)
from galleria.commerce.attributes.service.snapshots import (
    dictionary,
    swatches_of,
    values_of,
    words_of,
)
from galleria.commerce.attributes.service.values import (
    add_value,
    list_values,
    merge_values,
    order_values,
    remove_value,
    update_value,
)

__all__ = [
    "Interned",
    "add_value",
    "adopt_base",
    "answers",
    "base_attributes",
    "change_metafields",
    "check_selection",
    "create_attribute",
    "create_attribute_set",
    "create_metafield_definition",
    "create_product_type",
    "dictionary",
    "ensure_product_types",
    "find_words",
    "forget_namespace",
    "get_attribute",
    "get_attribute_set",
    "get_metafield_definition",
    "get_product_type",
    "grammar_of",
    "intern_words",
    "learn",
    "list_attribute_sets",
    "list_attributes",
    "list_metafield_definitions",
    "list_product_types",
    "list_values",
    "merge_values",
    "order_values",
    "product_types_of",
    "remove_attribute_set",
    "remove_metafield_definition",
    "remove_product_type",
    "remove_value",
    "swatches_of",
    "update_attribute",
    "update_attribute_set",
    "update_metafield_definition",
    "update_product_type",
    "update_value",
    "values_of",
    "words_of",
]
