"""One answer to every wrong sign-in, limits that hold, and sessions that end."""

import asyncio
from datetime import timedelta

import argon2
import pytest

from galleria.engines.context import Context
from galleria.foundation.ids import mint_token, new_id, token_hash
from galleria.platform import access, audit
from galleria.platform.access.model import attempts as rules
from galleria.platform.access.model import sessions
from galleria.platform.access.service import attempts, forget_ended
from tests.platform.conftest import PASSWORD, NewPerson, at, later


@pytest.fixture
def address() -> str:
    """An address of this test's own, so that tests do not use up one another's attempts."""
    return f"2001:db8:{new_id().hex[-4:]}:{new_id().hex[-8:-4]}::1"


async def sign_in(
    ctx: Context, email: str, address: str, password: str = PASSWORD
) -> access.SignedIn:
    return await access.sign_in(ctx, email, password, None, address)


async def test_a_person_signs_in_in_any_spelling_and_out_again(
    house_ctx: Context, new_person: NewPerson, address: str
) -> None:
    person = await new_person()
    signed_in = await sign_in(house_ctx, f" {person.email.upper()} ", address)
    assert not signed_in.needs_second_factor
    assert access.csrf_matches(signed_in.session_token, signed_in.csrf_token)

    session = await access.session_of(house_ctx, signed_in.session_token)
    assert session is not None
    assert (session.person_id, session.email, session.name) == (
        person.person_id,
        person.email,
        "Ana",
    )
    assert session.second_factor == "none"
    await access.sign_out(house_ctx, signed_in.session_token)
    await access.sign_out(house_ctx, signed_in.session_token)
    assert await access.session_of(house_ctx, signed_in.session_token) is None


async def test_wrong_passwords_and_unknown_e_mails_are_answered_alike(
    house_ctx: Context, new_person: NewPerson, address: str
) -> None:
    person = await new_person()
    answers = []
    for email, password in [
        (person.email, "not the password"),
        (person.email, ""),
        (person.email, PASSWORD + "x" * 10_000),
        ("nobody@example.com", PASSWORD),
    ]:
        with pytest.raises(access.SignInRefused) as refused:
            await sign_in(house_ctx, email, address, password)
        answers.append((refused.value.code, refused.value.detail, refused.value.errors))
    assert len(set(answers)) == 1


async def test_an_e_mail_is_tried_ten_times_in_a_quarter_of_an_hour_known_or_not(
    house_ctx: Context, new_person: NewPerson, address: str
) -> None:
    known = (await new_person()).email
    for email in (known, f"nobody-{new_id()}@example.com"):
        for _ in range(rules.PER_EMAIL.attempts):
            with pytest.raises(access.SignInRefused):
                await sign_in(house_ctx, email, address, "wrong password")
        with pytest.raises(access.TooManyAttempts) as stopped:
            await sign_in(house_ctx, email, address, PASSWORD)
        assert stopped.value.retry_after_s == 901
    with pytest.raises(access.TooManyAttempts):
        await sign_in(later(house_ctx, minutes=14), known, address)
    assert await sign_in(later(house_ctx, minutes=15), known, address)


async def test_attempts_made_at_once_are_all_counted(
    house_ctx: Context, new_person: NewPerson, address: str
) -> None:
    email = (await new_person()).email
    answers = await asyncio.gather(
        *(sign_in(house_ctx, email, address, "wrong password") for _ in range(25)),
        return_exceptions=True,
    )
    names = [type(answer).__name__ for answer in answers]
    assert names.count("SignInRefused") == rules.PER_EMAIL.attempts
    assert names.count("TooManyAttempts") == 25 - rules.PER_EMAIL.attempts


async def test_signing_in_forgives_the_attempts_before_it(
    house_ctx: Context, new_person: NewPerson, address: str
) -> None:
    email = (await new_person()).email
    for _ in range(3):
        for _ in range(rules.PER_EMAIL.attempts - 1):
            with pytest.raises(access.SignInRefused):
                await sign_in(house_ctx, email, address, "wrong password")
        await sign_in(house_ctx, email, address)


