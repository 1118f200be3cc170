"""Texts taken apart once, and remembered within a bound."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria.engines.search_index.texts import TextMemory, taken_apart

WORDS = st.text(max_size=40)


def test_texts_told_again_are_not_taken_apart_again() -> None:
    memory = TextMemory()

    first = memory.of("Red boots", "Acme", "Made of leather", "en")

    assert memory.of("Red boots", "Acme", "Made of leather", "en") is first


@pytest.mark.parametrize(
    "other",
    [
        ("Red boot", "sAcme", "Made of leather", "en"),
        ("Red boots", "Acm", "eMade of leather", "en"),
        ("Red boots", "Acme", "Made of leathers", "en"),
        ("Red boots", "Acme", "Made of leather", "de"),
    ],
)
def test_other_texts_are_not_taken_for_those_remembered(other: tuple[str, str, str, str]) -> None:
    memory = TextMemory()
    memory.of("Red boots", "Acme", "Made of leather", "en")

    assert memory.of(*other) == taken_apart(*other)


@given(st.lists(st.tuples(WORDS, WORDS, WORDS, st.sampled_from(["en", "de", "ja"])), max_size=20))
def test_what_is_remembered_is_what_would_be_made(told: list[tuple[str, str, str, str]]) -> None:
    memory = TextMemory(most_bytes=4_000)

    for texts in [*told, *told]:
        assert memory.of(*texts) == taken_apart(*texts)


def test_the_least_recently_told_is_forgotten_when_the_memory_is_full() -> None:
    memory = TextMemory(most_bytes=10_000)
    kept = memory.of("kept", "", "", "en")
    gone = memory.of("gone", "", "", "en")

    for number in range(20):
        memory.of(f"other {number}", "", "", "en")
        memory.of("kept", "", "", "en")

    assert memory.of("kept", "", "", "en") is kept
    assert memory.of("gone", "", "", "en") is not gone


def test_one_text_beyond_the_bound_is_taken_apart_and_not_kept() -> None:
    memory = TextMemory(most_bytes=1_000)
    long = ("long", "", "word " * 1_000, "en")

    assert memory.of(*long) is not memory.of(*long)


def test_threads_that_tell_the_same_at_once_are_all_answered() -> None:
    memory = TextMemory(most_bytes=5_000)
    told = [(f"title {number % 10}", "", "some text", "en") for number in range(500)]

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda texts: memory.of(*texts), told))

    assert answers == [taken_apart(*texts) for texts in told]
