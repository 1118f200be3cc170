"""Which words of a text answer a question, the same for every engine.

A text is looked through with the analysis that it was indexed by, so that forms of a word, accents,
measures, pairs of signs and synonyms are found here as they were there. What is looked at is
bounded: texts are cut, and in a long one only words that begin like a wanted one are taken apart.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import cache

import msgspec

from galleria.engines.search_index.analysis import (
    fold_analyzer,
    has_signs,
    measures_in,
    words_written,
)
from galleria.engines.search_index.correcting import is_one_slip
from galleria.engines.search_index.model import MAX_WORDS_LENGTH, Match, Synonym, language_of
from galleria.engines.search_index.words import Word, may_be_mistyped, read_words

MOST_MARKED = 500  # characters of a title
MOST_LOOKED_AT = 1_000  # characters of a description: who reads on does so on its own page
SNIPPET = 160  # characters
_LEAST_CONTEXT = 40  # characters before the first marked word, where there are so many
_LONGEST_WORD = 30  # characters that a stretch may be shorter by, so that no word is parted
_MOST_SPANS = 16  # of a text; more would not be seen in a card
_MOST_REMEMBERED = 5_000  # words of one answer
# A letter with what is written over and under it: Indic vowels are part of their word.
_WORD = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f\u0900-\u0dff\u0e30-\u0e4e\u20d0-\u20ff])*")
_AT_WORD = r"(?<![^\W_])"
# Its stemmer takes away beginnings of words as well.
_WITH_OTHER_BEGINNINGS = frozenset({"ar"})
_JOINER, _VARIATIONS = "\u200d", "\ufe0e\ufe0f"

Span = tuple[int, int]
WordsIn = Callable[[str], Iterator[re.Match[str]]]


class Part(msgspec.Struct, frozen=True):
    """A stretch of a text, and whether it answers the question. It is text, not markup."""

    text: str
    is_match: bool


class Marker:
    """Marks texts of one language for one question. Made once for all texts of an answer."""

    def __init__(
        self,
        words: str,
        locale: str,
        match: Match = Match.ALL_WORDS,
        synonyms: Sequence[Synonym] = (),
        *,
        is_unfinished: bool = False,
    ) -> None:
        """Look for `words` as an answer that matched so has found them; the last of them may be the
        beginning of a word."""
        asked = read_words(words, locale, synonyms)
        if any(word.says_something for word in asked):
            asked = [word for word in asked if word.says_something]
        self._language = language_of(locale)
        self._is_lenient = match is not Match.ALL_WORDS
        self._signs = {token for word in asked for token in word.tokens if has_signs(token)}
        self._measures = {word.joined for word in asked if word.joined}
        chains = {chain for word in asked for chain in _chains(word)}
        self._single = {chain[0] for chain in chains if len(chain) == 1}
        self._chains = [chain for chain in chains if len(chain) > 1]
        self._first = self._single | {chain[0] for chain in self._chains}
        typed = fold_analyzer().analyze(words[:MAX_WORDS_LENGTH])
        self._begun = typed[-1] if typed and is_unfinished else ""
        nearly = {*self._single, *typed} if self._is_lenient else ()
        self._nearly = [each for each in nearly if may_be_mistyped(each)]
        self._known: dict[str, tuple[tuple[str, ...], bool]] = {}
        self._beginning: re.Pattern[str] | None = None

    @property
    def has_words(self) -> bool:
        """There is something to mark."""
        return bool(self._first or self._signs or self._measures)

    def mark(self, text: str) -> list[Part]:
        """All of a short text, such as a title, in parts; beyond 500 characters none is marked."""
        spans = _merged(self._spans(text[:MOST_MARKED], self._words_in))
        return _parts(text, spans)

    def snippet(self, text: str) -> list[Part]:
        """Some 160 characters of a longer text around most of what answers; none without any."""
        text = text[:MOST_LOOKED_AT]
        spans = _merged(self._spans(text, self._likely_words_in))
        if not spans:
            return []
        start, end = _window(text, spans)
        inside = [(max(start, at), min(end, to)) for at, to in spans if at < end and to > start]
        parts = _parts(text[start:end], [(at - start, to - start) for at, to in inside])
        before = [Part("… ", False)] if start else []
        return [*before, *parts, *([Part(" …", False)] if end < len(text) else [])]

    def _spans(self, text: str, words_in: WordsIn) -> Iterator[Span]:
        for token in self._signs:
            yield from _places(text, token)
        if self._measures:
            yield from ((m.start, m.end) for m in measures_in(text) if m.spelled in self._measures)
        if not self._first:
            return
        left = _MOST_SPANS
        for found in words_in(text):
            tokens, is_meant = self._read(found[0])
            end = found.end() if is_meant else self._end_of_chain(text, tokens, found.end())
            if end is not None:
                yield found.start(), end
                left -= 1
                if not left:
                    return

    def _words_in(self, text: str) -> Iterator[re.Match[str]]:
        return _WORD.finditer(text)

    def _likely_words_in(self, text: str) -> Iterator[re.Match[str]]:
        """Words that begin with a letter that a wanted one begins with."""
        if self._language in _WITH_OTHER_BEGINNINGS:
            return _WORD.finditer(text)
        if self._beginning is None:
            letters = "".join(sorted({_alike(each[0]) for each in self._first}))
            self._beginning = re.compile(f"{_AT_WORD}(?=[{letters}]){_WORD.pattern}")
        return self._beginning.finditer(text)

    def _read(self, word: str) -> tuple[tuple[str, ...], bool]:
        """The tokens of a word, and whether it is wanted by itself. Texts repeat their words."""
        known = self._known.get(word)
        if known is None:
            tokens = tuple(words_written(word, self._language))
            is_meant = not self._single.isdisjoint(tokens) or self._is_nearly_meant(word, tokens)
            known = (tokens, is_meant)
            if len(self._known) < _MOST_REMEMBERED:
                self._known[word] = known
        return known

    def _is_nearly_meant(self, word: str, tokens: tuple[str, ...]) -> bool:
        if not self._nearly and not self._begun:
            return False
        # A slip in its ending gives a word another stem.
        whole = [word.lower()] if word.isascii() else fold_analyzer().analyze(word)
        if self._begun and any(each.startswith(self._begun) for each in whole):
            return True
        return any(is_one_slip(each, near) for each in {*tokens, *whole} for near in self._nearly)

    def _end_of_chain(self, text: str, tokens: tuple[str, ...], end: int) -> int | None:
        """Where words that are wanted side by side end, when these tokens begin them."""
        for chain in self._chains if tokens else ():
            if chain[: len(tokens)] != tokens[: len(chain)]:
                continue
            rest, at = chain[len(tokens) :], end
            while rest:
                following = _WORD.search(text, at)
                more = self._read(following[0])[0] if following else ()
                if following is None or not more or rest[: len(more)] != more:
                    break
                rest, at = rest[len(more) :], following.end()
            if not rest:
                return at
        return None


def _chains(word: Word) -> Iterator[tuple[str, ...]]:
    """What of the word is to be marked where its tokens stand side by side."""
    plain = tuple(each for each in word.tokens if not has_signs(each))
    if len(plain) < len(word.tokens):
        # Between signs there are no words to stand side by side.
        yield from ((each,) for each in plain)
    elif plain:
        yield plain
    if word.joined:
        yield (word.joined,)
    for other in word.others:
        if any(map(has_signs, other)):
            yield from ((each,) for each in other)
        else:
            yield other


@cache
def _alike(letter: str) -> str:
    """The letters that are this one when accents and case do not count, for an expression."""
    alike = {letter, letter.lower(), letter.upper()}
    return "".join(re.escape(each) for each in (*alike, *_folded_letters().get(letter, ())) if each)


@cache
def _folded_letters() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        for folded in fold_analyzer().analyze(chr(code)):
            found.setdefault(folded[0], []).append(chr(code))
    return found


def _places(text: str, part: str) -> Iterator[Span]:
    at = text.find(part)
    for _ in range(_MOST_SPANS):
        if at < 0:
            return
        yield at, at + len(part)
        at = text.find(part, at + 1)


def _merged(spans: Iterator[Span]) -> list[Span]:
    """The spans in order, those that touch or overlap as one, at most sixteen."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged[:_MOST_SPANS]


