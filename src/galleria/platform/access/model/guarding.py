"""What a request has to be like for a key to open: where it comes from, and when."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias
from uuid import UUID

import msgspec

from galleria.foundation.errors import FieldError
from galleria.foundation.rotation import (
    Life,
    deprecation_header,
    is_browned_out,
    sunset_header,
)
from galleria.platform.access.errors import (
    InvalidNetwork,
    InvalidOrigin,
    KeyAddressNotAllowed,
    KeyGraceIsOver,
    KeyInBrownOut,
    KeyIsDisabled,
    KeyIsExpired,
    KeyIsRevoked,
    KeyOriginNotAllowed,
    KeyRefused,
)
from galleria.platform.access.model.keys import KeyStatus, Kind, status_of

MOST_NETWORKS = 50
MOST_ORIGINS = 50
_ORIGIN = re.compile(
    r"https?://(?=[^:/]{1,253}(?::|$))[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
    r"(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*(?::[0-9]{1,5})?"
)
Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network
Span: TypeAlias = tuple[int, int, int]
"""A network: the version of its addresses, the first of them, and the mask."""
Headers: TypeAlias = tuple[tuple[bytes, bytes], ...]
_DEAD: dict[KeyStatus, type[KeyRefused]] = {
    "disabled": KeyIsDisabled,
    "grace_ended": KeyGraceIsOver,
    "expired": KeyIsExpired,
    "revoked": KeyIsRevoked,
}


class Caller(msgspec.Struct, frozen=True):
    """Who sends a key, as the door sees them; empty where it is not known."""

    address: str = ""
    origin: str | None = None
    agent: str = ""
    path: str = ""


class KnownKey(msgspec.Struct, frozen=True, kw_only=True):
    """What checking a request needs of a key; kept in memory for seconds."""

    key_id: UUID
    kind: Kind
    key_hash: bytes
    scopes: list[str]
    expires_at: datetime | None
    revoked_at: datetime | None
    grace_ends_at: datetime | None
    rotated_at: datetime | None
    disabled_at: datetime | None
    allowed_networks: list[str]
    allowed_origins: list[str]
    requests_per_minute: int | None
    profile: str
    profile_is_fixed: bool
    location: str
    brown_out_percent: int
    is_canary: bool


class Guard:
    """A known key made ready for being asked often: its networks are read once."""

    __slots__ = ("_ends_at", "_networks", "_origins", "headers", "is_calm", "key", "life")

    def __init__(self, key: KnownKey) -> None:
        """Make `key` ready."""
        self.key = key
        self.life = Life(
            expires_at=key.expires_at,
            grace_ends_at=key.grace_ends_at,
            revoked_at=key.revoked_at,
        )
        self._ends_at = self.life.ends_at
        self._networks = spans_of(ip_network(each) for each in key.allowed_networks)
        self._origins = frozenset(key.allowed_origins)
        self.headers = _headers(key)
        # Of most keys there is nothing to check but time.
        self.is_calm = not (
            self._networks
            or self._origins
            or key.brown_out_percent
            or key.disabled_at
            or key.revoked_at
        )

    def check_time(self, now: datetime) -> None:
        """Pass until the very instant at which the key ends.

        Raises:
            KeyIsExpired, KeyIsRevoked, KeyGraceIsOver, KeyIsDisabled: it opens nothing.
        """
        if self.is_calm and (self._ends_at is None or now < self._ends_at):
            return
        dead = _DEAD.get(status_of(self.life, self.key.disabled_at, now))
        if dead is not None:
            raise dead(f"the key {self.key.key_id} opens nothing any more")

    def check_caller(self, caller: Caller) -> None:
        """Pass when the key may be used from there.

        Raises:
            KeyAddressNotAllowed, KeyOriginNotAllowed: it is bound to other places.
        """
        if self.is_calm:
            return
        if self._networks and not lies_in(caller.address, self._networks):
            raise KeyAddressNotAllowed("the key may not be used from this address")
        if self._origins and caller.origin not in self._origins:
            raise KeyOriginNotAllowed("the key may not be used by pages of this origin")

    def check_brown_out(self, draw: float) -> None:
        """Pass unless this use is among those that are refused as a sign of the end.

        Raises:
            KeyInBrownOut: it is.
        """
        ends_at = self.key.grace_ends_at
        if ends_at is not None and is_browned_out(self.key.brown_out_percent, draw):
            refusal = KeyInBrownOut(
                f"the key ends at {ends_at.isoformat()} and some requests are refused before,"
                " so that it is noticed; take the new key"
            )
            refusal.headers = self.headers
            raise refusal


def _headers(key: KnownKey) -> Headers:
    """What each answer to a key in grace says, so that programs can notice."""
    if key.grace_ends_at is None:
        return ()
    replaced_at = key.rotated_at or key.grace_ends_at
    return (
        (b"deprecation", deprecation_header(replaced_at).encode()),
        (b"sunset", sunset_header(key.grace_ends_at).encode()),
    )


@lru_cache(maxsize=10_000)
def read_address(text: str) -> Address | None:
    """An IP address; one of IPv4 that is written as IPv6 is the former. None when it is none."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def spans_of(networks: Iterable[Network]) -> list[Span]:
    """The networks as numbers: comparing these is many times faster."""
    return [(each.version, int(each.network_address), int(each.netmask)) for each in networks]


def lies_in(text: str, spans: Sequence[Span]) -> bool:
    """Whether an address lies in one of the networks; what is no address lies in none."""
    address = read_address(text)
    if address is None:
        return False
    version, number = address.version, int(address)
    return any(of == version and number & mask == base for of, base, mask in spans)


def read_networks(texts: Sequence[str]) -> list[str]:
    """The networks as they are kept, each once: `192.0.2.7` is `192.0.2.7/32`.

    Raises:
        InvalidNetwork: one is none, or has bits beyond its length (`192.0.2.7/24`).
    """
    found, wrong = [], []
    for place, text in enumerate(texts):
        try:
            found.append(str(ip_network(text.strip())))
        except ValueError as error:
            path = f"allowed_networks[{place}]"
            wrong.append(FieldError(path, InvalidNetwork.code, str(error)[:200]))
    if wrong:
        raise InvalidNetwork(wrong[0].message, errors=wrong)
    return list(dict.fromkeys(found))


def read_origins(texts: Sequence[str]) -> list[str]:
    """The origins as browsers send them, each once.

    Raises:
        InvalidOrigin: one is none: a scheme, a host and a port if it is not the usual one.
    """
    found = [text.strip().lower().removesuffix("/") for text in texts]
    wrong = [
        FieldError(f"allowed_origins[{place}]", InvalidOrigin.code, "write https://www.example.com")
        for place, text in enumerate(found)
        if not _ORIGIN.fullmatch(text)
    ]
    if wrong:
        raise InvalidOrigin(wrong[0].message, errors=wrong)
    return list(dict.fromkeys(found))
