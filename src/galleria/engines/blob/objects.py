"""A blob store on top of any object store that obstore serves.

A blob is two objects. Its *body* has a name never used before and is never changed; its *record*
stands under the key and names the body, with size, digest and type. Writing the record is what
makes the blob visible, in one atomic step, when the digest is already known; a reader who has an
old record still finds the old body, or looks again. What a killed process leaves is a body
without a record, which nobody sees and `sweep` removes.

    tenants/7/records/images/abc!            {"body": "0198…", "size_bytes": 5, …}
    tenants/7/bodies/images/abc!0198…        the bytes
"""

import heapq
import time
from collections.abc import AsyncIterable, AsyncIterator, Sequence
from hashlib import sha256
from typing import Protocol

import msgspec
import obstore

from galleria.engines.blob import (
    DEFAULT_LIMIT_BYTES,
    MAX_PAGE,
    BlobCorrupt,
    BlobInfo,
    BlobKey,
    BlobMismatch,
    BlobNotFound,
    BlobPage,
    BlobRangeNotSatisfiable,
    BlobStream,
    BlobTooLarge,
    BlobUnavailable,
    check_content_type,
    check_path,
)
from galleria.engines.blob.upload import Store, store_errors_translated, upload
from galleria.foundation.ids import new_id
from galleria.foundation.telemetry import logger

STREAM_CHUNK_BYTES = 256 * 1024
DELETE_BATCH = 1000  # what S3 deletes in one request

# "!" cannot stand in a key, so `a!` and `a/b!` never need a file and a folder of one name. It
# sorts below every character of a key, so records are listed in the order of their keys.
MARK = "!"

_log = logger(__name__)


class _Record(msgspec.Struct, frozen=True):
    body: str
    size_bytes: int
    sha256: str
    content_type: str

    def info(self) -> BlobInfo:
        return BlobInfo(self.size_bytes, self.sha256, self.content_type)


_encode_record = msgspec.json.encode
_decode_record = msgspec.json.Decoder(_Record).decode


class Medium(Protocol):
    """What local files and S3 do not share."""

    store: Store
    lists_in_order: bool  # S3 does; a file system lists as it likes

    def attributes(self, content_type: str) -> dict[str, str] | None:
        """What to keep beside a body, for those who fetch it past us."""

    async def settle(self, path: str) -> None:
        """The object at `path` survives a power cut."""

    async def write_record(self, path: str, content: bytes) -> None:
        """`content` stands at `path`, atomically, and survives a power cut."""

    async def remove_leftovers(self, folder: str, older_than_s: float) -> int:
        """Half-written objects below `folder` are gone. How many."""


