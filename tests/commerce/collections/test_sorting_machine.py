"""Whatever happens to products, prices, stock and rules in whatever order: once all events are
worked off, each collection holds just what a look at every product finds."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from galleria.commerce import catalog, collections, inventory, pricing
from galleria.commerce.catalog import ProductChanges
from galleria.commerce.collections import (
    Collection,
    CollectionChanges,
    Condition,
    Group,
    NewCollection,
    satisfies,
)
from galleria.commerce.inventory import SetStock
from galleria.commerce.pricing import SetPrice
from galleria.engines.context import Context
from tests.commerce.collections.lists import counted, goods, held, work_off
from tests.commerce.collections.rules_for_tests import condition
from tests.commerce.selling import mug, open_shop

T = TypeVar("T")
TAGS = ("x", "y", "z")
PRODUCTS = st.integers(0, 1)
LISTS = st.integers(0, 2)
CONDITIONS: list[Condition] = [
    *(condition("tag", "is", value=tag) for tag in TAGS),
    condition("price_min", "between", low=1_000, high=2_000),
    condition("price_max", "between", low=2_000),
    condition("on_sale", "is", value=True),
    condition("in_stock", "is", value=True),
    condition("stock", "between", low=2, high=4),
    condition("title", "contains", value="blue"),
    condition("status", "is", value="active"),
    condition("published", "within_days", days=3),
    condition("attribute", "between", code="capacity_ml", low=300),
]
RULES = st.builds(
    Group,
    match=st.sampled_from(["all", "any"]),
    conditions=st.lists(st.sampled_from(CONDITIONS), min_size=1, max_size=2),
    groups=st.lists(
        st.builds(
            Group,
            match=st.sampled_from(["all", "any"]),
            conditions=st.lists(st.sampled_from(CONDITIONS), min_size=1, max_size=2),
        ),
        max_size=1,
    ),
)


class Sorting(RuleBasedStateMachine):
    """A fresh shop of two products and three collections; the test gives the loop and the house.

    Members picked by hand stand in `picked`; None marks a collection that has a rule.
    """

    loop: asyncio.AbstractEventLoop
    house_ctx: Context

    def __init__(self) -> None:
        super().__init__()
        _, self.ctx = self.run(open_shop(type(self).house_ctx))
        self.ids = self.run(goods(self.ctx, *(mug(f"m{n}") for n in range(2))))
        self.lists = [self.run(self._list(name)) for name in "abc"]
        self.picked: list[set[UUID] | None] = [set(), set(), set()]
        self.waiting: set[int] = set()
        # Two rules from the start, so that every edit may cross one.
        self.rewrite(0, Group(match="any", conditions=CONDITIONS[:2]), True)
        self.rewrite(1, Group(conditions=[CONDITIONS[3], CONDITIONS[6]]), True)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)

    async def _list(self, name: str) -> Collection:
        return await collections.create_collection(self.ctx, NewCollection(title=name))

    @rule(
        product=PRODUCTS,
        tags=st.lists(st.sampled_from(TAGS), unique=True),
        title=st.sampled_from(["A blue one", "A red one"]),
        capacity=st.sampled_from([100, 300, 500]),
    )
    def edit(self, product: int, tags: list[str], title: str, capacity: int) -> None:
        changes = ProductChanges(tags=tags, title=title, attributes={"capacity_ml": capacity})
        self.run(catalog.update_product(self.ctx, self.ids[product], changes))

    @rule(
        product=PRODUCTS,
        price=st.sampled_from([900, 1_000, 2_000, 3_000]),
        before=st.sampled_from([None, 5_000]),
        pieces=st.integers(0, 5),
        is_published=st.booleans(),
    )
    def trade(
        self, product: int, price: int, before: int | None, pieces: int, is_published: bool
    ) -> None:
        """Price, stock and status change together: whatever is the same again says nothing."""
        tree = self.run(catalog.get_product(self.ctx, self.ids[product]))
        variant_id = tree.variants[0].variant_id
        wanted = SetPrice(variant_id=variant_id, amount_minor=price, compare_at_minor=before)
        self.run(pricing.set_prices(self.ctx, [wanted]))
        stock = SetStock(variant_id=variant_id, on_hand=pieces)
        self.run(inventory.set_stock(self.ctx, [stock]))
        verb = catalog.publish_product if is_published else catalog.unpublish_product
        self.run(verb(self.ctx, self.ids[product]))

    @rule(number=LISTS, asked=RULES, walks=st.booleans())
    def rewrite(self, number: int, asked: Group, walks: bool) -> None:
        where = self.lists[number].collection_id
        changes = CollectionChanges(rule=asked)
        self.run(collections.update_collection(self.ctx, where, changes))
        self.picked[number] = None
        self.waiting.add(number)
        if walks:
            self.walk(number)

    @rule(number=LISTS)
    def walk(self, number: int) -> None:
        self.run(collections.apply_rule(self.ctx, self.lists[number].collection_id))
        self.waiting.discard(number)

    @rule(number=LISTS)
    def let_go(self, number: int) -> None:
        """The members of the moment stay, and are picked by hand from here on."""
        if self.picked[number] is None:
            where = self.lists[number].collection_id
            self.run(collections.update_collection(self.ctx, where, CollectionChanges(rule=None)))
            self.picked[number] = set(self.run(held(self.ctx, self.lists[number])))
            self.waiting.discard(number)

    @rule(number=LISTS, product=PRODUCTS, comes=st.booleans())
    def pick(self, number: int, product: int, comes: bool) -> None:
        picked = self.picked[number]
        if picked is not None:
            one, where = [self.ids[product]], self.lists[number].collection_id
            added, removed = (one, []) if comes else ([], one)
            self.run(collections.fill_collection(self.ctx, where, added, removed))
            self.picked[number] = picked | set(one) if comes else picked - set(one)

    @rule(number=LISTS)
    def remove_and_restore(self, number: int) -> None:
        where = self.lists[number].collection_id
        self.run(collections.remove_collection(self.ctx, where))
        self.run(work_off(self.ctx))
        self.run(collections.restore_collection(self.ctx, where))
        if self.picked[number] is None:
            self.waiting.add(number)

    @invariant()
    def collections_hold_what_a_look_at_every_product_finds(self) -> None:
        self.run(self._compare())

    async def _compare(self) -> None:
        await work_off(self.ctx)
        async with self.ctx.transaction() as tx:
            facts = await collections.gather_facts(tx, self.ids, tx.now)
        now_s = self.ctx.now.timestamp()
        for number, made in enumerate(self.lists):
            members = await held(self.ctx, made)
            assert len(members) == len(set(members)) == await counted(self.ctx, made)
            present = await collections.get_collection(self.ctx, made.collection_id)
            picked = self.picked[number]
            if picked is not None:
                assert set(members) == picked
            elif number not in self.waiting:
                assert present.rule is not None
                found = {f.product_id for f in facts if satisfies(present.rule, f, now_s)}
                assert set(members) == found


async def test_whatever_happens_membership_is_what_a_naive_look_finds(house_ctx: Context) -> None:
    machine = type(
        "Bound", (Sorting,), {"loop": asyncio.get_running_loop(), "house_ctx": house_ctx}
    )
    await asyncio.to_thread(
        run_state_machine_as_test,
        machine,
        settings=settings(
            max_examples=12,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
