"""From a product's document to what the cluster keeps of it."""

from collections.abc import Iterator
from hashlib import blake2b
from typing import Any

import msgspec

from galleria.engines.search_index.currencies import CURRENCIES
from galleria.engines.search_index.errors import InvalidSearchDocument
from galleria.engines.search_index.model import SearchDocument, facet_value
from galleria.engines.search_index.naming import TRAIT_FIELD, quoted
from galleria.engines.search_index.opensearch.schema import (
    facet_slot,
    number_slot,
    number_token,
    said_of,
    value_token,
)
from galleria.engines.search_index.preparing import prepared

_MOST_MINOR = 2**63 - 1
_encoder = msgspec.json.Encoder()


class Written(msgspec.Struct, frozen=True):
    """A document as it travels: its id in the index, the product it is of, and its fields."""

    document_id: str
    key: str
    body: bytes


def written(tenant_id: int, document: SearchDocument) -> Written:
    """The document as the cluster takes it.

    Raises:
        InvalidSearchDocument: an amount is beyond 64 bits.
    """
    known = prepared(tenant_id, document)
    fields: dict[str, Any] = {
        "key": known.key,
        "tenant": known.tenant,
        "scope": known.scope,
        "card": known.card,
        "text": known.text,
        "title": known.title,
        "brand": known.brand,
        "codes": known.codes,
        TRAIT_FIELD: known.traits,
        "completions": known.completions,
        "facets": _facets(tenant_id, known.facets),
        "axes": sorted(map(quoted, document.axes)),
        "variants": list(_variants(tenant_id, document)),
        "numbers": _numbers(tenant_id, known.numbers),
        "offers": known.variants,
        "offers_there": known.variants_there,
        "title_sort": known.title_sort,
        "popularity": document.popularity,
        "published_at_s": known.published_at_s,
        "prices": {each: known.prices[each] for each in known.prices if each in CURRENCIES},
    }
    if any(abs(amount) > _MOST_MINOR for amount in known.prices.values()):
        raise InvalidSearchDocument(f"a price of {document.product_id!r} is beyond 64 bits")
    # Ids of the cluster are short, and a product's may be long.
    named = f"{known.key}\x00{document.channel}\x00{document.locale}".encode()
    document_id = f"{known.tenant}-{blake2b(named, digest_size=16).hexdigest()}"
    return Written(document_id, known.key, _encoder.encode(fields))


def _facets(tenant_id: int, facets: dict[str, list[str]]) -> dict[str, list[str]]:
    slots: dict[str, list[str]] = {}
    for code, terms in facets.items():
        begins = said_of(tenant_id, code)
        slots.setdefault(facet_slot(code), []).extend([begins + term for term in terms])
    return slots


def _variants(tenant_id: int, document: SearchDocument) -> Iterator[dict[str, Any]]:
    """What filters can tell apart: each variant of a product that has axes.

    Where all can be had, or none, the product itself says so.
    """
    axes = sorted(map(quoted, document.axes))
    is_mixed = len({each.is_available for each in document.variants}) > 1
    for variant in document.variants if axes else ():
        yield {
            "axes": axes,
            "values": [
                value_token(tenant_id, code, value)
                for code, value in variant.values.items()
                if facet_value(value)
            ],
            "is_there": variant.is_available or not is_mixed,
        }


def _numbers(tenant_id: int, by_code: dict[str, list[float]]) -> dict[str, list[str]]:
    slots: dict[str, list[str]] = {}
    for code, numbers in by_code.items():
        slots.setdefault(number_slot(code), []).extend(
            number_token(tenant_id, code, number) for number in numbers
        )
    return slots