class ObjectBlobStore:
    """See the module; `local` and `s3` make one."""

    def __init__(self, medium: Medium) -> None:
        self._medium = medium
        self.store = medium.store

    async def put(
        self,
        key: BlobKey,
        content: bytes | AsyncIterable[bytes],
        content_type: str,
        *,
        limit_bytes: int = DEFAULT_LIMIT_BYTES,
        expected_sha256: str | None = None,
    ) -> BlobInfo:
        check_content_type(content_type)
        before = await self._record(key)
        body = new_id().hex
        body_path = _body_path(key, body)
        attributes = self._medium.attributes(content_type)
        try:
            measured = await upload(self.store, body_path, content, limit_bytes, attributes)
            with store_errors_translated():
                await self._medium.settle(body_path)
            if expected_sha256 not in (None, measured.sha256):
                raise BlobMismatch(f"{key.path} has the digest {measured.sha256}")
        except BaseException:
            await self._remove_quietly([body_path])
            raise

        record = _Record(body, measured.size_bytes, measured.sha256, content_type)
        # When this fails it may still have been written: the body stays, for `sweep` to judge.
        with store_errors_translated():
            await self._medium.write_record(_record_path(key), _encode_record(record))
        if before is not None:
            await self._remove_quietly([_body_path(key, before.body)])
        return record.info()

    async def open(
        self, key: BlobKey, first_byte: int = 0, length: int | None = None
    ) -> BlobStream:
        assert first_byte >= 0 and (length is None or length >= 0), "a range counts forward"
        record = await self._record_of(key)
        stream = await self._open_body(key, record, first_byte, length)
        if stream is None:
            # Replaced between our two reads: then the record names another body by now.
            again = await self._record_of(key)
            if again.body != record.body:
                stream = await self._open_body(key, again, first_byte, length)
        if stream is None:
            raise BlobCorrupt(f"the bytes of {key.path} are lost")
        return stream

    async def read(self, key: BlobKey, limit_bytes: int = DEFAULT_LIMIT_BYTES) -> bytes:
        stream = await self.open(key)
        if stream.size_bytes > limit_bytes:
            raise BlobTooLarge(f"{key.path} has {stream.size_bytes} bytes")
        return b"".join([chunk async for chunk in stream])

    async def info(self, key: BlobKey) -> BlobInfo:
        return (await self._record_of(key)).info()

    async def verify(self, key: BlobKey) -> BlobInfo:
        stream = await self.open(key)
        digest = sha256()
        async for chunk in stream:
            digest.update(chunk)
        if digest.hexdigest() != stream.info.sha256:
            raise BlobCorrupt(f"the bytes of {key.path} have changed")
        return stream.info

    async def delete(self, key: BlobKey) -> bool:
        record = await self._record(key)
        if record is None:
            return False
        await self._remove([_record_path(key)])
        await self._remove_quietly([_body_path(key, record.body)])
        return True

    async def list(
        self, tenant_id: int, prefix: str = "", *, cursor: str | None = None, limit: int = MAX_PAGE
    ) -> BlobPage:
        assert 1 <= limit <= MAX_PAGE, f"a page has 1 to {MAX_PAGE} keys"
        root = f"tenants/{tenant_id}/records/"
        folder = root
        if prefix:
            check_path(prefix)
            folder += prefix
        offset = None
        if cursor is not None:
            check_path(cursor)
            offset = f"{root}{cursor}{MARK}"
        # One more than a page holds tells whether there is a next one.
        paths = await self._first_paths(folder, offset, limit + 1)
        names = [path.removeprefix(root).removesuffix(MARK) for path in paths]
        keys = [BlobKey(tenant_id, name) for name in names[:limit]]
        return BlobPage(keys, names[limit - 1] if len(names) > limit else None)

    async def delete_tenant(self, tenant_id: int) -> int:
        # Records first: nothing is seen half-deleted.
        removed = await self._remove_below(f"tenants/{tenant_id}/records")
        await self._remove_below(f"tenants/{tenant_id}/bodies")
        with store_errors_translated():
            await self._medium.remove_leftovers(f"tenants/{tenant_id}", older_than_s=0)
        return removed

    async def sweep(self, tenant_id: int, older_than_s: float = 86_400) -> int:
        root = f"tenants/{tenant_id}/bodies/"
        oldest_kept = time.time() - older_than_s
        removed = 0
        async for path, modified_at in self._walk(root, None):
            if modified_at > oldest_kept:
                continue
            name, _, body = path.removeprefix(root).rpartition(MARK)
            record = await self._record(BlobKey(tenant_id, name))
            if record is None or record.body != body:
                await self._remove([path])
                removed += 1
        with store_errors_translated():
            return removed + await self._medium.remove_leftovers(
                f"tenants/{tenant_id}", older_than_s
            )

    async def _record(self, key: BlobKey) -> _Record | None:
        try:
            with store_errors_translated():
                result = await obstore.get_async(self.store, _record_path(key))
                raw = bytes(await result.bytes_async())
        except FileNotFoundError:
            return None
        try:
            return _decode_record(raw)
        except msgspec.DecodeError as error:
            raise BlobCorrupt(f"the record of {key.path} is damaged") from error

    async def _record_of(self, key: BlobKey) -> _Record:
        record = await self._record(key)
        if record is None:
            raise BlobNotFound(f"no file {key.path}")
        return record

    async def _open_body(
        self, key: BlobKey, record: _Record, first_byte: int, length: int | None
    ) -> BlobStream | None:
        """The stream, or None when the body is not there."""
        if first_byte > 0 and first_byte >= record.size_bytes:
            raise BlobRangeNotSatisfiable(f"{key.path} has {record.size_bytes} bytes")
        left = record.size_bytes - first_byte
        size_bytes = left if length is None else min(length, left)
        if size_bytes == 0:
            return BlobStream(record.info(), first_byte, 0, _nothing())
        try:
            with store_errors_translated():
                result = await obstore.get_async(
                    self.store,
                    _body_path(key, record.body),
                    options={"range": (first_byte, first_byte + size_bytes)},
                )
        except FileNotFoundError:
            return None
        if result.meta["size"] != record.size_bytes:
            raise BlobCorrupt(f"{key.path} has lost some of its bytes")
        return BlobStream(record.info(), first_byte, size_bytes, _chunks(result))

    async def _first_paths(self, folder: str, offset: str | None, limit: int) -> Sequence[str]:
        if not self._medium.lists_in_order:
            found = [path async for path, _ in self._walk(folder, offset)]
            return heapq.nsmallest(limit, found)
        paths: list[str] = []
        async for path, _ in self._walk(folder, offset):
            paths.append(path)
            if len(paths) == limit:
                break
        return paths

    async def _walk(self, folder: str, offset: str | None) -> AsyncIterator[tuple[str, float]]:
        """Path and time of change (seconds since 1970) of all objects below `folder`."""
        with store_errors_translated():
            async for batch in obstore.list(
                self.store, folder, offset=offset, chunk_size=DELETE_BATCH
            ):
                for found in batch:
                    yield found["path"], found["last_modified"].timestamp()

    async def _remove_below(self, folder: str) -> int:
        removed = 0
        batch: list[str] = []
        async for path, _ in self._walk(folder, None):
            batch.append(path)
            if len(batch) == DELETE_BATCH:
                await self._remove(batch)
                removed += len(batch)
                batch = []
        await self._remove(batch)
        return removed + len(batch)

    async def _remove(self, paths: Sequence[str]) -> None:
        if not paths:
            return
        try:
            with store_errors_translated():
                await obstore.delete_async(self.store, paths)
        except FileNotFoundError:
            # Somebody else was faster with one of them; the others still have to go.
            if len(paths) > 1:
                for path in paths:
                    await self._remove([path])

    async def _remove_quietly(self, paths: Sequence[str]) -> None:
        """Remove what nobody can see any more; what stays, `sweep` finds."""
        try:
            await self._remove(paths)
        except BlobUnavailable as failure:
            _log.warning("blob_body_left", paths=list(paths), failure=repr(failure))


def _record_path(key: BlobKey) -> str:
    return f"tenants/{key.tenant_id}/records/{key.path}{MARK}"


def _body_path(key: BlobKey, body: str) -> str:
    return f"tenants/{key.tenant_id}/bodies/{key.path}{MARK}{body}"


async def _chunks(result: "obstore.GetResult") -> AsyncIterator[bytes]:
    with store_errors_translated():
        async for chunk in result.stream(min_chunk_size=STREAM_CHUNK_BYTES):
            yield bytes(chunk)


async def _nothing() -> AsyncIterator[bytes]:
    return
    yield b""
