"""What a product's texts say, taken apart; remembered for products that change again soon.

Prices and stock change far more often than words. The words of what was written lately are kept,
within a bound, so that such a change does not take its texts apart once more.
"""

import re
from collections import OrderedDict
from functools import lru_cache
from hashlib import blake2b
from threading import Lock

import msgspec

from galleria.engines.search_index.analysis import (
    fold_analyzer,
    measures_in,
    surface_analyzer,
    words_written,
)
from galleria.engines.search_index.model import language_of
from galleria.engines.search_index.words import bare_code
from galleria.foundation.text import sort_key

_MAX_SORTED_LENGTH = 40  # names that agree this far may stand in either order
_MAX_CODES_LENGTH = 120  # of the text, whose first words are SKUs and numbers if it has any
# Some 20,000 products of ordinary descriptions; a worker has 400 MB for everything.
_MOST_BYTES = 24_000_000
_OVERHEAD_BYTES = 600  # of an entry beside its words, by measurement of a full memory
_DIGIT = re.compile(r"\d")


class Texts(msgspec.Struct, frozen=True):
    """The words of a title, a brand and all of a product, in their order and as one string each.

    `completions` are the words of the title that a beginning may mean, folded and as they are
    shown; `title_sort` sorts as people sort names.
    """

    title: str
    brand: str
    all: str
    completions: tuple[tuple[str, str], ...]
    title_sort: str


def taken_apart(title: str, brand: str, text: str, locale: str) -> Texts:
    """What the texts say in this locale."""
    language = language_of(locale)
    surfaces = surface_analyzer().analyze(title)
    folded = surfaces if title.isascii() else fold_analyzer().analyze(title)
    assert len(surfaces) == len(folded), "folding neither splits nor drops a word"
    in_title, in_brand = words_written(title, language), _brand_words(brand, language)
    words = [*in_title, *in_brand, *words_written(text, language), *_other_spellings(title, text)]
    return Texts(
        " ".join(in_title),
        " ".join(in_brand),
        " ".join(words),
        tuple(
            (fold, surface)
            for fold, surface in dict.fromkeys(zip(folded, surfaces, strict=True))
            if len(surface) > 1 and not surface.isdigit()
        ),
        sort_key(title[:_MAX_SORTED_LENGTH], locale),
    )


class TextMemory:
    """The texts taken apart last, whichever product they are of. Any thread may ask."""

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        """Empty; it will hold `most_bytes` at most, the least recently asked for going first."""
        self._most_bytes = most_bytes
        self._size_bytes = 0
        self._kept: OrderedDict[bytes, Texts] = OrderedDict()
        self._lock = Lock()

    def of(self, title: str, brand: str, text: str, locale: str) -> Texts:
        """As `taken_apart`, whose answer may be an earlier one."""
        key = _key_of(title, brand, text, locale)
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
                return found
        made = taken_apart(title, brand, text, locale)
        with self._lock:
            if key not in self._kept:
                self._kept[key] = made
                self._size_bytes += _size_of(made)
            while self._size_bytes > self._most_bytes:
                _, dropped = self._kept.popitem(last=False)
                self._size_bytes -= _size_of(dropped)
        return made


def _key_of(title: str, brand: str, text: str, locale: str) -> bytes:
    # The lengths tell apart texts that would read the same in a row.
    said = f"{locale}\x00{len(title)}\x00{len(brand)}\x00{title}{brand}{text}"
    return blake2b(said.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _size_of(texts: Texts) -> int:
    return len(texts.all) + _OVERHEAD_BYTES


@lru_cache(maxsize=20_000)  # thousands of products are of one brand
def _brand_words(brand: str, language: str) -> tuple[str, ...]:
    return tuple(words_written(brand, language))


def _other_spellings(title: str, text: str) -> dict[str, None]:
    """Words for what people write in more than one way: measures, and codes with hyphens."""
    found = {each.spelled: None for each in (*measures_in(title), *measures_in(text))}
    for word in f"{title} {text[:_MAX_CODES_LENGTH]}".split():
        if not word.isalnum() and _DIGIT.search(word):
            joined = bare_code(word)
            if joined.isalnum():
                found[joined] = None
    return found
