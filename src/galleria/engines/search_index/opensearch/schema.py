"""The fields of an index in the cluster.

Nothing a merchant invents becomes a field: a cluster keeps the list of all fields in the memory of
every node, and dies of too long a one. The values of all attributes share 64 fields instead: a hash
of the code says which, and each value says whose and of which code it is. So counting a facet reads
one narrow column, as if it had a field of its own. Numbers are kept the same way, written so that
they sort; prices have a field for each currency, of which there is a fixed list.
"""

import struct
from functools import lru_cache
from hashlib import blake2b
from typing import Any
from zlib import crc32

from galleria.engines.search_index.currencies import CURRENCIES
from galleria.engines.search_index.model import AVAILABLE, BRAND, CATEGORY, COLLECTION, TAG, TRAITS
from galleria.engines.search_index.naming import SEPARATOR, TRAIT_FIELD, facet_term, quoted
from galleria.engines.search_index.opensearch.address import SearchAddress

# Raise it when fields or analysis change: processes of another format keep their own index.
FORMAT = 1

NEEDS_REBUILD = "needs_rebuild"  # in the notes that the mapping keeps
REACHED = "reached"
POSITION = "position"
_BUILT_IN = {each: each[1:] for each in (BRAND, CATEGORY, COLLECTION, TAG, AVAILABLE)}
_FACET_SLOTS = 64
_NUMBER_SLOTS = 16
_LONGEST_NAME = 240
_SIGN = 1 << 63
_ALL = (1 << 64) - 1


@lru_cache(maxsize=20_000)  # a catalogue says the same few thousand codes over and over
def facet_slot(code: str) -> str:
    """The name, under `facets`, of the field with a code's values."""
    return _BUILT_IN.get(code) or f"s{crc32(code.encode('utf-8', 'ignore')) % _FACET_SLOTS:02}"


def facet_field(code: str) -> str:
    """The field with a code's values; other codes' values may be in it, too."""
    return TRAIT_FIELD if code == TRAITS else "facets." + facet_slot(code)


@lru_cache(maxsize=20_000)
def number_slot(code: str) -> str:
    """The name, under `numbers`, of the field with a code's numbers."""
    return f"s{crc32(code.encode('utf-8', 'ignore')) % _NUMBER_SLOTS:02}"


def number_field(code: str) -> str:
    """The field with a code's numbers; other codes' may be in it, too."""
    return "numbers." + number_slot(code)


def price_field(currency: str) -> str:
    """The field of prices in a currency of `CURRENCIES`."""
    return "prices." + currency


def said_of(tenant_id: int, code: str) -> str:
    """What begins all that is said of one code in one tenant."""
    return f"{int(tenant_id)}{SEPARATOR}{_named(code)}{SEPARATOR}"


@lru_cache(maxsize=20_000)
def _named(code: str) -> str:
    """A code within a value. Values are looked for by expressions of at most a thousand signs."""
    name = quoted(code)
    if len(name) <= _LONGEST_NAME:
        return name
    return blake2b(name.encode(), digest_size=16).hexdigest()


def value_token(tenant_id: int, code: str, value: str) -> str:
    """A facet's value as it stands in the index."""
    return said_of(tenant_id, code) + facet_term(value)


def number_token(tenant_id: int, code: str, number: float) -> str:
    """A number as it stands in the index, between smaller and larger ones of its code."""
    return said_of(tenant_id, code) + sortable(number)


def sortable(number: float) -> str:
    """Sixteen signs that sort as numbers do.

    The bits of an IEEE 754 double sort like a whole number once the sign is turned, and all bits
    of those below zero.
    """
    (bits,) = struct.unpack(">Q", struct.pack(">d", number + 0.0))
    return f"{bits ^ (_ALL if bits & _SIGN else _SIGN):016x}"


def number_in(token: str) -> float:
    """The number that `number_token` wrote."""
    bits = int(token.rpartition(SEPARATOR)[2], 16)
    (number,) = struct.unpack(">d", struct.pack(">Q", bits ^ (_SIGN if bits & _SIGN else _ALL)))
    return float(number)


def settings(address: SearchAddress, *, is_filling: bool) -> dict[str, Any]:
    """How an index is kept. One that is being filled has no copies, and forgets in a crash."""
    made: dict[str, Any] = {
        "number_of_shards": address.shards,
        "refresh_interval": "-1",  # a commit is seen when it is whole, and not before
        "max_regex_length": 4096,  # of a beginning with one wrong letter, which may be a long one
        **durable(is_filling=is_filling),
    }
    if address.spread > 1:
        made["routing_partition_size"] = address.spread
        # Else the parts that a shop is spread over are slices of one and the same part.
        made["number_of_routing_shards"] = address.shards
    return {"index": made}


def durable(*, is_filling: bool) -> dict[str, Any]:
    """The settings that a rebuild changes when it ends."""
    return {
        "translog.durability": "async" if is_filling else "request",
        "auto_expand_replicas": "false" if is_filling else "0-1",
        "number_of_replicas": 0,
    }


def notes(
    *, needs_rebuild: bool, reached: str | None = None, position: str | None = None
) -> dict[str, Any]:
    """What an index says of itself: how far a rebuild had come that fills it, and what the last
    marked commit left behind."""
    return {"format": FORMAT, NEEDS_REBUILD: needs_rebuild, REACHED: reached, POSITION: position}


def mapping(*, needs_rebuild: bool) -> dict[str, Any]:
    """The fields of `FORMAT`."""
    term = {"type": "keyword", "norms": False, "doc_values": False}
    column = {"type": "keyword", "norms": False}
    words = {"type": "text", "analyzer": "whitespace", "index_options": "freqs"}
    sort_key = {"type": "keyword", "index": False, "norms": False}
    return {
        "dynamic": "strict",
        "_meta": notes(needs_rebuild=needs_rebuild),
        # All that is ever shown is the card, and that is a column.
        "_source": {"enabled": False},
        "_routing": {"required": True},
        "properties": {
            "card": {"type": "binary", "doc_values": True},
            "key": column,
            "tenant": term,
            "scope": term,
            "text": words | {"index_options": "positions"},
            "title": words,
            "brand": words,
            "codes": term,
            TRAIT_FIELD: column,
            "completions": column,
            "facets": {"properties": {each: column for each in _facet_slots()}},
            "axes": term,
            "variants": {
                "type": "nested",
                "properties": {
                    "values": column,
                    "axes": term,
                    "is_there": {"type": "boolean", "doc_values": False},
                },
            },
            # How many variants there are, and how many that can be had, inside or not.
            "offers": {"type": "integer", "index": False},
            "offers_there": {"type": "integer", "index": False},
            "numbers": {"properties": {f"s{n:02}": column for n in range(_NUMBER_SLOTS)}},
            "title_sort": sort_key,
            "popularity": {"type": "float", "index": False},
            "published_at_s": {"type": "long", "index": False},
            "prices": {"properties": {each: {"type": "long"} for each in sorted(CURRENCIES)}},
        },
    }


def _facet_slots() -> list[str]:
    return [*_BUILT_IN.values(), *(f"s{n:02}" for n in range(_FACET_SLOTS))]
