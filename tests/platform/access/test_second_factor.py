"""The second factor: asked for once it is on, each code taken once, its secret sealed."""

import asyncio
import base64
from dataclasses import dataclass

import pytest

from galleria.engines.context import HOUSE, Context
from galleria.engines.secrets import SecretUnreadable
from galleria.foundation.ids import mint_token, new_id
from galleria.platform import access
from galleria.platform.access.model import attempts as rules
from galleria.platform.access.model import second_factor, sessions
from tests.platform.conftest import PASSWORD, NewPerson, later

ADDRESS = "192.0.2.77"


@dataclass
class Device:
    """A person's phone: knows the secret, shows codes."""

    person: access.Person
    secret: bytes
    recovery_codes: list[str]
    session_token: str

    def code(self, ctx: Context, steps: int = 0) -> str:
        step = second_factor.step_at(ctx.now) + steps
        return second_factor.code_at_step(self.secret, step)


def step_on(ctx: Context, steps: int = 1) -> Context:
    return later(ctx, seconds=second_factor.STEP_S * steps)


@pytest.fixture
async def device(house_ctx: Context, new_person: NewPerson) -> Device:
    """A person with a confirmed second factor; the code of the present step is spent."""
    person = await new_person()
    token = (await password_only(house_ctx, person)).session_token
    session = await session_by(house_ctx, token)
    enrolment = await access.enrol_totp(house_ctx, session)
    secret = base64.b32decode(enrolment.secret)
    code = second_factor.code_at_step(secret, second_factor.step_at(house_ctx.now))
    confirmed = await access.confirm_totp(house_ctx, session, code, ADDRESS)
    assert await access.session_of(house_ctx, token) is None, "it passed no second factor"
    return Device(person, secret, confirmed.recovery_codes, confirmed.signed_in.session_token)


async def password_only(ctx: Context, person: access.Person) -> access.SignedIn:
    return await access.sign_in(ctx, person.email, PASSWORD, None, ADDRESS)


async def session_by(ctx: Context, token: str) -> access.Session:
    session = await access.session_of(ctx, token)
    assert session is not None
    return session


async def test_confirming_gives_a_session_that_has_passed(
    house_ctx: Context, device: Device
) -> None:
    session = await session_by(house_ctx, device.session_token)
    assert session.second_factor == "passed"
    assert len(set(device.recovery_codes)) == 10


async def test_the_password_alone_gives_a_token_that_opens_nothing(
    house_ctx: Context, device: Device
) -> None:
    waiting = await password_only(house_ctx, device.person)
    assert waiting.needs_second_factor
    assert await access.session_of(house_ctx, waiting.session_token) is None
    assert waiting.expires_at == house_ctx.now + sessions.PENDING_LIFETIME


async def test_the_code_changes_the_waiting_token_for_a_new_one(
    house_ctx: Context, device: Device
) -> None:
    ctx = step_on(house_ctx)
    waiting = await password_only(ctx, device.person)
    passed = await access.pass_second_factor(ctx, waiting.session_token, device.code(ctx), ADDRESS)

    assert passed.session_token != waiting.session_token
    assert not passed.needs_second_factor
    assert (await session_by(ctx, passed.session_token)).second_factor == "passed"
    with pytest.raises(access.SessionNotFound):
        await access.pass_second_factor(
            step_on(ctx), waiting.session_token, device.code(ctx, 1), ADDRESS
        )


async def test_password_and_code_may_come_together(house_ctx: Context, device: Device) -> None:
    ctx = step_on(house_ctx)
    signed_in = await access.sign_in(ctx, device.person.email, PASSWORD, device.code(ctx), ADDRESS)
    assert await access.session_of(ctx, signed_in.session_token)


async def test_a_wrong_code_is_answered_like_a_wrong_password(
    house_ctx: Context, device: Device
) -> None:
    answers = set()
    for password, code in [(PASSWORD, "000000"), ("wrong password", "000000"), (PASSWORD, "x")]:
        with pytest.raises(access.SignInRefused) as refused:
            await access.sign_in(
                step_on(house_ctx, 9), device.person.email, password, code, ADDRESS
            )
        answers.add((refused.value.code, refused.value.detail))
    assert len(answers) == 1


