"""Who uses a key: from which network, with which kind of program, in which part of the API."""

import re
from datetime import date, datetime
from functools import lru_cache
from ipaddress import ip_network
from uuid import UUID

import msgspec

from galleria.foundation.rotation import Verdict
from galleria.platform.access.model.guarding import Caller, read_address
from galleria.platform.access.model.keys import ListedKey

KEPT_DAYS = 90
OTHER = "other"
MOST_PATTERNS = 200  # of one key between two writes; whoever sends more is counted as `other`
MOST_ROWS_A_DAY = 1_000  # of one key: names of programs are chosen by whoever calls
QUIET_HOURS = 24
_V4_BITS, _V6_BITS = 24, 48  # a network, not a person
_AGENT = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,39}(?:/[0-9]{1,4})?")
_SEGMENT = re.compile(r"[a-z][a-z-]{0,29}")


class UsePattern(msgspec.Struct, frozen=True):
    """One way in which a key is used."""

    client: str
    agent: str
    route: str


class Use(msgspec.Struct):
    """How often, and between which instants."""

    uses: int
    first_used_at: datetime
    last_used_at: datetime


class UseGroup(msgspec.Struct, frozen=True, kw_only=True):
    """One way in which a key was used, on a day or over several."""

    client: str
    agent: str
    route: str
    uses: int
    first_used_at: datetime
    last_used_at: datetime


class DayOfUse(UseGroup, frozen=True, kw_only=True):
    """The same on one day (UTC)."""

    used_on: date


class KeyUses:
    """The uses of one key that nobody has written down yet."""

    __slots__ = ("by_pattern", "key_id")

    def __init__(self, key_id: UUID) -> None:
        """None yet."""
        self.key_id = key_id
        self.by_pattern: dict[tuple[date, UsePattern], Use] = {}

    def add(self, pattern: UsePattern, now: datetime) -> None:
        """One use more."""
        place = (now.date(), pattern)
        found = self.by_pattern.get(place)
        if found is None and len(self.by_pattern) >= MOST_PATTERNS:
            place = (now.date(), UsePattern(OTHER, OTHER, OTHER))
            found = self.by_pattern.get(place)
        if found is None:
            self.by_pattern[place] = Use(1, now, now)
            return
        found.uses += 1
        found.first_used_at = min(found.first_used_at, now)
        found.last_used_at = max(found.last_used_at, now)


class RotationView(msgspec.Struct, frozen=True, kw_only=True):
    """A key that is being replaced, its successor, and who still uses the old one.

    `verdict` says whether it is safe to finish: nobody has used the old key for `quiet_hours`
    while the new one was.
    """

    old: ListedKey
    new: ListedKey | None
    verdict: Verdict
    quiet_hours: int
    still_used_by: list[UseGroup]


def pattern_of(caller: Caller) -> UsePattern:
    """How this caller uses the key, coarse enough to be counted."""
    return _pattern(caller.address, caller.agent[:200], caller.path[:200])


@lru_cache(maxsize=20_000)
def _pattern(address: str, agent: str, path: str) -> UsePattern:
    return UsePattern(network_of(address), family_of(agent), route_of(path))


def network_of(address: str) -> str:
    """The network of an address: 24 bits of IPv4, 48 of IPv6; `unknown` for what is none."""
    known = read_address(address)
    if known is None:
        return "unknown"
    bits = _V4_BITS if known.version == 4 else _V6_BITS
    return str(ip_network((known, bits), strict=False))


def family_of(agent: str) -> str:
    """The program of a User-Agent with its major version: `python-requests/2`."""
    match = _AGENT.match(agent)
    return match[0] if match else ("none" if not agent else OTHER)


def route_of(path: str) -> str:
    """The part of the API of a path: `admin/products` of `/admin/v1/products/0198…/publish`."""
    parts = path.split("/")[1:4]
    kept = [each for each in parts if _SEGMENT.fullmatch(each)]
    return "/".join(kept) or OTHER