def _parts(text: str, spans: Sequence[Span]) -> list[Part]:
    parts, at = list[Part](), 0
    for start, end in spans:
        if start > at:
            parts.append(Part(text[at:start], False))
        parts.append(Part(text[start:end], True))
        at = end
    if at < len(text):
        parts.append(Part(text[at:], False))
    return parts


def _window(text: str, spans: Sequence[Span]) -> Span:
    """Where the stretch begins and ends that shows the most different words, the first of such."""
    best, most = 0, 0
    for at, (start, _) in enumerate(spans):
        inside = [each for each in spans[at:] if each[1] - start <= SNIPPET - _LEAST_CONTEXT]
        different = len({text[begins:ends].lower() for begins, ends in inside})
        if different > most:
            best, most = at, different
    first = spans[best][0]
    start = max(0, min(first - _LEAST_CONTEXT, len(text) - SNIPPET))
    end = min(len(text), max(start + SNIPPET, spans[best][1]))
    return _cut(text, start, first, 1), _cut(text, end, max(end - _LONGEST_WORD, first), -1)


def _cut(text: str, at: int, no_further: int, step: int) -> int:
    """The place nearest to `at`, towards `no_further`, that parts no word; else no sign."""
    if at in (0, len(text)):
        return at
    for place in range(at, no_further, step):
        if text[place].isspace():
            return place + (step > 0)
    place = at
    while 0 < place < len(text) and _is_one_sign(text[place - 1], text[place]):
        place -= 1
    return place


def _is_one_sign(before: str, after: str) -> bool:
    """The two are drawn as one: an accent on its letter, parts of one emoji."""
    return (
        _JOINER in (before, after)
        or after in _VARIATIONS
        or unicodedata.category(after)[0] == "M"
        or "\U0001f3fb" <= after <= "\U0001f3ff"
    )
