"""People, who are the same in every shop, and their memberships, which are not."""

import re
import unicodedata
from datetime import datetime
from uuid import UUID

import idna
import msgspec

from galleria.foundation.errors import FieldError
from galleria.platform.access.errors import InvalidEmail, PasswordTooWeak

MAX_EMAIL_LENGTH = 254  # RFC 5321, 4.5.3.1.3, less the angle brackets
# NIST SP 800-63B-4, 3.1.1.2: length counts, composition rules do not. Longer than a mebibyte of
# work: hashing cost does not grow with length, but a limit keeps bodies small.
MIN_PASSWORD_LENGTH = 12
MAX_PASSWORD_LENGTH = 256
MIN_DIFFERENT_CHARACTERS = 5  # "aaaaaaaaaaaa" and "121212121212" are long, too

_EMAIL = re.compile(r"[^\s@\x00-\x1f\x7f]{1,64}@[^\s@\x00-\x1f\x7f]{1,253}")


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Someone who may sign in to the back office, of however many shops."""

    person_id: UUID
    email: str
    email_key: str
    name: str
    created_at: datetime


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """What signing in checks. Never leaves the room."""

    person_id: UUID
    email_key: str
    password_hash: str
    has_totp: bool


class Membership(msgspec.Struct, frozen=True, kw_only=True):
    """A person works in a shop (or in the house, tenant 0), in one role."""

    tenant_id: int
    person_id: UUID
    role: str
    created_at: datetime


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """A membership with the person's name, as a shop sees its own people."""

    person_id: UUID
    email: str
    name: str
    role: str
    created_at: datetime


class ShopAccess(msgspec.Struct, frozen=True, kw_only=True):
    """One shop a person may enter, as the list after signing in shows it."""

    tenant_id: int
    slug: str
    name: str
    status: str
    role: str


def email_key(email: str) -> str:
    """What two spellings of one e-mail address have in common.

    Case is ignored on both sides of the @: no provider of note tells `Ana@` from `ana@`, and two
    people who differ in nothing else would be a trap for both.

    Raises:
        InvalidEmail: it is no address, or longer than 254 characters.
    """
    text = unicodedata.normalize("NFKC", email.strip()).casefold()
    local, _, domain = text.rpartition("@")
    if len(text) > MAX_EMAIL_LENGTH or not _EMAIL.fullmatch(text):
        raise _invalid_email()
    try:
        return f"{local}@{idna.encode(domain, uts46=True).decode()}"
    except idna.IDNAError:
        raise _invalid_email() from None


def normal_password(password: str) -> str:
    """The password in one Unicode form, so that two keyboards type the same one (NFKC)."""
    return unicodedata.normalize("NFKC", password)


def check_password(password: str, email: str) -> None:
    """Pass when the password may be taken.

    Raises:
        PasswordTooWeak: under 12 or over 256 characters, few different ones, or the e-mail.
    """
    length = len(normal_password(password))
    if not MIN_PASSWORD_LENGTH <= length <= MAX_PASSWORD_LENGTH:
        raise _too_weak(f"take {MIN_PASSWORD_LENGTH} to {MAX_PASSWORD_LENGTH} characters")
    folded = normal_password(password).casefold()
    if len(set(folded)) < MIN_DIFFERENT_CHARACTERS:
        raise _too_weak("take more different characters")
    if folded in {email.strip().casefold(), email_key(email)}:
        raise _too_weak("take something other than the e-mail address")


def _invalid_email() -> InvalidEmail:
    message = "this is no e-mail address"
    return InvalidEmail(message, errors=[FieldError("email", InvalidEmail.code, message)])


def _too_weak(message: str) -> PasswordTooWeak:
    return PasswordTooWeak(message, errors=[FieldError("password", PasswordTooWeak.code, message)])
