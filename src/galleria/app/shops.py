"""Opens shops with everything in them, and finds the context of one by its name."""

from galleria.bindings import ROOMS
from galleria.engines.context import Context, Tenant
from galleria.platform import tenants
from galleria.platform.tenants import OpenShop, Shop, ShopNotFound


async def open_and_provision(ctx: Context, wanted: OpenShop) -> Shop:
    """The shop is open and every room has put into it what it needs. `ctx` is the house's.

    Raises:
        SlugTaken, HostTaken, InvalidInput: see `tenants.open_shop`.
    """
    shop = await tenants.open_shop(ctx, wanted)
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
