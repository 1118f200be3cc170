"""From a product's document to the fields of the index."""

from typing import Any

from tantivy import Document

from galleria.engines.search_index.combining import combined_terms
from galleria.engines.search_index.currencies import CURRENCIES
from galleria.engines.search_index.embedded.form import Form
from galleria.engines.search_index.embedded.schema import (
    FORMAT,
    analyzers,
    price_field,
    schema,
)
from galleria.engines.search_index.model import SearchDocument
from galleria.engines.search_index.naming import TRAIT_FIELD, quoted
from galleria.engines.search_index.preparing import prepared, product_key


def tantivy_document(tenant_id: int, document: SearchDocument) -> Document:
    """The document as the engine takes it."""
    known = prepared(tenant_id, document)
    facets: dict[str, Any] = {quoted(code): terms for code, terms in known.facets.items()}
    facets |= combined_terms(document)
    fields: dict[str, Any] = {
        "key": known.key,
        "tenant": known.tenant,
        "scope": known.scope,
        "card": known.card,
        "text": " ".join(known.text),
        "title": " ".join(known.title),
        "codes": known.codes,
        TRAIT_FIELD: known.traits,
        "completions": known.completions,
        "facets": facets,
        "title_sort": known.title_sort,
        # Sorting and weighing read one column: log2(2 + value) is 1 at 0 and 1.5 at 1.
        "popularity": 2.0 ** (1.0 + document.popularity / 2) - 2.0,
    }
    if known.shape is not None:
        fields["shape"] = known.shape
    for currency, amount_minor in known.prices.items():
        if currency in CURRENCIES:
            fields[price_field(currency)] = amount_minor
    if known.published_at_s is not None:
        fields["published_at_s"] = known.published_at_s
    return Document.from_dict(fields, schema())


PRODUCTS = Form(
    format=FORMAT,
    schema=schema,
    analyzers=analyzers,
    subject_of=lambda document: document.product_id,
    part_of=lambda document: (document.channel, document.locale),
    key_of=product_key,
    taken=tantivy_document,
)
