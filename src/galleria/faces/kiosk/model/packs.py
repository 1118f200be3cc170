"""A pack: the shop window in parts, and the manifest by which a kiosk knows them."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

FORMAT = "galleria-offline-pack/1"
BYTES_A_PART = 4_000_000  # so much is held in memory, and asked for again when a line breaks
ASKED_AGAIN_AFTER = timedelta(minutes=10)  # a worker that was killed has not told anybody


class KioskSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long a kiosk may go by what it took along."""

    pack_lasts_h: Annotated[int, Meta(ge=1, le=720)] = 48
    """For so many hours its prices are honoured."""
    pack_renewed_min: Annotated[int, Meta(ge=1, le=1_440)] = 60
    """An older one is still given out, with its changes, while the next is made."""
    products_a_part: Annotated[int, Meta(ge=1, le=10_000)] = 1_000
    """A line that breaks costs one part: fewer where lines are bad."""


class Edition(msgspec.Struct, frozen=True, kw_only=True):
    """What tells packs of one shop apart: whoever asks in the same way shares one."""

    profile: str
    profile_version: int
    channel: str
    locale: str
    location: str
    with_staff_notes: bool

    @property
    def text(self) -> str:
        """Names it in tables and cursors."""
        return "/".join(str(value) for value in msgspec.structs.astuple(self))


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """Products in the order of their ids, a JSON object a line. `sha256` is of its bytes."""

    number: int
    sha256: str
    size_bytes: int
    product_count: int
    first_product_id: UUID
    last_product_id: UUID


class Place(msgspec.Struct, frozen=True):
    """Where the kiosk stands."""

    code: str
    name: str
    country: str | None


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """All that a kiosk has to know of its pack. Once signed it changes no more.

    `version` is the cursor from which its changes are told. Prices hold for what is sold until
    `expires_at`; with `tax_inclusive` the tax is in them. Pictures are not in the parts, whose
    bytes are `size_bytes`: they come to `picture_bytes` at most.
    """

    format: str
    pack_id: UUID
    shop: str
    version: str
    made_at: datetime
    expires_at: datetime
    profile: str
    channel: str
    currency: str
    tax_inclusive: bool
    locale: str
    location: Place
    product_count: int
    variant_count: int
    picture_count: int = 0
    picture_bytes: int = 0
    size_bytes: int
    parts: list[Part]
    categories: list[dict[str, Any]]
    shipping_methods: list[dict[str, Any]]
    payment_methods: list[str]


class Jws(msgspec.Struct, frozen=True):
    """Something signed, as RFC 7515, 7.2.2 has it: each part in base64url."""

    payload: str
    protected: str
    signature: str


class Pack(msgspec.Struct, frozen=True, kw_only=True):
    """A pack that is there, or is being made: then it has no manifest."""

    pack_id: UUID
    edition: Edition
    asked_at: datetime
    made_at: datetime | None
    expires_at: datetime | None
    part_count: int
    manifest: Jws | None


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """A file that a product shows. Where the product names `shown_as`, the kiosk shows what it has
    fetched from `url`: bytes of this digest, which never change."""

    shown_as: str
    url: str
    content_type: str
    sha256: str
    size_bytes: int


class Line(msgspec.Struct, frozen=True):
    """A product as a line of JSON, or None where the window shows it no more."""

    product_id: UUID
    json: bytes | None
    variant_count: int = 0
    picture_count: int = 0
    picture_bytes: int = 0


class Tally(msgspec.Struct):
    """What the parts of a pack hold besides products. A picture that several products show is
    counted with each."""

    variant_count: int = 0
    picture_count: int = 0
    picture_bytes: int = 0

    def add(self, lines: Sequence[Line]) -> None:
        """These lines are in the pack too."""
        for line in lines:
            self.variant_count += line.variant_count
            self.picture_count += line.picture_count
            self.picture_bytes += line.picture_bytes


class Cut(msgspec.Struct, frozen=True):
    """Lines that make a part together."""

    lines: list[Line]

    @property
    def body(self) -> bytes:
        """The part's bytes."""
        return b"".join(line.json + b"\n" for line in self.lines if line.json is not None)


class Cutter:
    """Collects lines and gives them back in parts, as soon as one is full."""

    def __init__(self, most_products: int, most_bytes: int) -> None:
        """Parts of at most so many products, and of so many bytes unless one line is longer."""
        self._most_products, self._most_bytes = most_products, most_bytes
        self._lines: list[Line] = []
        self._size_bytes = 0

    def add(self, lines: Sequence[Line]) -> Iterator[Cut]:
        """The parts that these lines fill."""
        for line in lines:
            if line.json is None:
                continue
            size_bytes = len(line.json) + 1
            is_full = len(self._lines) >= self._most_products
            if is_full or (self._lines and self._size_bytes + size_bytes > self._most_bytes):
                yield from self.rest()
            self._lines.append(line)
            self._size_bytes += size_bytes

    def rest(self) -> Iterator[Cut]:
        """The part that is not full, if there is one."""
        if self._lines:
            cut, self._lines, self._size_bytes = Cut(self._lines), [], 0
            yield cut


def is_fresh(pack: Pack, now: datetime, settings: KioskSettings) -> bool:
    """True while a pack is given out without asking for the next one."""
    if pack.made_at is None:
        return now - pack.asked_at < ASKED_AGAIN_AFTER
    return now - pack.made_at < timedelta(minutes=settings.pack_renewed_min)


def wanted_range(header: str | None, size_bytes: int) -> tuple[int, int] | None:
    """First byte and length that `Range` asks for; None for the whole, also where it asks for
    several ranges or for what is no range of bytes (RFC 9110, 14.2 lets it be ignored).

    Raises:
        IndexError: it begins behind the end.
    """
    unit, _, text = (header or "").partition("=")
    first, dash, last = text.strip().partition("-")
    is_plain = unit.strip() == "bytes" and dash and len(text) <= 40
    if not is_plain or not (first or last) or not (first + last).isascii():
        return None
    if not (first or "0").isdigit() or not (last or "0").isdigit():
        return None
    if not first:
        length = min(int(last), size_bytes)
        start, end = size_bytes - length, size_bytes - 1
    else:
        start, end = int(first), min(int(last or size_bytes), size_bytes - 1)
        if last and int(last) < start:
            return None
    if start >= size_bytes:
        raise IndexError("the range begins behind the end")
    return start, end - start + 1
