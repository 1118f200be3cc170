"""What a picture is, and how its bytes tell which kind."""

from datetime import datetime
from uuid import UUID

import msgspec

SVG = "image/svg+xml"
MOST_BYTES = 20 * 1024 * 1024

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
