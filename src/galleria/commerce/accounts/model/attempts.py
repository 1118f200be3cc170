"""How often one may try in a shop. Known and unknown e-mail addresses count the same.

An e-mail address has two windows: a short one that stops guessing, and a day's that stops patience.
Whoever burns them locks nobody out: a link by e-mail and a passkey are counted apart.
"""

import hashlib
from uuid import UUID

from galleria.platform.access import Charge, Limit, attempt_by_address

PER_EMAIL = Limit(attempts=10, window_s=900)
PER_ACCOUNT = Limit(attempts=100, window_s=86_400)
LETTERS_PER_EMAIL = Limit(attempts=5, window_s=3_600)
LETTERS_PER_ADDRESS = Limit(attempts=60, window_s=3_600)
CEREMONIES_PER_ADDRESS = Limit(attempts=120, window_s=900)
PRESENT_PASSWORD = Limit(attempts=10, window_s=900)


def to_sign_in(email_key: str, customer_id: UUID | None, client_address: str) -> list[Charge]:
    """What an attempt to sign in by password counts for.

    The day's window is the account's; an address without one has its own, so that both are stopped
    at the same number.
    """
    digest = _digest(email_key)
    return [
        attempt_by_address(client_address),
        Charge(f"email:{digest}", PER_EMAIL),
        Charge(f"account:{customer_id or digest}", PER_ACCOUNT),
    ]


def to_have_a_letter(email_key: str, client_address: str) -> list[Charge]:
    """What asking for a mail counts for."""
    return [
        Charge(f"letters:{attempt_by_address(client_address).subject}", LETTERS_PER_ADDRESS),
        Charge(f"letter:{_digest(email_key)}", LETTERS_PER_EMAIL),
    ]


def to_use_a_passkey(client_address: str) -> list[Charge]:
    """What asking for a challenge counts for."""
    subject = attempt_by_address(client_address).subject
    return [Charge(f"passkeys:{subject}", CEREMONIES_PER_ADDRESS)]


def to_repeat_the_password(customer_id: UUID) -> list[Charge]:
    """What typing the present password counts for."""
    return [Charge(f"password:{customer_id}", PRESENT_PASSWORD)]


def _digest(email_key: str) -> str:
    # Hashed: people type passwords into the wrong field.
    return hashlib.sha256(f"shopper:{email_key}".encode()).hexdigest()
