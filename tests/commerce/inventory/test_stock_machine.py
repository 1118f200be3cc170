"""Whatever happens to stock in whatever order, the books are right."""

import asyncio
from collections.abc import Coroutine
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
from galleria.commerce.inventory import Level, OutOfStock, ReservationLost
from galleria.engines.context import Context
from tests.commerce.inventory.shelves import (
    allow_backorder,
    commit,
    counts,
    moved,
    place,
    put,
    release,
    reserve,
    restock,
    shelve,
)

T = TypeVar("T")
VARIANTS = st.integers(0, 2)  # the last one is on backorder
OWNERS = st.integers(0, 3)
PIECES = st.integers(1, 6)


class Book:
    """What a simple mind says the stock must be."""

    def __init__(self) -> None:
        self.on_hand = [8, 3, 2]
        self.held: dict[tuple[int, int], int] = {}  # (owner, variant): promised, not handed over
        self.given: dict[tuple[int, int], int] = {}  # handed over, not brought back

    def reserved(self, variant: int) -> int:
        return sum(count for (_, v), count in self.held.items() if v == variant)

    def reserve(self, owner: int, wanted: dict[int, int]) -> bool:
        for variant, quantity in wanted.items():
            if variant != 2 and self.on_hand[variant] - self.reserved(variant) < quantity:
                return False
        for variant, quantity in wanted.items():
            self.held[owner, variant] = self.held.get((owner, variant), 0) + quantity
        return True

    def commit(self, owner: int) -> None:
        for (who, variant), quantity in list(self.held.items()):
            if who == owner:
                taken = min(quantity, self.on_hand[variant])
                self.on_hand[variant] -= taken
                self.held[who, variant] -= taken
                self.given[who, variant] = self.given.get((who, variant), 0) + taken

    def release(self, owner: int) -> None:
        self.held = {key: count for key, count in self.held.items() if key[0] != owner}

    def restock(self, owner: int, variant: int, quantity: int) -> None:
        let_go = min(quantity, self.held.get((owner, variant), 0))
        goods = min(quantity - let_go, self.given.get((owner, variant), 0))
        if let_go:
            self.held[owner, variant] -= let_go
        if goods:
            self.given[owner, variant] -= goods
            self.on_hand[variant] += goods


class Stock(RuleBasedStateMachine):
    """The stock of a fresh shop beside its book; the test gives the loop and the shops."""

    loop: asyncio.AbstractEventLoop
    new_tenant: Any

    def __init__(self) -> None:
        super().__init__()
        self.book = Book()
        self.ctx: Context = self.run(type(self).new_tenant())
        self.variant_ids = self.run(shelve(self.ctx, *self.book.on_hand))
        self.run(allow_backorder(self.ctx, self.variant_ids[2]))
        self.where = self.run(place(self.ctx))

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

    @rule(owner=OWNERS)
    def commit(self, owner: int) -> None:
        try:
            self.run(commit(self.ctx, f"order:{owner}"))
        except ReservationLost:
            assert not any(who == owner and n for (who, _), n in self.book.held.items())
        self.book.commit(owner)

    @rule(owner=OWNERS)
    def release(self, owner: int) -> None:
        self.run(release(self.ctx, f"order:{owner}"))
        self.book.release(owner)

    @rule(owner=OWNERS, variant=VARIANTS, quantity=PIECES)
    def restock(self, owner: int, variant: int, quantity: int) -> None:
        line = (self.variant_ids[variant], quantity)
        self.run(restock(self.ctx, f"order:{owner}", line))
        self.book.restock(owner, variant, quantity)

    @rule(variant=VARIANTS, on_hand=st.integers(0, 12))
    def set_level(self, variant: int, on_hand: int) -> None:
        level = Level(self.variant_ids[variant], self.where, on_hand)
        answer = self.run(put(self.ctx, [level]))
        # Raising a level is always true news, lowering it may not take what is promised.
        is_too_low = variant != 2 and on_hand < self.book.reserved(variant)
        assert bool(answer.refused) == is_too_low
        if not is_too_low:
            self.book.on_hand[variant] = on_hand

    @invariant()
    def books_agree(self) -> None:
        for variant, variant_id in enumerate(self.variant_ids):
            on_hand, reserved = self.run(counts(self.ctx, variant_id))
            assert on_hand == self.run(moved(self.ctx, variant_id))
            assert on_hand == self.book.on_hand[variant]
            assert reserved == self.book.reserved(variant)
            assert variant == 2 or 0 <= reserved <= on_hand
            free = self.run(inventory.availability(self.ctx, [variant_id]))[variant_id]
            assert free.available == max(0, on_hand - reserved)


async def test_the_books_are_right_after_any_sequence_of_events(new_tenant: Any) -> None:
    Stock.loop, Stock.new_tenant = asyncio.get_running_loop(), staticmethod(new_tenant)
    steps = settings(
        max_examples=15,
        stateful_step_count=20,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    await asyncio.to_thread(run_state_machine_as_test, Stock, settings=steps)
