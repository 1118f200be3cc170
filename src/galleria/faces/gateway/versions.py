"""Dated versions of the API: rooms know the newest shape alone, older ones are made of it here.

A client names the day whose API it was written for, `Galleria-Version: 2026-11-01`. What changed
since is a list of `Change`s: each knows how to make the former answer from the newer one, and the
newer request from the former. They are applied one after another, the newest first for answers. Who
names no day gets the oldest version that is still answered: an application in a shopper's pocket
goes on working, whatever is improved here.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from functools import cached_property, lru_cache
from typing import Any

import msgspec

from galleria.faces.gateway.errors import UnknownVersion, VersionRetired
from galleria.foundation.errors import InvalidInput

Headers = list[tuple[bytes, bytes]]
HEADER = b"galleria-version"
# How long a version is answered once there is a newer one: applications in shops of apps change
# slowly.
ANSWERED_FOR = timedelta(days=365)
DESCRIPTION = b'</docs>; rel="deprecation"; type="text/html"'
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

Reshape = Callable[[Any], Any]


@dataclass(frozen=True, kw_only=True)
class Change:
    """One change of one operation, made in the version `since`.

    `former_answer` makes what clients before it expect from what is answered now, `newer_request`
    makes of a former body what is expected now; each gets and gives plain JSON values. An answer
    that is a problem is left as it is.
    """

    since: date
    method: str
    path: str
    """As in the OpenAPI document, `/store/v1/products/{handle}`."""
    what: str
    """For the changelog, a sentence or two."""
    former_answer: Reshape | None = None
    newer_request: Reshape | None = None


@dataclass(frozen=True)
class Version:
    """A version: its day, and until when it is answered (None: it is the newest)."""

    day: date
    answered_until: date | None

    @cached_property
    def name(self) -> str:
        """The day as clients write it."""
        return self.day.isoformat()


class Versions:
    """The versions there are, and what lies between them."""

    def __init__(self, first: date, changes: Sequence[Change]) -> None:
        """`first` is the day of the first version; each later day with a change is another."""
        self.changes = sorted(changes, key=lambda each: each.since)
        days = sorted({first, *(each.since for each in changes)})
        assert days[0] == first, "nothing changes before there is anything"
        ends = [newer + ANSWERED_FOR for newer in days[1:]]
        self.all = [Version(day, end) for day, end in zip(days, [*ends, None], strict=True)]
        self._by_name = {each.name: each for each in self.all}
        self._plans: dict[str, list[_Plan]] = {
            each.name: _plans_of([c for c in self.changes if c.since > each.day])
            for each in self.all
        }

    @property
    def newest(self) -> Version:
        """The version rooms speak."""
        return self.all[-1]

    def oldest_on(self, today: date) -> Version:
        """The oldest version that is answered on a day."""
        return next(
            each for each in self.all if each.answered_until is None or each.answered_until > today
        )

    def chosen(self, named: str | None, pinned: str | None, today: date) -> Version:
        """The version a request is answered in: what it names, else its key's, else the oldest.

        Raises:
            UnknownVersion: none was ever called so, or not yet.
            VersionRetired: its time is over.
        """
        name = named or pinned
        if name is None:
            return self.oldest_on(today)
        found = self._by_name.get(name)
        if found is None:
            known = ", ".join(each.name for each in self.all)
            is_day = _DAY.fullmatch(name) is not None
            why = "is still to come" if is_day and name > self.newest.name else "is no version"
            raise UnknownVersion(f"{name[:40]!r} {why}; there are {known}")
        if found.answered_until is not None and found.answered_until <= today:
            raise VersionRetired(f"{name} was answered until {found.answered_until.isoformat()}")
        return found

    def plan(self, version: Version, method: str, path: str) -> "_Plan | None":
        """How requests and answers of an address are made over; None when nothing changed since."""
        for plan in self._plans[version.name]:
            if plan.method == method and plan.pattern.fullmatch(path):
                return plan
        return None


@dataclass(frozen=True)
class _Plan:
    """All that has changed of one operation since a version, in order of time."""

    method: str
    pattern: re.Pattern[str]
    changes: list[Change]

    @property
    def reads_request(self) -> bool:
        """Whether a body has to be made over."""
        return any(each.newer_request is not None for each in self.changes)

    def newer_request(self, body: bytes) -> bytes:
        """A former client's body as the rooms read it.

        Raises:
            InvalidInput: it is no JSON, or not of the shape it should have.
        """
        if not body:
            return body
        try:
            value = msgspec.json.decode(body)
            for change in self.changes:
                if change.newer_request is not None:
                    value = change.newer_request(value)
        except (msgspec.DecodeError, KeyError, TypeError, ValueError, AttributeError):
            raise InvalidInput("the body does not have the shape of this version") from None
        return msgspec.json.encode(value)

    def former_answer(self, body: bytes) -> bytes:
        """The rooms' answer as a former client expects it."""
        value = msgspec.json.decode(body)
        for change in reversed(self.changes):
            if change.former_answer is not None:
                value = change.former_answer(value)
        return msgspec.json.encode(value)


def _plans_of(changes: Sequence[Change]) -> list[_Plan]:
    by_address: dict[tuple[str, str], list[Change]] = {}
    for change in changes:
        by_address.setdefault((change.method, change.path), []).append(change)
    return [_Plan(method, _pattern(path), each) for (method, path), each in by_address.items()]


def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"\{\w+\}", path)
    return re.compile("[^/]+".join(re.escape(part) for part in parts))


@lru_cache(maxsize=100)
def headers_of(version: Version) -> Headers:
    """What an answer says of its version: its day and, once there is a newer one, its end.

    Source: RFC 9745 (Deprecation), RFC 8594 (Sunset).
    """
    headers = [(HEADER, version.name.encode())]
    if version.answered_until is not None:
        superseded = datetime.combine(
            version.answered_until - ANSWERED_FOR, datetime.min.time(), UTC
        )
        until = datetime.combine(version.answered_until, datetime.min.time(), UTC)
        headers += [
            (b"deprecation", b"@%d" % superseded.timestamp()),
            (b"sunset", format_datetime(until, usegmt=True).encode()),
            (b"link", DESCRIPTION),
        ]
    return headers
