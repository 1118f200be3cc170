"""What every blob store keeps, asked of each adapter."""

import asyncio
import hashlib
import os
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import obstore
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from galleria.engines.blob import (
    BlobCorrupt,
    BlobKey,
    BlobMismatch,
    BlobNotFound,
    BlobRangeNotSatisfiable,
    BlobStore,
    BlobTooLarge,
    BlobUnavailable,
    InvalidBlobKey,
)
from galleria.engines.blob.local import local_blobs
from galleria.engines.blob.objects import ObjectBlobStore
from galleria.engines.blob.s3 import S3Address, parse_s3_url, s3_blobs
from galleria.engines.blob.upload import PART_BYTES, Store
from galleria.foundation.errors import InvalidInput

S3_URL = os.environ.get("GALLERIA_TEST_S3_URL", "")
needs_s3 = [
    pytest.mark.engines,
    pytest.mark.skipif(not S3_URL, reason="GALLERIA_TEST_S3_URL names no S3 server"),
]

TEXT = "text/plain; charset=utf-8"
LARGE = 3 * PART_BYTES + 12_345  # more than one part, and an odd end


@dataclass
class Shelf:
    """A blob store, and a look behind it."""

    blobs: BlobStore
    store: Store
    tenant_id: int

    def key(self, path: str) -> BlobKey:
        return BlobKey(self.tenant_id, path)

    async def objects(self) -> list[str]:
        """Everything that lies in the store for this tenant, seen or not."""
        found = await obstore.list(self.store, f"tenants/{self.tenant_id}").collect_async()
        return sorted(one["path"] for one in found)


@pytest.fixture(params=["local", pytest.param("s3", marks=needs_s3)])
async def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Shelf]:
    if request.param == "local":
        blobs = local_blobs(tmp_path / "blobs")
    else:
        address = parse_s3_url(S3_URL)
        # A folder of its own in the bucket is the sandbox of a test.
        blobs = s3_blobs(
            S3Address(
                address.endpoint,
                address.bucket,
                f"test-{uuid4().hex}",
                address.region,
                address.access_key,
                address.secret_key,
            )
        )
    yield Shelf(blobs, blobs.store, tenant_id=7)
    await blobs.delete_tenant(7)


async def chunks_of(content: bytes, size: int = 100_000) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def breaking(content: bytes) -> AsyncIterator[bytes]:
    async for chunk in chunks_of(content):
        yield chunk
    raise ConnectionResetError("the sender went away")


async def hanging(content: bytes) -> AsyncIterator[bytes]:
    async for chunk in chunks_of(content):
        yield chunk
    await asyncio.sleep(60)


async def everything(shelf: Shelf, path: str, first_byte: int, length: int | None) -> bytes:
    stream = await shelf.blobs.open(shelf.key(path), first_byte, length)
    content = b"".join([chunk async for chunk in stream])
    assert len(content) == stream.size_bytes
    return content


async def test_what_was_put_is_read_back_with_size_digest_and_type(shelf: Shelf) -> None:
    put = await shelf.blobs.put(shelf.key("notes/a.txt"), b"hello", TEXT)
    assert put.size_bytes == 5
    assert put.sha256 == hashlib.sha256(b"hello").hexdigest()
    assert put.content_type == TEXT
    assert await shelf.blobs.info(shelf.key("notes/a.txt")) == put
    assert await shelf.blobs.read(shelf.key("notes/a.txt")) == b"hello"


async def test_an_empty_blob_is_a_blob(shelf: Shelf) -> None:
    await shelf.blobs.put(shelf.key("empty"), b"", TEXT)
    await shelf.blobs.put(shelf.key("empty-stream"), chunks_of(b""), TEXT)
    for path in ("empty", "empty-stream"):
        assert await everything(shelf, path, 0, None) == b""
        assert (await shelf.blobs.verify(shelf.key(path))).size_bytes == 0


