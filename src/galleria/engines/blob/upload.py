"""Sends bytes into an object store so that it ends whole or not at all.

obstore aborts a multipart upload when its source raises, but not when its task is cancelled: the
parts would stay, unseen and paid for. So the upload runs in a task of its own that is never
cancelled; a caller who goes away breaks the source off instead, and waits for the clean-up. The
caller's iterable is read in the caller's task, where its timeouts and connections live.
"""

import asyncio
import hashlib
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Awaitable, Iterator
from contextlib import aclosing, contextmanager, suppress
from typing import Any, TypeVar

import msgspec
import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

from galleria.engines.blob import BlobTooLarge, BlobUnavailable
from galleria.foundation.telemetry import logger

PART_BYTES = 8 * 1024 * 1024  # S3 allows 10,000 parts of at least 5 MiB: 78 GiB in all
PARALLEL_PARTS = 3  # 24 MiB of memory an upload at most, instead of obstore's 60
BLOCK_BYTES = 1024 * 1024  # chunks are joined before they cross into the store
WAITING_BLOCKS = 4
INLINE_HASH_BYTES = 256 * 1024  # hashing more would hold up the loop for over 0.2 ms

Store = LocalStore | S3Store
_log = logger(__name__)
T = TypeVar("T")


class Measured(msgspec.Struct, frozen=True):
    """What came through: how many bytes, and their SHA-256 in hexadecimal."""

    size_bytes: int
    sha256: str


class _BrokenOff(Exception):
    """Raised inside obstore's source, so that it aborts the upload."""


@contextmanager
def store_errors_translated() -> Iterator[None]:
    """Errors of the store become ours; FileNotFoundError stays, for the caller to judge.

    Raises:
        BlobUnavailable: the store does not answer, refuses us, or is full.
    """
    try:
        yield
    except FileNotFoundError:
        raise
    except (BaseError, OSError) as failure:
        # The store's own words name hosts and folders, which callers have no business with.
        _log.error("blob_store_failed", failure=str(failure).partition("\n")[0])
        raise BlobUnavailable("the file store does not answer, or takes no more") from failure


class _Meter:
    """Counts and hashes what passes, and stops it at the limit."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._hash = hashlib.sha256()
        self._size_bytes = 0

    async def count(self, chunk: bytes) -> None:
        self._size_bytes += len(chunk)
        if self._size_bytes > self._limit_bytes:
            raise BlobTooLarge(f"a file here may have at most {self._limit_bytes} bytes")
        if len(chunk) > INLINE_HASH_BYTES:
            await asyncio.to_thread(self._hash.update, chunk)
        else:
            self._hash.update(chunk)

    def result(self) -> Measured:
        return Measured(self._size_bytes, self._hash.hexdigest())


class _Pipe:
    """Bounded hand-over of blocks from the caller's task to the upload's."""

    def __init__(self) -> None:
        self._blocks: deque[bytes] = deque()
        self._changed = asyncio.Event()
        self._state = "open"

    def end(self, state: str) -> None:
        """No more comes: `finished`, `broken` by the writer, or `abandoned` by the reader."""
        if self._state != "abandoned":
            self._state = state
        self._changed.set()

    async def write(self, block: bytes) -> bool:
        """True when the block was taken, False when nobody reads any more."""
        while self._state == "open" and len(self._blocks) >= WAITING_BLOCKS:
            await self._change()
        if self._state == "abandoned":
            return False
        self._blocks.append(block)
        self._changed.set()
        return True

    async def blocks(self) -> AsyncIterator[bytes]:
        while True:
            while not self._blocks:
                if self._state == "finished":
                    return
                if self._state == "broken":
                    raise _BrokenOff
                await self._change()
            block = self._blocks.popleft()
            self._changed.set()
            yield block

    async def _change(self) -> None:
        self._changed.clear()
        await self._changed.wait()


async def upload(
    store: Store,
    path: str,
    content: bytes | AsyncIterable[bytes],
    limit_bytes: int,
    attributes: dict[str, str] | None,
) -> Measured:
    """`content` stands at `path`, whole; on any error or cancellation nothing does.

    Raises:
        BlobTooLarge: `content` has more than `limit_bytes`.
        BlobUnavailable: the store refused it. What `content` itself raises comes through as it is.
    """
    meter = _Meter(limit_bytes)
    blocks = _in_blocks(_slices(content) if isinstance(content, bytes) else content, meter)
    async with aclosing(blocks):
        head: list[bytes] = []
        async for block in blocks:
            head.append(block)
            if len(head) * BLOCK_BYTES > PART_BYTES:
                await _upload_parts(store, path, head, blocks, attributes)
                return meter.result()
    # Small enough for one request, and S3 takes no multipart upload without a byte.
    with store_errors_translated():
        await _to_the_end(
            obstore.put_async(
                store, path, b"".join(head), attributes=attributes, use_multipart=False
            )
        )
    return meter.result()


async def _upload_parts(
    store: Store,
    path: str,
    head: list[bytes],
    blocks: AsyncIterator[bytes],
    attributes: dict[str, str] | None,
) -> None:
    pipe = _Pipe()
    task = asyncio.create_task(
        _put_parts(store, path, pipe.blocks(), attributes), name=f"upload {path}"
    )
    task.add_done_callback(lambda _: pipe.end("abandoned"))
    try:
        while head:
            await pipe.write(head.pop(0))
        async for block in blocks:
            if not await pipe.write(block):
                break
    except BaseException:
        pipe.end("broken")
        await _settle(task)
        raise
    pipe.end("finished")
    with store_errors_translated():
        await _to_the_end(task)


async def _put_parts(
    store: Store, path: str, blocks: AsyncIterator[bytes], attributes: dict[str, str] | None
) -> None:
    await obstore.put_async(
        store,
        path,
        blocks,
        attributes=attributes,
        use_multipart=True,
        chunk_size=PART_BYTES,
        max_concurrency=PARALLEL_PARTS,
    )


async def _in_blocks(chunks: AsyncIterable[bytes], meter: _Meter) -> AsyncGenerator[bytes, None]:
    """The chunks, counted and joined to blocks of at least BLOCK_BYTES; only the last is less."""
    waiting = bytearray()
    async for chunk in chunks:
        await meter.count(chunk)
        waiting += chunk
        if len(waiting) >= BLOCK_BYTES:
            yield bytes(waiting)
            waiting.clear()
    if waiting:
        yield bytes(waiting)


async def _slices(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), BLOCK_BYTES):
        yield content[start : start + BLOCK_BYTES]


async def _to_the_end(work: Awaitable[T]) -> T:
    """The result of `work`; a caller who is cancelled waits for its end all the same.

    A local write goes on in a thread after its task is cancelled; only one that has ended can be
    cleaned up after.
    """
    task: asyncio.Future[T] = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await _settle(task)
        raise


async def _settle(task: "asyncio.Future[Any]") -> None:
    """Wait until `task` has ended, however it ends and however often we are cancelled."""
    while not task.done():
        with suppress(asyncio.CancelledError):
            await asyncio.wait([task])
    if not task.cancelled():
        task.exception()  # read, so that it is not reported as forgotten
