"""What a row of the history holds, and which chunks are not worth opening."""

from hashlib import shake_256
from uuid import UUID

import pytest

from galleria.foundation.ids import new_id
from galleria.platform.changes import MOST_IN_CHUNK, ChangeTooLarge, Entry, diff
from galleria.platform.changes.model import packing
from galleria.platform.changes.model.packing import CREATED

LONG = {"text": [f"line {number}" for number in range(200)]}


@pytest.mark.parametrize("after", [{"a": 1}, LONG])
def test_differences_come_back_as_they_were_packed(after: dict[str, object]) -> None:
    differences = tuple(diff({"b": 2}, after))
    assert packing.unpack(packing.pack(differences)) == differences
    assert len(packing.pack(tuple(diff({}, LONG)))) < 1_500


def test_entries_come_back_together_and_one_by_one() -> None:
    changed = Entry("changed", 4, tuple(diff({"a": 1}, {"a": 2})))
    entries = {new_id(): CREATED, new_id(): changed, new_id(): Entry("created", 1)}
    packed = packing.pack_entries(entries)
    assert packing.unpack_entries(packed) == entries
    for subject_id, entry in entries.items():
        assert packing.unpack_entry(packed, subject_id) == entry
    assert packing.unpack_entry(packed, new_id()) is None
    first = next(iter(entries))
    rest = packing.unpack_entries(packing.without_entry(packed, first))
    assert rest == {key: entry for key, entry in entries.items() if key != first}


def test_what_was_created_costs_little_more_than_its_id() -> None:
    packed = packing.pack_entries({new_id(): CREATED for _ in range(MOST_IN_CHUNK)})
    assert len(packed) < 20 * MOST_IN_CHUNK


def test_a_chunk_has_a_bound() -> None:
    with pytest.raises(ChangeTooLarge):
        packing.pack_entries({new_id(): CREATED for _ in range(MOST_IN_CHUNK + 1)})


def test_a_change_of_sixteen_megabytes_is_refused() -> None:
    # Two hexadecimal digits hold one byte that cannot be compressed.
    differences = diff("", shake_256(b"mug").hexdigest(packing.MOST_PACKED_BYTES + 1_000))
    with pytest.raises(ChangeTooLarge):
        packing.pack(differences)


def test_the_filter_never_misses_and_seldom_errs() -> None:
    inside = [new_id() for _ in range(5_000)]
    bloom = packing.bloom_of(inside, len(inside))
    assert len(bloom) == 6_250
    assert all(packing.may_hold(bloom, each) for each in inside)
    wrong = sum(packing.may_hold(bloom, UUID(int=number)) for number in range(5_000))
    assert wrong < 100
