"""A picture that is wanted: where it comes from, how far it is, and when it is tried again."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated, Literal, TypeAlias
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
from msgspec import Meta

PictureState: TypeAlias = Literal["waiting", "placing", "fetched", "failed"]

_IMPORT = "import:"
NO_HOST = "-"  # no host is called so; addresses without one have their turn, and fail, together
# After the first failure, the second, …: a host that is down for a night has its pictures fetched
# in the morning, and one that is gone is given up the next day.
_PAUSES_S = (60, 300, 1_800, 7_200, 28_800)
MAX_TRIES = len(_PAUSES_S) + 1
LONGEST_PAUSE_S = 28_800  # also when the host asks for a longer one


class PicturesSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How politely, and how patiently, pictures are fetched."""

    at_once_a_host: Annotated[int, Meta(ge=1, le=8)] = 4
    """Pictures of one shop that one host is asked for at the same time."""
    deadline_s: Annotated[float, Meta(gt=0, le=90)] = 30.0
    """Seconds in which a picture has to be here, to the last byte."""


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """A picture by its address. `product_count` products wait for it.

    Fetched and not yet on all products it is `placing`. Of a failed one, and of one that failed
    and waits for its next try, `reason_code` and `reason` say why.
    """

    picture_id: UUID
    url: str
    host: str
    state: PictureState
    media_id: UUID | None
    product_count: int
    tries: int
    next_try_at: datetime
    reason_code: str | None
    reason: str | None
    updated_at: datetime


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """How many addresses there are in each state."""

    waiting: int = 0
    placing: int = 0
    fetched: int = 0
    failed: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.waiting + self.placing + self.fetched + self.failed

    @property
    def open(self) -> int:
        """Those that something will still be done about."""
        return self.waiting + self.placing

    @property
    def share(self) -> float:
        """How much is done, 0 to 1; 1 when there is nothing to do."""
        return 1.0 if not self.total else (self.total - self.open) / self.total


class Address(msgspec.Struct, frozen=True):
    """An address that is wanted, and the request that asked for it first."""

    picture_id: UUID
    url: str
    host: str
    request_id: str


class Claim(msgspec.Struct, frozen=True):
    """A picture that is ours to fetch, on its `tries`th try."""

    picture_id: UUID
    url: str
    host: str
    tries: int


class Failure(msgspec.Struct, frozen=True):
    """Why a picture could not be had. When trying again may help, `retry_after_s` is at least 0.

    A `retry_after_s` above 0 is what the host asked for.
    """

    code: str
    reason: str
    retry_after_s: int | None = None


class Outcome(msgspec.Struct, frozen=True):
    """What became of a claim: where it stands now."""

    claim: Claim
    state: PictureState
    next_try_at: datetime
    media_id: UUID | None = None
    failure: Failure | None = None


def picture_id_of(url: str) -> UUID:
    """The id of an address, of its SHA-256: nobody finds a second one for it.

    A UUID of version 8 (RFC 9562, 5.8): 122 bits of the digest.
    """
    digest = bytearray(hashlib.sha256(url.encode()).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x80
    digest[8] = digest[8] & 0x3F | 0x80
    return UUID(bytes=bytes(digest))


def host_of(url: str) -> str:
    """The host that the address names, in lower case; `NO_HOST` when it names none."""
    try:
        return (urlsplit(url).hostname or NO_HOST)[:253]
    except ValueError:
        return NO_HOST


def request_of_import(import_id: UUID) -> str:
    """The request under which an import works: its pictures are counted by it."""
    return f"{_IMPORT}{import_id}"


def counted_request(request_id: str) -> str:
    """The request when its pictures are counted apart, else empty."""
    return request_id if request_id.startswith(_IMPORT) else ""


def addresses_of(urls: Iterable[tuple[str, str]]) -> dict[UUID, Address]:
    """Each of these addresses once, by its id; they come with the requests that named them."""
    found: dict[UUID, Address] = {}
    for url, request_id in urls:
        picture_id = picture_id_of(url)
        if picture_id not in found:
            address = Address(picture_id, url, host_of(url), counted_request(request_id))
            found[picture_id] = address
    return found


def outcome_of(claim: Claim, result: UUID | Failure, now: datetime) -> Outcome:
    """Where a claim stands after it was fetched (its media_id) or failed.

    A failure that may pass is tried again until `MAX_TRIES`, later each time.
    """
    if isinstance(result, UUID):
        return Outcome(claim, "placing", now, media_id=result)
    if result.retry_after_s is None or claim.tries >= MAX_TRIES:
        return Outcome(claim, "failed", now, failure=result)
    pause_s = _PAUSES_S[claim.tries - 1]
    pause_s = min(LONGEST_PAUSE_S, max(pause_s, result.retry_after_s))
    return Outcome(claim, "waiting", now + timedelta(seconds=pause_s), failure=result)


def failure_of_status(status: int, retry_after: str) -> Failure:
    """Why an answer with this status is no picture; `retry_after` is the header of that name."""
    if status in (404, 410):
        return Failure("picture_gone", f"there is no picture at this address (HTTP {status})")
    if status in (408, 425, 429) or status >= 500:
        asked_s = int(retry_after) if retry_after.isdecimal() and len(retry_after) < 7 else 0
        return Failure("host_failing", f"the host answers HTTP {status}", asked_s)
    if 300 <= status < 400:
        return Failure("picture_refused", f"the host leads nowhere (HTTP {status})")
    return Failure("picture_refused", f"the host does not give it away (HTTP {status})")
