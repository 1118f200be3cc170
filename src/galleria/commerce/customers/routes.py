"""Customers over HTTP, for the back office."""

from typing import Annotated
from uuid import UUID

from litestar import Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, JSONBody, QueryParameter

from galleria.commerce.attributes import InvalidMetafields, KeptMetafields, MetafieldChanges
from galleria.commerce.customers import service
from galleria.commerce.customers.errors import (
    AddressNotFound,
    CustomerChanged,
    CustomerNotFound,
    EmailTaken,
    GroupChanged,
    GroupCodeTaken,
    GroupNotFound,
    TooManyAddresses,
    TooManyGroups,
)
from galleria.commerce.customers.model import (
    Customer,
    CustomerDetail,
    CustomerGroup,
    SavedAddress,
)
from galleria.commerce.customers.schemas import (
    CustomerChanges,
    CustomerGroupChanges,
    GroupMembers,
    NewAddress,
    NewCustomer,
    NewCustomerGroup,
)
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


@patch(
    "/admin/v1/customers/{customer_id:uuid}/metafields",
    operation_id="ChangeCustomerMetafields",
    tags=["customers"],
    guards=[requires("customers:write")],
    responses=problems(CustomerNotFound, CustomerChanged, InvalidMetafields),
)
async def change_metafields(
    ctx: NamedDependency[Context],
    customer_id: FromPath[UUID],
    data: JSONBody[MetafieldChanges],
    if_match: IfMatch = None,
) -> Response[KeptMetafields]:
    """Change by name what is kept beside the customer; null takes a value away."""
    kept = await service.change_metafields(
        ctx, customer_id, data.metafields, expect_version(if_match)
    )
    return Response(kept, headers={"ETag": etag_of(kept.version)})


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


@get(
    "/admin/v1/customer-groups",
    operation_id="ListCustomerGroups",
    tags=["customers"],
    guards=[requires("customers:read")],
)
async def list_groups(ctx: NamedDependency[Context]) -> Page[CustomerGroup]:
    """All customer groups by code, on one page: there are at most 500."""
    return Page(items=await service.list_groups(ctx))


@post(
    "/admin/v1/customer-groups",
    operation_id="CreateCustomerGroup",
    tags=["customers"],
    guards=[requires("customers:write")],
    responses=problems(InvalidInput, GroupCodeTaken, TooManyGroups),
)
async def create_group(
    ctx: NamedDependency[Context], data: JSONBody[NewCustomerGroup]
) -> Response[CustomerGroup]:
    """A group with nobody in it."""
    group = await service.create_group(ctx, data)
    return Response(group, status_code=201, headers={"ETag": etag_of(group.version)})


@get(
    "/admin/v1/customer-groups/{customer_group_id:uuid}",
    operation_id="GetCustomerGroup",
    tags=["customers"],
    guards=[requires("customers:read")],
    responses=problems(GroupNotFound),
)
async def get_group(
    ctx: NamedDependency[Context], customer_group_id: FromPath[UUID]
) -> Response[CustomerGroup]:
    """One customer group."""
    group = await service.get_group(ctx, customer_group_id)
    return Response(group, headers={"ETag": etag_of(group.version)})


@patch(
    "/admin/v1/customer-groups/{customer_group_id:uuid}",
    operation_id="UpdateCustomerGroup",
    tags=["customers"],
    guards=[requires("customers:write")],
    responses=problems(InvalidInput, GroupNotFound, GroupChanged, GroupCodeTaken),
)
async def update_group(
    ctx: NamedDependency[Context],
    customer_group_id: FromPath[UUID],
    data: JSONBody[CustomerGroupChanges],
    if_match: IfMatch = None,
) -> Response[CustomerGroup]:
    """The fields that were sent are changed; with If-Match only at that version."""
    group = await service.update_group(ctx, customer_group_id, data, expect_version(if_match))
    return Response(group, headers={"ETag": etag_of(group.version)})


@delete(
    "/admin/v1/customer-groups/{customer_group_id:uuid}",
    operation_id="RemoveCustomerGroup",
    tags=["customers"],
    guards=[requires("customers:write")],
    responses=problems(GroupNotFound),
)
async def remove_group(ctx: NamedDependency[Context], customer_group_id: FromPath[UUID]) -> None:
    """The group is removed; price lists that were for it alone are for nobody."""
    await service.remove_group(ctx, customer_group_id)


@get(
    "/admin/v1/customer-groups/{customer_group_id:uuid}/members",
    operation_id="ListGroupMembers",
    tags=["customers"],
    guards=[requires("customers:read")],
    responses=problems(GroupNotFound, InvalidCursor),
)
async def list_members(
    ctx: NamedDependency[Context],
    customer_group_id: FromPath[UUID],
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[Customer]:
    """Who is in the group, in pages."""
    return await service.list_members(ctx, customer_group_id, cursor, limit)


@post(
    "/admin/v1/customer-groups/{customer_group_id:uuid}/members",
    operation_id="AddGroupMembers",
    tags=["customers"],
    guards=[requires("customers:write")],
    responses=problems(InvalidInput, GroupNotFound, CustomerNotFound, TooManyGroups),
    status_code=200,
)
async def add_members(
    ctx: NamedDependency[Context],
    customer_group_id: FromPath[UUID],
    data: JSONBody[GroupMembers],
) -> list[UUID]:
    """Customers join the group, all or none; those who were not in it before come back."""
    return await service.add_members(ctx, customer_group_id, data.customer_ids)


@post(
    "/admin/v1/customer-groups/{customer_group_id:uuid}/members/remove",
    operation_id="RemoveGroupMembers",
    tags=["customers"],
    guards=[requires("customers:write")],
    responses=problems(InvalidInput, GroupNotFound),
    status_code=200,
)
async def remove_members(
    ctx: NamedDependency[Context],
    customer_group_id: FromPath[UUID],
    data: JSONBody[GroupMembers],
) -> list[UUID]:
    """Customers leave the group; those who were in it come back."""
    return await service.remove_members(ctx, customer_group_id, data.customer_ids)


ROUTES = [
    list_customers,
    create_customer,
    get_customer,
    update_customer,
    change_metafields,
    add_address,
    remove_address,
    list_groups,
    create_group,
    get_group,
    update_group,
    remove_group,
    list_members,
    add_members,
    remove_members,
]