@pytest.mark.parametrize("size", [1, PART_BYTES, PART_BYTES + 1, LARGE])
async def test_a_stream_of_any_size_arrives_whole(shelf: Shelf, size: int) -> None:
    content = secrets.token_bytes(size)
    info = await shelf.blobs.put(
        shelf.key("film"), chunks_of(content, 70_001), "video/mp4", limit_bytes=size
    )
    assert info.size_bytes == size
    assert info.sha256 == hashlib.sha256(content).hexdigest()
    assert await shelf.blobs.read(shelf.key("film")) == content
    assert await shelf.blobs.verify(shelf.key("film")) == info


async def test_bytes_larger_than_one_part_arrive_whole(shelf: Shelf) -> None:
    content = secrets.token_bytes(LARGE)
    await shelf.blobs.put(shelf.key("film"), content, "video/mp4")
    assert await shelf.blobs.read(shelf.key("film")) == content


async def test_a_range_gives_exactly_its_bytes(shelf: Shelf) -> None:
    content = bytes(range(100))
    await shelf.blobs.put(shelf.key("r"), content, TEXT)
    assert await everything(shelf, "r", 0, 10) == content[:10]
    assert await everything(shelf, "r", 90, None) == content[90:]
    assert await everything(shelf, "r", 95, 1000) == content[95:]
    assert await everything(shelf, "r", 99, 1) == content[99:]
    assert await everything(shelf, "r", 10, 0) == b""
    with pytest.raises(BlobRangeNotSatisfiable):
        await shelf.blobs.open(shelf.key("r"), 100)


async def test_a_range_of_a_large_blob_crosses_its_parts(shelf: Shelf) -> None:
    content = secrets.token_bytes(LARGE)
    await shelf.blobs.put(shelf.key("film"), chunks_of(content), "video/mp4")
    start = PART_BYTES - 1000
    assert await everything(shelf, "film", start, 2000) == content[start : start + 2000]


async def test_a_blob_that_is_not_there_is_not_found(shelf: Shelf) -> None:
    for use in (shelf.blobs.open, shelf.blobs.read, shelf.blobs.info, shelf.blobs.verify):
        with pytest.raises(BlobNotFound):
            await use(shelf.key("nothing"))
    assert await shelf.blobs.delete(shelf.key("nothing")) is False


async def test_a_second_put_replaces_the_first_and_leaves_nothing_of_it(shelf: Shelf) -> None:
    await shelf.blobs.put(shelf.key("a"), b"one", TEXT)
    await shelf.blobs.put(shelf.key("a"), b"two two", "text/csv")
    assert await shelf.blobs.read(shelf.key("a")) == b"two two"
    assert (await shelf.blobs.info(shelf.key("a"))).content_type == "text/csv"
    assert len(await shelf.objects()) == 2  # a record and a body


async def test_delete_removes_the_blob_and_its_bytes(shelf: Shelf) -> None:
    await shelf.blobs.put(shelf.key("a"), b"one", TEXT)
    assert await shelf.blobs.delete(shelf.key("a")) is True
    assert await shelf.blobs.delete(shelf.key("a")) is False
    assert await shelf.objects() == []


@pytest.mark.parametrize("size", [10, 300_000, LARGE])
async def test_an_upload_that_breaks_off_leaves_nothing(shelf: Shelf, size: int) -> None:
    with pytest.raises(ConnectionResetError):
        await shelf.blobs.put(shelf.key("a"), breaking(b"x" * size), TEXT)
    assert await shelf.objects() == []
    with pytest.raises(BlobNotFound):
        await shelf.blobs.info(shelf.key("a"))


@pytest.mark.parametrize("size", [300_000, LARGE])
async def test_an_upload_that_is_cancelled_leaves_nothing(shelf: Shelf, size: int) -> None:
    upload = asyncio.create_task(shelf.blobs.put(shelf.key("a"), hanging(b"x" * size), TEXT))
    await asyncio.sleep(0.5)
    upload.cancel()
    with pytest.raises(asyncio.CancelledError):
        await upload
    assert await shelf.objects() == []


async def test_an_upload_that_breaks_off_leaves_the_old_blob_in_place(shelf: Shelf) -> None:
    await shelf.blobs.put(shelf.key("a"), b"old", TEXT)
    with pytest.raises(ConnectionResetError):
        await shelf.blobs.put(shelf.key("a"), breaking(b"x" * LARGE), TEXT)
    assert await shelf.blobs.read(shelf.key("a")) == b"old"


