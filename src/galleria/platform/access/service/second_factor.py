"""Switching the second factor on and off, and taking its codes."""

from uuid import UUID

from galleria.engines.context import HOUSE, Context
from galleria.engines.sql import Transaction
from galleria.platform import audit
from galleria.platform.access.errors import TotpIsOff, TotpIsOn, WrongCode
from galleria.platform.access.model import attempts as attempt_rules
from galleria.platform.access.model import second_factor
from galleria.platform.access.model.second_factor import Totp, TotpConfirmed, TotpEnrolment
from galleria.platform.access.model.sessions import Session
from galleria.platform.access.repository import people as people_repository
from galleria.platform.access.repository import second_factor as repository
from galleria.platform.access.repository import sessions as session_repository
from galleria.platform.access.service import attempts
from galleria.platform.access.service.starting import assert_house, start_session


async def enrol_totp(ctx: Context, session: Session) -> TotpEnrolment:
    """A new secret for the person's device, told once; it counts when `confirm_totp` saw a code.

    Args:
        ctx: the house.
        session: of the person who switches their own second factor on.

    Raises:
        TotpIsOn: there is one already; switch it off first.
    """
    assert_house(ctx)
    secret = second_factor.new_secret()
    sealed = await ctx.engines.secrets.encrypt(HOUSE.tenant_id, secret, _purpose(session.person_id))
    async with ctx.transaction() as tx:
        await _lock(tx, session.person_id)
        present = await repository.find_totp(tx, session.person_id)
        if present is not None and present.confirmed_at is not None:
            raise TotpIsOn("switch the second factor off first")
        await repository.begin_totp(tx, session.person_id, sealed)
        await audit.record(tx, "people.totp_begun", f"person:{session.person_id}")
    return second_factor.enrolment_of(secret, session.email)


async def confirm_totp(
    ctx: Context, session: Session, code: str, client_address: str
) -> TotpConfirmed:
    """The second factor is on. All sessions end, since they passed none; a fresh one comes back.

    Args:
        ctx: the house.
        session: of the person, as for `enrol_totp`.
        code: what their device shows.
        client_address: where the request came from.

    Raises:
        TotpIsOff: `enrol_totp` was not called.
        TotpIsOn: it is on already.
        WrongCode: the device shows another code.
        TooManyAttempts: codes were tried too often.
    """
    assert_house(ctx)
    person_id = session.person_id
    charge = attempt_rules.by_code(person_id)
    await attempts.charge(ctx, [charge])
    codes = second_factor.new_recovery_codes()
    async with ctx.transaction() as tx:
        await _lock(tx, person_id)
        totp = await repository.find_totp(tx, person_id)
        if totp is None:
            raise TotpIsOff("begin with a new secret")
        if totp.confirmed_at is not None:
            raise TotpIsOn("the second factor is on")
        if not await _spend_totp(tx, totp, code):
            raise WrongCode("the device shows another code")
        await repository.confirm_totp(tx, person_id)
        hashes = [second_factor.recovery_hash(person_id, each) for each in codes]
        await repository.replace_recovery_codes(tx, person_id, hashes)
        await session_repository.end_sessions_of(tx, person_id)
        await attempts.forgive(tx, [charge], [])
        signed_in = await start_session(tx, person_id, "passed", client_address)
        await audit.record(tx, "people.totp_confirmed", f"person:{person_id}")
    return TotpConfirmed(signed_in, codes)


async def disable_totp(ctx: Context, session: Session, code: str) -> None:
    """The second factor is off, its secret and recovery codes are gone. A code has to prove it.

    Args:
        ctx: the house.
        session: of the person who switches their own second factor off.
        code: what their device shows, or a recovery code.

    Raises:
        TotpIsOff: there is none.
        WrongCode: the code is not right.
        TooManyAttempts: codes were tried too often.
    """
    assert_house(ctx)
    person_id = session.person_id
    charge = attempt_rules.by_code(person_id)
    await attempts.charge(ctx, [charge])
    async with ctx.transaction() as tx:
        account = await people_repository.lock_account(tx, person_id)
        if account is None or not account.has_totp:
            raise TotpIsOff("there is no second factor")
        if not await spend_code(tx, person_id, code):
            raise WrongCode("this code is not right")
        await repository.remove_totp(tx, person_id)
        await attempts.forgive(tx, [charge], [])
        await audit.record(tx, "people.totp_disabled", f"person:{person_id}")


async def spend_code(tx: Transaction, person_id: UUID, code: str) -> bool:
    """True when the code was right and unused; it is used up now, if the transaction is kept."""
    if second_factor.is_totp_code(code):
        totp = await repository.find_totp(tx, person_id)
        return (
            totp is not None and totp.confirmed_at is not None and await _spend_totp(tx, totp, code)
        )
    code_hash = second_factor.recovery_hash(person_id, code)
    is_spent = await repository.spend_recovery_code(tx, person_id, code_hash)
    if is_spent:
        await audit.record(tx, "people.recovery_code_used", f"person:{person_id}")
    return is_spent


async def _spend_totp(tx: Transaction, totp: Totp, code: str) -> bool:
    secret = await tx.ctx.engines.secrets.decrypt(
        HOUSE.tenant_id, totp.secret_sealed, _purpose(totp.person_id)
    )
    step = second_factor.matching_step(secret, code, tx.now, totp.last_step)
    return step is not None and await repository.spend_step(tx, totp.person_id, step)


async def _lock(tx: Transaction, person_id: UUID) -> None:
    account = await people_repository.lock_account(tx, person_id)
    assert account is not None, "whoever has a session has an account"


def _purpose(person_id: UUID) -> str:
    """Bound into the ciphertext: a row copied to another person opens nothing."""
    return f"access.totp:{person_id}"
