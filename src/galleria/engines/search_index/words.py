"""A shopper's words, taken apart for their language: the same for every engine.

There is no query language but for words in quotation marks, so nothing that is typed can be wrong.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

import msgspec

from galleria.engines.search_index.analysis import content_analyzer, measures_in, words_asked
from galleria.engines.search_index.model import Synonym, language_of, words_of

CODE_SCORE = 1_000.0  # above whatever words come to
MISTYPED_SCORE = 0.5  # below what an ordinary exact word scores
MOST_BEGINNINGS = 50  # words one beginning may stand for, the commonest first
_LEAST_CODE = 4
_MOST_OF_A_CODE = 64
_MIN_FUZZY_LENGTH = 4  # one letter of three makes another word, not a mistake
_MAX_TOKENS = 24  # "a-b-c-d…" is one word of many parts
_PHRASE = re.compile(r'(?:(?<=\s)|^)"([^"]*\w[^"]*)"(?=\s|$)')
_JOINTS = str.maketrans("", "", '-/.,()"_# \t\u00a0')


class Word(msgspec.Struct, frozen=True):
    """One word as typed, taken apart for its language: all of its tokens are demanded, or `joined`,
    or all tokens of one of the `others`, which mean the same.

    An unfinished one ends in `beginning`, which may stand for any of the terms `beginnings`; the
    tokens of a phrase stand side by side.
    """

    tokens: tuple[str, ...]
    joined: str = ""
    says_something: bool = True
    is_phrase: bool = False
    others: tuple[tuple[str, ...], ...] = ()
    beginning: str = ""
    beginnings: tuple[str, ...] = ()


def read_words(text: str, locale: str, synonyms: Sequence[Synonym] = ()) -> list[Word]:
    """The words of a question, at most `model.MAX_WORDS`; those without a letter are dropped.

    Words that have synonyms are one, which what they mean will do for.
    """
    language = language_of(locale)
    left, words = words_of(text), list[Word]()
    for synonym in synonyms:
        left, word = _taken_out(left, synonym, language)
        words += [word] if word else []
    typed = " ".join(left)
    for phrase in _PHRASE.findall(typed):
        tokens = words_asked(phrase, language)
        words.append(Word(tuple(tokens), is_phrase=len(tokens) > 1))
    rest = _PHRASE.sub(" ", typed)
    at = 0
    for measure in measures_in(rest):
        words += _plain_words(rest[at : measure.start], language)
        tokens = words_asked(rest[measure.start : measure.end], language)
        words.append(Word(tuple(tokens), measure.spelled))
        at = measure.end
    words += _plain_words(rest[at:], language)
    return _bounded(words)


def _taken_out(typed: list[str], synonym: Synonym, language: str) -> tuple[list[str], Word | None]:
    """The words without those of the synonym, in whatever form, and these as one; None when they
    are not there."""
    wanted = [words_asked(each, language) for each in synonym.words.split()]
    stems = [words_asked(each, language) for each in typed]
    count = len(wanted)
    at = next((n for n in range(len(stems) - count + 1) if stems[n : n + count] == wanted), None)
    if not wanted or at is None:
        return typed, None
    tokens = tuple(chain.from_iterable(wanted))
    others = [tuple(words_asked(each, language)) for each in synonym.means]
    word = Word(tokens, others=tuple(each for each in others if each))
    return [*typed[:at], *typed[at + count :]], word


def _plain_words(text: str, language: str) -> Iterator[Word]:
    for typed in text.split():
        # "men's" is taken apart into "men" and "s", and few titles have an "s".
        bare = typed.removesuffix("'s").removesuffix("\u2019s")
        tokens = tuple(words_asked(bare, language))
        # "XPS-13" finds "XPS 13" and "XPS13".
        joined = bare_code(bare) if len(tokens) > 1 and bare.isascii() else ""
        yield Word(tokens, joined, bool(content_analyzer(language).analyze(bare)))


def _bounded(words: Iterable[Word]) -> list[Word]:
    """Words that have tokens, as long as those are not too many in all."""
    found, left = [], _MAX_TOKENS
    for word in words:
        tokens = word.tokens[:left]
        if tokens:
            found.append(msgspec.structs.replace(word, tokens=tokens))
            left -= len(tokens)
    return found


def is_completable(folded: str) -> bool:
    """True when few enough words begin so: two Latin letters, or one sign of a richer script."""
    return len(folded) >= 2 or not folded.isascii()


def enough_of(words: int) -> int:
    """How many of `words` words a product must have when none has them all: half."""
    return max(1, words // 2)


def may_be_mistyped(token: str) -> bool:
    """True when a letter more or less may have been meant."""
    # "16gb" is one letter away from "6gb", and neither shopper meant the other.
    return len(token) >= _MIN_FUZZY_LENGTH and token.isalpha()


def bare_code(text: str) -> str:
    """A code as it is compared: "XPS-13 9310" and "xps139310" are the same."""
    return text.translate(_JOINTS).lower()[:_MOST_OF_A_CODE]


def code_typed(text: str) -> str | None:
    """The code that all of the text may be, as codes are compared; None when it cannot be one."""
    code = bare_code("".join(words_of(text)))
    return code if len(code) >= _LEAST_CODE and any(map(str.isdigit, code)) else None
