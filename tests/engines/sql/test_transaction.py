"""The tenant of a transaction or read, and the traps that could carry it over."""

import asyncio
from typing import ClassVar

import asyncpg
import pytest

from galleria.engines.context import SYSTEM, Actor, Context, under_tenant
from galleria.engines.sql import Access, CommitLost, DatabaseUnavailable
from galleria.engines.sql.database import connect_as
from galleria.engines.sql.roles import APP
from galleria.foundation.events import Event

SEEN = "SELECT current_setting('galleria.tenant', true) AS tenant, $1::int AS asked"


async def add(ctx: Context, key: str) -> None:
    async with ctx.transaction() as tx:
        await tx.execute(
            "INSERT INTO idempotency.answer (tenant_id, scope, key, fingerprint, created_at)"
            " VALUES ($1, 'test', $2, '', $3)",
            key,
            tx.now,
        )


async def keys(ctx: Context) -> list[str]:
    rows = await ctx.read("SELECT key FROM idempotency.answer ORDER BY key, $1::int")
    return [row["key"] for row in rows]


async def test_a_read_without_a_filter_shows_only_the_tenants_own_rows(
    ctx: Context, another_ctx: Context
) -> None:
    await add(ctx, "mine")
    await add(another_ctx, "theirs")
    assert await keys(ctx) == ["mine"]
    assert await keys(another_ctx) == ["theirs"]


async def test_a_row_cannot_be_written_for_another_tenant(
    ctx: Context, another_ctx: Context
) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        async with ctx.transaction() as tx:
            await tx.execute(
                "INSERT INTO idempotency.answer (tenant_id, scope, key, fingerprint, created_at)"
                " SELECT $2, 'test', 'foreign', '', now() WHERE $1::int IS NOT NULL",
                another_ctx.tenant.tenant_id,
            )


async def test_with_no_tenant_set_nothing_is_seen(ctx: Context) -> None:
    await add(ctx, "mine")
    async with ctx.engines.sql.home.app() as connection:
        assert await connection.fetchval("SELECT count(*) FROM idempotency.answer") == 0


async def test_the_owner_without_its_policy_would_change_no_row_and_say_nothing(
    ctx: Context,
) -> None:
    """The trap of FORCE: the owner is bound too. The cure is its own policy."""
    await add(ctx, "mine")
    owner = await ctx.engines.sql.home.connect_owner()
    try:
        update = "UPDATE idempotency.answer SET scope = scope WHERE tenant_id = $1"
        assert await owner.execute(update, ctx.tenant.tenant_id) == "UPDATE 1"
        transaction = owner.transaction()
        await transaction.start()
        await owner.execute("DROP POLICY owner ON idempotency.answer")
        assert await owner.execute(update, ctx.tenant.tenant_id) == "UPDATE 0"
        await transaction.rollback()
    finally:
        await owner.close()


async def test_copy_is_refused_on_a_tenant_table_and_works_through_a_temporary_one(
    ctx: Context,
) -> None:
    with pytest.raises(asyncpg.FeatureNotSupportedError, match="row-level security"):
        async with ctx.transaction() as tx:
            await tx._connection.copy_records_to_table(
                "answer", schema_name="idempotency", records=[], columns=["tenant_id"]
            )
    async with ctx.transaction() as tx:
        await tx.copy_rows("incoming", {"key": "text"}, [("a",), ("b",)])
        copied = await tx.execute(
            "INSERT INTO idempotency.answer (tenant_id, scope, key, fingerprint, created_at)"
            " SELECT $1, 'test', key, '', now() FROM incoming"
        )
    assert copied == 2
    assert await keys(ctx) == ["a", "b"]


async def test_a_read_sets_the_tenant_for_its_own_statement_only(ctx: Context) -> None:
    async with ctx.engines.sql.home.app() as connection:
        row = await connection.fetchrow(under_tenant(SEEN), ctx.tenant.tenant_id)
        assert row is not None
        assert row["tenant"] == str(ctx.tenant.tenant_id)
        assert not await connection.fetchval("SELECT current_setting('galleria.tenant', true)")


