"""Customers over HTTP, for the back office."""

from typing import Annotated
from uuid import UUID

from litestar import Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, JSONBody, QueryParameter

from galleria.commerce.customers import service
from galleria.commerce.customers.errors import (
    AddressNotFound,
    CustomerChanged,
    CustomerNotFound,
    EmailTaken,
    TooManyAddresses,
)
from galleria.commerce.customers.model import Customer, CustomerDetail, SavedAddress
from galleria.commerce.customers.schemas import CustomerChanges, NewAddress, NewCustomer
from galleria.engines.context import Context
from galleria.foundation.errors import InvalidInput
from galleria.foundation.http import ShortText
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.foundation.routing import (
    CursorQuery,
    LimitQuery,
    etag_of,
    expect_version,
    problems,
    requires,
    within,
)

IfMatch = Annotated[str | None, HeaderParameter(name="If-Match")]


@get(
    "/admin/v1/customers",
    operation_id="ListCustomers",
    tags=["customers"],
    guards=[requires("customers:read")],
    responses=problems(InvalidCursor),
)
async def list_customers(
    ctx: NamedDependency[Context],
    text: Annotated[str, within(QueryParameter, ShortText, "filter[query]")] = "",
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[Customer]:
    """Customers, newest first; `filter[query]` is the beginning of a name or an e-mail address."""
    return await service.list_customers(ctx, text, cursor, limit)


@post(
    "/admin/v1/customers",
    operation_id="CreateCustomer",
    tags=["customers"],
    guards=[requires("customers:write")],
    responses=problems(InvalidInput, EmailTaken),
)
async def create_customer(
    ctx: NamedDependency[Context], data: JSONBody[NewCustomer]
) -> Response[Customer]:
    """A customer entered by hand."""
    customer = await service.create_customer(ctx, data)
    return Response(customer, status_code=201, headers={"ETag": etag_of(customer.version)})


@get(
    "/admin/v1/customers/{customer_id:uuid}",
    operation_id="GetCustomer",
    tags=["customers"],
    guards=[requires("customers:read")],
    responses=problems(CustomerNotFound),
)
async def get_customer(
    ctx: NamedDependency[Context], customer_id: FromPath[UUID]
) -> Response[CustomerDetail]:
    """One customer with the address book."""
    customer = await service.get_customer(ctx, customer_id)
    return Response(customer, headers={"ETag": etag_of(customer.version)})


@patch(
    "/admin/v1/customers/{customer_id:uuid}",
    operation_id="UpdateCustomer",
    tags=["customers"],
    guards=[requires("customers:write")],
    responses=problems(InvalidInput, CustomerNotFound, CustomerChanged, EmailTaken),
)
async def update_customer(
    ctx: NamedDependency[Context],
    customer_id: FromPath[UUID],
    data: JSONBody[CustomerChanges],
    if_match: IfMatch = None,
) -> Response[Customer]:
    """The fields that were sent are changed; with If-Match only at that version."""
    customer = await service.update_customer(ctx, customer_id, data, expect_version(if_match))
    return Response(customer, headers={"ETag": etag_of(customer.version)})


@post(
    "/admin/v1/customers/{customer_id:uuid}/addresses",
    operation_id="AddCustomerAddress",
    tags=["customers"],
    guards=[requires("customers:write")],
    responses=problems(InvalidInput, CustomerNotFound, TooManyAddresses),
)
async def add_address(
    ctx: NamedDependency[Context], customer_id: FromPath[UUID], data: JSONBody[NewAddress]
) -> SavedAddress:
    """An address in the customer's book."""
    return await service.add_address(ctx, customer_id, data.address, data.is_default)


@delete(
    "/admin/v1/customers/{customer_id:uuid}/addresses/{address_id:uuid}",
    operation_id="RemoveCustomerAddress",
    tags=["customers"],
    guards=[requires("customers:write")],
    responses=problems(AddressNotFound),
)
async def remove_address(
    ctx: NamedDependency[Context], customer_id: FromPath[UUID], address_id: FromPath[UUID]
) -> None:
    """The address leaves the book; orders keep their own copy of it."""
    await service.remove_address(ctx, customer_id, address_id)


ROUTES = [
    list_customers,
    create_customer,
    get_customer,
    update_customer,
    add_address,
    remove_address,
]
