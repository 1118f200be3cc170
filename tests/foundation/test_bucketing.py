"""Buckets: stable, even, and independent between salts."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria.foundation.bucketing import bucket


@pytest.mark.parametrize(
    ("key", "salt", "expected"),
    [("0", "e", 7196), ("1", "e", 8407), ("2", "e", 2517), ("3", "e", 8834), ("4", "e", 4605)],
)
def test_a_bucket_dealt_by_an_earlier_release_stays(key: str, salt: str, expected: int) -> None:
    assert bucket(key, salt) == expected


@given(st.text(), st.text(), st.integers(1, 10**6))
def test_a_bucket_is_one_of_those_there_are(key: str, salt: str, buckets: int) -> None:
    assert 0 <= bucket(key, salt, buckets) < buckets


def test_buckets_fill_evenly() -> None:
    filled = Counter(bucket(str(shopper), "salt", 10) for shopper in range(100_000))
    # Each holds 10,000 give or take; 500 are more than five standard deviations.
    assert all(abs(filled[each] - 10_000) < 500 for each in range(10))


def test_another_salt_deals_independently() -> None:
    both = sum(bucket(str(each), "a", 2) == bucket(str(each), "b", 2) for each in range(20_000))
    assert 9_600 < both < 10_400


def test_key_and_salt_do_not_run_into_each_other() -> None:
    assert bucket("c", "ab") != bucket("bc", "a")


def test_no_bucket_at_all_is_refused() -> None:
    with pytest.raises(AssertionError):
        bucket("key", "salt", 0)