@pytest.mark.parametrize("limit", [9, LARGE - 1])
async def test_one_byte_above_the_limit_is_refused_and_leaves_nothing(
    shelf: Shelf, limit: int
) -> None:
    content = b"x" * (limit + 1)
    for source in (content, chunks_of(content)):
        with pytest.raises(BlobTooLarge):
            await shelf.blobs.put(shelf.key("a"), source, TEXT, limit_bytes=limit)
    assert await shelf.objects() == []
    await shelf.blobs.put(shelf.key("a"), content[:limit], TEXT, limit_bytes=limit)


async def test_a_digest_other_than_announced_is_refused_and_leaves_nothing(shelf: Shelf) -> None:
    announced = hashlib.sha256(b"hello").hexdigest()
    with pytest.raises(BlobMismatch):
        await shelf.blobs.put(shelf.key("a"), b"hullo", TEXT, expected_sha256=announced)
    assert await shelf.objects() == []
    await shelf.blobs.put(shelf.key("a"), b"hello", TEXT, expected_sha256=announced)


async def test_reading_into_memory_has_a_limit(shelf: Shelf) -> None:
    await shelf.blobs.put(shelf.key("a"), b"x" * 100, TEXT)
    with pytest.raises(BlobTooLarge):
        await shelf.blobs.read(shelf.key("a"), limit_bytes=99)


async def test_readers_see_whole_blobs_only_while_writers_replace_them(shelf: Shelf) -> None:
    whole = {bytes([letter]) * (400_000 + letter) for letter in b"abcd"}
    await shelf.blobs.put(shelf.key("a"), next(iter(whole)), TEXT)
    writing = True

    async def write() -> None:
        for _ in range(3):
            for content in whole:
                await shelf.blobs.put(shelf.key("a"), chunks_of(content), TEXT)

    async def read() -> int:
        reads = 0
        while writing:
            try:
                assert await shelf.blobs.read(shelf.key("a")) in whole
                reads += 1
            except (BlobCorrupt, BlobUnavailable):
                # Replaced twice within one read: said loudly, never given out wrong.
                continue
        return reads

    readers = [asyncio.create_task(read()) for _ in range(4)]
    await write()
    writing = False
    assert sum(await asyncio.gather(*readers)) > 0


async def test_a_folder_and_a_blob_may_have_the_same_name(shelf: Shelf) -> None:
    await shelf.blobs.put(shelf.key("a/b"), b"below", TEXT)
    await shelf.blobs.put(shelf.key("a"), b"above", TEXT)
    await shelf.blobs.put(shelf.key("a/b/c"), b"deep", TEXT)
    assert await shelf.blobs.read(shelf.key("a")) == b"above"
    assert await shelf.blobs.read(shelf.key("a/b")) == b"below"
    assert await shelf.blobs.delete(shelf.key("a/b")) is True
    assert await shelf.blobs.read(shelf.key("a/b/c")) == b"deep"


async def test_one_tenant_never_sees_the_blobs_of_another(shelf: Shelf) -> None:
    await shelf.blobs.put(BlobKey(7, "a"), b"of 7", TEXT)
    await shelf.blobs.put(BlobKey(77, "a"), b"of 77", TEXT)
    assert await shelf.blobs.read(BlobKey(7, "a")) == b"of 7"
    assert (await shelf.blobs.list(7)).keys == [BlobKey(7, "a")]
    assert await shelf.blobs.delete_tenant(77) == 1
    assert await shelf.blobs.read(BlobKey(7, "a")) == b"of 7"


async def test_pages_hold_every_key_once_in_order(shelf: Shelf) -> None:
    paths = ["a", "a-b", "a.b", "a/b", "a/c", "a0", "ab", "b/a", "b/a/a", "c"]
    for path in reversed(paths):
        await shelf.blobs.put(shelf.key(path), b"x", TEXT)
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = await shelf.blobs.list(7, cursor=cursor, limit=3)
        seen += [key.path for key in page.keys]
        cursor = page.next_cursor
        if cursor is None:
            break
        assert len(page.keys) == 3
    assert seen == paths


