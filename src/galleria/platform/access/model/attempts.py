"""How often one may try: counted by e-mail, by address and by person, known or not."""

import hashlib
from ipaddress import IPv6Address, ip_address
from uuid import UUID

import msgspec

IPV6_NETWORK_BITS = 64  # one household has a whole /64 and could try from each of its addresses


class Limit(msgspec.Struct, frozen=True):
    """At most `attempts` within a window of `window_s` seconds, which starts at the first."""

    attempts: int
    window_s: int


class Charge(msgspec.Struct, frozen=True):
    """One attempt, to be counted for `subject` under `limit`."""

    subject: str
    limit: Limit


# OWASP ASVS 5, 6.3.1 asks for a limit without naming one. Ten wrong passwords are more than a
# person needs; a shared office address needs room for several people.
PER_EMAIL = Limit(attempts=10, window_s=900)
PER_ADDRESS = Limit(attempts=60, window_s=900)
# Each try of a code hits 3 of 10**6 (one step either way): at 480 a day, 0.15 % a day for someone
# who has the password already.
PER_CODE = Limit(attempts=5, window_s=900)


def by_email(email_key: str) -> Charge:
    """An attempt for this e-mail. Hashed: people type passwords into the wrong field."""
    digest = hashlib.sha256(f"sign-in:{email_key}".encode()).hexdigest()
    return Charge(f"email:{digest}", PER_EMAIL)


def by_address(client_address: str) -> Charge:
    """An attempt from this address, or from its /64 when it is an IPv6 one."""
    try:
        address = ip_address(client_address)
    except ValueError:
        return Charge("address:unknown", PER_ADDRESS)
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return Charge(f"address:{address.ipv4_mapped}", PER_ADDRESS)
        network = int(address) >> (128 - IPV6_NETWORK_BITS) << (128 - IPV6_NETWORK_BITS)
        return Charge(f"address:{IPv6Address(network)}/{IPV6_NETWORK_BITS}", PER_ADDRESS)
    return Charge(f"address:{address}", PER_ADDRESS)


def by_code(person_id: UUID) -> Charge:
    """An attempt to pass this person's second factor, or to repeat their password."""
    return Charge(f"code:{person_id}", PER_CODE)
