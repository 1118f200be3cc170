"""Ids in order, and tokens that say whose they are."""

import hashlib
import string
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import pairwise
from uuid import RFC_4122, UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria.foundation.ids import (
    IdSource,
    TokenParts,
    made_at,
    mint_token,
    new_id,
    read_token,
    token_hash,
)

KINDS = st.from_regex(r"[a-z][a-z0-9]{0,19}", fullmatch=True)
TENANT_IDS = st.integers(0, 2**31 - 1)


def milliseconds_of(made: UUID) -> int:
    return made.int >> 80


def test_an_id_is_a_uuid_version_7_of_the_present_millisecond() -> None:
    before_ms = time.time_ns() // 1_000_000
    made = new_id()
    assert (made.version, made.variant) == (7, RFC_4122)
    # Ids made before in this process may have stepped the clock's millisecond up by one.
    assert before_ms <= milliseconds_of(made) <= time.time_ns() // 1_000_000 + 1


def test_an_id_tells_when_it_was_made() -> None:
    noon = datetime(2026, 3, 4, 12, 0, 0, 123_456, UTC)
    made = IdSource(lambda: int(noon.timestamp() * 1_000_000) * 1_000).next()
    assert made_at(made) == noon.replace(microsecond=123_000)
    with pytest.raises(AssertionError):
        made_at(uuid4())


def test_ids_of_one_thread_come_in_order() -> None:
    made = [new_id() for _ in range(20_000)]
    assert all(earlier < later for earlier, later in pairwise(made))


def test_ids_of_many_threads_are_all_different_and_in_order_within_each() -> None:
    interval_s = sys.getswitchinterval()
    # Threads take turns as often as they can, in the middle of an id as well.
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            runs = list(pool.map(lambda _: [new_id() for _ in range(4_000)], range(8)))
    finally:
        sys.setswitchinterval(interval_s)
    assert len({each for run in runs for each in run}) == 32_000
    assert all(run == sorted(run) for run in runs)


@pytest.mark.parametrize("random_byte", [b"\x00", b"\xff"])
def test_ids_stay_in_order_and_well_formed_whatever_chance_gives(random_byte: bytes) -> None:
    source = IdSource(lambda: 10**15, lambda count: random_byte * count)
    made = [source.next() for _ in range(1_000)]
    assert all(earlier < later for earlier, later in pairwise(made))
    assert {milliseconds_of(each) for each in made} == {10**9}


def test_two_processes_in_the_same_millisecond_make_different_ids() -> None:
    assert IdSource(lambda: 10**15).next() != IdSource(lambda: 10**15).next()


@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=30))
def test_ids_stay_in_order_whatever_the_wall_clock_does(instants_ms: list[int]) -> None:
    ticks = iter(instants_ms)
    source = IdSource(lambda: next(ticks) * 1_000_000)

    made = [source.next() for _ in instants_ms]

    assert all(earlier < later for earlier, later in pairwise(made))
    assert all(each.version == 7 and each.variant == RFC_4122 for each in made)
    assert milliseconds_of(made[-1]) >= max(instants_ms)


def test_an_id_takes_up_a_newer_millisecond_as_soon_as_there_is_one() -> None:
    ticks = iter([5, 5, 9])
    source = IdSource(lambda: next(ticks) * 1_000_000)
    assert [milliseconds_of(source.next()) for _ in range(3)] == [5, 5, 9]


def test_ids_of_one_millisecond_do_not_give_away_the_next() -> None:
    source = IdSource(lambda: 10**15)
    made = [source.next().int for _ in range(200)]
    assert len({later - earlier for earlier, later in pairwise(made)}) > 150


@given(KINDS, TENANT_IDS)
def test_a_token_says_its_kind_and_tenant_back(kind: str, tenant_id: int) -> None:
    text = mint_token(kind, tenant_id)
    assert read_token(text, kind) == TokenParts(kind, tenant_id, text)


def test_a_token_is_spelt_as_published() -> None:
    head, kind, tenant, secret = mint_token("key", 36**2).split("_")
    assert (head, kind, tenant) == ("gal", "key", "100")
    assert len(secret) == 38
    assert set(secret) <= set(string.ascii_letters + string.digits)


def test_a_token_minted_by_an_earlier_release_is_still_read() -> None:
    text = "gal_key_11_ZB0IHWJagiiAolZ5Ogi6eMDxXFSaGr5l157FkL"
    assert read_token(text, "key") == TokenParts("key", 37, text)


@given(KINDS, TENANT_IDS, st.integers(0, 80), st.sampled_from(string.ascii_letters + "0_9 é\n"))
def test_a_token_with_one_wrong_character_is_refused(
    kind: str, tenant_id: int, place: int, wrong: str
) -> None:
    text = mint_token(kind, tenant_id)
    place %= len(text)
    changed = text[:place] + wrong + text[place + 1 :]
    assert changed == text or read_token(changed, kind) is None


def test_a_token_of_another_kind_is_refused() -> None:
    assert read_token(mint_token("session", 1), "key") is None


@pytest.mark.parametrize("text", ["", "gal", "gal_key_1_", "x" * 10_000, "gal_key_٣_" + "a" * 38])
def test_what_is_no_token_is_refused(text: str) -> None:
    assert read_token(text, "key") is None


@pytest.mark.parametrize("tenant", ["zzzzzz", "zik0zk", "01"])
def test_a_tenant_that_cannot_exist_is_refused_even_under_a_right_checksum(tenant: str) -> None:
    assert read_token(with_checksum(f"gal_key_{tenant}_" + "a" * 32), "key") is None
    assert read_token(with_checksum("gal_key_zik0zj_" + "a" * 32), "key") is not None


def with_checksum(body: str) -> str:
    """`body` with the checksum written out anew, as any client could."""
    alphabet = string.digits + string.ascii_uppercase + string.ascii_lowercase
    crc, digits = crc32(body.encode()), ""
    for _ in range(6):
        crc, digit = divmod(crc, 62)
        digits = alphabet[digit] + digits
    return body + digits


def crc32(data: bytes) -> int:
    """CRC-32 bit by bit, so that the token's checksum is compared with its definition."""
    crc = 0xFFFF_FFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xEDB8_8320 if crc & 1 else 0)
    return crc ^ 0xFFFF_FFFF


def test_two_tokens_are_never_the_same() -> None:
    assert len({mint_token("key", 1) for _ in range(1_000)}) == 1_000


@pytest.mark.parametrize("kind", ["", "Key", "my_key", "1key", "k" * 21, "key\n"])
def test_a_kind_that_would_blur_the_token_is_refused(kind: str) -> None:
    with pytest.raises(AssertionError):
        mint_token(kind, 1)


@pytest.mark.parametrize("tenant_id", [-1, 2**31])
def test_a_number_that_is_no_tenant_gets_no_token(tenant_id: int) -> None:
    with pytest.raises(AssertionError):
        mint_token("key", tenant_id)


def test_a_token_is_stored_as_its_sha256() -> None:
    text = mint_token("key", 1)
    assert token_hash(text) == hashlib.new("sha256", text.encode()).digest()
    assert len(token_hash(text)) == 32
