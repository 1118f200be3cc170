"""From a product's document to the fields of the index."""

from itertools import chain
from typing import Any

from tantivy import Document

from galleria.engines.search_index.combining import Combined, combined
from galleria.engines.search_index.currencies import CURRENCIES
from galleria.engines.search_index.embedded.form import Form
from galleria.engines.search_index.embedded.leaves import LEAVES, LEAVES_SINCE, leaves_term
from galleria.engines.search_index.embedded.schema import (
    FORMAT,
    LEAST_READABLE,
    SAMPLES,
    analyzers,
    price_field,
    schema,
)
from galleria.engines.search_index.model import SearchDocument
from galleria.engines.search_index.naming import TRAIT_FIELD, quoted
from galleria.engines.search_index.preparing import Prepared, prepared, product_key
from galleria.engines.search_index.ranges import number_terms

_NUMBERS_SINCE = 4  # the format


def tantivy_document(tenant_id: int, document: SearchDocument, format_: int = FORMAT) -> Document:
    """The document as the engine takes it, for an index of this format."""
    known, variants = prepared(tenant_id, document), combined(document)
    fields: dict[str, Any] = {
        "key": known.key,
        "tenant": known.tenant,
        "scope": known.scope,
        "card": known.card,
        "text": known.text,
        "title": known.title,
        "codes": known.codes,
        TRAIT_FIELD: known.traits,
        "completions": known.completions,
        "facets": _facets(known, variants, document if format_ >= LEAVES_SINCE else None),
        "title_sort": known.title_sort,
        # What comes first without words; a score it multiplies grows by half at most.
        "popularity": known.popularity,
    }
    if known.shape is not None:
        fields["shape"] = known.shape
    for currency, amount_minor in known.prices.items():
        if currency in CURRENCIES:
            fields[price_field(currency)] = amount_minor
    if known.published_at_s is not None:
        fields["published_at_s"] = known.published_at_s
    if format_ >= _NUMBERS_SINCE:
        fields |= _new_in_4(document, known, variants)
    return Document.from_dict(fields, schema())


def sample_term(sample: int) -> str:
    """The term of the documents that are in a sample: one in 2^`sample`."""
    return str(sample)


def _samples(chance: int) -> list[str]:
    """The samples that a document is in: half of them are in none."""
    if chance & 1:
        return []
    return [sample_term(each) for each in range(1, SAMPLES + 1) if not chance & ((1 << each) - 1)]


def _facets(
    known: Prepared, variants: Combined, document: SearchDocument | None
) -> dict[str, str | list[str]]:
    terms = {quoted(code): terms for code, terms in known.facets.items()} | variants.distinct
    if document is not None and document.category_paths:
        terms[quoted(LEAVES)] = [leaves_term(document.category_paths)]
    # One value is taken by itself: most facets have one, and lists are slower.
    return {step: each[0] if len(each) == 1 else each for step, each in terms.items()}


def _new_in_4(document: SearchDocument, known: Prepared, variants: Combined) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "brand": known.brand,
        "sample": _samples(known.chance),
        "chance": known.chance,
        "margin": document.margin,
        "is_available": int(document.is_available),
        "variants": known.variants,
        "variants_there": known.variants_there,
    }
    if variants.further:
        fields["further"] = variants.further
    if known.numbers:
        fields["numbers"] = {quoted(code): each for code, each in known.numbers.items()}
        fields["ranges"] = {
            quoted(code): list(dict.fromkeys(chain.from_iterable(map(number_terms, each))))
            for code, each in known.numbers.items()
        }
    return fields


PRODUCTS = Form(
    format=FORMAT,
    least_readable=LEAST_READABLE,
    schema=schema,
    analyzers=analyzers,
    subject_of=lambda document: document.product_id,
    part_of=lambda document: (document.channel, document.locale),
    key_of=product_key,
    taken=tantivy_document,
)
