"""How codes and values are written in the index."""

from functools import lru_cache
from urllib.parse import quote

from galleria.engines.search_index.model import TRAITS, facet_value

TRAIT_FIELD = "traits"
SEPARATOR = "\x1f"  # in no word, no name and no value


def facet_path(code: str) -> str:
    """Where the values of a facet live. Quoted, since a dot in a path means one step deeper."""
    return TRAIT_FIELD if code == TRAITS else "facets." + quoted(code)


@lru_cache(maxsize=50_000)  # few values are new
def facet_term(value: str) -> str:
    """A value as a term. The sign keeps the engine from reading a date or number out of it."""
    return "=" + facet_value(value)


def value_of(term: str) -> str:
    """The value that `facet_term` made a term of."""
    return term[1:]


def trait_term(scope: str, code: str) -> str:
    """That a product has a facet, whatever its value, as a term of its scope."""
    return f"{scope}{SEPARATOR}{code}"


def trait_of(term: str) -> str:
    """The code that `trait_term` made a term of."""
    return term.rpartition(SEPARATOR)[2]


@lru_cache(maxsize=20_000)  # a catalogue says the same few thousand codes over and over
def quoted(code: str) -> str:
    """A code as a step of a path."""
    return quote(clean(code, 200), safe="").replace(".", "%2E")


def clean(text: str, length: int) -> str:
    """`text` as UTF-8 can carry it, at most `length` characters."""
    cut = text[:length]
    return cut if cut.isascii() else cut.encode("utf-8", "ignore").decode()
