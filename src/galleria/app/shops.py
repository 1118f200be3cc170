"""Opens shops with everything in them and somebody to run them, and finds one by its name."""

import msgspec

from galleria.bindings import ROOMS
from galleria.engines.context import HOUSE, Context, Tenant, tenant_of
from galleria.platform import access, tenants
from galleria.platform.access import Person
from galleria.platform.tenants import OpenShop, Shop, ShopNotFound, SlugTaken


class Newcomer(msgspec.Struct, frozen=True, kw_only=True):
    """Who is let into a shop. `password` is taken only for someone not known to the house."""

    email: str
    password: str = ""

    @property
    def name(self) -> str:
        """How they are called until they say otherwise."""
        return self.email.strip().partition("@")[0]


async def open_and_provision(ctx: Context, wanted: OpenShop, base_domain: str) -> Shop:
    """The shop is open and every room has put into it what it needs. `ctx` is the house's.

    It is reachable at `<slug>.<base_domain>`, and at the hosts it names itself.

    Raises:
        SlugTaken, HostTaken, InvalidInput: see `tenants.open_shop`.
    """
    hosts = dict.fromkeys([f"{wanted.slug}.{base_domain}", *wanted.hosts])
    shop = await tenants.open_shop(ctx, msgspec.structs.replace(wanted, hosts=list(hosts)))
    await _provision(ctx.for_tenant(Tenant(shop.tenant_id, shop.slug, shop.is_sandbox)))
    return shop


async def _provision(inside: Context) -> None:
    for room in ROOMS:
        if room.provision is not None:
            await room.provision(inside)
    inside.engines.sql.directory.forget()


async def open_for_owner(ctx: Context, wanted: OpenShop, base_domain: str, owner: Newcomer) -> Shop:
    """The shop is open as `open_and_provision` opens it, and `owner` may do everything in it.

    Safe to repeat, also after it was broken off. A shop of this slug that nobody owns yet becomes
    the owner's as it stands; one that somebody else owns is not touched.

    Args:
        ctx: the house.
        wanted: the shop, of which only the slug counts when it is open already.
        base_domain: see `open_and_provision`.
        owner: made when the house does not know the e-mail; someone it knows keeps their password.

    Raises:
        SlugTaken: somebody else owns the shop, or the house keeps the slug for itself.
        InvalidEmail, PasswordTooWeak: see `access.create_person`; nothing was written.
        HostTaken, InvalidInput: see `tenants.open_shop`.
    """
    person = await access.person_with_email(ctx, owner.email)
    entry = await ctx.engines.sql.directory.by_slug(wanted.slug)
    if entry is None or entry.tenant_id == HOUSE.tenant_id:
        person = person or await _make(ctx, owner)
        shop = await open_and_provision(ctx, wanted, base_domain)
        inside = ctx.for_tenant(Tenant(shop.tenant_id, shop.slug, shop.is_sandbox))
    else:
        inside = ctx.for_tenant(tenant_of(entry))
        shop = await tenants.shop_of(inside)
        owners = await access.owners_of(inside)
        if person is not None and person.person_id in owners:
            return shop
        if owners:
            raise SlugTaken(f"{wanted.slug} is taken: the shop belongs to somebody else")
        person = person or await _make(ctx, owner)
        await _provision(inside)
    await access.grant(inside, person.person_id, "owner")
    return shop


async def person_or_new(ctx: Context, newcomer: Newcomer) -> Person:
    """The person who has this e-mail, made now when the house does not know it.

    Raises:
        InvalidEmail, PasswordTooWeak: see `access.create_person`; nothing was written.
    """
    known = await access.person_with_email(ctx, newcomer.email)
    return known or await _make(ctx, newcomer)


async def _make(ctx: Context, owner: Newcomer) -> Person:
    return await access.create_person(ctx, owner.email, owner.name, owner.password)


async def context_of_shop(ctx: Context, slug: str) -> Context:
    """The same actor in the shop with this slug.

    Raises:
        ShopNotFound: there is none.
    """
    entry = await ctx.engines.sql.directory.by_slug(slug)
    if entry is None:
        raise ShopNotFound(f"there is no shop {slug!r}; `galleria shop list` shows all")
    return ctx.for_tenant(tenant_of(entry))
