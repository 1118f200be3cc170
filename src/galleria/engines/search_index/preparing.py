"""What an index keeps of a product's document, the same for every engine.

Each text is taken apart here, so that all engines find the same words; an adapter only puts the
parts into its own fields.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b
from itertools import islice
from zlib import crc32

import msgspec

from galleria.engines.search_index.combining import shape_of, shape_term
from galleria.engines.search_index.model import (
    AVAILABLE,
    BRAND,
    CATEGORY,
    COLLECTION,
    TAG,
    SearchDocument,
    category_steps,
    facet_value,
)
from galleria.engines.search_index.naming import SEPARATOR, clean, facet_term, trait_term
from galleria.engines.search_index.texts import TextMemory
from galleria.engines.search_index.words import bare_code

_MAX_KEY_LENGTH = 300
_MAX_TITLE_LENGTH = 500
_MAX_TEXT_LENGTH = 20_000  # beyond it a description is a manual, and slows every other write
_MAX_TRAITS = 60
_NO_VALUE = "="
_texts = TextMemory()


class Card(msgspec.Struct, frozen=True, array_like=True):
    """What the index keeps to show a hit and to weigh it without asking anybody else.

    `traits` are numbers of facets it has; `published_at_s` seconds since 1970, 0 when unknown.
    """

    product_id: str
    handle: str
    title: str
    traits: tuple[int, ...] = ()
    brand: str = ""
    popularity: float = 0.0
    margin: float = 0.0
    published_at_s: int = 0
    is_available: bool = True


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """A document taken apart.

    Args:
        key: names the product of the tenant; no other tenant's product has it.
        scope: tenant, channel and locale as one term.
        card: what a hit shows, written.
        text: all words that the product is found by, with those of its title and brand.
        codes: SKUs and barcodes as they are compared.
        traits: which facets it has, as terms of its scope.
        completions: words of the title that a beginning may mean, as terms of its scope.
        facets: values as terms by facet code, each once.
        shape: what its variants are compared by, as a term of its scope.
        title_sort: sorts as people sort names.
        prices: amounts in minor units by currency.
        numbers: what may be narrowed to a range, by code.
        variants, variants_there: how many can be bought, and how many of these now.
        chance: 32 bits, the same for the same document and without order otherwise.
    """

    key: str
    tenant: str
    scope: str
    card: bytes
    text: str
    title: str
    brand: str
    codes: list[str]
    traits: list[str]
    completions: list[str]
    facets: dict[str, list[str]]
    shape: str | None
    title_sort: str
    popularity: float
    prices: dict[str, int]
    published_at_s: int | None
    numbers: dict[str, list[float]]
    variants: int
    variants_there: int
    chance: int


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
    """The word as it is shown, from a term of `Prepared.completions`."""
    return completion.rpartition(SEPARATOR)[2]


@lru_cache(maxsize=20_000)  # a catalogue says the same few thousand codes over and over
def trait_number(code: str) -> int:
    """A trait as it stands on cards. Two of one number are taken for each other, which is rare."""
    return crc32(code.encode("utf-8", "ignore"))


def prepared(tenant_id: int, document: SearchDocument) -> Prepared:
    """The document as any engine takes it."""
    scope = scope_of(tenant_id, document.channel, document.locale)
    title = clean(document.title, _MAX_TITLE_LENGTH)
    brand = facet_value(document.brand)
    texts = _texts.of(title, brand, clean(document.text, _MAX_TEXT_LENGTH), document.locale)
    traits = list(islice(dict.fromkeys([*document.axes, *document.facets]), _MAX_TRAITS))
    published_at_s = None if document.published_at is None else _seconds(document.published_at)
    shape = shape_of(document)
    key = product_key(tenant_id, document.product_id)
    return Prepared(
        key=key,
        tenant=str(int(tenant_id)),
        scope=scope,
        card=_card(document, title, traits, published_at_s or 0),
        text=texts.all,
        title=texts.title,
        brand=texts.brand,
        codes=[code for each in document.codes if (code := bare_code(each))],
        traits=[trait_term(scope, each) for each in traits],
        completions=_completions(scope, texts.completions),
        facets=_facets(document, brand),
        shape=None if shape is None else shape_term(scope, shape),
        title_sort=texts.title_sort,
        popularity=document.popularity,
        prices={each.currency: each.amount_minor for each in document.prices},
        published_at_s=published_at_s,
        numbers={code: list(values) for code, values in document.numbers.items() if values},
        variants=len(document.variants) or 1,
        variants_there=(
            sum(each.is_available for each in document.variants)
            if document.variants
            else int(document.is_available)
        ),
        chance=_chance(f"{scope}{SEPARATOR}{key}"),
    )


def _card(document: SearchDocument, title: str, traits: list[str], published_at_s: int) -> bytes:
    return msgspec.msgpack.encode(
        Card(
            document.product_id,
            document.handle,
            title,
            tuple(map(trait_number, traits)),
            document.brand,
            document.popularity,
            document.margin,
            published_at_s,
            document.is_available,
        )
    )


def _facets(document: SearchDocument, brand: str) -> dict[str, list[str]]:
    steps = {step for path in document.category_paths for step in category_steps(path)}
    own: dict[str, tuple[str, ...]] = {
        BRAND: (brand,),
        CATEGORY: tuple(steps),
        COLLECTION: document.collections,
        TAG: document.tags,
        AVAILABLE: ("true" if document.is_available else "false",),
    }
    axes = {code: tuple(each.values[code] for each in document.variants) for code in document.axes}
    terms: dict[str, list[str]] = {}
    for facets in (own, document.facets, axes):
        for code, values in facets.items():
            if len(values) == 1:  # most have one
                if (term := facet_term(values[0])) != _NO_VALUE:
                    terms[code] = [term]
            elif values:
                # Once each: a value said twice would be counted twice.
                once = dict.fromkeys(map(facet_term, values))
                once.pop(_NO_VALUE, None)
                if once:
                    terms[code] = list(once)
    return terms


def _completions(scope: str, words: Iterable[tuple[str, str]]) -> list[str]:
    prefix = scope + SEPARATOR
    return [f"{prefix}{fold}{SEPARATOR}{surface}" for fold, surface in words]


def _chance(name: str) -> int:
    # Not a checksum: its lowest bits follow those of a number that the name ends in.
    return int.from_bytes(blake2b(name.encode(), digest_size=4).digest(), "big")


def _seconds(at: datetime) -> int:
    assert at.tzinfo is not None, "instants are aware"
    return int(at.astimezone(UTC).timestamp())