async def test_an_address_is_tried_sixty_times_whatever_the_e_mails(
    house_ctx: Context, new_person: NewPerson, address: str
) -> None:
    person = await new_person()
    await sign_in(house_ctx, person.email, address)  # a right one does not count
    for _ in range(rules.PER_ADDRESS.attempts):
        await attempts.charge(house_ctx, [rules.by_address(address)])
    neighbour = address.replace("::1", "::2")
    with pytest.raises(access.TooManyAttempts):
        await sign_in(house_ctx, person.email, neighbour)

    count = await house_ctx.read_value(
        "SELECT count(*) FROM access.attempt WHERE tenant_id = $1 AND subject = $2",
        rules.by_email(person.email_key).subject,
    )
    assert count == 0, "who is stopped by address locks nobody out by e-mail"
    assert await sign_in(house_ctx, person.email, "198.51.100.1")


async def test_only_the_hash_of_a_session_token_is_stored(
    house_ctx: Context, new_person: NewPerson, address: str
) -> None:
    signed_in = await sign_in(house_ctx, (await new_person()).email, address)
    row = await house_ctx.read_row(
        "SELECT s::text AS whole, token_hash FROM access.session AS s"
        " WHERE tenant_id = $1 AND token_hash = $2",
        token_hash(signed_in.session_token),
    )
    assert row is not None
    assert signed_in.session_token.rsplit("_", 1)[1] not in row["whole"]
    assert signed_in.csrf_token not in row["whole"]


async def test_a_session_ends_after_two_idle_hours(
    house_ctx: Context, new_person: NewPerson, address: str
) -> None:
    token = (await sign_in(house_ctx, (await new_person()).email, address)).session_token

    assert await access.session_of(later(house_ctx, minutes=119), token)
    assert await access.session_of(later(house_ctx, minutes=119 + 119), token), "use keeps it"
    assert await access.session_of(later(house_ctx, minutes=119 + 119 + 120), token) is None


async def test_a_session_ends_after_twelve_hours_however_busy(
    house_ctx: Context, new_person: NewPerson, address: str
) -> None:
    token = (await sign_in(house_ctx, (await new_person()).email, address)).session_token

    for hour in range(1, 12):
        assert await access.session_of(later(house_ctx, hours=hour), token)
    assert await access.session_of(later(house_ctx, hours=12, seconds=-1), token)
    assert await access.session_of(later(house_ctx, hours=12), token) is None


async def test_the_last_use_is_written_once_a_minute(
    house_ctx: Context, new_person: NewPerson, address: str
) -> None:
    token = (await sign_in(house_ctx, (await new_person()).email, address)).session_token

    async def seen_after(seconds: float) -> timedelta:
        await access.session_of(later(house_ctx, seconds=seconds), token)
        seen_at = await house_ctx.read_value(
            "SELECT seen_at FROM access.session WHERE tenant_id = $1 AND token_hash = $2",
            token_hash(token),
        )
        return seen_at - house_ctx.now  # type: ignore[no-any-return]

    assert await seen_after(59) == timedelta(0)
    assert await seen_after(60) == timedelta(seconds=60)
    assert await seen_after(119) == timedelta(seconds=60)


@pytest.mark.parametrize("kind", ["session", "key"])
async def test_a_token_nobody_was_given_opens_nothing(house_ctx: Context, kind: str) -> None:
    for tenant_id in (0, 7):
        token = mint_token(kind, tenant_id)
        assert await access.session_of(house_ctx, token) is None
        await access.sign_out(house_ctx, token)
    assert await access.session_of(house_ctx, "") is None


async def test_signing_out_everywhere_ends_every_session(
    house_ctx: Context, new_person: NewPerson, address: str
) -> None:
    person = await new_person()
    tokens = [(await sign_in(house_ctx, person.email, address)).session_token for _ in range(3)]

    assert await access.sign_out_everywhere(house_ctx, person.person_id) == 3
    assert [await access.session_of(house_ctx, token) for token in tokens] == [None] * 3


async def test_the_oldest_session_makes_room_for_the_twenty_first(
    house_ctx: Context, new_person: NewPerson, address: str
) -> None:
    person = await new_person()
    tokens = [
        (await sign_in(house_ctx, person.email, address)).session_token
        for _ in range(sessions.MOST_SESSIONS + 1)
    ]
    assert await access.session_of(house_ctx, tokens[0]) is None
    assert await access.session_of(house_ctx, tokens[1])
    assert await access.session_of(house_ctx, tokens[-1])


