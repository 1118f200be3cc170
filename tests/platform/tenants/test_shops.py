"""Shops are opened, closed and listed by the house alone, and edited by themselves alone."""

import asyncio

import asyncpg
import pytest

from galleria.engines.context import SYSTEM, Context, Tenant
from galleria.foundation.errors import InvalidInput, PreconditionFailed
from galleria.foundation.ids import new_id
from galleria.platform import audit, tenants
from tests.platform.conftest import OpenShop, later


def unique(prefix: str) -> str:
    return f"{prefix}-{new_id().hex[-12:]}"


def opening(slug: str, **wanted: object) -> tenants.OpenShop:
    fields = {"name": "Prints", "currency": "EUR", "locale": "de", "country": "DE", **wanted}
    return tenants.OpenShop(slug=slug, **fields)  # type: ignore[arg-type]


async def actions_in(ctx: Context) -> list[str]:
    return [entry.action for entry in (await audit.list_entries(ctx)).items]


async def tags_in(ctx: Context) -> list[str]:
    rows = await ctx.read("SELECT tag FROM event_log.outbox WHERE tenant_id = $1 ORDER BY sequence")
    return [row["tag"] for row in rows]


async def test_a_new_shop_sells_through_one_channel_and_is_in_the_directory(
    house_ctx: Context,
) -> None:
    slug = unique("prints")
    shop = await tenants.open_shop(
        house_ctx, opening(slug, locales=["en"], hosts=[f"{slug}.example", f"www.{slug}.example"])
    )

    ctx = house_ctx.for_tenant(Tenant(shop.tenant_id, slug))
    assert await tenants.shop_of(ctx) == shop
    assert (shop.status, shop.default_locale, shop.locales) == ("open", "de", ["de", "en"])
    (channel,) = await tenants.list_channels(ctx)
    assert (channel.code, channel.currency, channel.is_default) == ("web", "EUR", True)
    assert [(each.host, each.is_primary) for each in await tenants.list_domains(ctx)] == [
        (f"{slug}.example", True),
        (f"www.{slug}.example", False),
    ]
    entry = await ctx.engines.sql.directory.by_host(f"www.{slug}.example")
    assert entry is not None
    assert (entry.tenant_id, entry.status) == (shop.tenant_id, "open")
    assert await tags_in(ctx) == ["tenants.shop_opened.v1"]
    assert await actions_in(ctx) == ["shops.opened"]


async def test_the_house_notes_in_its_own_diary_whom_it_opened(house_ctx: Context) -> None:
    slug = unique("prints")
    shop = await tenants.open_shop(house_ctx, opening(slug))

    (entry,) = (await audit.list_entries(house_ctx, subject=f"shop:{slug}")).items
    assert (entry.action, entry.detail) == ("shops.opened", {"tenant_id": shop.tenant_id})


async def test_a_slug_has_one_shop_even_when_two_ask_at_once(house_ctx: Context) -> None:
    slug = unique("prints")
    answers = await asyncio.gather(
        *(tenants.open_shop(house_ctx, opening(slug)) for _ in range(4)), return_exceptions=True
    )

    assert sorted(type(answer).__name__ for answer in answers) == ["Shop", *["SlugTaken"] * 3]


async def test_a_taken_host_opens_nothing(house_ctx: Context) -> None:
    host = f"{unique('prints')}.example"
    await tenants.open_shop(house_ctx, opening(unique("first"), hosts=[host]))
    slug = unique("second")

    with pytest.raises(tenants.HostTaken):
        await tenants.open_shop(house_ctx, opening(slug, hosts=["free.example", host]))
    assert await house_ctx.engines.sql.directory.by_slug(slug) is None
    assert await house_ctx.engines.sql.directory.by_host("free.example") is None


