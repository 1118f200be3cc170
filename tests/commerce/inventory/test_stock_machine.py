"""Whatever happens to stock in whatever order, the books are right."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from galleria.commerce import inventory
from galleria.commerce.inventory import (
    CountLine,
    Level,
    NewLocation,
    OutOfStock,
    ReservationLost,
    ReservationRequest,
    StockTooLow,
)
from galleria.engines.context import Context
from tests.commerce.inventory.shelves import (
    adjust,
    commit,
    counts,
    deliver,
    moved,
    on_terms,
    place,
    put,
    release,
    reserve,
    restock,
    sellable_variants,
    transfer,
)

T = TypeVar("T")
VARIANTS = st.integers(0, 2)  # the last one is on backorder, up to a limit
PLACES = st.integers(0, 1)
OWNERS = st.integers(0, 3)
PIECES = st.integers(1, 6)
LIMIT = 4
LOW_AT = 2
Held = dict[tuple[int, int, int], int]  # (owner, variant, place)


class Book:
    """What a simple mind says the stock must be."""

    def __init__(self) -> None:
        self.on_hand = {(v, p): n for v, n in enumerate((8, 3, 2)) for p, n in ((0, n), (1, 0))}
        self.held: Held = {}  # promised, not handed over
        self.given: Held = {}  # handed over, not brought back
        self.expiring: set[tuple[int, int, int]] = set()

    def reserved(self, variant: int, place: int) -> int:
        return sum(n for (_, v, p), n in self.held.items() if (v, p) == (variant, place))

    def free(self, variant: int, place: int) -> int:
        return max(0, self.on_hand[variant, place] - self.reserved(variant, place))

    def available(self, variant: int) -> int:
        return self.free(variant, 0) + self.free(variant, 1)

    def ahead(self, variant: int) -> int:
        return sum(max(0, self.reserved(variant, p) - self.on_hand[variant, p]) for p in (0, 1))

    def sellable(self, variant: int) -> int:
        if variant != 2:
            return self.available(variant)
        return self.available(variant) + max(0, LIMIT - self.ahead(variant))

    def reserve(self, owner: int, wanted: dict[int, int]) -> bool:
        if any(quantity > self.sellable(variant) for variant, quantity in wanted.items()):
            return False
        for variant, quantity in wanted.items():
            whole = next((p for p in (0, 1) if self.free(variant, p) >= quantity), None)
            near = min(quantity, self.free(variant, 0))
            far = min(quantity - near, self.free(variant, 1))
            # What neither place has is promised at the first.
            shares = {0: quantity - far, 1: far} if whole is None else {whole: quantity}
            for shelf, share in shares.items():
                key = (owner, variant, shelf)
                self.held[key] = self.held.get(key, 0) + share
        return True

    def commit(self, owner: int) -> None:
        for (who, variant, shelf), quantity in list(self.held.items()):
            if who == owner:
                taken = min(quantity, self.on_hand[variant, shelf])
                self.on_hand[variant, shelf] -= taken
                self.held[who, variant, shelf] -= taken
                key = (who, variant, shelf)
                self.given[key] = self.given.get(key, 0) + taken

    def release(self, owner: int) -> None:
        self.held = {key: count for key, count in self.held.items() if key[0] != owner}


class Stock(RuleBasedStateMachine):
    """The stock of a fresh shop beside its book; the test gives the loop and the shops."""

    loop: asyncio.AbstractEventLoop
    new_tenant: Any

    def __init__(self) -> None:
        super().__init__()
        self.book = Book()
        self.ctx: Context = self.run(type(self).new_tenant())
        self.places = [self.run(place(self.ctx))]
        far = self.run(inventory.create_location(self.ctx, NewLocation(code="far", name="Far")))
        self.places.append(far.location_id)
        self.variant_ids = self.run(sellable_variants(self.ctx, 3))
        levels = [
            Level(v, self.places[0], n) for v, n in zip(self.variant_ids, (8, 3, 2), strict=True)
        ]
        self.run(put(self.ctx, levels))
        terms = {"selling": "backorder", "promise_limit": LIMIT}
        self.run(on_terms(self.ctx, self.variant_ids[2], **terms))
        self.run(inventory.set_low_stock_at(self.ctx, LOW_AT))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(30)

    @rule(owner=OWNERS, wanted=st.dictionaries(VARIANTS, PIECES, min_size=1))
    def reserve(self, owner: int, wanted: dict[int, int]) -> None:
        lines = [(self.variant_ids[v], quantity) for v, quantity in wanted.items()]
        try:
            self.run(reserve(self.ctx, f"order:{owner}", *lines))
            is_held = True
        except OutOfStock:
            is_held = False
        assert is_held == self.book.reserve(owner, wanted)

    @rule(
        asked=st.lists(
            st.tuples(OWNERS, st.dictionaries(VARIANTS, PIECES, min_size=1)), min_size=2, max_size=5
        ),
        together=st.booleans(),
    )
    def reserve_many(self, asked: list[tuple[int, dict[int, int]]], together: bool) -> None:
        requests = [
            ReservationRequest(
                f"order:{owner}", [(self.variant_ids[v], n) for v, n in wanted.items()]
            )
            for owner, wanted in asked
        ]
        answers = self.run(self._all_at_once(requests) if together else self._in_one(requests))
        held = [not isinstance(answer, OutOfStock) for answer in answers]
        assert held == [self.book.reserve(owner, wanted) for owner, wanted in asked]

    async def _in_one(self, requests: list[ReservationRequest]) -> list[Any]:
        async with self.ctx.transaction() as tx:
            return list(await inventory.reserve_many(tx, requests))

    async def _all_at_once(self, requests: list[ReservationRequest]) -> list[Any]:
        calls = (
            inventory.reserve_soon(self.ctx, each.owner_ref, each.lines, None) for each in requests
        )
        return list(await asyncio.gather(*calls, return_exceptions=True))

    @rule(variant=VARIANTS, quantity=PIECES)
    def reserve_and_let_it_expire(self, variant: int, quantity: int) -> None:
        is_held = True
        try:
            self.run(self._reserve_for_a_while(variant, quantity))
        except OutOfStock:
            is_held = False
        assert is_held == (quantity <= self.book.sellable(variant))
        later = Context(
            self.ctx.engines,
            self.ctx.tenant,
            self.ctx.actor,
            "later",
            now=self.ctx.now + timedelta(minutes=2),
        )
        assert self.run(inventory.release_expired(later)) == (quantity if is_held else 0)

    async def _reserve_for_a_while(self, variant: int, quantity: int) -> None:
        async with self.ctx.transaction() as tx:
            end = self.ctx.now + timedelta(minutes=1)
            lines = [(self.variant_ids[variant], quantity)]
            await inventory.reserve_stock(tx, "order:passing", lines, end)

    @rule(owner=OWNERS)
    def commit(self, owner: int) -> None:
        try:
            self.run(commit(self.ctx, f"order:{owner}"))
        except ReservationLost:
            assert not any(who == owner and n for (who, _, _), n in self.book.held.items())
        self.book.commit(owner)

    @rule(owner=OWNERS)
    def release(self, owner: int) -> None:
        self.run(release(self.ctx, f"order:{owner}"))
        self.book.release(owner)

    @rule(owner=OWNERS, variant=VARIANTS, quantity=PIECES)
    def restock(self, owner: int, variant: int, quantity: int) -> None:
        before = self._levels()
        self.run(restock(self.ctx, f"order:{owner}", (self.variant_ids[variant], quantity)))
        after = self._levels()
        # Which of several promises is let go first is the stock's own affair; how many is not.
        owed = sum(n for (w, v, _), n in self.book.held.items() if (w, v) == (owner, variant))
        out = sum(n for (w, v, _), n in self.book.given.items() if (w, v) == (owner, variant))
        let_go = sum(before[key][1] - after[key][1] for key in before)
        goods = sum(after[key][0] - before[key][0] for key in before)
        assert let_go + goods == min(quantity, owed + out)
        assert 0 <= let_go <= owed
        assert 0 <= goods <= out
        for shelf in (0, 1):
            key = (owner, variant, shelf)
            gone = before[variant, shelf][1] - after[variant, shelf][1]
            back = after[variant, shelf][0] - before[variant, shelf][0]
            self.book.held[key] = self.book.held.get(key, 0) - gone
            self.book.given[key] = self.book.given.get(key, 0) - back
            self.book.on_hand[variant, shelf] += back
            assert self.book.held[key] >= 0
            assert self.book.given[key] >= 0

    @rule(variant=VARIANTS, shelf=PLACES, on_hand=st.integers(0, 12))
    def set_level(self, variant: int, shelf: int, on_hand: int) -> None:
        level = Level(self.variant_ids[variant], self.places[shelf], on_hand)
        answer = self.run(put(self.ctx, [level]))
        assert bool(answer.refused) == self._is_too_low(variant, shelf, on_hand)
        if not answer.refused:
            self.book.on_hand[variant, shelf] = on_hand

    def _is_too_low(self, variant: int, shelf: int, on_hand: int) -> bool:
        # Raising a level is always true news, lowering it may not take what is promised.
        is_lower = on_hand < self.book.on_hand[variant, shelf]
        return variant != 2 and is_lower and on_hand < self.book.reserved(variant, shelf)

    @rule(
        lines=st.lists(st.tuples(VARIANTS, PLACES, st.integers(-3, 9)), min_size=1, max_size=5),
        adjusts=st.booleans(),
        is_preview=st.booleans(),
    )
    def count(self, lines: list[tuple[int, int, int]], adjusts: bool, is_preview: bool) -> None:
        counted = [
            CountLine(n, variant_id=self.variant_ids[v], location_id=self.places[p])
            for v, p, n in lines
        ]
        mode: Any = "adjust" if adjusts else "set"
        answer = self.run(inventory.count_stock(self.ctx, counted, mode, is_preview=is_preview))
        kept = dict(self.book.on_hand)
        for (variant, shelf, number), line in zip(lines, answer.lines, strict=True):
            before = self.book.on_hand[variant, shelf]
            after = before + number if adjusts else number
            is_refused = after < 0 or self._is_too_low(variant, shelf, after)
            assert (line.before, bool(line.code)) == (before, is_refused)
            if not is_refused:
                self.book.on_hand[variant, shelf] = after
        if is_preview:
            self.book.on_hand = kept

    @rule(variant=VARIANTS, shelf=PLACES, delta=st.integers(-4, 4))
    def adjust(self, variant: int, shelf: int, delta: int) -> None:
        after = self.book.on_hand[variant, shelf] + delta
        is_refused = after < 0 or self._is_too_low(variant, shelf, after)
        try:
            self.run(adjust(self.ctx, self.variant_ids[variant], self.places[shelf], delta))
            assert not is_refused
            self.book.on_hand[variant, shelf] = after
        except StockTooLow:
            assert is_refused

    @rule(variant=VARIANTS, start=PLACES, quantity=PIECES)
    def transfer(self, variant: int, start: int, quantity: int) -> None:
        after = self.book.on_hand[variant, start] - quantity
        is_refused = after < 0 or self._is_too_low(variant, start, after)
        line = (self.variant_ids[variant], quantity)
        try:
            self.run(transfer(self.ctx, self.places[start], self.places[1 - start], line))
            assert not is_refused
            self.book.on_hand[variant, start] -= quantity
            self.book.on_hand[variant, 1 - start] += quantity
        except StockTooLow:
            assert is_refused

    @rule(variant=VARIANTS, shelf=PLACES, quantity=PIECES, part=PIECES)
    def deliver(self, variant: int, shelf: int, quantity: int, part: int) -> None:
        came = min(part, quantity)
        where = (self.variant_ids[variant], self.places[shelf])
        self.run(deliver(self.ctx, where, quantity, came))
        self.book.on_hand[variant, shelf] += came

    def _levels(self) -> dict[tuple[int, int], tuple[int, int]]:
        page = self.run(inventory.list_stock(self.ctx, self.variant_ids, limit=100))
        found = {(level.variant_id, level.location_id): level for level in page.items}
        return {
            (v, p): (level.on_hand, level.reserved)
            if (level := found.get((variant_id, place_id)))
            else (0, 0)
            for v, variant_id in enumerate(self.variant_ids)
            for p, place_id in enumerate(self.places)
        }

    @invariant()
    def books_agree(self) -> None:
        for (variant, shelf), found in self._levels().items():
            book = (self.book.on_hand[variant, shelf], self.book.reserved(variant, shelf))
            assert found == book, (variant, shelf)
        assert self.run(inventory.check_ledger(self.ctx)).faults == []
        there = self.run(inventory.availability(self.ctx, self.variant_ids))
        for variant, variant_id in enumerate(self.variant_ids):
            on_hand, _ = self.run(counts(self.ctx, variant_id))
            assert on_hand == self.run(moved(self.ctx, variant_id))
            free = self.book.available(variant)
            assert there[variant_id].available == free
            assert there[variant_id].is_low == (free <= LOW_AT)
            assert there[variant_id].ahead == self.book.ahead(variant)
        low = self.run(inventory.list_stock(self.ctx, limit=100, only_low=True))
        assert {level.variant_id for level in low.items} == {
            variant_id
            for variant, variant_id in enumerate(self.variant_ids)
            if self.book.available(variant) <= LOW_AT
        }


async def test_the_books_are_right_after_any_sequence_of_events(new_tenant: Any) -> None:
    Stock.loop, Stock.new_tenant = asyncio.get_running_loop(), staticmethod(new_tenant)
    steps = settings(
        max_examples=15,
        stateful_step_count=20,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    await asyncio.to_thread(run_state_machine_as_test, Stock, settings=steps)
