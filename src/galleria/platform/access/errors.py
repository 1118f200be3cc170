"""What can go wrong with people, sessions, memberships and keys.

Nothing here tells a stranger whether an e-mail address has an account: signing in fails in one
way only, whatever was wrong.
"""

from galleria.foundation.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    RateLimited,
    Unauthenticated,
    Unavailable,
)


class SignInRefused(Unauthenticated):
    """E-mail, password and code do not belong together. Which of them is not said."""

    code = "sign_in_refused"
    title = "Signing in did not work"


class TooManyAttempts(RateLimited):
    """This address, or this e-mail, was tried too often; the same for unknown e-mails."""

    code = "too_many_attempts"
    title = "Too many attempts to sign in"


class SignInBusy(Unavailable):
    """More people sign in at once than the machine can check passwords for."""

    code = "sign_in_busy"
    title = "Too many people are signing in at once"


class SessionNotFound(Unauthenticated):
    """The session has ended, or there never was one."""

    code = "session_not_found"
    title = "You are signed out"


class InvalidEmail(InvalidInput):
    """No letter can be sent there."""

    code = "invalid_email"
    title = "This is no e-mail address"


class PasswordTooWeak(InvalidInput):
    """The password would be guessed."""

    code = "password_too_weak"
    title = "This password is too easy to guess"


class EmailTaken(Conflict):
    """Someone has this e-mail. Only the house hears of it, so bind it to no public form."""

    code = "email_taken"
    title = "A person with this e-mail exists"


class PersonNotFound(NotFound):
    """Nobody has this id."""

    code = "person_not_found"
    title = "No such person"


class MembershipNotFound(NotFound):
    """The person does not work here."""

    code = "membership_not_found"
    title = "This person is no member of the shop"


class LastOwner(Conflict):
    """The shop would be left without anyone who may do everything."""

    code = "last_owner"
    title = "A shop keeps at least one owner"


class UnknownRole(InvalidInput):
    """There is no such role here: operators belong to the house, all others to shops."""

    code = "unknown_role"
    title = "There is no such role here"


class UnknownScope(InvalidInput):
    """There is no such scope here."""

    code = "unknown_scope"
    title = "There is no such scope here"


class ScopeNotHeld(Forbidden):
    """Nobody can give away more than they may do themselves."""

    code = "scope_not_held"
    title = "You cannot grant what you may not do yourself"


class TotpIsOn(Conflict):
    """The second factor is on already."""

    code = "totp_is_on"
    title = "The second factor is on already"


class TotpIsOff(Conflict):
    """There is no second factor to confirm or to switch off."""

    code = "totp_is_off"
    title = "There is no second factor"


class WrongCode(InvalidInput):
    """The code is not the one the device shows now, or was used before."""

    code = "wrong_code"
    title = "This code is not right"


class KeyNotFound(NotFound):
    """The shop has no such key."""

    code = "key_not_found"
    title = "No such key"


class PassExpired(Unauthenticated):
    """The pass was good until a moment ago. Whoever holds the key makes another."""

    code = "pass_expired"
    title = "The pass has expired"


class PassUnreadable(Unauthenticated):
    """The pass is signed with the key, but nobody can read what it says."""

    code = "pass_unreadable"
    title = "The pass says something that cannot be read"


class KeyExpiryInPast(InvalidInput):
    """A key would be dead when it is made."""

    code = "key_expiry_in_past"
    title = "The key would have expired already"