async def test_a_failed_transaction_leaves_no_tenant_on_the_connection(ctx: Context) -> None:
    with pytest.raises(asyncpg.DivisionByZeroError):
        async with ctx.transaction() as tx:
            await tx.fetch("SELECT 1 / ($1::int - $1::int)")
    async with ctx.engines.sql.home.app() as connection:
        assert not await connection.fetchval("SELECT current_setting('galleria.tenant', true)")
        assert not connection.is_in_transaction()


async def test_a_cancelled_transaction_leaves_no_tenant_on_any_connection(ctx: Context) -> None:
    async def slow() -> None:
        async with ctx.transaction() as tx:
            await tx.execute("SELECT pg_sleep(5), $1::int")

    tasks = [asyncio.create_task(slow()) for _ in range(8)]
    await asyncio.sleep(0.1)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)

    async def left_over() -> str | None:
        async with ctx.engines.sql.home.app() as connection:
            await asyncio.sleep(0.01)
            value: str | None = await connection.fetchval(
                "SELECT current_setting('galleria.tenant', true)"
            )
            return value

    assert not any(await asyncio.gather(*(left_over() for _ in range(16))))


async def test_a_session_wide_setting_would_be_carried_over_by_the_pool(access: Access) -> None:
    """The trap: why the tenant is set for the transaction and never for the session."""
    connection = await connect_as(access, APP)
    try:
        await connection.execute("SELECT set_config('galleria.tenant', '7', false)")
        assert await connection.fetchval("SELECT current_setting('galleria.tenant')") == "7"
    finally:
        await connection.close()


async def test_a_nested_transaction_joins_the_outer_one(ctx: Context) -> None:
    with pytest.raises(RuntimeError):
        async with ctx.transaction():
            await add(ctx, "inner")
            assert await keys(ctx) == ["inner"]
            raise RuntimeError
    assert await keys(ctx) == []


class Rung(Event):
    TAG: ClassVar[str] = "test.rung.v1"
    SUBJECT: ClassVar[str] = "bell"

    bell: str


async def test_another_actor_joins_it_too_and_is_named_by_what_it_tells(ctx: Context) -> None:
    other = ctx.as_actor(Actor("person", "ann"))
    done: list[str] = []

    async def after() -> None:
        done.append("after")

    with pytest.raises(RuntimeError):
        async with ctx.transaction():
            async with other.transaction():
                await add(other, "inner")
            assert await keys(ctx) == ["inner"]
            raise RuntimeError
    assert await keys(ctx) == []
    inside = ctx.as_actor(SYSTEM)
    async with inside.transaction() as tx:
        tx.publish(Rung(bell="outer"))
        async with inside.as_actor(other.actor).transaction() as acting:
            acting.publish(Rung(bell="inner"))
            acting.after_commit(after)
        assert done == []
    assert done == ["after"]
    told = await ctx.read("SELECT subject_id, actor FROM event_log.outbox WHERE tenant_id = $1")
    assert {row["subject_id"]: row["actor"] for row in told if row["actor"]} == {
        "outer": "system:galleria",
        "inner": "person:ann",
    }


async def test_tasks_that_share_a_context_do_not_share_a_connection(ctx: Context) -> None:
    async with ctx.transaction():
        await add(ctx, "uncommitted")
        seen_elsewhere = await asyncio.create_task(keys(ctx))
    assert seen_elsewhere == []
    assert await keys(ctx) == ["uncommitted"]


async def test_a_commit_after_a_swallowed_failure_is_an_error_and_not_a_silent_loss(
    ctx: Context,
) -> None:
    with pytest.raises(CommitLost):
        async with ctx.transaction() as tx:
            await tx.execute(
                "INSERT INTO idempotency.answer (tenant_id, scope, key, fingerprint, created_at)"
                " VALUES ($1, 'test', 'lost', '', now())"
            )
            with pytest.raises(asyncpg.DivisionByZeroError):
                await tx.fetch("SELECT 1 / ($1::int - $1::int)")
    assert await keys(ctx) == []


async def test_a_transaction_left_idle_is_ended_and_says_so(ctx: Context) -> None:
    with pytest.raises(DatabaseUnavailable):
        async with ctx.transaction() as tx:
            await tx.execute(
                "SELECT set_config('idle_in_transaction_session_timeout', '50', true), $1::int"
            )
            await asyncio.sleep(0.3)
            await tx.fetch("SELECT $1::int")
    await add(ctx, "after")
    assert await keys(ctx) == ["after"]
