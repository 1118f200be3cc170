"""What is sold without a parcel, and who may fetch it how often.

A download is counted when it begins. Whoever asks for the rest of one within the hour goes on with
it, until twice the file was handed out: a broken line costs no download, and one download is not
many.
"""

import re
from datetime import datetime, timedelta
from typing import Literal, NamedTuple, TypeAlias
from uuid import UUID

import msgspec

from galleria.commerce.downloads.errors import (
    DownloadExpired,
    DownloadLimitReached,
    DownloadRevoked,
)

MAX_FILES = 50  # of one variant
MAX_FILE_BYTES = 10_000_000_000
MAX_LICENCES = 5_000  # brought at once
RESUME_FOR = timedelta(hours=1)
LINK_FOR = timedelta(days=1)  # from the order's page, which makes a fresh one each time
MAILED_LINK_FOR = timedelta(days=30)

GoodKind: TypeAlias = Literal["files", "licences"]


class DigitalGood(msgspec.Struct, frozen=True, kw_only=True):
    """On which terms a variant is had without being sent.

    `max_downloads` of each file and `valid_days` after the sale, None for any. With `keeps_bought`
    a buyer fetches the file as it was bought, without it the one that has replaced it since. At
    `low_at` licences in the pool the merchant is told.
    """

    variant_id: UUID
    product_id: UUID
    kind: GoodKind
    max_downloads: int | None = None
    valid_days: int | None = None
    keeps_bought: bool = False
    low_at: int | None = None
    updated_at: datetime


class DownloadFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file as it was sent; what replaces it has an id of its own in the same slot."""

    file_id: UUID
    variant_id: UUID
    slot_id: UUID
    name: str
    content_type: str
    size_bytes: int
    sha256: str
    created_at: datetime


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """A buyer's right to fetch a file."""

    grant_id: UUID
    order_id: UUID
    line_id: UUID
    variant_id: UUID
    slot_id: UUID
    file_id: UUID
    max_downloads: int | None
    downloaded: int
    expires_at: datetime | None
    revoked_at: datetime | None
    last_at: datetime | None
    open_bytes: int
    created_at: datetime

    @property
    def left(self) -> int | None:
        """How many more times it may be fetched, None for any number."""
        if self.max_downloads is None:
            return None
        return max(0, self.max_downloads - self.downloaded)


class Fetch(msgspec.Struct, frozen=True, kw_only=True):
    """A download that was counted, and which file it was."""

    fetch_id: UUID
    file_id: UUID
    at: datetime


class Bought(NamedTuple):
    """So many of a variant that is not sent, in a line of an order."""

    line_id: UUID
    variant_id: UUID
    quantity: int


class ByteRange(NamedTuple):
    """A part of a file: from `first` on, `length` bytes."""

    first: int
    length: int


def admitted(grant: Grant, part: ByteRange, size_bytes: int, now: datetime) -> Grant:
    """The grant after this part was asked for: counted as a download, or as more of the last one.

    Raises:
        DownloadRevoked, DownloadExpired, DownloadLimitReached: it may not be fetched.
    """
    if grant.revoked_at is not None:
        raise DownloadRevoked("the shop has taken this download back")
    if grant.expires_at is not None and now >= grant.expires_at:
        raise DownloadExpired("the time to download this file is over")
    handed = grant.open_bytes + part.length
    is_under_way = grant.last_at is not None and now - grant.last_at < RESUME_FOR
    if part.first > 0 and is_under_way and handed <= 2 * size_bytes:
        return msgspec.structs.replace(grant, open_bytes=handed)
    if grant.left == 0:
        raise DownloadLimitReached(f"this file may be downloaded {grant.max_downloads} times")
    return msgspec.structs.replace(
        grant, downloaded=grant.downloaded + 1, last_at=now, open_bytes=part.length
    )


_RANGE = re.compile(r"bytes=([0-9]{0,15})-([0-9]{0,15})")


def range_of(header: str | None, size_bytes: int) -> ByteRange | None:
    """The part that a Range header asks for; None when it asks for all, or is not understood.

    A part that begins behind the end has length 0. Several parts at once are not served, which
    RFC 9110, 14.2 allows.
    """
    match = _RANGE.fullmatch((header or "").replace(" ", ""))
    if match is None or not (match[1] or match[2]):
        return None
    if not match[1]:
        length = min(int(match[2]), size_bytes)
        return ByteRange(size_bytes - length, length)
    first = int(match[1])
    last = min(int(match[2]), size_bytes - 1) if match[2] else size_bytes - 1
    if match[2] and int(match[2]) < first:
        return None
    return ByteRange(first, max(0, last - first + 1))


# How files begin that shops sell; what is none of these is bytes.
_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"fLaC", "audio/flac"),
    (b"OggS", "audio/ogg"),
)
BYTES = "application/octet-stream"
BEGINNING_BYTES = 512


def content_type_of(beginning: bytes) -> str:
    """What the first bytes of a file say it is, whatever it is called."""
    if beginning[4:8] == b"ftyp":
        return "video/mp4"
    if beginning.startswith(b"PK\x03\x04") and b"mimetypeapplication/epub+zip" in beginning:
        return "application/epub+zip"
    found = (kind for start, kind in _BEGINNINGS if beginning.startswith(start))
    return next(found, BYTES)


def plain_name(name: str) -> str:
    """The name without folders and without what cannot stand in a header or on a disk."""
    last = re.split(r"[/\\]", name)[-1]
    kept = "".join(each for each in last if each.isprintable() and each not in '":*?<>|')
    return kept.strip(" .")[:200] or "download"


def expiry_of(good: DigitalGood, bought_at: datetime) -> datetime | None:
    """Until when what is bought now may be fetched."""
    return None if good.valid_days is None else bought_at + timedelta(days=good.valid_days)
