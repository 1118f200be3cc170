"""What the database itself refuses: raw SQL as the app role, in a shop, reaching for others."""

import asyncpg
import pytest

from galleria.engines.context import Context
from galleria.engines.sql import Database
from galleria.foundation.ids import new_id
from galleria.platform import access
from tests.platform.conftest import PASSWORD, NewPerson

HOUSE_TABLES = ("password", "session", "totp", "recovery_code", "attempt")
TABLES = (*HOUSE_TABLES, "person", "membership", "api_key", "key_use", "leak_policy")


async def count(ctx: Context, table: str) -> int:
    found: int = await ctx.read_value(
        f"SELECT count(*) FROM access.{table} WHERE $1::int4 IS NOT NULL"
    )
    return found


@pytest.fixture
async def crowded(
    house_ctx: Context, other_shop_ctx: Context, new_person: NewPerson
) -> access.Person:
    """A person with a session in another shop, which has a key: something to reach for."""
    person = await new_person()
    await access.grant(other_shop_ctx, person.person_id, "owner")
    await access.sign_in(house_ctx, person.email, PASSWORD, None, "192.0.2.200")
    key = await access.create_key(other_shop_ctx, "till", ["orders:read"])
    assert await access.actor_of_key(other_shop_ctx, key.key)
    await other_shop_ctx.engines.notebook.write_down()
    await access.set_leak_policy(other_shop_ctx, access.LeakPolicy(on_leak="warn"))
    return person


@pytest.mark.parametrize("table", TABLES)
async def test_a_shop_sees_no_row_that_is_not_its_own(
    shop_ctx: Context, crowded: access.Person, table: str
) -> None:
    assert await count(shop_ctx, table) == 0


@pytest.mark.parametrize("table", TABLES)
async def test_without_a_tenant_no_row_is_seen(
    database: Database, crowded: access.Person, table: str
) -> None:
    async with database.app() as connection:
        assert await connection.fetchval(f"SELECT count(*) FROM access.{table}") == 0


@pytest.mark.parametrize("table", TABLES)
async def test_every_table_is_under_forced_row_level_security(
    database: Database, table: str
) -> None:
    async with database.app() as connection:
        row = await connection.fetchrow(
            "SELECT relrowsecurity, relforcerowsecurity FROM pg_class"
            " WHERE oid = $1::text::regclass",
            f"access.{table}",
        )
    assert row is not None
    assert all(row)


async def test_a_shop_sees_its_own_people_until_they_leave(
    shop_ctx: Context, crowded: access.Person, new_person: NewPerson
) -> None:
    staying = await new_person()
    await access.grant(shop_ctx, staying.person_id, "owner")
    await access.grant(shop_ctx, crowded.person_id, "clerk")
    assert await count(shop_ctx, "person") == 2
    assert (await access.person_of(shop_ctx, crowded.person_id)).email == crowded.email

    await access.end_membership(shop_ctx, crowded.person_id)
    assert await count(shop_ctx, "person") == 1
    with pytest.raises(access.PersonNotFound):
        await access.person_of(shop_ctx, crowded.person_id)


async def test_a_shop_can_change_no_person_not_even_its_own(
    shop_ctx: Context, crowded: access.Person
) -> None:
    await access.grant(shop_ctx, crowded.person_id, "owner")
    async with shop_ctx.transaction() as tx:
        changed = await tx.execute(
            "UPDATE access.person SET email_key = 'mine@example.com' WHERE $1::int4 > 0"
        )
    assert changed == 0
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with shop_ctx.transaction() as tx:
            await tx.execute("DELETE FROM access.person WHERE $1::int4 > 0")


@pytest.mark.parametrize("on_conflict", ["", " ON CONFLICT (email_key) DO NOTHING"])
async def test_a_shop_cannot_find_out_by_writing_whether_an_e_mail_exists(
    shop_ctx: Context, crowded: access.Person, on_conflict: str
) -> None:
    for email_key in (crowded.email_key, f"nobody-{new_id()}@example.com"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            async with shop_ctx.transaction() as tx:
                await tx.execute(
                    "INSERT INTO access.person SELECT gen_random_uuid(), 'x', $2, 'x', now()"
                    f" WHERE $1::int4 > 0{on_conflict}",
                    email_key,
                )


async def test_a_shop_gives_nobody_a_role_in_another_shop_or_in_the_house(
    shop_ctx: Context, other_shop_ctx: Context, crowded: access.Person
) -> None:
    for tenant_id, role in ((other_shop_ctx.tenant.tenant_id, "owner"), (0, "operator")):
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            async with shop_ctx.transaction() as tx:
                await tx.execute(
                    "INSERT INTO access.membership SELECT $2, $3, $4, now() WHERE $1::int4 > 0",
                    tenant_id,
                    crowded.person_id,
                    role,
                )
    with pytest.raises(asyncpg.CheckViolationError):
        async with shop_ctx.transaction() as tx:
            await tx.execute(
                "INSERT INTO access.membership VALUES ($1, $2, 'operator', now())",
                crowded.person_id,
            )


async def test_the_house_reads_memberships_of_shops_and_writes_none(
    house_ctx: Context, other_shop_ctx: Context, crowded: access.Person
) -> None:
    assert await count(house_ctx, "membership") >= 1
    async with house_ctx.transaction() as tx:
        changed = await tx.execute(
            "UPDATE access.membership SET role = 'viewer' WHERE $1 = 0 AND tenant_id = $2",
            other_shop_ctx.tenant.tenant_id,
        )
    assert changed == 0
    assert await count(house_ctx, "api_key") == await house_ctx.read_value(
        "SELECT count(*) FROM access.api_key WHERE tenant_id = $1"
    ), "keys of shops are not the house's to read"


async def test_no_shop_can_have_a_session_or_a_password_of_its_own(
    shop_ctx: Context, crowded: access.Person
) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        async with shop_ctx.transaction() as tx:
            await tx.execute(
                "INSERT INTO access.password VALUES ($1, $2, 'hash', now())", crowded.person_id
            )
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        async with shop_ctx.transaction() as tx:
            await tx.execute(
                "INSERT INTO access.password SELECT 0, $2, 'hash', now() WHERE $1::int4 > 0",
                crowded.person_id,
            )


async def test_the_relay_role_reads_nothing_of_access(
    database: Database, crowded: access.Person
) -> None:
    for table in TABLES:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with database.relay() as connection:
                await connection.fetchval(f"SELECT count(*) FROM access.{table}")


async def test_the_owner_role_sees_every_row_so_that_a_backfill_changes_them(
    database: Database, crowded: access.Person
) -> None:
    owner = await database.connect_owner()
    try:
        for table in ("person", "membership", "password", "session", "api_key", "key_use"):
            assert await owner.fetchval(f"SELECT count(*) FROM access.{table}") > 0
    finally:
        await owner.close()
