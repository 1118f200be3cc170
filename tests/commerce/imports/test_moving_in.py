"""A shop that moves in brings customers, orders and old addresses along."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from galleria import bindings
from galleria.commerce import customers, imports, orders
from galleria.commerce.customers import CustomerDraft
from galleria.commerce.imports import OrderDraft
from galleria.commerce.imports.model.csv_rows import RowReader
from galleria.commerce.imports.model.layouts import recognise
from galleria.commerce.imports.model.moving_in import Moved
from galleria.commerce.imports.model.moving_records import MAKERS
from galleria.commerce.imports.model.moving_rows import MovingParser
from galleria.commerce.orders import OrderFilter
from galleria.content import redirects
from galleria.content.redirects import RedirectDraft
from galleria.engines.context import Context
from tests.commerce.imports.blocks import cut
from tests.commerce.imports.conftest import counts, packed, sample, started, taken_in, told

# The roof says who takes orders in, as soon as it is there.
assert bindings.ROOMS


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
        RedirectDraft(from_path="/products/old-towel", to="/products/tea-towel"),
        RedirectDraft(from_path="/blogs/news", to="https://blog.example.com/news?from=shop"),
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


async def test_redirects_of_another_shop_system_lead_on_here(shop: Context) -> None:
    preview = await taken_in(shop, sample("shopify-redirects.csv"), is_dry_run=True)
    assert counts(preview) == (2, 0, 0, 2)
    assert (await redirects.list_redirects(shop)).items == []

    run = await taken_in(shop, sample("shopify-redirects.csv"))

    assert (run.state, counts(run)) == ("done", (2, 0, 0, 2))
    found = {each.from_path: each.to for each in (await redirects.list_redirects(shop)).items}
    assert found == {
        "/products/old-towel": "/products/tea-towel",
        "/blogs/news": "https://blog.example.com/news?from=shop",
    }
    assert counts(await taken_in(shop, sample("shopify-redirects.csv"))) == (0, 0, 2, 2)


async def test_a_redirect_that_closes_a_circle_is_refused_with_its_line(shop: Context) -> None:
    run = await taken_in(shop, b"Redirect from,Redirect to\n/a,/b\n/b,/a\n")
    assert counts(run) == (1, 0, 0, 1)
    assert await told(shop, run) == [(3, "redirect_loop", True)]


async def test_orders_of_another_shop_system_are_history_here(shop: Context) -> None:
    preview = await taken_in(shop, sample("shopify-orders.csv"), is_dry_run=True)
    assert counts(preview) == (2, 0, 0, 2)
    assert (await orders.list_orders(shop, OrderFilter())).items == []

    run = await taken_in(shop, sample("shopify-orders.csv"), at_once=1)

    assert (run.state, counts(run)) == ("done", (2, 0, 0, 2))
    found = (await orders.list_orders(shop, OrderFilter())).items
    assert [(each.number, each.source, each.status) for each in found] == [
        ("1002", "shopify", "cancelled"),
        ("1001", "shopify", "completed"),
    ]
    first = await orders.get_past_order(shop, found[1].order_id)
    assert (first.total.amount_minor, first.discount.amount_minor) == (6190, 300)
    assert [each.title for each in first.details.lines] == ["Tea Towel - Grey", "Apron"]
    assert first.details.tags == ["gift", "first"]
    known = (await customers.list_customers(shop, "ana@")).items
    assert [each.customer_id for each in known] == [first.customer_id]
    assert counts(await taken_in(shop, packed(sample("shopify-orders.csv")))) == (0, 0, 2, 2)


async def test_what_nobody_takes_in_is_refused_at_once(shop: Context) -> None:
    taker = imports.intakes.known.pop("shopify_orders_csv")
    try:
        with pytest.raises(imports.NobodyTakesIt):
            await started(shop, sample("shopify-orders.csv"))
    finally:
        imports.intakes.known["shopify_orders_csv"] = taker
