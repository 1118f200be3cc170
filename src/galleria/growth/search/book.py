"""All synonyms of a shop, ready to be looked up with every question."""

from collections.abc import Iterable

from galleria.engines.search_index import Synonym
from galleria.engines.search_index.model import MAX_SYNONYMS, language_of, words_of
from galleria.foundation.text import sort_key
from galleria.growth.search.model.synonyms import SynonymDraft

_ENOUGH_OF_A_WORD = 3  # letters: forms of a word begin alike


class Book:
    """All synonyms of a shop, found by how their first word begins."""

    def __init__(self, drafts: Iterable[SynonymDraft]) -> None:
        """Of sets that have been checked."""
        self._found: dict[str, list[tuple[str | None, Synonym]]] = {}
        for draft in drafts:
            for words in draft.words:
                means = draft.means or [each for each in draft.words if each != words]
                place = self._found.setdefault(_beginning(words), [])
                place.append((draft.language, Synonym(words, tuple(means))))

    def fitting(self, typed: str, locale: str) -> tuple[Synonym, ...]:
        """Those that what was typed may have, the longest first."""
        if not self._found:
            return ()
        language = language_of(locale)
        found = [
            synonym
            for beginning in _beginnings(typed)
            for of, synonym in self._found.get(beginning, ())
            if of is None or of == language
        ]
        found.sort(key=lambda each: -len(each.words.split()))
        return tuple(found[:MAX_SYNONYMS])


def _beginning(words: str) -> str:
    return sort_key(words.split(maxsplit=1)[0])[:_ENOUGH_OF_A_WORD]


def _beginnings(typed: str) -> dict[str, None]:
    """How the first words of fitting synonyms may begin: short ones have few letters."""
    folded = [sort_key(word)[:_ENOUGH_OF_A_WORD] for word in words_of(typed)]
    return dict.fromkeys(each[: at + 1] for each in folded for at in range(len(each)))