async def test_a_changed_password_ends_every_session_and_gives_a_fresh_one(
    house_ctx: Context, new_person: NewPerson, address: str
) -> None:
    person = await new_person()
    old = (await sign_in(house_ctx, person.email, address)).session_token
    session = await access.session_of(house_ctx, old)
    assert session is not None
    with pytest.raises(access.SignInRefused):
        await access.change_password(house_ctx, session, "wrong one", "a new password", address)
    with pytest.raises(access.PasswordTooWeak):
        await access.change_password(house_ctx, session, PASSWORD, "short", address)

    fresh = await access.change_password(house_ctx, session, PASSWORD, "a new password", address)
    assert await access.session_of(house_ctx, old) is None
    assert await access.session_of(house_ctx, fresh.session_token)
    with pytest.raises(access.SignInRefused):
        await sign_in(house_ctx, person.email, address)
    assert await sign_in(house_ctx, person.email, address, "a new password")


async def test_a_hash_at_old_costs_is_renewed_by_signing_in(
    house_ctx: Context, new_person: NewPerson, address: str
) -> None:
    person = await new_person()
    weak = argon2.PasswordHasher(time_cost=1, memory_cost=8_192, parallelism=1).hash(PASSWORD)
    async with house_ctx.transaction() as tx:
        await tx.execute(
            "UPDATE access.password SET password_hash = $3 WHERE tenant_id = $1 AND person_id = $2",
            person.person_id,
            weak,
        )
    await sign_in(house_ctx, person.email, address)
    stored = await house_ctx.read_value(
        "SELECT password_hash FROM access.password WHERE tenant_id = $1 AND person_id = $2",
        person.person_id,
    )
    assert "m=19456,t=2" in stored
    assert await sign_in(house_ctx, person.email, address)


async def test_the_diary_tells_of_sign_ins_and_refusals_but_of_no_secret(
    house_ctx: Context, new_person: NewPerson, address: str
) -> None:
    person = await new_person()
    with pytest.raises(access.SignInRefused):
        await sign_in(house_ctx, person.email, address, "my typed secret")
    token = (await sign_in(house_ctx, person.email, address)).session_token
    await access.sign_out(house_ctx, token)

    entries = (await audit.list_entries(house_ctx, subject=f"person:{person.person_id}")).items
    assert [entry.action for entry in entries] == [
        "people.signed_out",
        "people.signed_in",
        "people.sign_in_refused",
        "people.created",
    ]
    told = repr(entries)
    assert "typed secret" not in told
    assert token not in told


async def test_one_e_mail_is_one_person(house_ctx: Context, new_person: NewPerson) -> None:
    person = await new_person()
    with pytest.raises(access.EmailTaken):
        await access.create_person(house_ctx, person.email.upper(), "Twin", PASSWORD)
    with pytest.raises(access.PasswordTooWeak):
        await access.create_person(house_ctx, "weak@example.com", "Weak", "12345678")
    assert await access.person_of(house_ctx, person.person_id) == person
    with pytest.raises(access.PersonNotFound):
        await access.person_of(house_ctx, new_id())


async def test_people_and_sessions_are_asked_for_in_the_house_only(shop_ctx: Context) -> None:
    with pytest.raises(AssertionError):
        await access.sign_in(shop_ctx, "ana@example.com", PASSWORD, None, "203.0.113.1")
    with pytest.raises(AssertionError):
        await access.session_of(shop_ctx, mint_token("session", 0))
    with pytest.raises(AssertionError):
        await access.create_person(shop_ctx, "ana@example.com", "Ana", PASSWORD)


async def test_what_has_ended_is_thrown_away(
    house_ctx: Context, new_person: NewPerson, address: str
) -> None:
    person = await new_person()
    past = at(house_ctx, house_ctx.now - timedelta(days=3))
    await sign_in(past, person.email, address)
    with pytest.raises(access.SignInRefused):
        await sign_in(past, f"nobody-{new_id()}@example.com", address)
    kept = (await sign_in(house_ctx, person.email, address)).session_token

    assert await forget_ended(later(house_ctx, minutes=1)) >= 2
    assert await access.session_of(house_ctx, kept)
    left = await house_ctx.read_value(
        "SELECT count(*) FROM access.session WHERE tenant_id = $1 AND person_id = $2",
        person.person_id,
    )
    assert left == 1
