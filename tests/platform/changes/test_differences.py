"""Differences lead from either tree to the other, and are few."""

import copy
import random
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria.platform.changes import ChangeDoesNotFit, Difference, apply, diff
from galleria.platform.changes.model.applying import path_text
from galleria.platform.changes.model.differences import MAX_DEPTH, longest_increasing
from galleria.platform.changes.model.texts import edited, text_edits

SCALARS = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(0, 1) | st.text()
NAMES = st.sampled_from(["name", "code", "title", "tags", "variants"])
TREES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=6)
        | st.lists(st.sampled_from(["red", "blue", "green", 1, 2, True]), max_size=6)
        | st.dictionaries(NAMES, inner, max_size=5)
        | st.lists(
            st.tuples(st.integers(0, 9), inner).map(lambda p: {"variant_id": p[0], "value": p[1]}),
            max_size=8,
            unique_by=lambda item: item["variant_id"],
        )
    ),
    max_leaves=25,
)
WORDS = st.lists(st.sampled_from(["mug", "bowl", "plate", "kiln\n", "glaze"]), max_size=90)
LONG_TEXTS = WORDS.map(" ".join)


def exact(tree: Any) -> bytes:
    return msgspec.json.encode(tree, order="sorted")


def kept(differences: list[Difference]) -> list[Difference]:
    """The differences as they come back from where they are kept."""
    return msgspec.json.decode(msgspec.json.encode(differences), type=list[Difference])


@given(before=TREES, after=TREES)
def test_differences_lead_forward_and_back_exactly(before: Any, after: Any) -> None:
    untouched = copy.deepcopy((before, after))
    differences = kept(diff(before, after))
    assert exact(apply(before, differences)) == exact(after)
    assert exact(apply(after, differences, reverse=True)) == exact(before)
    assert (before, after) == untouched


@given(tree=TREES)
def test_the_same_tree_has_no_differences(tree: Any) -> None:
    assert diff(tree, copy.deepcopy(tree)) == []


@given(before=LONG_TEXTS, after=LONG_TEXTS)
def test_edits_of_a_text_lead_forward_and_back(before: str, after: str) -> None:
    edits = text_edits(before, after)
    if edits is not None:
        assert edited(before, edits) == after
        assert edited(after, edits, reverse=True) == before


@given(st.lists(st.integers(), unique=True, max_size=40))
def test_the_longest_increasing_run_increases_and_is_whole_when_sorted(numbers: list[int]) -> None:
    chosen = [numbers[place] for place in sorted(longest_increasing(numbers))]
    assert chosen == sorted(chosen)
    assert len(longest_increasing(sorted(numbers))) == len(numbers)


def test_one_true_and_one_point_zero_are_three_values() -> None:
    for before, after in (
        (1, True),
        (1, 1.0),
        ([1], [True]),
        ({"a": {"b": 0}}, {"a": {"b": False}}),
    ):
        (difference,) = diff(before, after)
        assert exact(apply(before, [difference])) == exact(after)


def test_the_order_of_fields_is_no_difference() -> None:
    assert diff({"a": 1, "b": {"c": 2, "d": 3}}, {"b": {"d": 3, "c": 2}, "a": 1}) == []


def variants(count: int) -> list[dict[str, Any]]:
    return [{"variant_id": f"v{number}", "sku": f"S{number}"} for number in range(count)]


def test_one_changed_variant_of_two_thousand_is_one_small_difference() -> None:
    before = {"variants": variants(2_000)}
    after = copy.deepcopy(before)
    after["variants"][1_234]["sku"] = "NEW"
    (difference,) = diff(before, after)
    assert path_text(difference.path) == "variants[v1234].sku"
    assert (difference.kind, difference.before, difference.after) == ("set", "S1234", "NEW")


def test_a_variant_moved_to_the_front_is_one_move_and_a_new_one_before_it_one_addition() -> None:
    before = variants(2_000)
    moved = [before[-1], *before[:-1]]
    (difference,) = diff(before, moved)
    assert (difference.kind, difference.place_before, difference.place_after) == ("moved", 1_999, 0)
    (added,) = diff(before, [{"variant_id": "new"}, *before])
    assert (added.kind, added.place_after) == ("added", 0)


