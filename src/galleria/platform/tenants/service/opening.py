"""Opening, closing and listing shops: the house's own work, done from the house's tenant."""

from collections.abc import Sequence
from functools import partial

import msgspec

from galleria.engines.context import HOUSE, Context, Tenant, tenant_of
from galleria.engines.sql import Transaction, directory
from galleria.foundation.events import Event
from galleria.foundation.ids import new_id
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.platform import audit
from galleria.platform.tenants import model, repository
from galleria.platform.tenants.errors import HostTaken, HouseOnly, ShopNotFound, SlugTaken
from galleria.platform.tenants.events import ShopClosed, ShopOpened, ShopReopened
from galleria.platform.tenants.model import Channel, Shop, Status
from galleria.platform.tenants.schemas import OpenShop

LIST_SCOPE = "tenants.shops"


async def open_shop(ctx: Context, opening: OpenShop) -> Shop:
    """A new shop with one channel, `web`, and nothing else in it: other rooms furnish theirs.

    The shop, its slug, hosts and channel are one commit inside the new tenant; the house's own
    diary notes it afterwards.

    Args:
        ctx: the house.
        opening: see `OpenShop`; hosts are normalised here.

    Raises:
        HouseOnly: `ctx` is a shop.
        SlugTaken: the slug has a shop already, or is reserved.
        HostTaken: a host leads to another shop; nothing was opened.
        InvalidInput: slug, host, currency or country are not possible.
    """
    check_house(ctx)
    model.check_slug(opening.slug)
    model.check_currency(opening.currency)
    model.check_countries([opening.country], "country")
    hosts = list(dict.fromkeys(model.normal_host(host) for host in opening.hosts))
    locales = list(dict.fromkeys([opening.locale, *opening.locales]))

    tenant_id = await directory.allocate_tenant_id(ctx.engines.sql.home)
    shop_ctx = ctx.for_tenant(Tenant(tenant_id, opening.slug, opening.is_sandbox))
    shop = _new_shop(shop_ctx, opening, locales)
    noted = {"hosts": hosts, **({"is_sandbox": True} if opening.is_sandbox else {})}
    async with shop_ctx.transaction() as tx:
        if not await directory.register(tx, opening.slug, is_sandbox=opening.is_sandbox):
            raise SlugTaken(f"{opening.slug} is taken")
        await _take_hosts(tx, hosts)
        await repository.add_shop(tx, shop)
        await repository.add_channel(tx, _first_channel(shop, opening))
        tx.publish(
            ShopOpened(
                slug=shop.slug,
                name=shop.name,
                currency=shop.default_currency,
                country=shop.country,
            )
        )
        await audit.record(tx, "shops.opened", f"shop:{shop.slug}", noted)
        tx.after_commit(partial(forget_directory, ctx))
    await _note_in_house(ctx, "shops.opened", shop)
    return shop


async def close_shop(ctx: Context, slug: str) -> Shop:
    """The shop sells no more: its hosts answer that it is closed. Nothing is deleted.

    Safe to repeat.

    Raises:
        HouseOnly: `ctx` is a shop.
        ShopNotFound: nobody has opened a shop by this slug.
    """
    return await _set_status(ctx, slug, "closed", ShopClosed(slug=slug))


async def reopen_shop(ctx: Context, slug: str) -> Shop:
    """A closed or suspended shop sells again. Safe to repeat. Raises as `close_shop` does."""
    return await _set_status(ctx, slug, "open", ShopReopened(slug=slug))


async def list_shops(ctx: Context, cursor: str | None = None, limit: int = 50) -> Page[Shop]:
    """A page of all shops, the oldest first, closed ones too; `limit` is 1 to 100.

    Raises:
        HouseOnly: `ctx` is a shop.
        InvalidCursor: the cursor is not one of this list.
    """
    check_house(ctx)
    after = HOUSE.tenant_id if cursor is None else _tenant_number(ctx, cursor)
    shops = await repository.shops_after(ctx, after, limit + 1)
    if len(shops) <= limit:
        return Page(items=shops, next_cursor=None)
    last = shops[limit - 1].tenant_id
    return Page(
        items=shops[:limit],
        next_cursor=ctx.engines.cursors.encode(HOUSE.tenant_id, LIST_SCOPE, [last]),
    )