async def test_a_prefix_is_a_folder_not_the_beginning_of_a_name(shelf: Shelf) -> None:
    for path in ("in/2026/a", "in/2026/b", "in/2026-01/c", "in/2026", "other"):
        await shelf.blobs.put(shelf.key(path), b"x", TEXT)
    page = await shelf.blobs.list(7, "in/2026", limit=1)
    assert [key.path for key in page.keys] == ["in/2026/a"]
    page = await shelf.blobs.list(7, "in/2026", limit=1, cursor=page.next_cursor)
    assert [key.path for key in page.keys] == ["in/2026/b"]
    assert page.next_cursor is None
    assert (await shelf.blobs.list(7, "nowhere")).keys == []
    with pytest.raises(InvalidBlobKey):
        await shelf.blobs.list(7, "in/../../8")


async def test_deleting_a_tenant_leaves_nothing_of_it(shelf: Shelf) -> None:
    for number in range(12):
        await shelf.blobs.put(shelf.key(f"n/{number}"), b"x", TEXT)
    assert await shelf.blobs.delete_tenant(7) == 12
    assert await shelf.objects() == []
    assert await shelf.blobs.delete_tenant(7) == 0


async def test_verify_notices_changed_and_lost_bytes(shelf: Shelf) -> None:
    await shelf.blobs.put(shelf.key("a"), b"hello", TEXT)
    (body,) = [path for path in await shelf.objects() if "/bodies/" in path]
    await obstore.put_async(shelf.store, body, b"hullo")
    with pytest.raises(BlobCorrupt):
        await shelf.blobs.verify(shelf.key("a"))
    await obstore.put_async(shelf.store, body, b"hell")
    with pytest.raises(BlobCorrupt):
        await shelf.blobs.read(shelf.key("a"))
    await obstore.delete_async(shelf.store, body)
    with pytest.raises(BlobCorrupt):
        await shelf.blobs.read(shelf.key("a"))


async def test_sweep_removes_bodies_without_a_record_and_nothing_else(shelf: Shelf) -> None:
    await shelf.blobs.put(shelf.key("a"), b"kept", TEXT)
    await obstore.put_async(shelf.store, f"tenants/7/bodies/a!{uuid4().hex}", b"orphan")
    await obstore.put_async(shelf.store, f"tenants/7/bodies/b/c!{uuid4().hex}", b"orphan")
    assert await shelf.blobs.sweep(7) == 0  # too young to be sure
    await asyncio.sleep(1.1)  # S3 tells time in whole seconds
    assert await shelf.blobs.sweep(7, older_than_s=0) == 2
    assert len(await shelf.objects()) == 2
    assert await shelf.blobs.read(shelf.key("a")) == b"kept"


async def test_a_type_that_could_forge_a_header_is_refused(shelf: Shelf) -> None:
    for content_type in ("text/html\r\nX-Evil: 1", "", "html", "text/html; a=b\n"):
        with pytest.raises(InvalidInput):
            await shelf.blobs.put(shelf.key("a"), b"x", content_type)
    assert await shelf.objects() == []


BAD_PATHS = [
    "",
    ".",
    "..",
    "../a",
    "a/../../b",
    "/etc/passwd",
    "a//b",
    "a/",
    "a/.hidden",
    "A",
    "a\\b",
    "a\x00b",
    "a\n",
    "a!b",
    "a#1",
    "ä",
    "%2e%2e",
    "x" * 101,
    "/".join(["x" * 99] * 8),
]


