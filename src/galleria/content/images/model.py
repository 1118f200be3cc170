"""What a picture is, how its bytes tell which kind, and which renditions there are of it."""

from bisect import bisect_left
from datetime import datetime
from uuid import UUID

import msgspec

SVG = "image/svg+xml"
MOST_BYTES = 20 * 1024 * 1024

# The widths in pixels that renditions come in, and no others: whoever asks for each from 1 on gets
# these. The steps are those of screens, and of screens with two pixels where others have one.
LADDER = (80, 160, 320, 480, 640, 960, 1280, 1600, 1920, 2560)
MOST_WIDTH = 4096  # what may be asked for; it is answered by the last step
WARMED = (320, 640)  # what lists and phones show, made before anybody asks
WEBP, JPEG, AVIF = "webp", "jpeg", "avif"

# How renditions are drawn, as part of where they lie: raised when they are drawn otherwise.
_RECIPE = "r1"

# Of each format: the first bytes, and bytes that follow at an offset.
_SIGNATURES: tuple[tuple[str, bytes, int, bytes], ...] = (
    ("image/png", b"\x89PNG\r\n\x1a\n", 0, b""),
    ("image/jpeg", b"\xff\xd8\xff", 0, b""),
    ("image/gif", b"GIF87a", 0, b""),
    ("image/gif", b"GIF89a", 0, b""),
    ("image/webp", b"RIFF", 8, b"WEBP"),
    ("image/avif", b"", 4, b"ftypavif"),
)


class Image(msgspec.Struct, frozen=True):
    """A stored picture. `sha256` is hexadecimal; `media_id` is its address, `/media/<media_id>`."""

    media_id: UUID
    content_type: str
    size_bytes: int
    sha256: str
    created_at: datetime


class ImageFile(msgspec.Struct, frozen=True, kw_only=True):
    """What lies behind an address of a picture, `/media/<media_id>?<query>`: it never changes."""

    query: str
    content_type: str
    sha256: str
    size_bytes: int


class ImagesSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which renditions are made before anybody asks for them."""

    warm: bool = True
    """Make the common widths of each new picture as WebP, in the background."""
    avif: bool = False
    """Make them as AVIF too, and show these to whoever reads AVIF: a fifth smaller, for five times
    the work. AVIF is never made while somebody waits."""


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants of a picture.

    `width` in pixels, None for any; `format_name` one of webp and jpeg, None for what `accept`, the
    header of this name, says. With neither of both it is the original.
    """

    width: int | None = None
    format_name: str | None = None
    accept: str = ""

    @property
    def is_of_original(self) -> bool:
        """True when no rendition is asked for."""
        return self.width is None and self.format_name is None

    @property
    def step(self) -> int:
        """The step of the ladder that answers: the next that is not narrower, else the last."""
        width = LADDER[-1] if self.width is None else self.width
        return LADDER[min(bisect_left(LADDER, width), len(LADDER) - 1)]


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A picture as it is shown. `content` is empty when whoever asked has it already.

    What is `is_lasting` never changes; what is `is_negotiated` depends on the header `Accept`.
    """

    content: bytes
    content_type: str
    etag: str
    is_lasting: bool
    is_negotiated: bool


def content_type_of(content: bytes) -> str | None:
    """The media type the bytes themselves show, whatever their sender called them.

    SVG is not among them: it can carry script, so only the house's own drawings may be SVG.
    """
    for content_type, start, offset, inner in _SIGNATURES:
        if content.startswith(start) and content[offset : offset + len(inner)] == inner:
            return content_type
    return None


def blob_path(sha256: str) -> str:
    """Where the original of a digest lies."""
    return f"images/{sha256[:2]}/{sha256}"


def rendition_path(sha256: str, width: int, format_name: str) -> str:
    """Where a rendition lies: beside its original, by the step of the ladder and the format."""
    return f"{blob_path(sha256)}.{_RECIPE}/{width}.{format_name}"


def formats_of(wish: Wish) -> tuple[str, ...]:
    """The formats that would do, the best first; all but the last only where they are made already.

    `*/*` does not say that WebP is read: what said so for years did not read it.
    """
    if wish.format_name is not None:
        return (wish.format_name,)
    read = _types_read(wish.accept)
    made = (AVIF,) if "image/avif" in read else ()
    return (*made, WEBP if "image/webp" in read else JPEG)


def _types_read(accept: str) -> set[str]:
    """The media types that an `Accept` header names and does not refuse."""
    read: set[str] = set()
    for each in accept.split(","):
        name, *parameters = (part.strip().lower() for part in each.split(";"))
        if not any(part.startswith("q=") and not part[2:].strip("0.") for part in parameters):
            read.add(name)
    return read