async def shops_numbered(ctx: Context, tenant_ids: Sequence[int]) -> list[Shop]:
    """The shops with these tenant numbers, in order of number; unknown ones are left out.

    Raises:
        HouseOnly: `ctx` is a shop.
    """
    check_house(ctx)
    return await repository.shops_numbered(ctx, list(tenant_ids))


def check_house(ctx: Context) -> None:
    """Pass in the house's own tenant. A shop owner's `*` is every scope, but not the house.

    Raises:
        HouseOnly: `ctx` is a shop.
    """
    if ctx.tenant.tenant_id != HOUSE.tenant_id:
        raise HouseOnly("this is done from the house, not from inside a shop")


async def forget_directory(ctx: Context) -> None:
    """This process looks slugs and hosts up afresh; others do within two seconds."""
    ctx.engines.sql.directory.forget()


def _new_shop(ctx: Context, opening: OpenShop, locales: list[str]) -> Shop:
    return Shop(
        tenant_id=ctx.tenant.tenant_id,
        slug=opening.slug,
        name=opening.name,
        status="open",
        default_locale=opening.locale,
        locales=locales,
        default_currency=opening.currency,
        country=opening.country,
        settings={},
        version=1,
        created_at=ctx.now,
        updated_at=ctx.now,
        closed_at=None,
        is_sandbox=opening.is_sandbox,
    )


def _first_channel(shop: Shop, opening: OpenShop) -> Channel:
    return Channel(
        channel_id=new_id(),
        code=model.DEFAULT_CHANNEL_CODE,
        name="Web",
        currency=shop.default_currency,
        locale=shop.default_locale,
        locales=shop.locales,
        countries=[],
        tax_inclusive=opening.tax_inclusive,
        is_default=True,
        version=1,
        created_at=shop.created_at,
    )


async def _take_hosts(tx: Transaction, hosts: list[str]) -> None:
    for position, host in enumerate(hosts):
        if not await directory.add_host(tx, host, is_primary=position == 0):
            raise HostTaken(f"{host} leads to another shop")


async def _set_status(ctx: Context, slug: str, status: Status, event: Event) -> Shop:
    check_house(ctx)
    found = await ctx.engines.sql.directory.by_slug(slug)
    if found is None or found.tenant_id == HOUSE.tenant_id:
        raise ShopNotFound(f"no shop {slug}")

    shop_ctx = ctx.for_tenant(tenant_of(found))
    action = "shops.closed" if status == "closed" else "shops.reopened"
    async with shop_ctx.transaction() as tx:
        shop = await repository.lock_shop(tx)
        if shop is None:
            raise ShopNotFound(f"no shop {slug}")
        if shop.status == status:
            return shop
        changed = msgspec.structs.replace(
            shop,
            status=status,
            closed_at=ctx.now if status == "closed" else None,
            version=shop.version + 1,
            updated_at=ctx.now,
        )
        await repository.save_shop(tx, changed)
        await directory.set_status(tx, status)
        tx.publish(event)
        await audit.record(tx, action, f"shop:{slug}")
        tx.after_commit(partial(forget_directory, ctx))
    await _note_in_house(ctx, action, changed)
    return changed


async def _note_in_house(ctx: Context, action: str, shop: Shop) -> None:
    async with ctx.transaction() as tx:
        await audit.record(tx, action, f"shop:{shop.slug}", {"tenant_id": shop.tenant_id})


def _tenant_number(ctx: Context, cursor: str) -> int:
    keys = ctx.engines.cursors.decode(cursor, HOUSE.tenant_id, LIST_SCOPE)
    if len(keys) != 1 or not isinstance(keys[0], int):
        raise InvalidCursor("this cursor is not one of this list")
    return keys[0]
