"""The fields of the embedded index.

One text field decides what matches: `text` holds title, brand and text. `title` and `brand` only
lift the score (querying several fields by maximum was five times slower). All take words as
`analysis` has made them, whatever their language. Facets live in one JSON field with a column per
code, so that a new attribute needs no change here and costs nothing to the others; prices in one
column per currency, since the engine sorts by plain columns only. The figures are in
docs/decisions/0007-search-index-is-tantivy.md.
"""

from functools import cache

from tantivy import Schema, SchemaBuilder, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

from galleria.engines.search_index.currencies import CURRENCIES
from galleria.engines.search_index.naming import TRAIT_FIELD

# Raise it when fields or analysis change. An index of an earlier format is made anew while it goes
# on answering as well as it can, which needs fields in the places they have always had: new ones
# are added at the end, and LEAST_READABLE is raised when that does not do.
FORMAT = 5
LEAST_READABLE = 3
# Each document stands in samples of a half of all documents, a quarter, and so on: these many.
SAMPLES = 7

_WORDS = "words"


def price_field(currency: str) -> str:
    """The column of prices in a currency of `CURRENCIES`."""
    return f"price_{currency}"


def analyzers() -> dict[str, TextAnalyzer]:
    """How words are taken apart, by the names the fields give: at the spaces between them."""
    return {_WORDS: TextAnalyzerBuilder(Tokenizer.whitespace()).build()}


@cache
def schema() -> Schema:
    """The schema of `FORMAT`."""
    builder = SchemaBuilder()
    # Deletes go by these two text terms: a delete by a number's term finds nothing, silently.
    builder.add_text_field("key", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("tenant", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("scope", tokenizer_name="raw", index_option="basic")
    # What a hit shows. Bytes, because a text field cannot be kept without being indexed as well.
    builder.add_bytes_field("card", stored=True)
    builder.add_text_field("text", tokenizer_name=_WORDS, index_option="position")
    builder.add_text_field("title", tokenizer_name=_WORDS, index_option="freq")
    builder.add_text_field("codes", tokenizer_name="raw", index_option="basic")
    builder.add_text_field(TRAIT_FIELD, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("completions", tokenizer_name="raw", index_option="basic")
    builder.add_json_field("facets", fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("shape", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("title_sort", fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("published_at_s", fast=True)
    builder.add_float_field("popularity", fast=True)
    for currency in sorted(CURRENCIES):
        builder.add_integer_field(price_field(currency), fast=True)
    # Since format 4.
    builder.add_text_field("brand", tokenizer_name=_WORDS, index_option="freq")
    builder.add_text_field("sample", tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("chance", fast=True, indexed=True)
    builder.add_float_field("margin", fast=True)
    builder.add_unsigned_field("is_available", fast=True)
    builder.add_unsigned_field("variants", fast=True)
    builder.add_unsigned_field("variants_there", fast=True)
    builder.add_json_field("further", fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_json_field("numbers", fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_json_field("ranges", tokenizer_name="raw", index_option="basic")
    return builder.build()