def test_a_shuffle_with_changes_comes_back_exactly() -> None:
    shuffled = random.Random(7)  # noqa: S311 - a shuffle, the same each time
    before = variants(300)
    after = [{**each, "sku": "X"} if shuffled.random() < 0.3 else each for each in before[20:]]
    after += [{"variant_id": f"n{number}"} for number in range(15)]
    shuffled.shuffle(after)
    differences = kept(diff(before, after))
    assert apply(before, differences) == after
    assert apply(after, differences, reverse=True) == before


def test_words_of_a_list_are_matched_by_themselves() -> None:
    kinds = [each.kind for each in diff(["a", "b", "c"], ["c", "a", "d"])]
    assert sorted(kinds) == ["added", "moved", "removed"]


def test_items_without_a_name_are_compared_by_place_between_what_is_common() -> None:
    before = [[0, 0], [1, 1], [2, 2], [9, 9]]
    after = [[0, 0], [1, 5], [9, 9]]
    assert [path_text(each.path) for each in diff(before, after)] == ["[1][1]", "[2]"]
    assert diff(before, after)[-1].kind == "removed"


def test_a_few_words_of_a_long_text_are_told_and_no_more() -> None:
    before = " ".join(f"word{number}" for number in range(5_000))
    after = before.replace("word2 ", "changed ").replace("word99 ", "")
    (difference,) = diff({"description": before}, {"description": after})
    assert difference.kind == "text"
    assert (difference.edits[0].removed, difference.edits[0].added) == ("word2 ", "changed ")
    assert len(msgspec.json.encode(difference)) < 250
    assert apply({"description": before}, [difference]) == {"description": after}


def test_a_text_that_has_nothing_of_the_former_one_is_told_whole() -> None:
    (difference,) = diff("a" * 1_000, "b" * 1_000)
    assert difference.kind == "set"


def test_what_lies_deeper_than_bodies_may_be_is_one_value() -> None:
    before: Any = 1
    after: Any = 2
    for _ in range(MAX_DEPTH + 10):
        before, after = {"a": before}, {"a": after}
    (difference,) = diff(before, after)
    assert len(difference.path) == MAX_DEPTH
    assert apply(before, [difference]) == after


@pytest.mark.parametrize(
    "present",
    [
        {"title": "else", "tags": ["a", "c"]},
        {"tags": ["a", "c"]},
        {"title": "New", "tags": ["a", "b", "c"]},
        {"title": "New", "tags": "none"},
        "nothing",
    ],
)
def test_a_change_is_not_undone_where_something_else_stands_now(present: Any) -> None:
    before = {"title": "Old", "tags": ["a", "b"]}
    after = {"title": "New", "tags": ["a", "c"]}
    with pytest.raises(ChangeDoesNotFit):
        apply(present, diff(before, after), reverse=True)


def test_what_was_changed_elsewhere_since_stays() -> None:
    before: dict[str, Any] = {"title": "Old", "variants": variants(3)}
    after: dict[str, Any] = {"title": "New", "variants": variants(3)[::-1]}
    later = copy.deepcopy(after) | {"brand": "Kiln"}
    later["variants"][0]["sku"] = "later"
    undone = apply(later, diff(before, after), reverse=True)
    assert (undone["title"], undone["brand"]) == ("Old", "Kiln")
    assert [each["variant_id"] for each in undone["variants"]] == ["v0", "v1", "v2"]
    assert undone["variants"][2]["sku"] == "later"


def test_a_text_edited_again_is_not_unedited() -> None:
    before = "mug " * 100
    after = before + "bowl"
    differences = diff(before, after)
    assert differences[0].kind == "text"
    for present in (after[:-4] + "plate", 7):
        with pytest.raises(ChangeDoesNotFit):
            apply(present, differences, reverse=True)
