"""Sorts products into the collections whose rules they meet: just these products, all rules.

Two may look at the same product with facts of different age. So whoever writes holds the shop's
lock, and facts read before it was held are always followed by the event of what changed since.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from galleria.commerce import catalog
from galleria.commerce.collections.events import members_changed
from galleria.commerce.collections.model.facts import ProductFacts, facts_of
from galleria.commerce.collections.model.matching import RuleBook
from galleria.commerce.collections.repository import members, sorting
from galleria.commerce.collections.repository.members import Membership, Row
from galleria.commerce.collections.service.asking import answers
from galleria.engines.context import Context
from galleria.engines.sql import Reader, Transaction
from galleria.platform import tenants

PRODUCTS_AT_ONCE = 1_000  # read together; fewer when they have thousands of variants
MOST_BOOKS = 64  # shops whose rules a process keeps compiled, some 300 KB for each 1,000 rules


class _Shelf:
    """Compiled rule books by version, the least recently used out first.

    A version is an id that is never used again, so what is here is never out of date.
    """

    def __init__(self) -> None:
        self._books: OrderedDict[UUID, RuleBook] = OrderedDict()

    def take(self, version: UUID) -> RuleBook | None:
        """The book, if it is here."""
        book = self._books.get(version)
        if book is not None:
            self._books.move_to_end(version)
        return book

    def put(self, version: UUID, book: RuleBook) -> None:
        """The book is here."""
        self._books[version] = book
        while len(self._books) > MOST_BOOKS:
            self._books.popitem(last=False)


_SHELF = _Shelf()


async def sort_in(
    tx: Transaction, product_ids: Sequence[UUID], facts: Iterable[ProductFacts]
) -> dict[UUID, dict[UUID, int]]:
    """These products are members where rules choose them, and of no other ruled collection.

    For whoever has the facts of these products at hand: a shop without rules does not ask for
    them. Writes nothing when nothing differs, and announces what does as `sorted`.

    Returns:
        For each product all its collections, picked by hand or chosen, with its position in each.
    """
    book = await _book_of(tx)
    if book is None:
        return _places(product_ids, await members.memberships(tx, product_ids))
    return _places(product_ids, await place(tx, book, list(facts), "sorted"))


async def hold_sorting(tx: Transaction) -> None:
    """Until the commit nobody else sorts products of this shop.

    For whoever reads many products, not led by events, and sorts them afterwards: what changes
    meanwhile must be sorted later, or the older facts would win.
    """
    await sorting.hold(tx)


async def gather_facts(
    reader: Reader, product_ids: Sequence[UUID], now: datetime
) -> list[ProductFacts]:
    """The facts of those of the products that exist, with what they cost at that moment."""
    channel = await tenants.channel_of(reader, None)
    facts: list[ProductFacts] = []
    for portion in await catalog.in_portions(reader, product_ids, PRODUCTS_AT_ONCE):
        products = await catalog.products_for_listing(reader, portion)
        variant_ids = [variant.variant_id for product in products for variant in product.variants]
        prices, availability = await answers.offers(
            reader, variant_ids, channel.channel_id, channel.currency, now
        )
        facts += [facts_of(product, prices, availability) for product in products]
    return facts


async def sort_anew(tx: Transaction, product_ids: Sequence[UUID], reason: str) -> None:
    """The products are where all rules want them now, and what differs is announced."""
    book = await _book_of(tx)
    if book is not None:
        facts = await gather_facts(tx, product_ids, tx.now)
        await place(tx, book, facts, reason)


async def sort_products(ctx: Context, product_ids: Sequence[UUID]) -> None:
    """The products are where all rules want them. Safe to repeat."""
    async with ctx.transaction() as tx:
        await sort_anew(tx, product_ids, "rule")


async def _book_of(tx: Transaction) -> RuleBook | None:
    """The shop's rules, compiled, and the lock held; None for a shop that never had a rule."""
    if await sorting.book_version(tx) is None:
        return None
    await sorting.hold(tx)
    # Only what is read under the lock is as new as the last one who held it.
    version = await sorting.book_version(tx)
    assert version is not None, "a version is never taken away"
    book = _SHELF.take(version)
    if book is None:
        book = RuleBook(await sorting.rules(tx))
        _SHELF.put(version, book)
    return book


class _Differences(NamedTuple):
    gone: list[Row]
    added: list[Row]


async def place(
    tx: Transaction,
    book: RuleBook,
    facts: Sequence[ProductFacts],
    reason: str,
    *,
    is_whole: bool = True,
) -> list[Membership]:
    """The products are where the book wants them; all their memberships come back.

    The lock is held. With a book that is not whole, of one rule only, other rules' members and
    what else is due stay as they are; and nothing is announced.
    """
    ids = [each.product_id for each in facts]
    standing = await members.memberships(tx, ids)
    differences = _compare(book, facts, standing, tx.now)
    if differences.gone or differences.added:
        await members.write_members(tx, differences.gone, differences.added)
        standing = await members.memberships(tx, ids)
    if is_whole:
        _announce(tx, standing, differences, reason)
    await _note_due(tx, book, facts, is_whole)
    return standing


def _compare(
    book: RuleBook, facts: Sequence[ProductFacts], standing: Iterable[Membership], now: datetime
) -> _Differences:
    wanted = {
        (target.collection_id, target.generation, each.product_id)
        for each in facts
        for target in book.matches(each, now)
    }
    present = {
        (each.collection_id, each.generation, each.product_id)
        for each in standing
        if (each.collection_id, each.generation) in book.targets
    }
    return _Differences(
        [Row(*key) for key in sorted(present - wanted)],
        [Row(*key) for key in sorted(wanted - present)],
    )


def _announce(
    tx: Transaction, standing: Iterable[Membership], differences: _Differences, reason: str
) -> None:
    """What counts is told; rows of a generation that is still being gathered are not."""
    live = {(each.collection_id, each.generation) for each in standing if each.is_live}
    rows = [row for row in differences.added if (row.collection_id, row.generation) in live]
    # Whether a row that is gone counted is no longer known; telling once too often does no harm.
    rows += differences.gone
    touched = sorted({row.product_id for row in rows})
    concerned = {row.collection_id for row in rows}
    only = next(iter(concerned)) if len(concerned) == 1 else None
    tx.publish(*members_changed(touched, reason, only))


def _places(ids: Sequence[UUID], standing: Iterable[Membership]) -> dict[UUID, dict[UUID, int]]:
    found: dict[UUID, dict[UUID, int]] = {product_id: {} for product_id in ids}
    for each in standing:
        if each.is_live:
            found[each.product_id][each.collection_id] = each.position
    return found


async def _note_due(
    tx: Transaction, book: RuleBook, facts: Sequence[ProductFacts], is_whole: bool
) -> None:
    """When each product grows too old for some rule is written down, where that differs."""
    if not book.has_ages and not is_whole:
        return
    known = await sorting.due_of(tx, [each.product_id for each in facts])
    changed: dict[UUID, datetime] = {}
    gone: list[UUID] = []
    for each in facts:
        due_s = book.next_due_s(each, tx.now)
        due_at = None if due_s is None else datetime.fromtimestamp(due_s, UTC)
        before = known.get(each.product_id)
        if not is_whole and before is not None:
            due_at = before if due_at is None else min(before, due_at)
        if due_at is None:
            if before is not None:
                gone.append(each.product_id)
        elif due_at != before:
            changed[each.product_id] = due_at
    await sorting.save_due(tx, changed, gone)
