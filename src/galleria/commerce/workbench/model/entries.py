"""What each product comes to, and how the back office asks for products.

All that is either so or not so of a product is a mark: a number made from a word. A question is
then a set of marks that all have to be there, and bounds of what can be sorted by.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Literal, TypeAlias, get_args
from uuid import UUID

import msgspec
from msgspec import Meta

from galleria.commerce.catalog import ProductTree
from galleria.commerce.inventory import Availability
from galleria.foundation.http import AmountMinor, ShortText, WireInput
from galleria.foundation.text import sort_key

MOST_WORDS = 12  # of a title, and of a question: longer ones say no more
MOST_TITLE = 40  # characters that a list by title tells apart, as in the catalog
NO_PRICE = -1
Shelf: TypeAlias = Literal["in", "low", "out", "uncounted"]
Order: TypeAlias = Literal[
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
ORDERS: tuple[Order, ...] = get_args(Order)
# The column each order goes by, before the product's id, which is made in the order of time.
COLUMN_OF: Mapping[str, tuple[str, str] | None] = {
    "created": None,
    "title": ("title_sort", "text"),
    "changed": ("changed_at", "timestamptz"),
    "price": ("price_min", "int8"),
    "on_hand": ("on_hand", "int8"),
}


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
    def marks(self) -> list[int]:
        """The marks that all have to be there."""
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
        found = [mark_of(kind, str(word)) for kind, word in pairs if word]
        return found + [mark_of("word", word) for word in words_in(self.words)]

    @property
    def is_bounded(self) -> bool:
        """Something besides marks narrows it."""
        bounds = (self.price_from, self.price_until, self.changed_since)
        return bool(self.begins) or bounds != (None, None, None)


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A product as it is looked for. Prices are of the default channel, -1 without one."""

    product_id: UUID
    changed_at: datetime
    price_min: int
    price_max: int
    on_hand: int
    marks: list[int]
    title_sort: str


class Turned(msgspec.Struct, frozen=True, kw_only=True):
    """A page of a list that can be turned both ways.

    `at_most` products are like this, and just so many when `is_exact`; the number was kept when
    they were written.
    """

    entries: list[Entry]
    at_most: int
    is_exact: bool
    next_cursor: str | None = None
    previous_cursor: str | None = None


@lru_cache(maxsize=65_536)
def mark_of(kind: str, word: str) -> int:
    """The number of a mark: 64 bits of a hash, so that no list of marks has to be kept.

    Two marks of a shop with a million of them share a number once in 37 million shops.
    """
    text = f"{kind}:{sort_key(word) if kind in _FOLDED else word}"
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


_FOLDED = frozenset({"tag", "brand", "type"})


def words_in(text: str) -> list[str]:
    """The words of a title or a question, without case and accents, each once."""
    return list(dict.fromkeys(sort_key(text).split()))[:MOST_WORDS]


def entry_of(
    product: ProductTree,
    lineages: Mapping[UUID, Sequence[UUID]],
    collection_ids: Iterable[UUID],
    amounts: Sequence[int],
    stock: Sequence[Availability],
) -> Entry:
    """The product as it is looked for.

    Args:
        product: which.
        lineages: the categories from the root down to each category it lies in.
        collection_ids: the collections it is in.
        amounts: what its variants cost, of those that have a price.
        stock: what can be sold of each variant.
    """
    on_hand = sum(each.available for each in stock if each.is_tracked)
    words = [
        ("status", product.status),
        ("brand", product.brand),
        ("type", product.product_type),
        ("pictures", str(bool(product.media))),
        *(("tag", tag) for tag in product.tags),
        *(("collection", str(each)) for each in collection_ids),
        *(("word", word) for word in words_in(product.title)),
        *(("shelf", each) for each in _shelves(stock)),
    ]
    for place in product.categories:
        above = lineages.get(place.category_id, [place.category_id])
        words += [("category", str(each)) for each in above]
    return Entry(
        product_id=product.product_id,
        changed_at=product.updated_at,
        price_min=min(amounts, default=NO_PRICE),
        price_max=max(amounts, default=NO_PRICE),
        on_hand=on_hand,
        marks=sorted({mark_of(kind, word) for kind, word in words if word}),
        title_sort=sort_key(product.title)[:MOST_TITLE],
    )


def _shelves(stock: Sequence[Availability]) -> list[Shelf]:
    tracked = [each for each in stock if each.is_tracked]
    found: list[Shelf] = []
    if len(tracked) < len(stock):
        found.append("uncounted")
    if any(each.available > 0 for each in tracked):
        found.append("in")
    elif tracked:
        found.append("out")
    if any(each.is_low for each in tracked):
        found.append("low")
    return found


class Way(msgspec.Struct, frozen=True):
    """How to find a page: along one mark, its products sorted when found, or along the order."""

    along_mark: int | None


def way_of(marks: Mapping[int, int], total: int, is_by_id: bool, page: int) -> Way:
    """The way that looks at fewer products.

    Args:
        marks: how many products have each mark that is asked for.
        total: how many products there are.
        is_by_id: the order is that of ids, in which the products of a mark are kept.
        page: how many products are shown.
    """
    if not marks:
        return Way(None)
    rarest = min(marks, key=lambda mark: marks[mark])
    share = 1.0
    for count in marks.values():
        share *= count / max(total, 1)
    # Of a list by title, price or time every so many-th fits; of a mark all have to be sorted.
    along_order = min(total, page / max(share, 1e-9))
    if is_by_id or 2 * marks[rarest] <= along_order:
        return Way(rarest)
    return Way(None)
