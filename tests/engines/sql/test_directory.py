"""The directory says which tenant a name leads to, and a tenant writes only about itself."""

import asyncio

import asyncpg
import pytest

from galleria.engines.context import Context
from galleria.engines.sql import directory


async def test_slug_host_and_number_lead_to_the_same_entry(ctx: Context) -> None:
    host = f"{ctx.tenant.slug}.example"
    async with ctx.transaction() as tx:
        assert await directory.add_host(tx, host, is_primary=True)
    found = ctx.engines.sql.directory
    found.forget()
    assert await found.by_host(host) == await found.by_slug(ctx.tenant.slug)
    assert await found.by_slug(ctx.tenant.slug) == await found.by_id(ctx.tenant.tenant_id)


async def test_a_taken_slug_or_host_is_refused_without_saying_whose_it_is(
    ctx: Context, another_ctx: Context
) -> None:
    async with ctx.transaction() as tx:
        assert await directory.add_host(tx, f"{ctx.tenant.slug}.example")
    async with another_ctx.transaction() as tx:
        assert not await directory.add_host(tx, f"{ctx.tenant.slug}.example")
        assert not await directory.remove_host(tx, f"{ctx.tenant.slug}.example")
        assert await directory.list_hosts(tx) == []


async def test_a_tenant_cannot_point_a_host_at_another(ctx: Context, another_ctx: Context) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with ctx.transaction() as tx:
            await tx.execute(
                "INSERT INTO directory.host (tenant_id, host, is_primary)"
                " SELECT $2, 'stolen.example', false WHERE $1::int IS NOT NULL",
                another_ctx.tenant.tenant_id,
            )


async def test_numbers_are_never_given_twice(ctx: Context) -> None:
    home = ctx.engines.sql.home
    numbers = await asyncio.gather(*(directory.allocate_tenant_id(home) for _ in range(20)))
    assert len(set(numbers)) == 20


async def test_an_unknown_name_leads_nowhere_and_a_change_is_seen_after_forgetting(
    ctx: Context,
) -> None:
    found = ctx.engines.sql.directory
    host = f"late-{ctx.tenant.slug}.example"
    assert await found.by_host(host) is None
    async with ctx.transaction() as tx:
        await directory.add_host(tx, host)
    assert await found.by_host(host) is None, "kept for a moment"
    found.forget()
    entry = await found.by_host(host)
    assert entry is not None
    assert entry.tenant_id == ctx.tenant.tenant_id


async def test_all_tenants_are_walked_in_order(ctx: Context, another_ctx: Context) -> None:
    page = await ctx.engines.sql.directory.page(0, 10_000)
    numbers = [entry.tenant_id for entry in page]
    assert numbers == sorted(numbers)
    assert {ctx.tenant.tenant_id, another_ctx.tenant.tenant_id} <= set(numbers)
    assert 0 not in numbers, "the house is no shop"
