"""Words that mean the same to the shoppers of a shop."""

import re
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec

from galleria.foundation.errors import FieldError
from galleria.foundation.text import sort_key
from galleria.growth.search.errors import InvalidSynonyms

MAX_SETS = 2_000  # of a shop
MAX_WORDS = 30  # of a set, on either side
MAX_PHRASE = 60  # characters
MAX_WORDS_IN_PHRASE = 4
_LANGUAGE = re.compile(r"[a-z]{2,8}")


class SynonymDraft(msgspec.Struct, frozen=True, kw_only=True):
    """Words that are to mean the same: all of `words` each other, or, with `means`, only those for
    any of `words`. In all languages, or in one."""

    words: list[str]
    means: list[str] = []
    language: str | None = None


class SynonymSet(msgspec.Struct, frozen=True, kw_only=True):
    """Words that mean the same; see `SynonymDraft`."""

    synonym_id: UUID
    words: list[str]
    means: list[str]
    language: str | None
    updated_at: datetime

    @property
    def key(self) -> str:
        """What lists go by: the first word."""
        return key_of(self.words)


def key_of(words: list[str]) -> str:
    """What lists of sets go by."""
    return sort_key(words[0])


def checked(draft: SynonymDraft) -> SynonymDraft:
    """The draft without empty and repeated words.

    Raises:
        InvalidSynonyms: with a problem for each field that cannot be.
    """
    words, means = _cleaned(draft.words), _cleaned(draft.means)
    errors = [*_problems("words", words), *_problems("means", means)]
    if not words or (len(words) == 1 and not means):
        errors.append(
            FieldError(
                "words", "needs_two", "two words that mean the same, or one and what it means"
            )
        )
    if set(words) & set(means):
        errors.append(FieldError("means", "said_twice", "a word stands on both sides"))
    language = (draft.language or "").partition("-")[0].lower() or None
    if language is not None and not _LANGUAGE.fullmatch(language):
        errors.append(FieldError("language", "invalid", "a language such as en or de"))
    if errors:
        raise InvalidSynonyms("these words cannot be synonyms", errors=errors)
    return SynonymDraft(words=words, means=means, language=language)


def _cleaned(phrases: Iterable[str]) -> list[str]:
    clean = (" ".join(each.casefold().split()) for each in phrases)
    return list(dict.fromkeys(each for each in clean if each))


def _problems(field: str, phrases: list[str]) -> list[FieldError]:
    if len(phrases) > MAX_WORDS:
        return [FieldError(field, "too_many", f"at most {MAX_WORDS}")]
    return [
        FieldError(
            f"{field}[{at}]", "too_long", f"{MAX_PHRASE} letters, {MAX_WORDS_IN_PHRASE} words"
        )
        for at, each in enumerate(phrases)
        if len(each) > MAX_PHRASE or len(each.split()) > MAX_WORDS_IN_PHRASE
    ]
