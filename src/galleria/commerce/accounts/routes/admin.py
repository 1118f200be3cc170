"""Accounts over HTTP, for the shop's own people."""

from uuid import UUID

from litestar import delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from galleria.commerce.accounts.errors import AccountNotFound
from galleria.commerce.accounts.model.accounts import AccountStanding
from galleria.commerce.accounts.schemas import AccountBlock, SessionsEnded
from galleria.commerce.accounts.service import staff
from galleria.commerce.customers import CustomerNotFound
from galleria.engines.context import Context
from galleria.foundation.errors import InvalidInput
from galleria.foundation.routing import problems, requires

OF_CUSTOMER = "/admin/v1/customers/{customer_id:uuid}/account"


@get(
    OF_CUSTOMER,
    operation_id="GetCustomerAccount",
    tags=["customers"],
    guards=[requires("customers:read")],
    responses=problems(CustomerNotFound, AccountNotFound),
)
async def get_account(
    ctx: NamedDependency[Context], customer_id: FromPath[UUID]
) -> AccountStanding:
    """Whether and how the customer can sign in."""
    return await staff.standing_of(ctx, customer_id)


@post(
    f"{OF_CUSTOMER}/link",
    operation_id="SendCustomerLink",
    tags=["customers"],
    guards=[requires("customers:write")],
    responses=problems(CustomerNotFound),
    status_code=204,
)
async def send_link(ctx: NamedDependency[Context], customer_id: FromPath[UUID]) -> None:
    """The customer has a mail with a link to sign in, or to open their account."""
    await staff.send_link(ctx, customer_id)


@delete(
    f"{OF_CUSTOMER}/sessions",
    operation_id="EndCustomerSessions",
    tags=["customers"],
    guards=[requires("customers:write")],
    responses=problems(AccountNotFound),
    status_code=200,
)
async def end_sessions(ctx: NamedDependency[Context], customer_id: FromPath[UUID]) -> SessionsEnded:
    """The customer is signed out on every device."""
    return SessionsEnded(ended=await staff.end_sessions(ctx, customer_id))


@put(
    f"{OF_CUSTOMER}/block",
    operation_id="BlockCustomerAccount",
    tags=["customers"],
    guards=[requires("customers:write")],
    responses=problems(InvalidInput, CustomerNotFound, AccountNotFound),
)
async def set_block(
    ctx: NamedDependency[Context], customer_id: FromPath[UUID], data: JSONBody[AccountBlock]
) -> AccountStanding:
    """The account lets nobody in, or lets its shopper in again."""
    return await staff.set_blocked(ctx, customer_id, data.is_blocked)


ROUTES = [get_account, send_link, end_sessions, set_block]
