"""Somebody who cannot get in any more is helped by whoever may do everything in the house."""

import pytest

from galleria.engines.context import Context
from galleria.foundation.ids import new_id
from galleria.platform import access, audit
from galleria.platform.access.model.attempts import PER_EMAIL
from tests.platform.conftest import PASSWORD, NewPerson, acting_with

ADDRESS = "192.0.2.78"
FRESH = "another correct horse battery"


async def enter(ctx: Context, person: access.Person, password: str) -> access.SignedIn:
    return await access.sign_in(ctx, person.email, password, None, ADDRESS)


async def test_a_forgotten_password_is_replaced_and_ends_every_session(
    house_ctx: Context, new_person: NewPerson
) -> None:
    person = await new_person()
    token = (await enter(house_ctx, person, PASSWORD)).session_token
    await access.reset_password(house_ctx, person.person_id, FRESH)
    assert await access.session_of(house_ctx, token) is None
    with pytest.raises(access.SignInRefused):
        await enter(house_ctx, person, PASSWORD)
    signed_in = await enter(house_ctx, person, FRESH)
    assert await access.session_of(house_ctx, signed_in.session_token) is not None
    entries = (await audit.list_entries(house_ctx)).items
    told = [each.action for each in entries if each.subject == f"person:{person.person_id}"]
    assert "people.password_reset" in told


async def test_whoever_tried_too_often_may_try_at_once(
    house_ctx: Context, new_person: NewPerson
) -> None:
    person = await new_person()
    for _ in range(PER_EMAIL.attempts):
        with pytest.raises(access.SignInRefused):
            await enter(house_ctx, person, "not the password at all")
    with pytest.raises(access.TooManyAttempts):
        await enter(house_ctx, person, PASSWORD)
    await access.reset_password(house_ctx, person.person_id, FRESH)
    assert not (await enter(house_ctx, person, FRESH)).needs_second_factor


@pytest.mark.parametrize("password", ["short", "a" * 40, "x" * 257])
async def test_a_weak_password_changes_nothing(
    house_ctx: Context, new_person: NewPerson, password: str
) -> None:
    person = await new_person()
    with pytest.raises(access.PasswordTooWeak):
        await access.reset_password(house_ctx, person.person_id, password)
    await enter(house_ctx, person, PASSWORD)


async def test_only_who_may_do_everything_helps(house_ctx: Context, new_person: NewPerson) -> None:
    person = await new_person()
    operator = acting_with(house_ctx, *access.HOUSE_SCOPES)
    with pytest.raises(access.ScopeNotHeld):
        await access.reset_password(operator, person.person_id, FRESH)
    with pytest.raises(access.ScopeNotHeld):
        await access.reset_second_factor(operator, person.person_id)
    await enter(house_ctx, person, PASSWORD)


async def test_nobody_is_helped_who_is_not_there(house_ctx: Context) -> None:
    nobody = new_id()
    for helped in (
        access.reset_password(house_ctx, nobody, FRESH),
        access.reset_second_factor(house_ctx, nobody),
        access.has_second_factor(house_ctx, nobody),
    ):
        with pytest.raises(access.PersonNotFound):
            await helped