async def test_a_code_is_taken_once_even_by_two_at_the_same_time(
    house_ctx: Context, device: Device
) -> None:
    ctx = step_on(house_ctx)
    code = device.code(ctx)
    answers = await asyncio.gather(
        *(access.sign_in(ctx, device.person.email, PASSWORD, code, ADDRESS) for _ in range(4)),
        return_exceptions=True,
    )
    assert sorted(type(answer).__name__ for answer in answers) == [
        *["SignInRefused"] * 3,
        "SignedIn",
    ]


async def test_the_code_that_confirmed_cannot_sign_in(house_ctx: Context, device: Device) -> None:
    with pytest.raises(access.SignInRefused):
        await access.sign_in(
            house_ctx, device.person.email, PASSWORD, device.code(house_ctx), ADDRESS
        )


async def test_one_waiting_token_gives_one_session(house_ctx: Context, device: Device) -> None:
    ctx = step_on(house_ctx)
    token = (await password_only(ctx, device.person)).session_token
    codes = [device.code(ctx), *device.recovery_codes[:2]]
    answers = await asyncio.gather(
        *(access.pass_second_factor(ctx, token, code, ADDRESS) for code in codes),
        return_exceptions=True,
    )
    assert sum(isinstance(answer, access.SignedIn) for answer in answers) == 1


async def test_codes_are_tried_five_times_however_often_the_password_is_given(
    house_ctx: Context, device: Device
) -> None:
    ctx = step_on(house_ctx)
    for _ in range(rules.PER_CODE.attempts):
        with pytest.raises(access.SignInRefused):
            await access.sign_in(ctx, device.person.email, PASSWORD, "not-it", ADDRESS)
    with pytest.raises(access.TooManyAttempts):
        await access.sign_in(ctx, device.person.email, PASSWORD, device.code(ctx), ADDRESS)
    after = later(ctx, minutes=15)
    assert await access.sign_in(after, device.person.email, PASSWORD, device.code(after), ADDRESS)


async def test_a_waiting_token_ends_after_ten_minutes(house_ctx: Context, device: Device) -> None:
    token = (await password_only(house_ctx, device.person)).session_token
    late = later(house_ctx, minutes=10)
    with pytest.raises(access.SessionNotFound):
        await access.pass_second_factor(late, token, device.code(late), ADDRESS)


async def test_a_recovery_code_signs_in_once(house_ctx: Context, device: Device) -> None:
    code = device.recovery_codes[3].upper().replace("-", " ")
    assert await access.sign_in(house_ctx, device.person.email, PASSWORD, code, ADDRESS)
    with pytest.raises(access.SignInRefused):
        await access.sign_in(house_ctx, device.person.email, PASSWORD, code, ADDRESS)
    other = device.recovery_codes[4]
    assert await access.sign_in(house_ctx, device.person.email, PASSWORD, other, ADDRESS)


async def test_a_recovery_code_of_another_person_is_none(
    house_ctx: Context, device: Device, new_person: NewPerson
) -> None:
    other = await enrolled(house_ctx, await new_person())
    with pytest.raises(access.SignInRefused):
        await access.sign_in(
            house_ctx, other.person.email, PASSWORD, device.recovery_codes[0], ADDRESS
        )


async def enrolled(ctx: Context, person: access.Person) -> Device:
    session = await session_by(ctx, (await password_only(ctx, person)).session_token)
    secret = base64.b32decode((await access.enrol_totp(ctx, session)).secret)
    code = second_factor.code_at_step(secret, second_factor.step_at(ctx.now))
    confirmed = await access.confirm_totp(ctx, session, code, ADDRESS)
    return Device(person, secret, confirmed.recovery_codes, confirmed.signed_in.session_token)


