"""From a product's document to the fields of the index."""

import re
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import msgspec
from tantivy import Document

from galleria.engines.search_index.embedded.combining import (
    combined_terms,
    shape_of,
    shape_term,
)
from galleria.engines.search_index.embedded.form import Form
from galleria.engines.search_index.embedded.naming import SEPARATOR, clean, facet_term, quoted
from galleria.engines.search_index.embedded.schema import (
    CURRENCIES,
    FORMAT,
    analyzer,
    analyzers,
    price_field,
    schema,
    suffix_of,
    surface_analyzer,
)
from galleria.engines.search_index.model import (
    AVAILABLE,
    BRAND,
    CATEGORY,
    COLLECTION,
    TAG,
    SearchDocument,
    category_steps,
    facet_value,
    language_of,
)
from galleria.foundation.text import sort_key

_MAX_KEY_LENGTH = 300
_MAX_TITLE_LENGTH = 500
_MAX_TEXT_LENGTH = 20_000  # beyond it a description is a manual, and slows every other write
_MAX_SORTED_LENGTH = 40  # names that agree this far may stand in either order
_MAX_CODES_LENGTH = 120  # of the text, whose first words are SKUs and numbers if it has any
_NO_VALUE = "="
# "16 GB" and "16GB", "XPS-13" and "XPS13": people write both, and mean the same thing.
_MEASURE = re.compile(
    r"([0-9]+)(gb|tb|mb|kg|g|mm|cm|m|mah|w|v|a|hz|khz|mhz|ghz|inch|in|zoll|l|ml|mp|fps|dpi)"
)
_JOINTS = str.maketrans("", "", '-/.,()"')
_DIGIT = re.compile(r"\d")


class Card(msgspec.Struct, frozen=True, array_like=True):
    """What the index keeps to show a hit without asking anybody else."""

    product_id: str
    handle: str
    title: str


def product_key(tenant_id: int, product_id: str) -> str:
    """The text that names one product of one tenant. A tenant is digits only, so it is unique."""
    return clean(f"{int(tenant_id)}:{product_id}", _MAX_KEY_LENGTH)


def scope_of(tenant_id: int, channel: str, locale: str) -> str:
    """The one term that every question is narrowed by: tenant, channel and locale."""
    return f"{int(tenant_id)}:{channel}:{locale}"


def completion_prefix(scope: str, folded: str) -> str:
    """How completions of a folded beginning of a word begin in this scope."""
    return f"{scope}{SEPARATOR}{folded}"


def surface_of(completion: str) -> str:
    """The word as it is shown, from a term of the field `completions`."""
    return completion.rpartition(SEPARATOR)[2]


def tantivy_document(tenant_id: int, document: SearchDocument) -> Document:
    """The document as the engine takes it."""
    suffix = suffix_of(language_of(document.locale))
    scope = scope_of(tenant_id, document.channel, document.locale)
    title = clean(document.title, _MAX_TITLE_LENGTH)
    brand = facet_value(document.brand)
    text = clean(document.text, _MAX_TEXT_LENGTH)
    surfaces = surface_analyzer().analyze(title)
    folded = surfaces if title.isascii() else analyzer("any").analyze(title)
    spellings = _other_spellings(title, text, surfaces)
    fields: dict[str, Any] = {
        "key": product_key(tenant_id, document.product_id),
        "tenant": str(int(tenant_id)),
        "scope": scope,
        "card": msgspec.msgpack.encode(Card(document.product_id, document.handle, title)),
        f"text_{suffix}": f"{title}\n{brand}\n{text}\n{spellings}",
        f"title_{suffix}": title,
        "completions": _completions(scope, surfaces, folded),
        "facets": _facets(document, brand),
        "title_sort": sort_key(title[:_MAX_SORTED_LENGTH], document.locale),
        # Sorting and weighing read one column: log2(2 + value) is 1 at 0 and 1.5 at 1.
        "popularity": 2.0 ** (1.0 + document.popularity / 2) - 2.0,
    }
    shape = shape_of(document)
    if shape is not None:
        fields["shape"] = shape_term(scope, shape)
    for price in document.prices:
        if price.currency in CURRENCIES:
            fields[price_field(price.currency)] = price.amount_minor
    if document.published_at is not None:
        fields["published_at_s"] = _seconds(document.published_at)
    return Document.from_dict(fields, schema())


def _facets(document: SearchDocument, brand: str) -> dict[str, str | list[str]]:
    steps = {step for path in document.category_paths for step in category_steps(path)}
    own: dict[str, tuple[str, ...]] = {
        BRAND: (brand,),
        CATEGORY: tuple(steps),
        COLLECTION: document.collections,
        TAG: document.tags,
        AVAILABLE: ("true" if document.is_available else "false",),
    }
    terms: dict[str, str | list[str]] = {}
    axes = {code: tuple(each.values[code] for each in document.variants) for code in document.axes}
    for facets in (own, {**document.facets, **axes}):
        for code, values in facets.items():
            if len(values) == 1:
                if (term := facet_term(values[0])) != _NO_VALUE:
                    terms[quoted(code)] = term
            else:
                # Once each: a value said twice would be counted twice.
                once = dict.fromkeys(map(facet_term, values))
                once.pop(_NO_VALUE, None)
                if once:
                    terms[quoted(code)] = list(once)
    return terms | combined_terms(document)


def _completions(scope: str, surfaces: list[str], folded: list[str]) -> list[str]:
    assert len(surfaces) == len(folded), "folding neither splits nor drops a word"
    return [
        completion_prefix(scope, f"{fold}{SEPARATOR}{surface}")
        for fold, surface in set(zip(folded, surfaces, strict=True))
        if len(surface) > 1 and not surface.isdigit()
    ]


def _other_spellings(title: str, text: str, surfaces: list[str]) -> str:
    spellings = {
        number + unit
        for number, unit in pairwise(surfaces)
        if number.isdigit() and _MEASURE.fullmatch(number + unit)
    }
    for surface in surfaces:
        if surface[0].isdigit() and (measure := _MEASURE.fullmatch(surface)):
            spellings.add(f"{measure[1]} {measure[2]}")
    for word in f"{title} {text[:_MAX_CODES_LENGTH]}".split():
        if not word.isalnum() and _DIGIT.search(word):
            joined = word.translate(_JOINTS)
            if joined.isalnum():
                spellings.add(joined)
    return " ".join(spellings)


def _seconds(at: datetime) -> int:
    assert at.tzinfo is not None, "instants are aware"
    return int(at.astimezone(UTC).timestamp())


PRODUCTS = Form(
    format=FORMAT,
    schema=schema,
    analyzers=analyzers,
    subject_of=lambda document: document.product_id,
    part_of=lambda document: (document.channel, document.locale),
    key_of=product_key,
    taken=tantivy_document,
)
