"""Orders, customers, imports, redirects and the shop's own papers."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

import msgspec

from galleria.commerce import customers, imports, orders
from galleria.commerce.customers import Customer, CustomerDetail, CustomerGroup
from galleria.commerce.imports import ImportView, Problem
from galleria.commerce.orders import OrderDetail, OrderFilter, OrderSummary, ShippingMethod
from galleria.content import redirects
from galleria.content.redirects import RedirectView, view_of
from galleria.engines.context import Context
from galleria.faces.graphql.admin.fields import Desk
from galleria.faces.graphql.building import Fields, loaded
from galleria.faces.graphql.inputs import id_in, read_value
from galleria.faces.graphql.planning import Selection
from galleria.foundation.http import ShortText
from galleria.foundation.pagination import Page
from galleria.platform import audit, tenants
from galleria.platform.audit import Entry
from galleria.platform.tenants import Channel, Domain, Shop

ORDERS, CUSTOMERS, SETTINGS = "orders:read", "customers:read", "settings:read"
IMPORTS = "imports:read"
OldStart = Annotated[str, msgspec.Meta(max_length=2_000)]
_FILTERS: dict[str, Any] = {
    field.name: (field.type | None, None) for field in msgspec.structs.fields(OrderFilter)
}


def queries(desk: Desk) -> Fields:
    """What shows sales and the shop's papers."""
    for struct in (OrderDetail, OrderSummary):
        desk.kinds.add(struct, lambda: _of_order(desk))
    return {
        "order": desk.one(
            OrderDetail,
            lambda ctx, args: orders.get_order(ctx, id_in(args, "order_id")),
            ORDERS,
            "An order with its parcels, refunds and history.",
            order_id=UUID,
        ),
        "orders": desk.many(
            OrderSummary,
            list_orders,
            ORDERS,
            "Orders, newest first. `number` and `email` are beginnings; what was never paid is left"
            " out unless `status` asks for it.",
            **_FILTERS,
        ),
        "shippingMethods": desk.all(
            ShippingMethod,
            lambda ctx, _: orders.list_methods(ctx),
            SETTINGS,
            "All shipping methods, those not offered too.",
        ),
        **_people(desk),
        **_imports(desk),
        **_papers(desk),
    }


def _people(desk: Desk) -> Fields:
    return {
        "customer": desk.one(
            CustomerDetail,
            lambda ctx, args: customers.get_customer(ctx, id_in(args, "customer_id")),
            CUSTOMERS,
            "A customer with addresses.",
            customer_id=UUID,
        ),
        "customers": desk.many(
            Customer,
            lambda ctx, args, cursor, limit: customers.list_customers(
                ctx, args["query"], cursor, limit
            ),
            CUSTOMERS,
            "Customers; `query` is the beginning of an address or a name.",
            query=(ShortText, ""),
        ),
        "customerGroups": desk.all(
            CustomerGroup,
            lambda ctx, _: customers.list_groups(ctx),
            CUSTOMERS,
            "Groups of customers.",
        ),
    }


def _imports(desk: Desk) -> Fields:
    return {
        "import": desk.one(
            ImportView, show_import, IMPORTS, "One import and how far it is.", run_id=UUID
        ),
        "imports": desk.many(ImportView, list_imports, IMPORTS, "Imports, newest first."),
        "importProblems": desk.many(
            Problem,
            lambda ctx, args, cursor, limit: imports.list_problems(
                ctx,
                id_in(args, "run_id"),
                cursor,
                limit,
                code=args["code"],
                only_refusals=args["only_refusals"],
            ),
            IMPORTS,
            "What was wrong in the file, in its order.",
            run_id=UUID,
            code=(ShortText | None, None),
            only_refusals=(bool, False),
        ),
    }


def _papers(desk: Desk) -> Fields:
    return {
        "shop": desk.one(Shop, lambda ctx, _: tenants.shop_of(ctx), SETTINGS, "The shop itself."),
        "channels": desk.all(
            Channel, lambda ctx, _: tenants.list_channels(ctx), SETTINGS, "Where the shop sells."
        ),
        "domains": desk.all(
            Domain, lambda ctx, _: tenants.list_domains(ctx), SETTINGS, "Hosts that lead here."
        ),
        "redirects": desk.many(
            RedirectView,
            list_redirects,
            "products:read",
            "Redirects by their old addresses.",
            prefix=(OldStart, ""),
        ),
        "audit": desk.many(
            Entry,
            lambda ctx, args, cursor, limit: audit.list_entries(
                ctx, cursor, limit, args["subject"]
            ),
            "audit:read",
            "Who did what in this shop, newest first.",
            subject=(ShortText | None, None),
        ),
    }


def _of_order(desk: Desk) -> Fields:
    customer = desk.kinds.object_of(Customer)
    return {"customer": loaded(customer, load_customers, scopes=(CUSTOMERS,))}


async def load_customers(
    ctx: Context, rows: Sequence[Any], _: dict[str, Any], __: Selection
) -> list[Customer | None]:
    """Who bought."""
    ids = list({each.customer_id for each in rows if each.customer_id is not None})
    found = await customers.customers_of(ctx, ids) if ids else {}
    return [found.get(each.customer_id) for each in rows]


async def list_orders(
    ctx: Context, args: dict[str, Any], cursor: str | None, limit: int
) -> Page[OrderSummary]:
    """See the field."""
    given = {name: args[name] for name in _FILTERS if args[name] is not None}
    wanted: OrderFilter = read_value(given, OrderFilter, "")
    return await orders.list_orders(ctx, wanted, cursor, limit)


async def show_import(ctx: Context, args: dict[str, Any]) -> ImportView:
    """See the field."""
    run = await imports.get_run(ctx, id_in(args, "run_id"))
    return ImportView.of(run, (await imports.pictures_of(ctx, [run]))[run.run_id])


async def list_imports(
    ctx: Context, _: dict[str, Any], cursor: str | None, limit: int
) -> Page[ImportView]:
    """See the field."""
    page = await imports.list_runs(ctx, cursor, limit)
    counts = await imports.pictures_of(ctx, page.items)
    items = [ImportView.of(run, counts[run.run_id]) for run in page.items]
    return Page(items, page.next_cursor)


async def list_redirects(
    ctx: Context, args: dict[str, Any], cursor: str | None, limit: int
) -> Page[RedirectView]:
    """See the field."""
    page = await redirects.list_redirects(ctx, args["prefix"], cursor, limit)
    return Page([view_of(each) for each in page.items], page.next_cursor)
