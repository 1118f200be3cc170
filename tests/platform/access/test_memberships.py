"""Who works where: roles, the last owner, and people a shop does not know."""

import asyncio

import pytest

from galleria.engines.context import HOUSE, Context
from galleria.foundation.ids import new_id
from galleria.foundation.pagination import InvalidCursor
from galleria.platform import access, audit, tenants
from tests.platform.conftest import NewPerson, acting_with


async def test_a_granted_person_is_a_member_with_the_scopes_of_the_role(
    house_ctx: Context, shop_ctx: Context, new_person: NewPerson
) -> None:
    person = await new_person()
    granted = await access.grant(shop_ctx, person.person_id, "clerk")

    found = await access.membership_of(house_ctx, person.person_id, shop_ctx.tenant.tenant_id)
    assert found == granted
    actor = access.actor_of_membership(granted)
    assert (actor.kind, actor.actor_id) == ("person", str(person.person_id))
    assert actor.may("orders:write")
    assert not actor.may("prices:write")


async def test_a_person_enters_the_shops_they_work_in_and_no_others(
    house_ctx: Context, shop_ctx: Context, other_shop_ctx: Context, new_person: NewPerson
) -> None:
    person = await new_person()
    await access.grant(shop_ctx, person.person_id, "owner")
    await access.grant(house_ctx, person.person_id, "operator")

    (entered,) = await access.shops_of(house_ctx, person.person_id)
    assert (entered.slug, entered.name, entered.role, entered.status) == (
        shop_ctx.tenant.slug,
        "Shop",
        "owner",
        "open",
    )
    other_id = other_shop_ctx.tenant.tenant_id
    assert await access.membership_of(house_ctx, person.person_id, other_id) is None
    operator = await access.membership_of(house_ctx, person.person_id, HOUSE.tenant_id)
    assert operator is not None
    assert access.actor_of_membership(operator).may("shops:write")
    assert await access.shops_of(house_ctx, new_id()) == []


async def test_a_person_is_found_by_any_spelling_of_their_e_mail(
    house_ctx: Context, new_person: NewPerson
) -> None:
    person = await new_person()
    assert await access.person_with_email(house_ctx, f" {person.email.upper()}") == person
    assert await access.person_with_email(house_ctx, f"x{person.email}") is None
    with pytest.raises(access.InvalidEmail):
        await access.person_with_email(house_ctx, "no address")


async def test_the_owners_of_a_shop_are_its_own_and_nobody_else(
    shop_ctx: Context, other_shop_ctx: Context, new_person: NewPerson
) -> None:
    assert await access.owners_of(shop_ctx) == []
    owner, clerk = await new_person(), await new_person()
    await access.grant(shop_ctx, owner.person_id, "owner")
    await access.grant(shop_ctx, clerk.person_id, "clerk")
    await access.grant(other_shop_ctx, clerk.person_id, "owner")
    assert await access.owners_of(shop_ctx) == [owner.person_id]


async def test_granting_twice_is_one_change_and_another_role_replaces_the_first(
    shop_ctx: Context, new_person: NewPerson
) -> None:
    person = await new_person()
    first = await access.grant(shop_ctx, person.person_id, "clerk")
    assert await access.grant(shop_ctx, person.person_id, "clerk") == first
    await access.grant(shop_ctx, person.person_id, "viewer")

    (member,) = (await access.list_members(shop_ctx)).items
    assert (member.email, member.role) == (person.email, "viewer")
    entries = (await audit.list_entries(shop_ctx, subject=f"person:{person.person_id}")).items
    assert [(entry.action, entry.detail["role"]) for entry in entries] == [
        ("members.granted", "viewer"),
        ("members.granted", "clerk"),
    ]


async def test_nobody_grants_or_takes_away_more_than_they_may_do(
    shop_ctx: Context, new_person: NewPerson
) -> None:
    owner, second, clerk = [await new_person() for _ in range(3)]
    await access.grant(shop_ctx, owner.person_id, "owner")
    await access.grant(shop_ctx, second.person_id, "owner")
    manager = shop_ctx.as_actor(
        access.actor_of_membership(await access.grant(shop_ctx, clerk.person_id, "manager"))
    )

    with pytest.raises(access.ScopeNotHeld):
        await access.grant(manager, clerk.person_id, "owner")
    with pytest.raises(access.ScopeNotHeld):
        await access.grant(manager, owner.person_id, "clerk")
    with pytest.raises(access.ScopeNotHeld):
        await access.end_membership(manager, owner.person_id)
    assert (await access.grant(manager, clerk.person_id, "clerk")).role == "clerk"


async def test_the_last_owner_stays_an_owner(shop_ctx: Context, new_person: NewPerson) -> None:
    owner, other = await new_person(), await new_person()
    await access.grant(shop_ctx, owner.person_id, "owner")
    with pytest.raises(access.LastOwner):
        await access.end_membership(shop_ctx, owner.person_id)
    with pytest.raises(access.LastOwner):
        await access.grant(shop_ctx, owner.person_id, "viewer")

    await access.grant(shop_ctx, other.person_id, "owner")
    async with shop_ctx.transaction():
        await access.end_membership(shop_ctx, owner.person_id)
        # Another request, at the same time: it has to wait, and then finds one owner only.
        meanwhile = asyncio.create_task(access.end_membership(shop_ctx, other.person_id))
        await asyncio.sleep(0.2)
        assert not meanwhile.done()
    with pytest.raises(access.LastOwner):
        await meanwhile


async def test_what_is_no_role_and_nobody_cannot_be_granted(
    house_ctx: Context, shop_ctx: Context, new_person: NewPerson
) -> None:
    person = await new_person()
    with pytest.raises(access.UnknownRole):
        await access.grant(shop_ctx, person.person_id, "operator")
    with pytest.raises(access.UnknownRole):
        await access.grant(house_ctx, person.person_id, "owner")
    with pytest.raises(access.PersonNotFound):
        await access.grant(shop_ctx, new_id(), "clerk")
    with pytest.raises(access.MembershipNotFound):
        await access.end_membership(shop_ctx, person.person_id)


async def test_members_are_listed_page_by_page(
    shop_ctx: Context, other_shop_ctx: Context, new_person: NewPerson
) -> None:
    wanted = [(await new_person()).person_id for _ in range(3)]
    for person_id in wanted:
        await access.grant(shop_ctx, person_id, "viewer")

    first = await access.list_members(shop_ctx, limit=2)
    second = await access.list_members(shop_ctx, first.next_cursor, limit=2)
    assert [each.person_id for each in [*first.items, *second.items]] == wanted
    assert second.next_cursor is None
    with pytest.raises(InvalidCursor):
        await access.list_members(other_shop_ctx, first.next_cursor)


async def test_a_closed_shop_is_listed_as_closed(
    house_ctx: Context, shop_ctx: Context, new_person: NewPerson
) -> None:
    person = await new_person()
    await access.grant(shop_ctx, person.person_id, "owner")
    await tenants.close_shop(house_ctx, shop_ctx.tenant.slug)
    assert [each.status for each in await access.shops_of(house_ctx, person.person_id)] == [
        "closed"
    ]


async def test_an_actor_without_every_scope_makes_no_owner(
    shop_ctx: Context, new_person: NewPerson
) -> None:
    person = await new_person()
    with pytest.raises(access.ScopeNotHeld):
        await access.grant(acting_with(shop_ctx, "settings:write"), person.person_id, "owner")