@pytest.mark.parametrize("path", BAD_PATHS)
def test_a_path_that_could_leave_its_place_is_no_key(path: str) -> None:
    with pytest.raises(InvalidBlobKey):
        BlobKey(1, path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(path=st.text("ab./\\-_A%~\x00 ", min_size=1, max_size=12))
def test_a_key_that_is_accepted_stays_below_its_tenant(path: str, tmp_path: Path) -> None:
    try:
        key = BlobKey(1, path)
    except InvalidBlobKey:
        return
    root = tmp_path / "tenants" / "1"
    assert (root / key.path).resolve().is_relative_to(root.resolve())
    assert str((root / key.path).resolve().relative_to(root.resolve())) == path


# What only local files promise.


async def test_local_leaves_no_half_written_file_and_no_empty_folder(tmp_path: Path) -> None:
    blobs = local_blobs(tmp_path / "blobs")
    key = BlobKey(7, "deep/down/here")
    with pytest.raises(ConnectionResetError):
        await blobs.put(key, breaking(b"x" * LARGE), TEXT)
    upload = asyncio.create_task(blobs.put(key, hanging(b"x" * LARGE), TEXT))
    await asyncio.sleep(0.5)
    upload.cancel()
    await asyncio.wait([upload])
    await blobs.put(key, b"x", TEXT)
    await blobs.delete(key)
    assert [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()] == []


async def test_local_sweep_removes_the_drafts_of_a_killed_process(tmp_path: Path) -> None:
    blobs = local_blobs(tmp_path / "blobs")
    await blobs.put(BlobKey(7, "a"), b"kept", TEXT)
    draft = tmp_path / "blobs/tenants/7/bodies/b!0123#1"
    draft.write_bytes(b"half")
    assert await blobs.sweep(7) == 0
    assert await blobs.sweep(7, older_than_s=0) == 1
    assert not draft.exists()
    assert await blobs.read(BlobKey(7, "a")) == b"kept"


async def test_local_files_are_for_their_owner_only(tmp_path: Path) -> None:
    blobs = local_blobs(tmp_path / "blobs")
    await blobs.put(BlobKey(7, "a"), b"x", TEXT)
    assert (tmp_path / "blobs").stat().st_mode & 0o077 == 0


async def test_local_says_unavailable_when_the_disk_refuses(tmp_path: Path) -> None:
    blobs = local_blobs(tmp_path / "blobs")
    await blobs.put(BlobKey(7, "a"), b"x", TEXT)
    # A file where a folder is needed refuses every write, for any user.
    (tmp_path / "blobs/tenants/8").write_bytes(b"in the way")
    with pytest.raises(BlobUnavailable):
        await blobs.put(BlobKey(8, "a"), b"x", TEXT)


# What only S3 promises.


def test_an_s3_address_is_read_with_its_keys_and_without() -> None:
    address = parse_s3_url("https://KEY:se%2Fcret@s3.example.org:9000/shop/pre/fix?region=eu-1")
    assert address == S3Address(
        "https://s3.example.org:9000", "shop", "pre/fix", "eu-1", "KEY", "se/cret"
    )
    assert parse_s3_url("http://[::1]:9000/shop").access_key is None


@pytest.mark.parametrize("url", ["", "s3://bucket", "https://host", "https://u:secret@/b"])
def test_an_s3_address_without_host_or_bucket_is_refused_without_its_secret(url: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_s3_url(url)
    assert "secret@" not in refused.value.detail


async def test_an_s3_that_is_down_is_unavailable_within_seconds() -> None:
    blobs = s3_blobs(S3Address("http://127.0.0.1:9", "shop", access_key="k", secret_key="s"))
    with pytest.raises(BlobUnavailable):
        async with asyncio.timeout(30):
            await blobs.read(BlobKey(1, "a"))


@pytest.mark.engines
@pytest.mark.skipif(not S3_URL, reason="GALLERIA_TEST_S3_URL names no S3 server")
async def test_s3_bodies_carry_their_type_for_those_who_fetch_them_past_us() -> None:
    blobs: ObjectBlobStore = s3_blobs(parse_s3_url(S3_URL))
    tenant_id = secrets.randbelow(2**31)
    await blobs.put(BlobKey(tenant_id, "a"), b"x", "image/webp")
    await blobs.put(BlobKey(tenant_id, "b"), chunks_of(b"x" * LARGE), "image/webp")
    found = await obstore.list(blobs.store, f"tenants/{tenant_id}/bodies").collect_async()
    for body in found:
        result = await obstore.get_async(blobs.store, body["path"])
        assert result.attributes["Content-Type"] == "image/webp"
    await blobs.delete_tenant(tenant_id)
