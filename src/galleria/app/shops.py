"""Opens shops with everything in them, and finds the context of one by its name."""

import msgspec

from galleria.bindings import ROOMS
from galleria.engines.context import Context, Tenant
from galleria.platform import tenants
from galleria.platform.tenants import OpenShop, Shop, ShopNotFound


async def open_and_provision(ctx: Context, wanted: OpenShop, base_domain: str) -> Shop:
    """The shop is open and every room has put into it what it needs. `ctx` is the house's.

    It is reachable at `<slug>.<base_domain>`, and at the hosts it names itself.

    Raises:
        SlugTaken, HostTaken, InvalidInput: see `tenants.open_shop`.
    """
    hosts = dict.fromkeys([f"{wanted.slug}.{base_domain}", *wanted.hosts])
    shop = await tenants.open_shop(ctx, msgspec.structs.replace(wanted, hosts=list(hosts)))
    inside = ctx.for_tenant(Tenant(shop.tenant_id, shop.slug))
    for room in ROOMS:
        if room.provision is not None:
            await room.provision(inside)
    ctx.engines.sql.directory.forget()
    return shop


async def context_of_shop(ctx: Context, slug: str) -> Context:
    """The same actor in the shop with this slug.

    Raises:
        ShopNotFound: there is none.
    """
    entry = await ctx.engines.sql.directory.by_slug(slug)
    if entry is None:
        raise ShopNotFound(f"there is no shop {slug!r}; `galleria shop list` shows all")
    return ctx.for_tenant(Tenant(entry.tenant_id, entry.slug))
