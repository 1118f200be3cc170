"""What the operator does for somebody who cannot get in any more."""

from uuid import UUID

from galleria.engines.context import Context
from galleria.engines.sql import Transaction
from galleria.platform import audit
from galleria.platform.access.errors import PersonNotFound, TotpIsOff
from galleria.platform.access.model import attempts as attempt_rules
from galleria.platform.access.model import people, scopes
from galleria.platform.access.model.people import Account
from galleria.platform.access.passwords import PASSWORDS
from galleria.platform.access.repository import people as repository
from galleria.platform.access.repository import second_factor as second_factor_repository
from galleria.platform.access.repository import sessions as session_repository
from galleria.platform.access.service import attempts
from galleria.platform.access.service.people import person_of
from galleria.platform.access.service.starting import assert_house


async def has_second_factor(ctx: Context, person_id: UUID) -> bool:
    """Whether a password alone does not let this person in. `ctx` is the house.

    Raises:
        PersonNotFound: nobody has this id.
    """
    assert_house(ctx)
    person = await person_of(ctx, person_id)
    account = await repository.find_account(ctx, person.email_key)
    return account is not None and account.has_totp


async def reset_password(ctx: Context, person_id: UUID, password: str) -> None:
    """The person has this password from now on; all their sessions end, and they may try at once.

    Their second factor stays: who knows only this password is not let in by it.

    Args:
        ctx: the house, acting for somebody who may do all of it.
        person_id: whose password was forgotten.
        password: 12 to 256 characters.

    Raises:
        ScopeNotHeld: the actor may not do everything in the house.
        PersonNotFound: nobody has this id.
        PasswordTooWeak: see the model.
        SignInBusy: too many passwords are being checked; nothing was changed.
    """
    assert_house(ctx)
    scopes.check_held(ctx.actor.may, [scopes.ALL])
    person = await person_of(ctx, person_id)
    people.check_password(password, person.email)
    password_hash = await PASSWORDS.hash(people.normal_password(password))
    async with ctx.transaction() as tx:
        await _lock(tx, person_id)
        await repository.set_password(tx, person_id, password_hash)
        await session_repository.end_sessions_of(tx, person_id)
        right = [attempt_rules.by_email(person.email_key), attempt_rules.by_code(person_id)]
        await attempts.forgive(tx, right, [])
        await audit.record(tx, "people.password_reset", f"person:{person_id}")


async def reset_second_factor(ctx: Context, person_id: UUID) -> None:
    """The person's second factor is off, its secret and recovery codes are gone; all their
    sessions end.

    Args:
        ctx: the house, acting for somebody who may do all of it.
        person_id: who has neither device nor codes any more.

    Raises:
        ScopeNotHeld: the actor may not do everything in the house.
        PersonNotFound: nobody has this id.
        TotpIsOff: there is none.
    """
    assert_house(ctx)
    scopes.check_held(ctx.actor.may, [scopes.ALL])
    async with ctx.transaction() as tx:
        account = await _lock(tx, person_id)
        if not account.has_totp:
            raise TotpIsOff("there is no second factor")
        await second_factor_repository.remove_totp(tx, person_id)
        await session_repository.end_sessions_of(tx, person_id)
        await attempts.forgive(tx, [attempt_rules.by_code(person_id)], [])
        await audit.record(tx, "people.totp_reset", f"person:{person_id}")


async def _lock(tx: Transaction, person_id: UUID) -> Account:
    account = await repository.lock_account(tx, person_id)
    if account is None:
        raise PersonNotFound(f"no person {person_id}")
    return account