async def test_an_unconfirmed_secret_asks_nobody_for_a_code(
    house_ctx: Context, new_person: NewPerson
) -> None:
    person = await new_person()
    session = await session_by(house_ctx, (await password_only(house_ctx, person)).session_token)
    with pytest.raises(access.TotpIsOff):
        await access.confirm_totp(house_ctx, session, "123456", ADDRESS)
    first = await access.enrol_totp(house_ctx, session)
    second = await access.enrol_totp(house_ctx, session)
    assert first.secret != second.secret
    with pytest.raises(access.WrongCode):
        old = base64.b32decode(first.secret)
        code = second_factor.code_at_step(old, second_factor.step_at(house_ctx.now))
        await access.confirm_totp(house_ctx, session, code, ADDRESS)

    assert not (await password_only(house_ctx, person)).needs_second_factor


async def test_a_second_factor_that_is_on_is_not_replaced_unasked(
    house_ctx: Context, device: Device
) -> None:
    session = await session_by(house_ctx, device.session_token)
    with pytest.raises(access.TotpIsOn):
        await access.enrol_totp(house_ctx, session)
    with pytest.raises(access.TotpIsOn):
        await access.confirm_totp(house_ctx, session, device.code(house_ctx), ADDRESS)


async def test_only_a_code_switches_it_off(house_ctx: Context, device: Device) -> None:
    session = await session_by(house_ctx, device.session_token)
    with pytest.raises(access.WrongCode):
        await access.disable_totp(house_ctx, session, "not-a-code")
    assert (await password_only(house_ctx, device.person)).needs_second_factor

    ctx = step_on(house_ctx)
    await access.disable_totp(ctx, session, device.code(ctx))
    assert not (await password_only(ctx, device.person)).needs_second_factor
    with pytest.raises(access.TotpIsOff):
        await access.disable_totp(ctx, session, device.recovery_codes[0])
    left = await ctx.read_value(
        "SELECT count(*) FROM access.recovery_code WHERE tenant_id = $1 AND person_id = $2",
        device.person.person_id,
    )
    assert left == 0


async def test_the_secret_is_stored_sealed_to_its_person(
    house_ctx: Context, device: Device
) -> None:
    sealed = await house_ctx.read_value(
        "SELECT secret_sealed FROM access.totp WHERE tenant_id = $1 AND person_id = $2",
        device.person.person_id,
    )
    assert device.secret not in sealed
    secrets = house_ctx.engines.secrets
    purpose = f"access.totp:{device.person.person_id}"
    assert await secrets.decrypt(HOUSE.tenant_id, sealed, purpose) == device.secret
    with pytest.raises(SecretUnreadable):
        await secrets.decrypt(HOUSE.tenant_id, sealed, f"access.totp:{new_id()}")


async def test_a_token_of_a_full_session_passes_no_second_factor(
    house_ctx: Context, device: Device
) -> None:
    ctx = step_on(house_ctx)
    for token in (device.session_token, mint_token("session", 0), "junk"):
        with pytest.raises(access.SessionNotFound):
            await access.pass_second_factor(ctx, token, device.code(ctx), ADDRESS)


async def test_the_operator_takes_it_from_somebody_who_lost_device_and_codes(
    house_ctx: Context, device: Device
) -> None:
    person_id = device.person.person_id
    assert await access.has_second_factor(house_ctx, person_id)
    await access.reset_second_factor(house_ctx, person_id)
    assert not await access.has_second_factor(house_ctx, person_id)
    assert await access.session_of(house_ctx, device.session_token) is None
    signed_in = await password_only(house_ctx, device.person)
    assert not signed_in.needs_second_factor
    with pytest.raises(access.TotpIsOff):
        await access.reset_second_factor(house_ctx, person_id)


async def test_a_new_password_leaves_it_on(house_ctx: Context, device: Device) -> None:
    fresh = "another correct horse battery"
    await access.reset_password(house_ctx, device.person.person_id, fresh)
    waiting = await access.sign_in(house_ctx, device.person.email, fresh, None, ADDRESS)
    assert waiting.needs_second_factor
    assert await access.session_of(house_ctx, device.session_token) is None
