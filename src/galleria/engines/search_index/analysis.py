"""How text becomes words of the index: the same for what is written down and what is asked.

A text is taken apart here and not in the engine, so that one field serves all languages and words
may be added that no tokenizer finds: measures in one spelling, pairs of signs where words are
written without spaces. Accents are folded before stems are looked for, since shoppers leave them
out; what a stemmer then makes of a word need not be a word, only the same on both sides.
"""

import re
from functools import cache, lru_cache
from typing import NamedTuple

from tantivy import Filter, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

STEMMERS = {
    "ar": "arabic",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hu": "hungarian",
    "it": "italian",
    "nb": "norwegian",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
}
# Of these the engine knows stems and no little words.
_WITHOUT_STOP_WORDS = frozenset({"ar", "el", "ro", "ta", "tr"})
_MAX_TOKEN_BYTES = 60  # longer ones are noise (encoded pictures, addresses) and nobody types them

# Scripts whose words stand without spaces: Thai to Burmese, Khmer, kana, Han, Hangul.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
_RUN = re.compile(f"[{_UNSPACED}]+|[^{_UNSPACED}]+")
_SIGN = re.compile(f"[{_UNSPACED}]")

_INCHES = frozenset(
    [
        *('"', "''", "\u201d", "\u2033", "inches", "inch", "in", "zoll", "pouces", "pouce"),
        *("pulgadas", "pulgada", "pollici", "pollice", "cale", "cali"),
    ]
)
_UNITS = frozenset(
    [
        *_INCHES,
        *("tb", "gb", "mb", "kb", "kg", "mg", "g", "km", "cm", "mm", "m", "ft", "oz", "lbs", "lb"),
        *("mah", "wh", "kw", "mw", "w", "kv", "v", "ma", "a", "ghz", "mhz", "khz", "hz"),
        *("ml", "cl", "dl", "l", "mp", "fps", "dpi", "rpm", "db", "lm", "bar", "psi"),
    ]
)
# A number and what may be a unit. Whether it is one is looked up: naming all of them in the
# expression is four times slower.
_MEASURE = re.compile(
    r"([0-9]{1,7}(?:[.,][0-9]{1,3})?)[ \u00a0\u202f-]?"
    r"([A-Za-z]{1,8}|\"|''|\u201d|\u2033)(?![A-Za-z0-9])"
)
_BEFORE = frozenset(".,")  # a number does not begin behind these


def _words() -> TextAnalyzerBuilder:
    return (
        TextAnalyzerBuilder(Tokenizer.simple())
        .filter(Filter.remove_long(_MAX_TOKEN_BYTES))
        .filter(Filter.lowercase())
    )


@cache
def stem_analyzer(language: str) -> TextAnalyzer:
    """Words folded and brought to their stems, where the language has a stemmer."""
    builder = _words().filter(Filter.ascii_fold())
    if language in STEMMERS:
        builder = builder.filter(Filter.stemmer(STEMMERS[language]))
    return builder.build()


@cache
def fold_analyzer() -> TextAnalyzer:
    """Words in lower case and without accents: what completions are looked up by."""
    return _words().filter(Filter.ascii_fold()).build()


@cache
def surface_analyzer() -> TextAnalyzer:
    """Words in lower case, accents kept: as they are shown to a shopper."""
    return _words().build()


@cache
def content_analyzer(language: str) -> TextAnalyzer:
    """As `surface_analyzer`, without the words that say nothing ("the", "und")."""
    builder = _words()
    if language in STEMMERS and language not in _WITHOUT_STOP_WORDS:
        builder = builder.filter(Filter.stopword(STEMMERS[language]))
    return builder.build()


def words_written(text: str, language: str) -> list[str]:
    """The words that a text is found by, in their order.

    Of a run of signs without spaces each sign and each pair of neighbours: a shopper may ask for
    one sign, and of more than one every pair must be there.
    """
    found = stem_analyzer(language).analyze(text)
    if not has_signs(text):
        return found
    return [part for word in found for part in _signs(word, singles=True)]


def words_asked(text: str, language: str) -> list[str]:
    """The words of the index that a product must have to be what was asked for."""
    found = stem_analyzer(language).analyze(text)
    if not has_signs(text):
        return found
    return [part for word in found for part in _signs(word, singles=False)]


def has_signs(text: str) -> bool:
    """True when some of it is written without spaces, and found by signs and pairs of signs."""
    return not text.isascii() and _SIGN.search(text) is not None


def _signs(word: str, *, singles: bool) -> list[str]:
    found: list[str] = []
    for run in _RUN.findall(word):
        if not _SIGN.match(run):
            found.append(run)
            continue
        if singles or len(run) == 1:
            found += run
        found += [run[at : at + 2] for at in range(len(run) - 1)]
    return found


class Measure(NamedTuple):
    """A number with a unit: where it stands in a text, and in one spelling for all."""

    start: int
    end: int
    spelled: str


def measures_in(text: str) -> list[Measure]:
    """Each measure of the text: `13"` and "13 Zoll" are "13in", "2,4 GHz" is "2.4ghz"."""
    return [
        Measure(found.start(), found.end(), _spelled(found[1], found[2]))
        for found in _MEASURE.finditer(text)
        if found[2].lower() in _UNITS and not _goes_on(text, found.start())
    ]


def _goes_on(text: str, at: int) -> bool:
    before = text[at - 1] if at else " "
    return before in _BEFORE or before.isalnum()


@lru_cache(maxsize=20_000)
def _spelled(number: str, unit: str) -> str:
    unit = unit.lower()
    return number.replace(",", ".") + ("in" if unit in _INCHES else unit)
