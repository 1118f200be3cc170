"""Groups of customers: made, named, filled and emptied."""

from collections.abc import Sequence
from uuid import UUID

import msgspec
from msgspec import UNSET

from galleria.commerce.customers import repository
from galleria.commerce.customers.errors import (
    CustomerNotFound,
    GroupChanged,
    GroupCodeTaken,
    GroupNotFound,
    TooManyGroups,
)
from galleria.commerce.customers.events import GroupsChanged
from galleria.commerce.customers.model import (
    MAX_GROUPS,
    MAX_GROUPS_A_CUSTOMER,
    Customer,
    CustomerGroup,
)
from galleria.commerce.customers.schemas import CustomerGroupChanges, NewCustomerGroup
from galleria.engines.context import Context
from galleria.engines.sql import Reader, Transaction
from galleria.foundation.ids import new_id
from galleria.foundation.pagination import Page
from galleria.platform import audit

_FIRST = UUID(int=0)


async def list_groups(reader: Reader) -> list[CustomerGroup]:
    """All groups of the shop by code, at most `MAX_GROUPS`."""
    return await repository.all_groups(reader)


async def get_group(reader: Reader, customer_group_id: UUID) -> CustomerGroup:
    """The group.

    Raises:
        GroupNotFound: this shop has no such group.
    """
    group = await repository.find_group(reader, customer_group_id)
    if group is None:
        raise GroupNotFound(f"no customer group {customer_group_id}")
    return group


async def groups_of(reader: Reader, customer_id: UUID) -> list[UUID]:
    """The groups the customer is in, by id; none when there is no such customer."""
    return await repository.groups_of(reader, customer_id)


async def create_group(ctx: Context, wanted: NewCustomerGroup) -> CustomerGroup:
    """A new group with nobody in it.

    Raises:
        GroupCodeTaken: another group has the code.
        TooManyGroups: the shop has `MAX_GROUPS`.
    """
    group = CustomerGroup(
        customer_group_id=new_id(),
        code=wanted.code,
        name=wanted.name,
        version=1,
        created_at=ctx.now,
        updated_at=ctx.now,
    )
    async with ctx.transaction() as tx:
        await repository.lock_groups(tx)
        if len(await repository.all_groups(tx)) >= MAX_GROUPS:
            raise TooManyGroups(f"a shop has at most {MAX_GROUPS} customer groups")
        if not await repository.insert_group(tx, group):
            raise GroupCodeTaken(f"a customer group {wanted.code} exists already")
        await _note(tx, "customers.group_created", group.customer_group_id)
    return group


async def update_group(
    ctx: Context,
    customer_group_id: UUID,
    changes: CustomerGroupChanges,
    expected_version: int | None = None,
) -> CustomerGroup:
    """The group with the changes, one version on.

    Raises:
        GroupNotFound: this shop has no such group.
        GroupChanged: the version is not `expected_version`.
        GroupCodeTaken: another group has the code.
    """
    async with ctx.transaction() as tx:
        await repository.lock_groups(tx)
        group = await get_group(tx, customer_group_id)
        if expected_version not in (None, group.version):
            raise GroupChanged(f"the customer group is at version {group.version}")
        edited = msgspec.structs.replace(
            group,
            code=group.code if changes.code is UNSET else changes.code,
            name=group.name if changes.name is UNSET else changes.name,
            version=group.version + 1,
            updated_at=ctx.now,
        )
        if not await repository.save_group(tx, edited):
            raise GroupCodeTaken(f"another customer group has the code {edited.code}")
        await _note(tx, "customers.group_changed", customer_group_id)
    return edited


async def remove_group(ctx: Context, customer_group_id: UUID) -> None:
    """The group is gone; what was for it alone is for nobody.

    Raises:
        GroupNotFound: this shop has no such group.
    """
    async with ctx.transaction() as tx:
        await repository.lock_groups(tx)
        if not await repository.delete_group(tx, customer_group_id):
            raise GroupNotFound(f"no customer group {customer_group_id}")
        await _note(tx, "customers.group_removed", customer_group_id)


async def list_members(
    ctx: Context, customer_group_id: UUID, cursor: str | None = None, limit: int = 50
) -> Page[Customer]:
    """A page of those who are in the group, the oldest customers first.

    Raises:
        GroupNotFound: this shop has no such group.
        InvalidCursor: the cursor is not one of this list.
    """
    await get_group(ctx, customer_group_id)
    tenant_id, cursors = ctx.tenant.tenant_id, ctx.engines.cursors
    scope = f"customers.members:{customer_group_id}"
    after = _FIRST if cursor is None else UUID(str(cursors.decode(cursor, tenant_id, scope)[0]))
    found = await repository.page_of_members(ctx, customer_group_id, after, limit + 1)
    if len(found) <= limit:
        return Page(items=found)
    last = str(found[limit - 1].customer_id)
    return Page(items=found[:limit], next_cursor=cursors.encode(tenant_id, scope, [last]))


async def add_members(
    ctx: Context, customer_group_id: UUID, customer_ids: Sequence[UUID]
) -> list[UUID]:
    """The customers are in the group, all or none; who joined by this comes back.

    Raises:
        GroupNotFound: this shop has no such group.
        CustomerNotFound: one of them is no customer of this shop.
        TooManyGroups: one of them would be in more than `MAX_GROUPS_A_CUSTOMER`.
    """
    async with ctx.transaction() as tx:
        await repository.lock_groups(tx)
        await get_group(tx, customer_group_id)
        known = {each.customer_id for each in await repository.by_ids(tx, list(customer_ids))}
        for customer_id in customer_ids:
            if customer_id not in known:
                raise CustomerNotFound(f"no customer {customer_id}")
        joined = await repository.add_members(tx, customer_group_id, customer_ids)
        if await repository.fullest_membership(tx, customer_ids) > MAX_GROUPS_A_CUSTOMER:
            raise TooManyGroups(f"a customer is in at most {MAX_GROUPS_A_CUSTOMER} groups")
        if joined:
            await _note(tx, "customers.group_joined", customer_group_id, joined)
    return joined


async def remove_members(
    ctx: Context, customer_group_id: UUID, customer_ids: Sequence[UUID]
) -> list[UUID]:
    """None of the customers is in the group; who left by this comes back. Safe to repeat.

    Raises:
        GroupNotFound: this shop has no such group.
    """
    async with ctx.transaction() as tx:
        await repository.lock_groups(tx)
        await get_group(tx, customer_group_id)
        left = await repository.remove_members(tx, customer_group_id, customer_ids)
        if left:
            await _note(tx, "customers.group_left", customer_group_id, left)
    return left


async def _note(
    tx: Transaction, action: str, customer_group_id: UUID, customer_ids: Sequence[UUID] = ()
) -> None:
    tx.publish(
        GroupsChanged(customer_group_id=customer_group_id, customer_ids=sorted(customer_ids))
    )
    detail = {"customers": len(customer_ids)} if customer_ids else {}
    await audit.record(tx, action, f"customer_group:{customer_group_id}", detail)
