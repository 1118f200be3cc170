"""Whatever people, files, shoppers and time do to a shop in whatever order: once all events are
worked off, its counters, books, window and index say what a naive look at everything says.

GALLERIA_BOOKS_EXAMPLES=500 is the long form.
"""

import asyncio
import os
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from galleria import bindings
from galleria.commerce import catalog, imports, inventory, pricing
from galleria.commerce.catalog import (
    CategoryChanges,
    Option,
    ProductChanges,
    ProductDraft,
    VariantDraft,
)
from galleria.commerce.inventory import CountLine, NewLocation, SetStock
from galleria.commerce.pricing import SetPrice
from galleria.engines.context import Context
from galleria.foundation.errors import GalleriaError
from tests.commerce.imports.conftest import json_lines, started
from tests.commerce.inventory.shelves import adjust, commit, deliver, release, restock, transfer
from tests.commerce.selling import elsewhere, open_shop
from tests.faults.books import (
    check_counters,
    check_index,
    check_ledger,
    check_window,
    shown_by_now,
    trees_of,
    work_off,
)

# The roof says who knows what was ordered.
assert bindings.ROOMS

T = TypeVar("T")
EXAMPLES = int(os.environ.get("GALLERIA_BOOKS_EXAMPLES", "60"))
STEPS = 30
HANDLES = ("cup", "jug", "pan")
SIZES = ("S", "M", "L")
PATHS = (["Kitchen"], ["Kitchen", "Pots"], ["Garden"], ["Kitchen", "Pots", "Deep"])
PRODUCTS = st.integers(0, len(HANDLES) - 1)
PLACES = st.integers(0, 1)
OWNERS = st.sampled_from(("order:1", "order:2"))
PIECES = st.integers(1, 5)
LINES: st.SearchStrategy[dict[str, Any]] = st.builds(
    dict,
    handle=st.sampled_from(HANDLES),
    title=st.sampled_from(("Of clay", "Of tin")),
    sizes=st.lists(st.sampled_from(SIZES), min_size=1, max_size=3, unique=True),
    price_minor=st.sampled_from((None, 500, 700)),
    stock=st.sampled_from((None, 0, 4)),
    paths=st.lists(st.sampled_from(PATHS), max_size=2),
    collections=st.lists(st.sampled_from(("New", "Sale")), max_size=2, unique=True),
    status=st.sampled_from(("active", "active", "draft")),
)


def product_line(wanted: dict[str, Any]) -> dict[str, Any]:
    """The product as a line of a file."""
    sizes, handle = wanted["sizes"], wanted["handle"]
    line: dict[str, Any] = {
        "handle": handle,
        "title": wanted["title"],
        "status": wanted["status"],
        "options": [{"name": "Size", "values": sizes}],
        "category_paths": wanted["paths"],
        "collections": wanted["collections"],
        "variants": [{"sku": f"{handle}-{each}", "option_values": [each]} for each in sizes],
    }
    for variant in line["variants"]:
        for name in ("price_minor", "stock"):
            if wanted[name] is not None:
                variant[name] = wanted[name]
    return line


