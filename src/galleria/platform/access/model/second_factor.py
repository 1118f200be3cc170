"""The second factor: codes that a device shows for thirty seconds, and codes kept on paper.

Source: RFC 6238 (TOTP) over RFC 4226 (HOTP), SHA-1, six digits, steps of 30 s: what every
authenticator app takes. HMAC-SHA-1 is not touched by the collisions found in SHA-1.
"""

import base64
import hashlib
import hmac
import re
import secrets
from datetime import datetime
from urllib.parse import quote, urlencode
from uuid import UUID

import msgspec

from galleria.foundation.ids import token_hash
from galleria.platform.access.model.sessions import SignedIn

DIGITS = 6
STEP_S = 30
DRIFT_STEPS = 1  # clocks of phones differ; RFC 6238, 5.2 recommends one step at most
SECRET_BYTES = 20  # RFC 4226, 4, R6
ISSUER = "Galleria"

RECOVERY_CODES = 10
RECOVERY_GROUPS = 4  # of four letters each: 16 letters of 5 bits are 80 bits, too many to try
# Crockford's base 32 has no I, L, O or U: what is written by hand reads back the same.
_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
_LOOKALIKES = str.maketrans("ilo", "110", "- ")
_TOTP_CODE = re.compile(rf"[0-9]{{{DIGITS}}}")


class TotpEnrolment(msgspec.Struct, frozen=True):
    """What the person's device must be told: the secret in base 32, and the same as a QR text."""

    secret: str
    uri: str


class TotpConfirmed(msgspec.Struct, frozen=True):
    """The second factor is on: a fresh session, and ten codes for the day the phone is lost."""

    signed_in: SignedIn
    recovery_codes: list[str]


class Totp(msgspec.Struct, frozen=True, kw_only=True):
    """A person's stored second factor; `last_step` is the newest step a code was taken for."""

    person_id: UUID
    secret_sealed: bytes
    last_step: int
    confirmed_at: datetime | None


def new_secret() -> bytes:
    """20 random bytes."""
    return secrets.token_bytes(SECRET_BYTES)


def enrolment_of(secret: bytes, email: str) -> TotpEnrolment:
    """The secret as authenticator apps read it. Source: the Key URI Format they agree on."""
    text = base64.b32encode(secret).decode()
    query = urlencode({"secret": text, "issuer": ISSUER, "digits": DIGITS, "period": STEP_S})
    return TotpEnrolment(text, f"otpauth://totp/{ISSUER}:{quote(email)}?{query}")


def is_totp_code(code: str) -> bool:
    """True when the text has the form of a device's code, false for a recovery code."""
    return _TOTP_CODE.fullmatch(code.replace(" ", "")) is not None


def step_at(instant: datetime) -> int:
    """The number of the 30 s step an instant lies in, counted from 1970."""
    return int(instant.timestamp()) // STEP_S


def code_at_step(secret: bytes, step: int) -> str:
    """The six digits a device shows during `step`."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), hashlib.sha1)
    place = digest[-1] & 0x0F
    number = int.from_bytes(digest[place : place + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def matching_step(secret: bytes, code: str, now: datetime, last_step: int) -> int | None:
    """The step whose code this is: this one or a neighbour, and later than `last_step`.

    None when there is none: a code that was taken once is worth nothing, nor is an older one.
    All three codes are compared whatever the first comparison says.
    """
    present = step_at(now)
    given = code.replace(" ", "").encode()
    found: int | None = None
    for step in range(present - DRIFT_STEPS, present + DRIFT_STEPS + 1):
        is_equal = hmac.compare_digest(code_at_step(secret, step).encode(), given)
        if is_equal and step > last_step:
            found = step
    return found


def new_recovery_codes() -> list[str]:
    """Ten codes such as `4v8d-0hzy-q2mm-71kt`, each good for one sign-in."""
    return [
        "-".join(
            "".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(RECOVERY_GROUPS)
        )
        for _ in range(RECOVERY_CODES)
    ]


def recovery_hash(person_id: UUID, code: str) -> bytes:
    """32 bytes under which a recovery code is stored; case, hyphens and look-alikes do not matter.

    Bound to the person, so one table of hashes serves nobody against several people.
    """
    normal = code.strip().lower().translate(_LOOKALIKES)
    return token_hash(f"{person_id}:{normal}")
