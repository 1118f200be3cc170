"""Cursors come back as they went, and nobody else's are taken."""

import string

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from galleria.foundation.errors import problem_of
from galleria.foundation.pagination import CursorCodec, CursorKey, InvalidCursor, Page

CODEC = CursorCodec(b"a secret of 32 bytes or so, yes.")
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
SCOPES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
KEYS = st.lists(st.none() | st.integers(-(2**63), 2**63 - 1) | TEXT, max_size=4)
TENANT_IDS = st.integers(0, 2**31 - 1)
URL_SAFE = string.ascii_letters + string.digits + "-_"


@given(TENANT_IDS, SCOPES, KEYS)
def test_a_cursor_gives_its_sort_values_back(
    tenant_id: int, scope: str, keys: list[CursorKey]
) -> None:
    text = CODEC.encode(tenant_id, scope, keys)

    assert CODEC.decode(text, tenant_id, scope) == keys
    assert set(text) <= set(URL_SAFE)


@given(TENANT_IDS, TENANT_IDS, SCOPES, KEYS)
def test_a_cursor_is_of_no_use_to_another_tenant(
    tenant_id: int, other: int, scope: str, keys: list[CursorKey]
) -> None:
    assume(tenant_id != other)
    with pytest.raises(InvalidCursor):
        CODEC.decode(CODEC.encode(tenant_id, scope, keys), other, scope)


@given(TENANT_IDS, SCOPES, SCOPES, KEYS)
def test_a_cursor_is_of_no_use_in_another_list(
    tenant_id: int, scope: str, other: str, keys: list[CursorKey]
) -> None:
    assume(scope != other)
    with pytest.raises(InvalidCursor):
        CODEC.decode(CODEC.encode(tenant_id, scope, keys), tenant_id, other)


@given(KEYS, st.integers(0, 1000), st.sampled_from(URL_SAFE + "= \n+/é"))
def test_a_cursor_changed_in_any_character_is_refused(
    keys: list[CursorKey], place: int, wrong: str
) -> None:
    text = CODEC.encode(1, "products:name", keys)
    place %= len(text)
    assume(text[place] != wrong)
    with pytest.raises(InvalidCursor):
        CODEC.decode(text[:place] + wrong + text[place + 1 :], 1, "products:name")


@given(st.text(max_size=60))
def test_a_made_up_cursor_is_refused(text: str) -> None:
    with pytest.raises(InvalidCursor):
        CODEC.decode(text, 1, "products:name")


def test_a_cursor_with_padding_or_of_absurd_length_is_refused() -> None:
    text = CODEC.encode(1, "s", ["ab"])
    for other in (text + "=", text + "==", text + "A", "A" * 5000, "", text[:20]):
        with pytest.raises(InvalidCursor):
            CODEC.decode(other, 1, "s")


def test_a_cursor_signed_with_another_secret_is_refused() -> None:
    text = CursorCodec(b"another secret, 16+").encode(1, "s", [1])
    with pytest.raises(InvalidCursor) as refused:
        CODEC.decode(text, 1, "s")
    problem = problem_of(refused.value)
    assert (problem.status, problem.code) == (422, "invalid_cursor")
    assert [(field.path, field.code) for field in problem.errors] == [("cursor", "invalid_cursor")]


def test_a_cursor_issued_by_an_earlier_release_still_turns_the_page() -> None:
    codec = CursorCodec(b"k" * 32)
    text = "oPtMvfSWVtqJbLHuh0wW5Vs1LCJhIiwxLG51bGxd"
    assert codec.decode(text, 5, "s") == ["a", 1, None]


def test_a_short_secret_and_a_scope_that_could_be_mistaken_are_refused() -> None:
    with pytest.raises(AssertionError):
        CursorCodec(b"short")
    with pytest.raises(AssertionError):
        CODEC.encode(1, "a\0b", [])


def test_a_page_says_on_the_wire_whether_another_follows() -> None:
    assert msgspec.json.encode(Page(["a"], "next")) == b'{"items":["a"],"next_cursor":"next"}'
    assert msgspec.json.encode(Page[str]([])) == b'{"items":[],"next_cursor":null}'
