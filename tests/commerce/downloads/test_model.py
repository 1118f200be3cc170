"""Who may fetch a file, which part of it, and what counts as a download."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria.commerce.downloads import DownloadExpired, DownloadLimitReached, DownloadRevoked
from galleria.commerce.downloads.model import (
    ByteRange,
    Grant,
    admitted,
    content_type_of,
    plain_name,
    range_of,
)
from galleria.foundation.ids import new_id

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SIZE = 1000
ALL = ByteRange(0, SIZE)


def grant(**changes: object) -> Grant:
    fields: dict[str, object] = {
        **{name: new_id() for name in ("grant_id", "order_id", "line_id", "variant_id")},
        "slot_id": new_id(),
        "file_id": new_id(),
        "max_downloads": 2,
        "downloaded": 0,
        "expires_at": None,
        "revoked_at": None,
        "last_at": None,
        "open_bytes": 0,
        "created_at": NOW,
        **changes,
    }
    return Grant(**fields)  # type: ignore[arg-type]


def test_a_file_is_fetched_so_many_times_and_no_more() -> None:
    twice = admitted(admitted(grant(), ALL, SIZE, NOW), ALL, SIZE, NOW)
    assert (twice.downloaded, twice.left) == (2, 0)
    with pytest.raises(DownloadLimitReached):
        admitted(twice, ALL, SIZE, NOW)
    anything = grant(max_downloads=None, downloaded=10**6)
    assert admitted(anything, ALL, SIZE, NOW).left is None


def test_the_rest_of_a_broken_download_is_not_counted_again() -> None:
    begun = admitted(grant(max_downloads=1), ALL, SIZE, NOW)
    soon = NOW + timedelta(minutes=59)
    assert admitted(begun, ByteRange(600, 400), SIZE, soon).downloaded == 1
    with pytest.raises(DownloadLimitReached):
        admitted(begun, ByteRange(600, 400), SIZE, NOW + timedelta(minutes=61))


def test_parts_do_not_add_up_to_more_than_one_further_file() -> None:
    now = admitted(grant(max_downloads=1), ALL, SIZE, NOW)
    now = admitted(now, ByteRange(1, SIZE - 1), SIZE, NOW)
    with pytest.raises(DownloadLimitReached):
        admitted(now, ByteRange(1, SIZE - 1), SIZE, NOW)


def test_what_was_revoked_or_is_over_is_not_fetched() -> None:
    with pytest.raises(DownloadRevoked):
        admitted(grant(revoked_at=NOW), ALL, SIZE, NOW)
    with pytest.raises(DownloadExpired):
        admitted(grant(expires_at=NOW), ALL, SIZE, NOW)


@pytest.mark.parametrize(
    ("header", "part"),
    [
        (None, None),
        ("bytes=0-99", (0, 100)),
        ("bytes=900-", (900, 100)),
        ("bytes=900-5000", (900, 100)),
        ("bytes=-100", (900, 100)),
        ("bytes=-5000", (0, 1000)),
        ("bytes=1000-", (1000, 0)),
        ("bytes=5-4", None),
        ("bytes=-", None),
        ("bytes=0-1,5-6", None),
        ("pages=1-2", None),
    ],
)
def test_a_range_is_read_as_rfc_9110_says(header: str | None, part: tuple[int, int] | None) -> None:
    assert range_of(header, SIZE) == part


@given(st.integers(0, 2000), st.integers(0, 2000), st.integers(1, 1500))
def test_a_part_lies_within_the_file(first: int, last: int, size: int) -> None:
    part = range_of(f"bytes={first}-{last}", size)
    if part is not None and part.length:
        assert part.first == first
        assert part.first + part.length - 1 == min(last, size - 1)


def test_what_a_file_is_is_told_by_how_it_begins() -> None:
    assert content_type_of(b"%PDF-1.7") == "application/pdf"
    assert content_type_of(b"\0\0\0\x18ftypmp42") == "video/mp4"
    assert content_type_of(b"PK\x03\x04....mimetypeapplication/epub+zip") == "application/epub+zip"
    assert content_type_of(b"<html><script>") == "application/octet-stream"
    assert content_type_of(b"") == "application/octet-stream"


def test_a_name_keeps_nothing_that_a_header_or_a_disk_cannot_have() -> None:
    assert plain_name('../../etc/pa"ss\r\nwd') == "passwd"
    assert plain_name("C:\\books\\Über uns.pdf") == "Über uns.pdf"
    assert plain_name("..") == "download"
