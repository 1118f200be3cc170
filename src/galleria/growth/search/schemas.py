"""What the back office sends about search."""

from typing import Annotated

import msgspec
from msgspec import Meta

from galleria.foundation.http import ShortText, WireInput
from galleria.growth.search.model.synonyms import MAX_WORDS, SynonymDraft

Phrases = Annotated[list[ShortText], Meta(max_length=MAX_WORDS)]
Language = Annotated[str, Meta(max_length=20, pattern=r"^[A-Za-z-]*$(?!\n)")]


class NewSynonyms(WireInput):
    """Words that mean each other; with `means`, these will do for any of `words`, and not the other
    way round. In every language unless one is named."""

    words: Phrases
    means: Phrases = msgspec.field(default_factory=list)
    language: Language | None = None

    def draft(self) -> SynonymDraft:
        """The set that is wanted."""
        return SynonymDraft(**msgspec.structs.asdict(self))
