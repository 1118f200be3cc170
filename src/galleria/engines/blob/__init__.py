"""Keeps files: pictures, feeds, exports, letters. A file is whole or it is not there.

The port, with two adapters served by one library (obstore): local files, and S3 or anything that
speaks its protocol. A key carries its tenant by construction and cannot leave its place: there is
no way to write `..`, an absolute path, or two keys that a file system would take for one.
"""

import re
from collections.abc import AsyncIterable, AsyncIterator
from typing import Protocol

import msgspec

from galleria.foundation.errors import GalleriaError, InvalidInput, NotFound, TooLarge, Unavailable

DEFAULT_LIMIT_BYTES = 64 * 1024 * 1024  # a put or read that may be larger has to say so
MAX_PATH_CHARS = 700  # with tenant and suffixes below S3's 1,024 bytes
MAX_PAGE = 1000  # what S3 lists in one answer

# Lower case only: on a file system that folds case, `A` would silently replace `a`. No segment
# starts with a dot, so none is `..` and none is hidden; 100 characters leave room for suffixes
# below the 255 of common file systems.
_SEGMENT = r"[a-z0-9_][a-z0-9._-]{0,99}"
_PATH = re.compile(rf"{_SEGMENT}(?:/{_SEGMENT})*")
_CONTENT_TYPE = re.compile(r"[\w.+-]{1,100}/[\w.+-]{1,100}(?:; ?[\w.+-]{1,50}=[\w.+-]{1,100})*")

__all__ = [
    "DEFAULT_LIMIT_BYTES",
    "BlobCorrupt",
    "BlobInfo",
    "BlobKey",
    "BlobMismatch",
    "BlobNotFound",
    "BlobPage",
    "BlobRangeNotSatisfiable",
    "BlobStore",
    "BlobStream",
    "BlobTooLarge",
    "BlobUnavailable",
    "InvalidBlobKey",
]


class InvalidBlobKey(InvalidInput):
    """This can be no key: only lower-case letters, digits and `._-/` may stand in a path."""

    code = "invalid_blob_key"
    title = "This is no name for a file"


class BlobNotFound(NotFound):
    """This tenant has no such blob."""

    code = "blob_not_found"
    title = "No such file"


class BlobTooLarge(TooLarge):
    """More bytes than the caller allowed; nothing was kept."""

    code = "blob_too_large"
    title = "The file is too large"


class BlobMismatch(InvalidInput):
    """The bytes that came are not the bytes that were announced; nothing was kept."""

    code = "blob_mismatch"
    title = "The file arrived damaged"


class BlobRangeNotSatisfiable(GalleriaError):
    """The range starts behind the last byte."""

    code = "blob_range_not_satisfiable"
    status = 416
    title = "The file has no such part"


class BlobCorrupt(GalleriaError):
    """What is stored is not what was put: lost or changed bytes. An operator has to look."""

    code = "blob_corrupt"
    status = 500
    title = "A stored file is damaged"


class BlobUnavailable(Unavailable):
    """The store does not answer, or takes no more (a full disk)."""

    code = "blob_unavailable"
    title = "The file store does not answer"


class BlobKey(msgspec.Struct, frozen=True):
    """Names a blob inside a tenant: `BlobKey(7, f"images/{image_id.hex}/original")`.

    Raises:
        InvalidBlobKey: the path has other characters than `a-z 0-9 . _ - /`, an empty segment, a
            segment that starts with `.` or `-` or is longer than 100, or more than 700 in all.
    """

    tenant_id: int
    path: str

    def __post_init__(self) -> None:
        assert self.tenant_id >= 0, "a tenant's number is not negative"
        check_path(self.path)


class BlobInfo(msgspec.Struct, frozen=True):
    """What is known of a stored blob. `sha256` is 64 lower-case hexadecimal digits."""

    size_bytes: int
    sha256: str
    content_type: str


class BlobPage(msgspec.Struct, frozen=True):
    """Some keys in the order of their segments; `next_cursor` is None on the last page."""

    keys: list[BlobKey]
    next_cursor: str | None