class Books(RuleBasedStateMachine):
    """A fresh shop; the test gives the loop and the house."""

    loop: asyncio.AbstractEventLoop
    house_ctx: Context

    def __init__(self) -> None:
        super().__init__()
        _, self.ctx = self.run(open_shop(type(self).house_ctx))
        place = NewLocation(code="far", name="Far")
        near = self.run(inventory.default_location(self.ctx))
        self.places = [
            near.location_id,
            self.run(inventory.create_location(self.ctx, place)).location_id,
        ]
        self.runs: list[UUID] = []
        self.owners = {"order:1", "order:2", "order:passing"}

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)

    def attempt(self, work: Coroutine[Any, Any, T]) -> T | None:
        """What came of it; None when the shop had a reason to refuse it."""
        try:
            return self.run(work)
        except GalleriaError as refusal:
            assert refusal.status < 500, refusal
            return None

    def product(self, number: int) -> catalog.ProductTree | None:
        """The product with this handle, if there is one."""
        return self.attempt(catalog.get_product_by_handle(self.ctx, HANDLES[number]))

    def variant(self, number: int, place: int) -> UUID | None:
        """One of its variants."""
        tree = self.product(number)
        return tree.variants[place % len(tree.variants)].variant_id if tree else None

    @initialize(lines=st.lists(LINES, min_size=2, max_size=3))
    def begin(self, lines: list[dict[str, Any]]) -> None:
        """There is something to edit from the start."""
        self.take_in(lines)

    @rule(lines=st.lists(LINES, min_size=1, max_size=3))
    def take_in(self, lines: list[dict[str, Any]]) -> None:
        content = json_lines(*map(product_line, lines))
        run = self.run(started(self.ctx, content))
        done = self.run(imports.run_import_now(self.ctx, run.run_id, at_once=1))
        assert done.state == "done"
        self.runs.append(run.run_id)

    @rule(is_last=st.booleans())
    def undo(self, is_last: bool) -> None:
        if self.runs:
            run_id = self.runs[-1 if is_last else 0]
            if self.attempt(imports.start_undo(self.ctx, run_id)):
                assert self.run(imports.run_import_now(self.ctx, run_id)).state == "undone"

    @rule(number=PRODUCTS, path=st.sampled_from(PATHS), is_active=st.booleans())
    def create(self, number: int, path: list[str], is_active: bool) -> None:
        handle = HANDLES[number]
        draft = ProductDraft(
            handle=handle,
            title="By hand",
            status="active" if is_active else "draft",
            options=[Option("Size", ["S"])],
            variants=[VariantDraft(sku=f"{handle}-S", option_values=["S"])],
            category_paths=[path],
        )
        self.attempt(catalog.create_product(self.ctx, draft))

    @rule(number=PRODUCTS, title=st.sampled_from(("Red", "Blue")), tag=st.sampled_from("xy"))
    def change(self, number: int, title: str, tag: str) -> None:
        if tree := self.product(number):
            changes = ProductChanges(title=title, tags=[tag])
            self.attempt(catalog.update_product(self.ctx, tree.product_id, changes))

    @rule(number=PRODUCTS, verb=st.sampled_from(("publish", "unpublish", "archive", "delete")))
    def set_status(self, number: int, verb: str) -> None:
        if tree := self.product(number):
            self.attempt(getattr(catalog, f"{verb}_product")(self.ctx, tree.product_id))

    @rule(number=PRODUCTS, back=st.integers(1, 4))
    def restore(self, number: int, back: int) -> None:
        if tree := self.product(number):
            version = max(1, tree.version - back)
            self.attempt(catalog.restore_product(self.ctx, tree.product_id, version))

    @rule(number=PRODUCTS, place=PLACES)
    def remove_variant(self, number: int, place: int) -> None:
        if variant_id := self.variant(number, place):
            self.attempt(catalog.remove_variant(self.ctx, variant_id))

    @rule(number=PRODUCTS, size=st.sampled_from(SIZES))
    def add_variant(self, number: int, size: str) -> None:
        if tree := self.product(number):
            draft = VariantDraft(sku=f"{tree.handle}-{size}", option_values=[size])
            self.attempt(catalog.add_variant(self.ctx, tree.product_id, draft))

    @rule(child=st.integers(0, 3), parent=st.integers(-1, 3), handle=st.sampled_from("abc"))
    def move_category(self, child: int, parent: int, handle: str) -> None:
        tree = self.run(catalog.all_categories(self.ctx))
        if len(tree) > max(child, parent):
            above = tree[parent].category_id if parent >= 0 else None
            changes = CategoryChanges(parent_id=above, handle=handle)
            self.attempt(catalog.update_category(self.ctx, tree[child].category_id, changes))

    @rule(number=PRODUCTS, place=PLACES, price=st.sampled_from((100, 500, 900)), pieces=PIECES)
    def set_price_and_stock(self, number: int, place: int, price: int, pieces: int) -> None:
        if variant_id := self.variant(number, place):
            row = SetPrice(variant_id=variant_id, amount_minor=price)
            self.attempt(pricing.set_prices(self.ctx, [row]))
            stock = SetStock(variant_id=variant_id, on_hand=pieces)
            self.attempt(inventory.set_stock(self.ctx, [stock]))

    @rule(number=PRODUCTS, place=PLACES, came=PIECES)
    def receive(self, number: int, place: int, came: int) -> None:
        if variant_id := self.variant(number, place):
            self.attempt(deliver(self.ctx, (variant_id, self.places[place]), came + 1, came))

    @rule(number=PRODUCTS, place=PLACES, delta=st.integers(-3, 3))
    def adjust(self, number: int, place: int, delta: int) -> None:
        if variant_id := self.variant(number, place):
            self.attempt(adjust(self.ctx, variant_id, self.places[place], delta))

    @rule(number=PRODUCTS, place=PLACES, counted=st.integers(0, 6))
    def count(self, number: int, place: int, counted: int) -> None:
        if variant_id := self.variant(number, place):
            line = CountLine(counted, variant_id=variant_id, location_id=self.places[place])
            self.attempt(inventory.count_stock(self.ctx, [line], "set"))

    @rule(number=PRODUCTS, place=PLACES, pieces=PIECES)
    def transfer(self, number: int, place: int, pieces: int) -> None:
        if variant_id := self.variant(number, place):
            ends = (self.places[place], self.places[1 - place])
            self.attempt(transfer(self.ctx, *ends, (variant_id, pieces)))

    @rule(owner=OWNERS, number=PRODUCTS, place=PLACES, pieces=PIECES)
    def reserve(self, owner: str, number: int, place: int, pieces: int) -> None:
        if variant_id := self.variant(number, place):
            self.attempt(self._reserve(owner, variant_id, pieces, None))

    async def _reserve(
        self, owner: str, variant_id: UUID, pieces: int, minutes: int | None
    ) -> None:
        ends_at = None if minutes is None else self.ctx.now + timedelta(minutes=minutes)
        async with self.ctx.transaction() as tx:
            await inventory.reserve_stock(tx, owner, [(variant_id, pieces)], ends_at)

    @rule(number=PRODUCTS, place=PLACES, pieces=PIECES)
    def reserve_and_expire(self, number: int, place: int, pieces: int) -> None:
        if variant_id := self.variant(number, place):
            self.attempt(self._reserve("order:passing", variant_id, pieces, 1))
            later = elsewhere(self.ctx)
            later.now = self.ctx.now + timedelta(minutes=2)
            self.run(inventory.release_expired(later))

    @rule(owner=OWNERS, verb=st.sampled_from((commit, release)))
    def settle(self, owner: str, verb: Any) -> None:
        self.attempt(verb(self.ctx, owner))

    @rule(owner=OWNERS, number=PRODUCTS, place=PLACES, pieces=PIECES)
    def bring_back(self, owner: str, number: int, place: int, pieces: int) -> None:
        if variant_id := self.variant(number, place):
            self.attempt(restock(self.ctx, owner, (variant_id, pieces)))

    @rule()
    def look(self) -> None:
        """Handlers come now and again, not after every edit."""
        self.run(self._compare())

    def teardown(self) -> None:
        self.run(self._compare())

    async def _compare(self) -> None:
        await work_off(self.ctx)
        trees = await trees_of(self.ctx)
        await check_counters(self.ctx, trees)
        await check_ledger(self.ctx, trees, self.owners)
        expected = await shown_by_now(self.ctx, trees)
        await check_window(self.ctx, expected)
        await check_index(self.ctx, expected)


async def test_whatever_happens_all_books_say_what_a_naive_look_says(house_ctx: Context) -> None:
    loop = asyncio.get_running_loop()
    machine = type("Bound", (Books,), {"loop": loop, "house_ctx": house_ctx})
    wanted = settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    await asyncio.to_thread(run_state_machine_as_test, machine, settings=wanted)


async def test_a_category_that_moves_is_searched_anew_beside_a_change_that_shows_nowhere(
    house_ctx: Context,
) -> None:
    machine = type("Bound", (Books,), {"loop": asyncio.get_running_loop(), "house_ctx": house_ctx})

    def move_and_receive() -> None:
        state = machine()
        paths = [["Garden"], ["Kitchen", "Pots", "Deep"]]
        line = {"handle": "pan", "title": "Of clay", "sizes": ["S", "M"], "paths": paths}
        state.begin(
            [{**line, "price_minor": 500, "stock": None, "collections": [], "status": "active"}]
        )
        state.remove_variant(number=2, place=0)
        state.look()
        state.move_category(child=3, handle="a", parent=0)
        state.receive(came=5, number=2, place=0)
        state.teardown()

    await asyncio.to_thread(move_and_receive)
