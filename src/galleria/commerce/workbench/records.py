"""How a product becomes a record of the index, and a question one that the index can answer."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from galleria.commerce.catalog import ProductOutline
from galleria.commerce.inventory import ShelfSum
from galleria.commerce.workbench.model.entries import (
    Entry,
    Wanted,
    shelves_of,
    word_of,
    words_in,
)
from galleria.engines.record_index import (
    BY_ID,
    BY_TEXT,
    Bound,
    Record,
    RecordKind,
    RecordQuery,
    Sort,
)
from galleria.foundation.text import sort_key

PRODUCT = RecordKind("product", ("changed", "price", "price_most", "on_hand"))
NO_PRICE = -1
BY_AGE = Sort()
_PLACES = {"created": BY_ID, "title": BY_TEXT}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def query_of(
    wanted: Wanted,
    *,
    sort: Sort = BY_AGE,
    after: tuple[int | str | None, UUID] | None = None,
    limit: int = 0,
    counts: bool = True,
) -> RecordQuery:
    """The question as the index is asked it."""
    return RecordQuery(
        kind=PRODUCT,
        words=wanted.all_words,
        begins=sort_key(wanted.begins),
        bounds=_bounds(wanted),
        sort=sort,
        after=after,
        limit=limit,
        counts=counts,
    )


def _bounds(wanted: Wanted) -> tuple[Bound, ...]:
    found = []
    if wanted.price_from is not None:
        found.append(Bound("price_most", wanted.price_from, None))
    if wanted.price_until is not None:
        found.append(Bound("price", 0, wanted.price_until))
    if wanted.changed_since is not None:
        found.append(Bound("changed", _number_of(wanted.changed_since), None))
    return tuple(found)


def place_of(by: str) -> str:
    """What the index calls the sort by this."""
    return _PLACES.get(by, by)


def _number_of(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND


def entry_of(record: Record) -> Entry:
    """What the product of a record comes to."""
    figures = record.figures
    return Entry(
        product_id=record.record_id,
        changed_at=_EPOCH + figures["changed"] * _MICROSECOND,
        price_min=figures["price"],
        price_max=figures["price_most"],
        on_hand=figures["on_hand"],
    )


def record_of(
    product: ProductOutline,
    lineages: Mapping[UUID, Sequence[UUID]],
    collection_ids: Iterable[UUID],
    prices: tuple[int, int] | None,
    shelf: ShelfSum,
) -> Record:
    """The product as it is looked for.

    Args:
        product: which.
        lineages: the categories from the root down to each category it lies in.
        collection_ids: the collections it is in.
        prices: the lowest and the highest of its variants, if any has one.
        shelf: what can be sold of them.
    """
    words = [
        ("status", product.status),
        ("brand", product.brand),
        ("type", product.product_type),
        ("pictures", str(product.has_media)),
        *(("tag", tag) for tag in product.tags),
        *(("collection", str(each)) for each in collection_ids),
        *(("word", word) for word in words_in(product.title)),
        *(("shelf", each) for each in shelves_of(shelf)),
    ]
    for category_id in product.category_ids:
        above = lineages.get(category_id, [category_id])
        words += [("category", str(each)) for each in above]
    return Record(
        kind=PRODUCT,
        record_id=product.product_id,
        words=tuple(dict.fromkeys(word_of(kind, word) for kind, word in words if word)),
        text=sort_key(product.title),
        figures={
            "changed": _number_of(product.updated_at),
            "price": prices[0] if prices else NO_PRICE,
            "price_most": prices[1] if prices else NO_PRICE,
            "on_hand": shelf.available,
        },
    )