@pytest.mark.parametrize(
    "wrong",
    [{"currency": "ZZZ"}, {"country": "EU"}, {"hosts": ["10.0.0.1"]}],
)
async def test_an_impossible_shop_is_refused(house_ctx: Context, wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        await tenants.open_shop(house_ctx, opening(unique("odd"), **wrong))


async def test_a_shop_opens_closes_and_lists_no_shops_whatever_its_scopes(
    shop_ctx: Context,
) -> None:
    assert shop_ctx.actor == SYSTEM, "even with every scope"
    with pytest.raises(tenants.HouseOnly):
        await tenants.open_shop(shop_ctx, opening(unique("own")))
    with pytest.raises(tenants.HouseOnly):
        await tenants.close_shop(shop_ctx, shop_ctx.tenant.slug)
    with pytest.raises(tenants.HouseOnly):
        await tenants.list_shops(shop_ctx)
    with pytest.raises(tenants.HouseOnly):
        await tenants.shops_numbered(shop_ctx, [shop_ctx.tenant.tenant_id])


async def test_a_closed_shop_is_closed_in_the_directory_and_can_be_reopened(
    house_ctx: Context, shop_ctx: Context
) -> None:
    slug = shop_ctx.tenant.slug
    closed = await tenants.close_shop(house_ctx, slug)
    assert (closed.status, closed.closed_at) == ("closed", house_ctx.now)
    entry = await house_ctx.engines.sql.directory.by_slug(slug)
    assert entry is not None
    assert entry.status == "closed"
    assert await tenants.close_shop(later(house_ctx, hours=1), slug) == closed, "safe to repeat"

    reopened = await tenants.reopen_shop(house_ctx, slug)
    assert (reopened.status, reopened.closed_at) == ("open", None)
    assert await tenants.shop_of(shop_ctx) == reopened
    assert await tags_in(shop_ctx) == [
        "tenants.shop_opened.v1",
        "tenants.shop_closed.v1",
        "tenants.shop_reopened.v1",
    ]
    assert await actions_in(shop_ctx) == ["shops.reopened", "shops.closed", "shops.opened"]


@pytest.mark.parametrize("slug", ["no-such-shop", "house"])
async def test_what_is_no_shop_cannot_be_closed(house_ctx: Context, slug: str) -> None:
    with pytest.raises(tenants.ShopNotFound):
        await tenants.close_shop(house_ctx, slug)


async def test_the_house_lists_every_shop_once_in_the_order_of_opening(
    house_ctx: Context, open_shop: OpenShop
) -> None:
    opened = [(await open_shop()).tenant.tenant_id for _ in range(3)]

    seen: list[int] = []
    cursor: str | None = None
    while True:
        page = await tenants.list_shops(house_ctx, cursor, limit=2)
        seen += [shop.tenant_id for shop in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == sorted(set(seen))
    assert set(opened) <= set(seen)
    found = await tenants.shops_numbered(house_ctx, [opened[2], opened[0], 2**31 - 1])
    assert [shop.tenant_id for shop in found] == [opened[0], opened[2]]


async def test_a_shop_changes_what_it_names_and_nothing_else(shop_ctx: Context) -> None:
    before = await tenants.shop_of(shop_ctx)
    changes = tenants.ChangeShop(name="New", locales=["en", "de"], settings={"colour": "red"})
    after = await tenants.update_shop(later(shop_ctx, minutes=1), changes, before.version)

    assert (after.name, after.locales, after.settings) == ("New", ["en", "de"], {"colour": "red"})
    assert (after.country, after.version) == (before.country, before.version + 1)
    assert await tenants.shop_of(shop_ctx) == after
    assert await actions_in(shop_ctx) == ["shops.updated", "shops.opened"]


async def test_an_edit_that_changes_nothing_writes_nothing(shop_ctx: Context) -> None:
    shop = await tenants.shop_of(shop_ctx)
    same = tenants.ChangeShop(name=shop.name, settings={})

    assert await tenants.update_shop(later(shop_ctx, minutes=1), same) == shop
    assert await actions_in(shop_ctx) == ["shops.opened"]


async def test_the_second_of_two_edits_of_one_version_is_refused(shop_ctx: Context) -> None:
    version = (await tenants.shop_of(shop_ctx)).version
    edits = [tenants.update_shop(shop_ctx, tenants.ChangeShop(name=name), version) for name in "AB"]
    answers = await asyncio.gather(*edits, return_exceptions=True)

    assert sorted(type(answer).__name__ for answer in answers) == ["PreconditionFailed", "Shop"]
    with pytest.raises(PreconditionFailed):
        await tenants.update_shop(shop_ctx, tenants.ChangeShop(name="C"), version)


async def test_a_language_that_a_channel_offers_cannot_be_dropped(shop_ctx: Context) -> None:
    await tenants.update_shop(shop_ctx, tenants.ChangeShop(locales=["en", "de"]))
    await tenants.create_channel(
        shop_ctx, tenants.NewChannel(code="swiss", name="CH", currency="CHF", locale="de")
    )

    with pytest.raises(tenants.LocaleInUse, match="swiss"):
        await tenants.update_shop(shop_ctx, tenants.ChangeShop(locales=["en"]))


async def test_a_tenant_that_was_never_opened_has_no_shop(ctx: Context, house_ctx: Context) -> None:
    for empty in (ctx, house_ctx):
        with pytest.raises(tenants.ShopNotFound):
            await tenants.shop_of(empty)


async def test_raw_sql_in_a_shop_sees_and_changes_its_own_row_only(
    shop_ctx: Context, other_shop_ctx: Context
) -> None:
    seen = await shop_ctx.read("SELECT slug FROM tenants.tenant WHERE $1 IS NOT NULL")
    assert [row["slug"] for row in seen] == [shop_ctx.tenant.slug]
    async with shop_ctx.transaction() as tx:
        changed = await tx.execute("UPDATE tenants.tenant SET name = 'X' WHERE $1::int4 > 0")
    assert changed == 1
    assert (await tenants.shop_of(other_shop_ctx)).name == "Shop"


async def test_raw_sql_in_the_house_reads_shops_and_changes_none(
    house_ctx: Context, shop_ctx: Context
) -> None:
    count = await house_ctx.read_value(
        "SELECT count(*) FROM tenants.tenant WHERE $1 = 0 AND tenant_id = $2",
        shop_ctx.tenant.tenant_id,
    )
    assert count == 1
    async with house_ctx.transaction() as tx:
        assert await tx.execute("UPDATE tenants.tenant SET name = 'X' WHERE $1 = 0") == 0
        assert await tx.execute("DELETE FROM tenants.tenant WHERE $1 = 0") == 0


async def test_a_shop_cannot_write_a_row_for_another(
    shop_ctx: Context, other_shop_ctx: Context
) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        async with shop_ctx.transaction() as tx:
            await tx.execute(
                "UPDATE tenants.tenant SET tenant_id = $2 WHERE tenant_id = $1",
                other_shop_ctx.tenant.tenant_id + 1_000_000,
            )
