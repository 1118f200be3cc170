"""Signing in and out: the same answer, and the same work, whether or not an e-mail is known."""

from uuid import UUID

from galleria.engines.context import HOUSE, Context
from galleria.engines.sql import Transaction
from galleria.foundation.ids import read_token, token_hash
from galleria.platform import audit
from galleria.platform.access.errors import SessionNotFound, SignInRefused
from galleria.platform.access.model import attempts as attempt_rules
from galleria.platform.access.model import people, sessions
from galleria.platform.access.model.people import MAX_PASSWORD_LENGTH, Account
from galleria.platform.access.model.sessions import SecondFactor, Session, SignedIn
from galleria.platform.access.passwords import PASSWORDS
from galleria.platform.access.repository import people as people_repository
from galleria.platform.access.repository import sessions as repository
from galleria.platform.access.service import attempts
from galleria.platform.access.service.second_factor import spend_code
from galleria.platform.access.service.starting import assert_house, start_session

REFUSED = "e-mail, password or code is not right"


async def sign_in(
    ctx: Context, email: str, password: str, code: str | None, client_address: str
) -> SignedIn:
    """A session for whoever knows the password, and the code if they have a second factor.

    When the person has a second factor and `code` is None, `needs_second_factor` is true: the
    token opens nothing but `pass_second_factor`, for ten minutes. Call it outside a transaction:
    attempts stay counted when signing in fails.

    Args:
        ctx: the house.
        email: in any spelling.
        password: as typed.
        code: what the device shows, or a recovery code.
        client_address: where the request came from, for the limit by address.

    Raises:
        SignInRefused: something is wrong; what, is not said.
        TooManyAttempts: this e-mail or address was tried too often.
        InvalidEmail: it cannot be anyone's address.
        SignInBusy: too many passwords are being checked at present.
    """
    assert_house(ctx)
    email_key = people.email_key(email)
    charges = [attempt_rules.by_address(client_address), attempt_rules.by_email(email_key)]
    await attempts.charge(ctx, charges)

    account = await people_repository.find_account(ctx, email_key)
    is_right = await _is_right(account, password)
    signed_in = None
    if account is not None and is_right:
        signed_in = await _begin(ctx, account, password, client_address)
    if signed_in is None:
        await _note_refusal(ctx, account.person_id if account else None, client_address)
        raise SignInRefused(REFUSED)
    if signed_in.needs_second_factor and code is not None:
        return await pass_second_factor(ctx, signed_in.session_token, code, client_address)
    return signed_in


async def pass_second_factor(
    ctx: Context, session_token: str, code: str, client_address: str
) -> SignedIn:
    """A full session with a new token, in place of the one that waited for the code.

    Args:
        ctx: the house.
        session_token: as `sign_in` gave it with `needs_second_factor`.
        code: what the device shows, or a recovery code; each is taken once.
        client_address: where the request came from.

    Raises:
        SessionNotFound: there is no such session, it has ended, or it waits for no code.
        SignInRefused: the code is not right.
        TooManyAttempts: this person's codes were tried too often.
    """
    assert_house(ctx)
    waiting = await _find(ctx, session_token)
    if waiting is None or waiting.second_factor != "pending":
        raise SessionNotFound("sign in again")
    charge = attempt_rules.by_code(waiting.person_id)
    await attempts.charge(ctx, [charge])

    signed_in = None
    async with ctx.transaction() as tx:
        account = await people_repository.lock_account(tx, waiting.person_id)
        is_right = account is not None and await spend_code(tx, waiting.person_id, code)
        # Of two requests with one token only one finds it: no token gives two sessions.
        if account and is_right and await repository.end_session(tx, token_hash(session_token)):
            await attempts.forgive(tx, [charge], [])
            signed_in = await _complete(tx, account, "passed", client_address)
    if signed_in is None:
        await _note_refusal(ctx, waiting.person_id, client_address)
        raise SignInRefused(REFUSED)
    return signed_in


async def session_of(ctx: Context, session_token: str) -> Session | None:
    """The session, or None when it has ended or still waits for its second factor.

    Using it keeps it alive for two hours more, twelve in all; that is written once a minute.
    """
    assert_house(ctx)
    session = await _find(ctx, session_token)
    if session is None or session.second_factor == "pending":
        return None
    if sessions.is_touch_due(session, ctx.now):
        idle_expires_at = min(ctx.now + sessions.IDLE, session.expires_at)
        async with ctx.transaction() as tx:
            await repository.touch_session(tx, session, idle_expires_at)
    return session


async def sign_out(ctx: Context, session_token: str) -> None:
    """The session has ended. Safe to repeat, and with any text."""
    assert_house(ctx)
    if read_token(session_token, sessions.TOKEN_KIND) is None:
        return
    async with ctx.transaction() as tx:
        person_id = await repository.end_session(tx, token_hash(session_token))
        if person_id is not None:
            await audit.record(tx, "people.signed_out", f"person:{person_id}")


async def sign_out_everywhere(ctx: Context, person_id: UUID) -> int:
    """Every session of the person has ended, on every device; how many there were."""
    assert_house(ctx)
    async with ctx.transaction() as tx:
        count = await repository.end_sessions_of(tx, person_id)
        subject = f"person:{person_id}"
        await audit.record(tx, "people.signed_out_everywhere", subject, {"sessions": count})
    return count


async def _is_right(account: Account | None, password: str) -> bool:
    """True when it is the account's password. No account costs the same work."""
    stored = account.password_hash if account is not None else None
    # Nobody's password is longer, so it is cut short, not refused: the work stays the same.
    typed = people.normal_password(password[: MAX_PASSWORD_LENGTH + 1])
    return await PASSWORDS.verify(stored, typed)


async def _begin(
    ctx: Context, account: Account, password: str, client_address: str
) -> SignedIn | None:
    """A session, waiting for its second factor or not; None when the password just changed."""
    renewed: str | None = None
    if PASSWORDS.is_outdated(account.password_hash):
        renewed = await PASSWORDS.hash(people.normal_password(password))
    async with ctx.transaction() as tx:
        locked = await people_repository.lock_account(tx, account.person_id)
        if locked is None or locked.password_hash != account.password_hash:
            return None
        if renewed is not None:
            await people_repository.set_password(tx, account.person_id, renewed)
        if locked.has_totp:
            return await start_session(tx, account.person_id, "pending", client_address)
        return await _complete(tx, locked, "none", client_address)


async def _complete(
    tx: Transaction, account: Account, second_factor: SecondFactor, client_address: str
) -> SignedIn:
    """A full session; the attempts that led to it are forgiven."""
    by_email = attempt_rules.by_email(account.email_key)
    await attempts.forgive(tx, [by_email], [attempt_rules.by_address(client_address)])
    subject, detail = f"person:{account.person_id}", {"client_address": client_address}
    await audit.record(tx, "people.signed_in", subject, {**detail, "second_factor": second_factor})
    return await start_session(tx, account.person_id, second_factor, client_address)


async def _find(ctx: Context, session_token: str) -> Session | None:
    parts = read_token(session_token, sessions.TOKEN_KIND)
    if parts is None or parts.tenant_id != HOUSE.tenant_id:
        return None
    return await repository.find_session(ctx, token_hash(session_token), ctx.now)


async def _note_refusal(ctx: Context, person_id: UUID | None, client_address: str) -> None:
    """The diary has it, known e-mail or not: the same write, so the same time."""
    subject = f"person:{person_id or 'unknown'}"
    async with ctx.transaction() as tx:
        detail = {"client_address": client_address}
        await audit.record(tx, "people.sign_in_refused", subject, detail)
