"""What a shopper meant to type, read off the titles that were found with a letter's forgiveness."""

from collections import Counter
from collections.abc import Iterable, Sequence

from galleria.engines.search_index.analysis import fold_analyzer, surface_analyzer
from galleria.engines.search_index.model import words_of

_LEAST = 4  # shorter words are not taken for mistakes


def corrected(typed: str, titles: Iterable[str]) -> str | None:
    """The words as the titles spell them; None when they spell every one of them as typed.

    A word counts as mistyped when no title has it or its beginning, and some have one that is a
    single letter away; the commonest of those is meant.
    """
    said = [surface_analyzer().analyze(title) for title in titles]
    known = Counter(word for words in said for word in set(words))
    if not known:
        return None
    words = words_of(typed)
    meant = [_meant(word, known) for word in words]
    return " ".join(meant) if meant != words else None


def _meant(word: str, known: Counter[str]) -> str:
    bare = fold_analyzer().analyze(word)
    if len(bare) != 1 or len(bare[0]) < _LEAST or not bare[0].isalpha():
        return word
    # Other forms are found as well: "shoes" is no mistake where titles say "shoe".
    if any(_is_form_of(_folded(each), bare[0]) for each in known):
        return word
    near = [each for each in known if is_one_slip(_folded(each), bare[0])]
    return min(near, key=lambda each: (-known[each], each), default=word)


def _folded(word: str) -> str:
    return word if word.isascii() else "".join(fold_analyzer().analyze(word))


def _is_form_of(one: str, other: str) -> bool:
    """One is the other with an ending of a few letters."""
    return abs(len(one) - len(other)) < _LEAST and (one.startswith(other) or other.startswith(one))


def is_one_slip(one: Sequence[str], other: Sequence[str]) -> bool:
    """A letter is missing, too many, another, or has changed places with its neighbour."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    at = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    if at is None:
        return True
    rest, its = one[at:], other[at:]
    if rest[1:] == its[1:] or rest[1:] == its or rest == its[1:]:
        return True
    return len(rest) > 1 and rest[1::-1] == its[:2] and rest[2:] == its[2:]
