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


class KeyKindDoesNotFit(InvalidInput):
    """Not every kind of key may have every scope and every limit."""

    code = "key_kind_does_not_fit"
    title = "A key of this kind cannot have this"


class KeyBindingUnknown(InvalidInput):
    """A key names a profile or a stock location that the shop does not have, or fixes none."""

    code = "key_binding_unknown"
    title = "The key is bound to something that is not there"


class InvalidNetwork(InvalidInput):
    """This is no network: write 192.0.2.0/24, 2001:db8::/32 or a single address."""

    code = "invalid_network"
    title = "This is no network"


class InvalidOrigin(InvalidInput):
    """This is no origin of pages: write https://www.example.com, without a path."""

    code = "invalid_origin"
    title = "This is no origin"


class KeyNotRotatable(Conflict):
    """The key opens nothing any more, or is a trap: there is nothing to replace."""

    code = "key_not_rotatable"
    title = "This key cannot be replaced"


class KeyAlreadyRotated(Conflict):
    """The key is being replaced already: finish or cancel that, or replace its successor."""

    code = "key_already_rotated"
    title = "The key is being replaced already"


class KeyNotInGrace(Conflict):
    """The key is not being replaced, or its time has ended."""

    code = "key_not_in_grace"
    title = "The key is not being replaced"


class KeyHashTaken(Conflict):
    """A key of this hash is there already."""

    code = "key_hash_taken"
    title = "This key is there already"


class KeyRefused(Unauthenticated):
    """A key of this shop that opens nothing now. Told to its holder only, who has its whole text;
    the subclasses say why."""

    code = "key_refused"
    title = "The key opens nothing"


class KeyIsExpired(KeyRefused):
    """The key was good until the instant it was made to end at."""

    code = "key_expired"
    title = "The key has expired"


class KeyIsRevoked(KeyRefused):
    """Somebody has revoked the key."""

    code = "key_revoked"
    title = "The key was revoked"


class KeyGraceIsOver(KeyRefused):
    """The key was replaced, and the time in which both were good is over."""

    code = "key_grace_ended"
    title = "The key was replaced by another one"


class KeyIsDisabled(KeyRefused):
    """The key is switched off and may be switched on again."""

    code = "key_disabled"
    title = "The key is switched off"


class KeyInBrownOut(KeyRefused):
    """The key is still good, but some of its requests are refused, to be noticed before its end."""

    code = "key_in_brown_out"
    title = "The key ends soon, and this request is refused as a sign of it"
    headers: tuple[tuple[bytes, bytes], ...] = ()


class KeyAddressNotAllowed(Forbidden):
    """The key is bound to networks, and the request comes from elsewhere."""

    code = "key_address_not_allowed"
    title = "The key may not be used from this address"


class KeyOriginNotAllowed(Forbidden):
    """The key is bound to the pages of some origins, and the request comes from none of them."""

    code = "key_origin_not_allowed"
    title = "The key may not be used by this page"


class TooManyReports(RateLimited):
    """More texts were sent to be looked at than this house looks at in a minute."""

    code = "too_many_reports"
    title = "Too many texts were sent to be checked"
