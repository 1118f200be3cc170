"""A shop that moves in brings customers, orders and old addresses along."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import pytest

from galleria.commerce import customers, imports
from galleria.commerce.customers import CustomerDraft
from galleria.commerce.imports import Landed, OrderDraft, RedirectDraft
from galleria.commerce.imports.model.csv_rows import RowReader
from galleria.commerce.imports.model.layouts import recognise
from galleria.commerce.imports.model.moving_in import Moved
from galleria.commerce.imports.model.moving_records import MAKERS
from galleria.commerce.imports.model.moving_rows import MovingParser
from galleria.engines.context import Context
from galleria.engines.sql import Transaction
from tests.commerce.imports.blocks import cut
from tests.commerce.imports.conftest import counts, packed, sample, started, taken_in, told


def read(content: bytes, step: int = 97) -> list[Moved]:
    layout = recognise(content)
    make, key_column = MAKERS[layout.format]
    reader = RowReader(layout.start, layout.delimiter)
    parser = MovingParser(reader, layout.header, make, key_column)
    rest = content[layout.start.next_byte :]
    blocks = cut(rest, list(range(0, len(rest), step)))
    return [each for block in blocks for each in parser.feed(block)] + list(parser.finish())


def codes(moved: Sequence[Moved]) -> list[tuple[int, str]]:
    return [(p.line, p.code) for each in moved for p in each.problems]


def test_customers_are_read_with_their_addresses() -> None:
    found = read(sample("shopify-customers.csv"))
    ana, ben, cleo, dov, again, eve = (each.draft for each in found)
    assert isinstance(ana, CustomerDraft)
    assert (ana.email, ana.name, ana.phone) == ("Ana@Example.com", "Ana Lindqvist", "+46701234567")
    assert ana.accepts_marketing
    (address,) = ana.addresses
    assert (address.line1, address.postal_code, address.country) == ("Strandgatan 4", "21120", "SE")
    assert isinstance(ben, CustomerDraft)
    assert (ben.name, ben.addresses) == ("Ben", [])
    assert isinstance(dov, CustomerDraft)
    assert (dov.addresses, cleo, eve) == ([], None, None)
    assert isinstance(again, CustomerDraft)
    assert codes(found) == [(4, "missing_email"), (5, "address_left_out"), (7, "pattern_mismatch")]


def test_rows_of_one_order_are_one_order() -> None:
    found = read(sample("shopify-orders.csv"))
    first, second = (each.draft for each in found[:2])
    assert isinstance(first, OrderDraft)
    assert [(line.title, line.quantity, line.price_minor, line.sku) for line in first.lines] == [
        ("Tea Towel - Grey", 2, 1250, "TT-G"),
        ("Apron", 1, 3500, "AP-1"),
    ]
    assert (first.number, first.external_ref, first.currency) == ("#1001", "5001", "EUR")
    assert (first.subtotal_minor, first.shipping_minor, first.total_minor) == (5700, 490, 6190)
    assert first.placed_at.astimezone(UTC) == datetime(2026, 3, 1, 9, 15, tzinfo=UTC)
    assert (first.discount_code, first.tags) == ("HELLO", ["gift", "first"])
    assert first.shipping is not None
    assert (first.shipping.city, first.shipping.postal_code) == ("Malmö", "21120")
    assert isinstance(second, OrderDraft)
    assert (second.refunded_minor, second.billing) == (4500, None)
    assert second.cancelled_at == datetime(2026, 3, 5, 8, tzinfo=UTC)
    assert [each.draft for each in found[2:]] == [None, None]
    assert codes(found) == [
        (5, "invalid_date"),
        (6, "invalid_quantity"),
        (6, "missing_lines"),
    ]


def test_redirects_are_read() -> None:
    found = read(sample("shopify-redirects.csv"))
    assert [each.draft for each in found[:2]] == [
        RedirectDraft(old_path="/products/old-towel", target="/products/tea-towel"),
        RedirectDraft(old_path="/blogs/news", target="https://blog.example.com/news?from=shop"),
    ]
    assert codes(found) == [(4, "invalid_path"), (5, "redirect_to_itself")]


@pytest.mark.parametrize("name", ["customers", "orders", "redirects"])
def test_files_are_read_alike_wherever_they_are_cut(name: str) -> None:
    content = sample(f"shopify-{name}.csv")
    whole = read(content, step=10**6)
    assert read(content, step=1) == read(content, step=13) == whole
    ends = [each.end.next_byte for each in whole]
    assert ends == sorted(ends)
    assert ends[-1] == len(content)


def test_an_order_with_a_row_that_cannot_be_read_is_refused() -> None:
    lines = sample("shopify-orders.csv").splitlines(keepends=True)
    found = read(b"".join([*lines[:2], b"#1001,half a row\n", *lines[2:]]))
    assert (found[0].draft, codes(found[:1])) == (None, [(3, "wrong_column_count")])
    assert isinstance(found[1].draft, OrderDraft)


async def test_customers_of_another_shop_system_are_known_here(shop: Context) -> None:
    preview = await taken_in(shop, sample("shopify-customers.csv"), is_dry_run=True)
    assert (counts(preview), preview.format) == ((3, 0, 1, 2), "shopify_customers_csv")
    assert (await customers.list_customers(shop)).items == []

    run = await taken_in(shop, sample("shopify-customers.csv"), at_once=2)

    assert (run.state, counts(run)) == ("done", (3, 0, 1, 2))
    assert await told(shop, run) == [
        (4, "missing_email", True),
        (5, "address_left_out", False),
        (7, "pattern_mismatch", True),
    ]
    page = await customers.list_customers(shop, "ana")
    (ana,) = page.items
    assert (ana.name, ana.accepts_marketing) == ("Ana Lindqvist", True)
    detail = await customers.get_customer(shop, ana.customer_id)
    assert [(each.address.city, each.is_default) for each in detail.addresses] == [("Malmö", True)]
    again = await taken_in(shop, packed(sample("shopify-customers.csv")))
    assert counts(again) == (0, 0, 4, 2)
    assert await customers.get_customer(shop, ana.customer_id) == detail


async def test_another_shop_has_its_own_customers(shop: Context, other_shop: Context) -> None:
    await taken_in(shop, sample("shopify-customers.csv"))
    assert (await customers.list_customers(other_shop)).items == []


async def test_an_interrupted_import_of_customers_goes_on(shop: Context) -> None:
    rows = b"".join(b"A,B,a%d@example.com,yes,0\n" % at for at in range(30))
    header = b"First Name,Last Name,Email,Accepts Email Marketing,Total Spent\n"
    run = await started(shop, header + rows)

    class Stops:
        async def report(self, done: int, total: int | None = None, note: str = "") -> None:
            raise ConnectionError("the worker was stopped")

    with pytest.raises(ConnectionError):
        await imports.run_import_now(shop, run.run_id, Stops(), at_once=10)
    halfway = await imports.get_run(shop, run.run_id)
    assert (halfway.state, halfway.created_count) == ("running", 10)
    done = await imports.run_import_now(shop, run.run_id)
    assert (done.state, counts(done)) == ("done", (30, 0, 0, 0))


@pytest.fixture
def bound() -> Iterator[list[RedirectDraft]]:
    """The redirects that were handed over to a room bound for this test."""
    taken: list[RedirectDraft] = []

    async def take_in(tx: Transaction, drafts: Sequence[RedirectDraft]) -> Sequence[Landed]:
        taken.extend(drafts)
        refused = Landed(outcome="refused", code="path_taken", reason="a page has this address")
        return [Landed(outcome="created"), refused][: len(drafts)]

    imports.intakes.bind(redirects=take_in)
    yield taken
    del imports.intakes.known["shopify_redirects_csv"]


async def test_what_is_bound_takes_its_drafts_in(shop: Context, bound: list[RedirectDraft]) -> None:
    run = await taken_in(shop, sample("shopify-redirects.csv"))
    assert (run.state, counts(run)) == ("done", (1, 0, 0, 3))
    assert [each.old_path for each in bound] == ["/products/old-towel", "/blogs/news"]
    assert (3, "path_taken", True) in await told(shop, run)


async def test_what_nobody_takes_in_is_refused_at_once(shop: Context) -> None:
    for name in ("shopify-orders.csv", "shopify-redirects.csv"):
        with pytest.raises(imports.NobodyTakesIt):
            await started(shop, sample(name))
