"""What was packed comes back as it was, from any dictionary ever used, and nothing else does."""

import zlib
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria.foundation.ids import new_id
from galleria.foundation.packing import Packer, Unreadable, pack_ids, unpack_ids

OLD = Packer({1: b"colour blue green"})
NEW = Packer({1: b"colour blue green", 2: b"size colour blue green white"})
IDS = st.uuids()


@given(st.binary(max_size=5_000))
def test_what_was_packed_comes_back(plain: bytes) -> None:
    assert NEW.unpack(NEW.pack(plain)) == plain


@given(st.binary(max_size=500))
def test_an_older_dictionary_stays_readable(plain: bytes) -> None:
    assert NEW.unpack(OLD.pack(plain)) == plain


@given(st.binary(max_size=60))
def test_other_bytes_are_refused_or_are_a_packed_text(packed: bytes) -> None:
    try:
        plain = OLD.unpack(packed)
    except Unreadable:
        return
    unpacking = zlib.decompressobj(-13, b"colour blue green")
    assert unpacking.decompress(packed[1:]) == plain


def test_a_dictionary_from_the_future_and_a_torn_text_are_refused() -> None:
    packed = NEW.pack(b"colour blue, size M")
    for broken in (packed[:-1], packed + b"x", b""):
        with pytest.raises(Unreadable):
            NEW.unpack(broken)
    with pytest.raises(Unreadable):
        OLD.unpack(packed)


def test_words_of_the_dictionary_cost_next_to_nothing() -> None:
    words = b"size colour blue green white"
    assert len(NEW.pack(words)) < len(zlib.compress(words)) / 3


@given(IDS, st.lists(IDS, max_size=20), st.binary(max_size=10))
def test_ids_come_back_in_their_order_with_what_follows_them_untouched(
    first: UUID, ids: list[UUID], more: bytes
) -> None:
    packed = pack_ids(first, ids)
    assert unpack_ids(first, packed + more, len(ids)) == (ids, len(packed))


def test_ids_made_one_after_the_other_are_short() -> None:
    first, *ids = [new_id() for _ in range(101)]
    assert len(pack_ids(first, ids)) < 8 * len(ids)


@given(IDS, st.lists(IDS, min_size=1, max_size=5))
def test_ids_that_are_not_all_there_are_refused(first: UUID, ids: list[UUID]) -> None:
    packed = pack_ids(first, ids)
    for cut in (packed[:-1], b"\xff" + packed[1:]):
        if cut[:1] == b"\x00" and len(ids) == 1:
            continue
        with pytest.raises(Unreadable):
            unpack_ids(first, cut, len(ids))
