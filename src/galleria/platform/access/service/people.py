"""People: making one, and changing one's password."""

from uuid import UUID

from galleria.engines.context import Context
from galleria.foundation.ids import new_id
from galleria.platform import audit
from galleria.platform.access.errors import EmailTaken, PersonNotFound, SignInRefused
from galleria.platform.access.model import attempts as attempt_rules
from galleria.platform.access.model import people
from galleria.platform.access.model.people import Person
from galleria.platform.access.model.sessions import Session, SignedIn
from galleria.platform.access.passwords import PASSWORDS
from galleria.platform.access.repository import people as repository
from galleria.platform.access.repository import sessions as session_repository
from galleria.platform.access.service import attempts
from galleria.platform.access.service.starting import assert_house, start_session


async def create_person(ctx: Context, email: str, name: str, password: str) -> Person:
    """Someone who may sign in, and enter no shop yet.

    Args:
        ctx: the house.
        email: as they write it; letters go there, and signing in ignores its case.
        name: how they are called.
        password: 12 to 256 characters.

    Raises:
        EmailTaken: someone has this e-mail. Tell it to the house only, never to the public.
        InvalidEmail, PasswordTooWeak: see the model.
        SignInBusy: too many passwords are being checked; nothing was written.
    """
    assert_house(ctx)
    person = Person(
        person_id=new_id(),
        email=email.strip(),
        email_key=people.email_key(email),
        name=name,
        created_at=ctx.now,
    )
    people.check_password(password, email)
    password_hash = await PASSWORDS.hash(people.normal_password(password))
    async with ctx.transaction() as tx:
        if not await repository.add_person(tx, person):
            raise EmailTaken("there is a person with this e-mail")
        await repository.set_password(tx, person.person_id, password_hash)
        await audit.record(tx, "people.created", f"person:{person.person_id}")
    return person


async def person_of(ctx: Context, person_id: UUID) -> Person:
    """The person.

    Raises:
        PersonNotFound: nobody has this id, or `ctx` is a shop they do not work in.
    """
    person = await repository.find_person(ctx, person_id)
    if person is None:
        raise PersonNotFound(f"no person {person_id}")
    return person


async def person_with_email(ctx: Context, email: str) -> Person | None:
    """The person who has this e-mail, in whatever spelling; None when nobody does.

    Args:
        ctx: the house; nobody else may find out who is known here.
        email: as somebody wrote it.

    Raises:
        InvalidEmail: it is no address.
    """
    assert_house(ctx)
    return await repository.find_person_by_email(ctx, people.email_key(email))


async def change_password(
    ctx: Context, session: Session, password: str, new_password: str, client_address: str
) -> SignedIn:
    """The new password holds; every session ends, and a fresh one is given to the caller.

    Args:
        ctx: the house.
        session: of the person who changes their own password.
        password: the present one, once more.
        new_password: 12 to 256 characters.
        client_address: where the request came from.

    Raises:
        SignInRefused: the present password is not right.
        TooManyAttempts: it was tried too often.
        PasswordTooWeak: see the model.
        SignInBusy: too many passwords are being checked; nothing was changed.
    """
    assert_house(ctx)
    people.check_password(new_password, session.email)
    charge = attempt_rules.by_code(session.person_id)
    await attempts.charge(ctx, [charge])
    account = await repository.find_account(ctx, people.email_key(session.email))
    stored = account.password_hash if account is not None else None
    if not await PASSWORDS.verify(stored, people.normal_password(password)):
        raise SignInRefused("the present password is not right")

    password_hash = await PASSWORDS.hash(people.normal_password(new_password))
    async with ctx.transaction() as tx:
        locked = await repository.lock_account(tx, session.person_id)
        if locked is None or locked.password_hash != stored:
            raise SignInRefused("the password was changed meanwhile")
        await repository.set_password(tx, session.person_id, password_hash)
        await session_repository.end_sessions_of(tx, session.person_id)
        await attempts.forgive(tx, [charge], [])
        signed_in = await start_session(
            tx, session.person_id, session.second_factor, client_address
        )
        await audit.record(tx, "people.password_changed", f"person:{session.person_id}")
    return signed_in
