"""Who works in which shop, and in which role."""

from uuid import UUID

from galleria.engines.context import HOUSE, Actor, Context
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.platform import audit, tenants
from galleria.platform.access.errors import LastOwner, MembershipNotFound, PersonNotFound
from galleria.platform.access.events import MembershipEnded, MembershipGranted
from galleria.platform.access.model import scopes
from galleria.platform.access.model.people import Member, Membership, ShopAccess
from galleria.platform.access.repository import people as repository
from galleria.platform.access.service.starting import assert_house

LIST_SCOPE = "access.members"


async def grant(ctx: Context, person_id: UUID, role: str) -> Membership:
    """The person works in this shop in this role, whatever role they had. Safe to repeat.

    Args:
        ctx: the shop; the house to make someone an operator.
        person_id: who; from now on the shop sees their name and e-mail.
        role: owner, manager, clerk or viewer; operator in the house.

    Raises:
        UnknownRole: there is no such role here.
        ScopeNotHeld: the actor may not do themselves what the role may.
        PersonNotFound: nobody has this id.
        LastOwner: they are the only owner and would be one no more.
    """
    check_role(ctx, role)
    is_house = ctx.tenant.tenant_id == HOUSE.tenant_id
    # Asked from the house: the shop does not see the person before the membership is there.
    if await repository.find_person(ctx.for_tenant(HOUSE), person_id) is None:
        raise PersonNotFound(f"no person {person_id}")
    async with ctx.transaction() as tx:
        holders = await repository.lock_holders(tx, scopes.top_role(is_house=is_house))
        present = await repository.find_membership(tx, person_id)
        if present is not None and present.role == role:
            return present
        if present is not None:
            _check_may_change(ctx, present, holders)
        await repository.set_membership(tx, person_id, role)
        tx.publish(MembershipGranted(person_id=person_id, role=role))
        await audit.record(tx, "members.granted", f"person:{person_id}", {"role": role})
    return Membership(
        tenant_id=ctx.tenant.tenant_id,
        person_id=person_id,
        role=role,
        created_at=ctx.now if present is None else present.created_at,
    )


def check_role(ctx: Context, role: str) -> None:
    """Pass when the actor may give somebody this role here.

    Raises:
        UnknownRole, ScopeNotHeld: see `grant`.
    """
    is_house = ctx.tenant.tenant_id == HOUSE.tenant_id
    scopes.check_held(ctx.actor.may, sorted(scopes.scopes_of_role(role, is_house=is_house)))


async def end_membership(ctx: Context, person_id: UUID) -> None:
    """The person works in this shop no more, and the shop sees nothing of them any longer.

    Raises:
        MembershipNotFound: they did not work here.
        ScopeNotHeld: they may do more than the actor.
        LastOwner: they are the only owner.
    """
    is_house = ctx.tenant.tenant_id == HOUSE.tenant_id
    async with ctx.transaction() as tx:
        holders = await repository.lock_holders(tx, scopes.top_role(is_house=is_house))
        present = await repository.find_membership(tx, person_id)
        if present is None:
            raise MembershipNotFound(f"{person_id} is no member")
        _check_may_change(ctx, present, holders)
        await repository.remove_membership(tx, person_id)
        tx.publish(MembershipEnded(person_id=person_id))
        await audit.record(tx, "members.ended", f"person:{person_id}", {"role": present.role})


async def list_members(ctx: Context, cursor: str | None = None, limit: int = 50) -> Page[Member]:
    """A page of the people who work in this shop; `limit` is 1 to 100.

    Raises:
        InvalidCursor: the cursor is not one of this list in this shop.
    """
    after = None if cursor is None else _person_id(ctx, cursor)
    members = await repository.members_after(ctx, after, limit + 1)
    if len(members) <= limit:
        return Page(items=members, next_cursor=None)
    last = str(members[limit - 1].person_id)
    cursors = ctx.engines.cursors
    return Page(
        items=members[:limit],
        next_cursor=cursors.encode(ctx.tenant.tenant_id, LIST_SCOPE, [last]),
    )


async def owners_of(ctx: Context) -> list[UUID]:
    """Who may do everything in this shop; none in one that nobody has been let into yet."""
    return await repository.holders_of(ctx, scopes.OWNER)


async def shops_of(ctx: Context, person_id: UUID) -> list[ShopAccess]:
    """The shops a person may enter, closed ones too, in the order they were opened.

    Args:
        ctx: the house.
        person_id: who.
    """
    assert_house(ctx)
    memberships = {each.tenant_id: each for each in await repository.memberships_of(ctx, person_id)}
    shops = await tenants.shops_numbered(ctx, list(memberships))
    return [
        ShopAccess(
            tenant_id=shop.tenant_id,
            slug=shop.slug,
            name=shop.name,
            status=shop.status,
            role=memberships[shop.tenant_id].role,
        )
        for shop in shops
    ]


async def membership_of(ctx: Context, person_id: UUID, tenant_id: int) -> Membership | None:
    """A person's membership in a shop, or in the house (0) for an operator; None without one.

    Args:
        ctx: the house.
        person_id: who.
        tenant_id: which shop.
    """
    assert_house(ctx)
    return await repository.membership_in(ctx, person_id, tenant_id)


def actor_of_membership(membership: Membership) -> Actor:
    """Who acts when this person works in this shop."""
    is_house = membership.tenant_id == HOUSE.tenant_id
    held = scopes.scopes_of_role(membership.role, is_house=is_house)
    return Actor("person", str(membership.person_id), held)


def _check_may_change(ctx: Context, present: Membership, holders: list[UUID]) -> None:
    """Nobody takes a role from someone who may do more; and somebody stays who may do all."""
    held = actor_of_membership(present).scopes
    scopes.check_held(ctx.actor.may, sorted(held))
    if holders == [present.person_id]:
        raise LastOwner(f"make someone else {present.role} first")


def _person_id(ctx: Context, cursor: str) -> UUID:
    keys = ctx.engines.cursors.decode(cursor, ctx.tenant.tenant_id, LIST_SCOPE)
    if len(keys) != 1 or not isinstance(keys[0], str):
        raise InvalidCursor("this cursor is not one of this list")
    return UUID(keys[0])
