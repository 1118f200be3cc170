"""From a product's document to the fields of the index."""

import re
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from typing import Any
from zlib import crc32

import msgspec
from tantivy import Document

from galleria.engines.search_index.embedded.analysis import (
    fold_analyzer,
    measures_in,
    surface_analyzer,
    words_written,
)
from galleria.engines.search_index.embedded.combining import (
    combined_terms,
    shape_of,
    shape_term,
)
from galleria.engines.search_index.embedded.form import Form
from galleria.engines.search_index.embedded.naming import (
    SEPARATOR,
    TRAIT_FIELD,
    clean,
    facet_term,
    quoted,
    trait_term,
)
from galleria.engines.search_index.embedded.schema import (
    CURRENCIES,
    FORMAT,
    analyzers,
    price_field,
    schema,
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
_MAX_CODE_LENGTH = 64
_MAX_TRAITS = 60
_NO_VALUE = "="
_JOINTS = str.maketrans("", "", '-/.,()"_# \t\u00a0')
_DIGIT = re.compile(r"\d")


class Card(msgspec.Struct, frozen=True, array_like=True):
    """What the index keeps to show a hit without asking anybody else."""

    product_id: str
    handle: str
    title: str
    traits: tuple[int, ...] = ()


def product_key(tenant_id: int, product_id: str) -> str:
    """The text that names one product of one tenant. A tenant is digits only, so it is unique."""
    return clean(f"{int(tenant_id)}:{product_id}", _MAX_KEY_LENGTH)


def scope_of(tenant_id: int, channel: str, locale: str) -> str:
    """The one term that every question is narrowed by: tenant, channel and locale."""
    return f"{int(tenant_id)}:{channel}:{locale}"


def completion_prefix(scope: str, folded: str) -> str:
    """How completions of a folded beginning of a word begin in this scope."""
    return f"{scope}{SEPARATOR}{folded}"


def bare_code(text: str) -> str:
    """A code as it is compared: "XPS-13 9310" and "xps139310" are the same."""
    return text.translate(_JOINTS).lower()[:_MAX_CODE_LENGTH]


@lru_cache(maxsize=20_000)  # a catalogue says the same few thousand codes over and over
def trait_number(code: str) -> int:
    """A trait as it stands on cards. Two of one number are taken for each other, which is rare."""
    return crc32(code.encode("utf-8", "ignore"))


def surface_of(completion: str) -> str:
    """The word as it is shown, from a term of the field `completions`."""
    return completion.rpartition(SEPARATOR)[2]


def tantivy_document(tenant_id: int, document: SearchDocument) -> Document:
    """The document as the engine takes it."""
    language = language_of(document.locale)
    scope = scope_of(tenant_id, document.channel, document.locale)
    title = clean(document.title, _MAX_TITLE_LENGTH)
    brand = facet_value(document.brand)
    text = clean(document.text, _MAX_TEXT_LENGTH)
    surfaces = surface_analyzer().analyze(title)
    folded = surfaces if title.isascii() else fold_analyzer().analyze(title)
    words = words_written(title, language)
    traits = list(islice(dict.fromkeys([*document.axes, *document.facets]), _MAX_TRAITS))
    fields: dict[str, Any] = {
        "key": product_key(tenant_id, document.product_id),
        "tenant": str(int(tenant_id)),
        "scope": scope,
        "card": msgspec.msgpack.encode(
            Card(document.product_id, document.handle, title, tuple(map(trait_number, traits)))
        ),
        "text": " ".join(
            [*words, *words_written(f"{brand}\n{text}", language), *_other_spellings(title, text)]
        ),
        "title": " ".join(words),
        "codes": [code for each in document.codes if (code := bare_code(each))],
        TRAIT_FIELD: [trait_term(scope, each) for each in traits],
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


def _other_spellings(title: str, text: str) -> dict[str, None]:
    """Words for what people write in more than one way: measures, and codes with hyphens."""
    found = {each.spelled: None for each in (*measures_in(title), *measures_in(text))}
    for word in f"{title} {text[:_MAX_CODES_LENGTH]}".split():
        if not word.isalnum() and _DIGIT.search(word):
            joined = bare_code(word)
            if joined.isalnum():
                found[joined] = None
    return found


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
