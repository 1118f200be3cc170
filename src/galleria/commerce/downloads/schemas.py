"""What comes in about digital goods, and the forms in which they go out."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from galleria.commerce.downloads.model import MAX_LICENCES, DownloadFile, GoodKind
from galleria.foundation.http import WireInput

Times = Annotated[int, Meta(ge=1, le=10_000)]
LicenceText = Annotated[
    str, Meta(min_length=1, max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)")
]


class NewDigitalGood(WireInput, frozen=True, kw_only=True):
    """On which terms the variant is to be had without being sent.

    With `is_limited` its stock is counted, so that no more are sold than there are; of licences
    as many are in stock as the pool holds.
    """

    kind: GoodKind = "files"
    max_downloads: Times | None = 5
    valid_days: Annotated[int, Meta(ge=1, le=36_500)] | None = None
    keeps_bought: bool = False
    is_limited: bool = False
    low_at: Annotated[int, Meta(ge=0, le=1_000_000)] | None = None


class GoodsMerged(msgspec.Struct, frozen=True, kw_only=True):
    """The variants that are had otherwise than before, and those that have what belongs to the
    other kind."""

    changed: list[UUID]
    refused: list[UUID]


class NewLicences(WireInput, frozen=True, kw_only=True):
    """Licences for the pool, each of one line."""

    licences: Annotated[list[LicenceText], Meta(min_length=1, max_length=MAX_LICENCES)]


class LicencesBrought(msgspec.Struct, frozen=True, kw_only=True):
    """How many are new in the pool, were known, and went at once to who had waited."""

    added_count: int
    known_count: int
    handed_count: int


class DigitalGoodView(msgspec.Struct, frozen=True, kw_only=True):
    """A digital good with its files; `available` can be sold now, None for any number."""

    variant_id: UUID
    kind: GoodKind
    max_downloads: int | None
    valid_days: int | None
    keeps_bought: bool
    is_limited: bool
    low_at: int | None
    available: int | None
    files: list[DownloadFile]


class OrderDownload(msgspec.Struct, frozen=True, kw_only=True):
    """A file of an order for the shop's own people."""

    grant_id: UUID
    line_id: UUID
    variant_id: UUID
    name: str
    size_bytes: int
    max_downloads: int | None
    downloaded: int
    expires_at: datetime | None
    revoked_at: datetime | None
    last_at: datetime | None


class OrderLicence(msgspec.Struct, frozen=True, kw_only=True):
    """A licence of an order for the shop's own people: `ending` is its last letters."""

    licence_id: UUID
    line_id: UUID
    variant_id: UUID
    ending: str
    handed_at: datetime
    revoked_at: datetime | None


class OrderDownloads(msgspec.Struct, frozen=True, kw_only=True):
    """What an order brought without a parcel; `owed` licences wait for the pool."""

    files: list[OrderDownload]
    licences: list[OrderLicence]
    owed: int


class BoughtFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file for its buyer. `path` is signed and good until `link_expires_at`; None when the file
    can be fetched no more. `downloads_left` is None for any number."""

    line_id: UUID
    name: str
    size_bytes: int
    path: str | None
    link_expires_at: datetime | None
    downloads_left: int | None
    expires_at: datetime | None


class BoughtLicence(msgspec.Struct, frozen=True, kw_only=True):
    """A licence for its buyer."""

    line_id: UUID
    text: str


class BoughtDownloads(msgspec.Struct, frozen=True, kw_only=True):
    """What a buyer has without a parcel; `owed` licences come as soon as the shop has them."""

    files: list[BoughtFile] = []
    licences: list[BoughtLicence] = []
    owed: int = 0
