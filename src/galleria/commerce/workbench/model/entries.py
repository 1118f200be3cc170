"""What each product comes to, and how the back office asks for products.

All that is either so or not so of a product is a word, such as `status:active`. A question is then
a set of words that all have to be true, and bounds of what can be sorted by.
"""

from datetime import datetime
from typing import Annotated, Literal, TypeAlias, get_args
from uuid import UUID

import msgspec
from msgspec import Meta

from galleria.commerce.inventory import ShelfSum
from galleria.foundation.http import AmountMinor, ShortText, WireInput
from galleria.foundation.text import sort_key

MOST_WORDS = 12  # of a title, and of a question: longer ones say no more
Shelf: TypeAlias = Literal["in", "low", "out", "uncounted"]
Sort: TypeAlias = Literal[
    "-created",
    "created",
    "title",
    "-title",
    "-changed",
    "changed",
    "price",
    "-price",
    "on_hand",
    "-on_hand",
]
SORTS: tuple[Sort, ...] = get_args(Sort)
_FOLDED = frozenset({"tag", "brand", "type"})


class Wanted(WireInput):
    """Which products are looked for: those of which all of this is so.

    The title `begins` so; `words` all stand in it, anywhere. `category_id` means the category and
    all below it. A price bound fits when the prices of the variants, in minor units of the default
    channel, reach so far.
    """

    begins: ShortText = ""
    words: ShortText = ""
    status: Literal["draft", "active", "archived"] | None = None
    category_id: UUID | None = None
    collection_id: UUID | None = None
    product_type: ShortText = ""
    tag: ShortText = ""
    brand: ShortText = ""
    shelf: Shelf | None = None
    has_pictures: bool | None = None
    price_from: AmountMinor | None = None
    price_until: AmountMinor | None = None
    changed_since: Annotated[datetime, Meta(tz=True)] | None = None

    @property
    def all_words(self) -> tuple[str, ...]:
        """The words that all have to be true."""
        pairs = [
            ("status", self.status),
            ("category", self.category_id),
            ("collection", self.collection_id),
            ("type", self.product_type),
            ("tag", self.tag),
            ("brand", self.brand),
            ("shelf", self.shelf),
            ("pictures", None if self.has_pictures is None else str(self.has_pictures)),
        ]
        found = [word_of(kind, str(word)) for kind, word in pairs if word]
        return tuple(found + [word_of("word", word) for word in words_in(self.words)])


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What a product comes to. Prices are of the default channel, -1 without one."""

    product_id: UUID
    changed_at: datetime
    price_min: int
    price_max: int
    on_hand: int


class Turned(msgspec.Struct, frozen=True, kw_only=True):
    """A page of a list that can be turned both ways.

    `total` products are like this, counted by the index a moment ago.
    """

    entries: list[Entry]
    total: int
    next_cursor: str | None = None
    previous_cursor: str | None = None


def word_of(kind: str, word: str) -> str:
    """What is so of a product, in a word; tags, brands and types without case and accents."""
    return f"{kind}:{sort_key(word) if kind in _FOLDED else word}"


def words_in(text: str) -> list[str]:
    """The words of a title or a question, without case and accents, each once."""
    return list(dict.fromkeys(sort_key(text).split()))[:MOST_WORDS]


def shelves_of(shelf: ShelfSum) -> list[Shelf]:
    """On which shelves a product stands with what can be sold of its variants."""
    found: list[Shelf] = ["uncounted"] if shelf.has_untracked else []
    if shelf.has_tracked:
        found.append("in" if shelf.available > 0 else "out")
    return [*found, "low"] if shelf.has_low else found
