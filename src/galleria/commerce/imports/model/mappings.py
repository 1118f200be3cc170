"""A mapping: how the columns of somebody's CSV become fields of products, kept by the shop."""

from datetime import datetime
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Meta

from galleria.commerce.imports.model.encodings import Encoding
from galleria.commerce.imports.model.fields import field_of
from galleria.foundation.errors import FieldError, InvalidInput
from galleria.foundation.http import CurrencyCode, Name, ShortText, WireInput

MAX_RULES = 500
MAX_WORDS = 50

Column: TypeAlias = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
Separator: TypeAlias = Annotated[str, Meta(min_length=1, max_length=5, pattern=r"^[^\x00]*$")]
Delimiter: TypeAlias = Literal["auto", ",", ";", "\t", "|"]
TextEncoding: TypeAlias = Literal["auto", "utf-8", "windows-1252", "iso-8859-15", "mac-roman"]
Words: TypeAlias = Annotated[list[Name], Meta(max_length=MAX_WORDS)]


class TableReading(msgspec.Struct, frozen=True, kw_only=True):
    """How a person says that a table is written, where looking at it got it wrong."""

    delimiter: Delimiter = "auto"
    encoding: TextEncoding = "auto"

    @property
    def is_said(self) -> bool:
        """A person said something."""
        return self != TableReading()


AS_IT_LOOKS = TableReading()


def delimiter_said(reading: "TableReading | MappingDocument") -> str | None:
    """What parts the columns, None when looking tells."""
    return None if reading.delimiter == "auto" else reading.delimiter


def encoding_said(reading: "TableReading | MappingDocument") -> Encoding | None:
    """How the letters are written, None when looking tells."""
    return None if reading.encoding == "auto" else reading.encoding


class Rule(WireInput, omit_defaults=True, frozen=True, kw_only=True):
    """One column that fills one field, or a constant that does.

    `split` parts a cell with several values; `unit` is that of a weight, `currency` that of a
    price. `true_words` and `false_words` are what this file writes for yes and no.
    """

    field: Annotated[str, Meta(min_length=1, max_length=160)]
    column: Column | None = None
    constant: ShortText | None = None
    split: Separator | None = None
    unit: Literal["g", "kg", "lb", "oz"] | None = None
    currency: CurrencyCode | None = None
    true_words: Words = msgspec.field(default_factory=list)
    false_words: Words = msgspec.field(default_factory=list)


class MappingDocument(WireInput, omit_defaults=True, frozen=True, kw_only=True):
    """How to read a table.

    Rows with the same value in `group_by` are variants of one product, wherever they stand; without
    it each row is a product. `decimal_comma` left out tells by the text of each amount.
    `keeps_space` leaves space around cells where it is.
    """

    rules: Annotated[list[Rule], Meta(min_length=1, max_length=MAX_RULES)]
    delimiter: Delimiter = "auto"
    encoding: TextEncoding = "auto"
    decimal_comma: bool | None = None
    group_by: Column | None = None
    keeps_space: bool = False


class Mapping(msgspec.Struct, frozen=True, kw_only=True):
    """A mapping under the name that the shop gave it. `version` grows by each edit."""

    mapping_id: UUID
    name: str
    document: MappingDocument
    version: int
    created_at: datetime
    updated_at: datetime


def check_mapping(document: MappingDocument) -> None:
    """Pass when the mapping can make products.

    Raises:
        InvalidInput: a rule fills no field there is, or has neither column nor constant; or
            nothing fills the title, or what a product is known by.
    """
    errors: list[FieldError] = []
    names: set[str] = set()
    for at, rule in enumerate(document.rules):
        known = field_of(rule.field)
        if known is None:
            message = f"there is no field {rule.field[:80]!r}"
            errors.append(FieldError(f"rules[{at}].field", "unknown_field", message))
        elif (rule.column is None) == (rule.constant is None):
            message = "a rule has a column or a constant"
            errors.append(FieldError(f"rules[{at}]", "column_or_constant", message))
        names.add(rule.field)
    if "title" not in names:
        errors.append(FieldError("rules", "missing_title", "no rule fills the title"))
    if not document.group_by and not names & {"external_ref", "handle", "sku"}:
        message = "a rule fills external_ref, handle or sku, or group_by names a column"
        errors.append(FieldError("rules", "missing_key", message))
    if errors:
        raise InvalidInput("the mapping cannot be used as it is", errors=errors)
