"""What can go wrong with the dictionary, each with a code that stays."""

from galleria.foundation.errors import Conflict, InvalidInput, NotFound, PreconditionFailed


class AttributeNotFound(NotFound):
    """The dictionary has no such attribute."""

    code = "attribute_not_found"
    title = "No such attribute"


class AttributeValueNotFound(NotFound):
    """The attribute has no such value."""

    code = "attribute_value_not_found"
    title = "No such value"


class AttributeSetNotFound(NotFound):
    """This shop has no such set of attributes."""

    code = "attribute_set_not_found"
    title = "No such set of attributes"


class ProductTypeNotFound(NotFound):
    """This shop has no such product type."""

    code = "product_type_not_found"
    title = "No such product type"


class InvalidMetafields(InvalidInput):
    """Values that their definitions do not let in; the errors name each."""

    code = "invalid_metafields"
    title = "Not all metafields are valid"


class MetafieldDefinitionNotFound(NotFound):
    """Nobody has defined such a metafield."""

    code = "metafield_definition_not_found"
    title = "No such metafield definition"


class BaseAttributeNotFound(NotFound):
    """The base dictionary has no attribute of this code."""

    code = "base_attribute_not_found"
    title = "The base dictionary has no such attribute"


class InvalidAttribute(InvalidInput):
    """An attribute, as described, cannot be."""

    code = "invalid_attribute"
    title = "This cannot be an attribute"


class InvalidAttributeValue(InvalidInput):
    """This is no word that products could share."""

    code = "invalid_attribute_value"
    title = "This cannot be a value"


class InvalidAttributeSet(InvalidInput):
    """A set names an attribute that is not there, or one twice."""

    code = "invalid_attribute_set"
    title = "This cannot be a set of attributes"


class InvalidProductType(InvalidInput):
    """A product type, as described, cannot be: the errors say which axis or rule and why."""

    code = "invalid_product_type"
    title = "This cannot be a product type"


class InvalidMetafieldDefinition(InvalidInput):
    """Nothing could be kept by such a definition."""

    code = "invalid_metafield_definition"
    title = "This cannot define a metafield"


class InvalidSku(InvalidInput):
    """The pattern of the product type makes no SKU of these facts."""

    code = "invalid_sku"
    title = "No SKU can be made of this"


class TooManyCombinations(InvalidInput):
    """The legal combinations could not be walked through in bounded time."""

    code = "too_many_combinations"
    title = "There are too many combinations"


class AttributeCodeTaken(Conflict):
    """Another attribute has this code."""

    code = "attribute_code_taken"
    title = "Another attribute has this code"


class WordTaken(Conflict):
    """Another value of the attribute is this word, whatever its case and spaces."""

    code = "word_taken"
    title = "Another value is this word"


class DictionaryHandleTaken(Conflict):
    """Another set, type or metafield of the kind has this name."""

    code = "dictionary_handle_taken"
    title = "The name is taken in the dictionary"


class AttributeValueInUse(Conflict):
    """A product or a rule still names the value."""

    code = "attribute_value_in_use"
    title = "Something uses this value"


class AttributeValueUseUnknown(Conflict):
    """There was no time to see whether a product uses the value."""

    code = "attribute_value_use_unknown"
    title = "There are too many products to be sure that none uses this value"


class AttributeSetInUse(Conflict):
    """A product type still names this set."""

    code = "attribute_set_in_use"
    title = "A product type uses this set"


class DictionaryFull(Conflict):
    """The dictionary has as many entries of the kind as it may."""

    code = "dictionary_full"
    title = "The dictionary is full"


class DictionaryEntryChanged(PreconditionFailed):
    """Somebody else was quicker."""

    code = "dictionary_entry_changed"
    title = "The entry has changed since it was read"
