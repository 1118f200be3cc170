"""The people who buy: found, and looked at with their addresses and orders."""

from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.commerce import customers, orders
from galleria.commerce.orders import OrderFilter
from galleria.faces.backoffice.visits import Desk

PAGE = 50
LATEST_ORDERS = 20


@get("/s/{slug:str}/customers", scope="customers:read")
async def show_customers(desk: NamedDependency[Desk]) -> Response[bytes]:
    """Customers, newest first; or those whose name or e-mail begins so."""
    words, cursor = desk.question("q"), desk.question("cursor", 4_000) or None
    page = await customers.list_customers(desk.ctx, words, cursor, PAGE)
    return desk.show("customers/list.html", page=page, words=words, is_first=cursor is None)


@get("/s/{slug:str}/customers/{customer_id:uuid}", scope="customers:read")
async def show_customer(
    desk: NamedDependency[Desk], customer_id: FromPath[UUID]
) -> Response[bytes]:
    """One customer: addresses and orders."""
    customer = await customers.get_customer(desk.ctx, customer_id)
    bought = None
    if desk.may("orders:read"):
        wanted = OrderFilter(customer_id=customer_id)
        bought = await orders.list_orders(desk.ctx, wanted, None, LATEST_ORDERS)
    return desk.show("customers/customer.html", customer=customer, bought=bought)


ROUTES = [show_customers, show_customer]