class BlobStream:
    """An open blob: iterate over it once, for chunks of bytes. `info` is about the whole blob."""

    def __init__(
        self, info: BlobInfo, first_byte: int, size_bytes: int, chunks: AsyncIterator[bytes]
    ) -> None:
        """Stream `size_bytes` bytes from `first_byte` on."""
        self.info = info
        self.first_byte = first_byte
        self.size_bytes = size_bytes
        self._chunks = chunks

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._chunks


class BlobStore(Protocol):
    """Files by key. Every adapter keeps `tests/contracts/test_blob.py`."""

    async def put(
        self,
        key: BlobKey,
        content: bytes | AsyncIterable[bytes],
        content_type: str,
        *,
        limit_bytes: int = DEFAULT_LIMIT_BYTES,
        expected_sha256: str | None = None,
    ) -> BlobInfo:
        """Keep `content` under `key`, replacing what was there, all at once.

        Readers see the old blob until this returns and the new one afterwards. A source that
        raises, a cancelled task and a refused upload leave nothing behind. An async iterable is
        consumed in the caller's own task, and never held in memory as a whole.

        Args:
            key: where to.
            content: the bytes, or an async iterable of chunks of any size.
            content_type: a media type such as `image/webp`.
            limit_bytes: the most that is accepted.
            expected_sha256: hexadecimal digest announced by the sender, None when there is none.

        Raises:
            BlobTooLarge: `content` has more than `limit_bytes`.
            BlobMismatch: it has another digest than expected.
            BlobUnavailable: the store refused or lost it.
        """

    async def open(
        self, key: BlobKey, first_byte: int = 0, length: int | None = None
    ) -> BlobStream:
        """A stream of the blob, or of at most `length` bytes of it from `first_byte` on.

        Raises:
            BlobNotFound: there is none.
            BlobRangeNotSatisfiable: `first_byte` lies behind the end.
            BlobCorrupt: its bytes are lost; also raised while streaming.
        """

    async def read(self, key: BlobKey, limit_bytes: int = DEFAULT_LIMIT_BYTES) -> bytes:
        """The whole blob in memory.

        Raises:
            BlobNotFound: there is none.
            BlobTooLarge: it has more than `limit_bytes`.
        """

    async def info(self, key: BlobKey) -> BlobInfo:
        """Size, digest and type of the blob.

        Raises:
            BlobNotFound: there is none.
        """

    async def verify(self, key: BlobKey) -> BlobInfo:
        """Read the whole blob again and compare it with the digest taken when it was put.

        Raises:
            BlobNotFound: there is none.
            BlobCorrupt: bytes were lost or changed.
        """

    async def delete(self, key: BlobKey) -> bool:
        """The blob is gone. True when there was one."""

    async def list(
        self, tenant_id: int, prefix: str = "", *, cursor: str | None = None, limit: int = MAX_PAGE
    ) -> BlobPage:
        """The keys of a tenant that lie below the folder `prefix` ("" is all of them).

        A key that stays is on exactly one page, whatever comes or goes meanwhile. Memory is
        O(limit); local files cost O(keys below the prefix) a page.

        Args:
            tenant_id: whose.
            prefix: whole segments: `imports/2026` does not find `imports/2026-01`.
            cursor: `next_cursor` of the page before.
            limit: keys on a page, 1 to 1,000.
        """

    async def delete_tenant(self, tenant_id: int) -> int:
        """All blobs of a tenant are gone, and anything half-written too. How many there were."""

    async def sweep(self, tenant_id: int, older_than_s: float = 86_400) -> int:
        """Remove bytes that belong to no blob: left by a process that was killed. How many files.

        Args:
            tenant_id: whose.
            older_than_s: younger ones may belong to an upload that is still under way.
        """


def check_path(path: str) -> None:
    """Pass when `path` can be the path of a key or a prefix of one.

    Raises:
        InvalidBlobKey: see `BlobKey`.
    """
    if len(path) > MAX_PATH_CHARS or not _PATH.fullmatch(path):
        raise InvalidBlobKey(f"{path[:100]!r} is no path of a blob")


def check_content_type(content_type: str) -> None:
    """Pass when `content_type` is a media type, safe to stand in a header.

    Raises:
        InvalidInput: it is not.
    """
    if not _CONTENT_TYPE.fullmatch(content_type):
        raise InvalidInput(f"{content_type[:100]!r} is no media type")
