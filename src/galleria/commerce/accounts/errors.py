"""What can go wrong with signing in to a shop, and with an account.

Signing in fails in one way only, whatever was wrong: see `platform.access.SignInRefused`, which
is shared, as are `TooManyAttempts`, `SignInBusy` and `PasswordTooWeak`.
"""

from galleria.foundation.errors import (
    Conflict,
    Forbidden,
    Gone,
    InvalidInput,
    NotFound,
    Unauthenticated,
)


class ShopperSignedOut(Unauthenticated):
    """The session has ended, or there never was one."""

    code = "shopper_signed_out"
    title = "You are signed out"


class ShopperRequired(Forbidden):
    """A key asks for what only a shopper has."""

    code = "shopper_required"
    title = "This is for shoppers who have signed in"


class FreshSignInRequired(Forbidden):
    """The shopper signed in too long ago for what is asked."""

    code = "fresh_sign_in_required"
    title = "Sign in again to do this"


class LinkNotValid(Gone):
    """The link was used, has expired, or never was one."""

    code = "sign_in_link_not_valid"
    title = "This link is used up or too old"


class PasswordRequired(InvalidInput):
    """The link is there to choose a password, and none was sent."""

    code = "password_required"
    title = "Choose a password"


class AccountBlocked(Forbidden):
    """The shop has blocked the account. Told only to whoever has proven to be its owner."""

    code = "account_blocked"
    title = "The shop has blocked this account"


class AccountNotFound(NotFound):
    """The customer has no account."""

    code = "account_not_found"
    title = "This customer has no account"


class SignInNameTaken(Conflict):
    """Another account of the shop has the e-mail address. Told to the mailbox's owner only."""

    code = "sign_in_name_taken"
    title = "Another account has this e-mail address"


class PasskeyRefused(InvalidInput):
    """What the browser sent is not what was asked for, or is not signed as it should be."""

    code = "passkey_refused"
    title = "The passkey was not accepted"


class PasskeyNotFound(NotFound):
    """The shopper has no such passkey."""

    code = "passkey_not_found"
    title = "No such passkey"


class PasskeyKnown(Conflict):
    """The passkey is registered already."""

    code = "passkey_known"
    title = "This passkey is registered already"


class TooManyPasskeys(Conflict):
    """There are as many passkeys as can be."""

    code = "too_many_passkeys"
    title = "There are as many passkeys as can be"


class HostNotOfShop(InvalidInput):
    """A passkey is bound to a host of the shop, and this is none."""

    code = "host_not_of_shop"
    title = "This is no host of the shop"


class ShopperSessionNotFound(NotFound):
    """The shopper has no such session."""

    code = "shopper_session_not_found"
    title = "No such session"
