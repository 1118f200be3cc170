"""What a file has named is remembered, also by the worker that takes over."""

from hypothesis import given
from hypothesis import strategies as st

from galleria.commerce.imports.model.seen import SeenMarks


@given(names=st.lists(st.text(max_size=3), max_size=50))
def test_a_name_is_new_once(names: list[str]) -> None:
    seen, known = SeenMarks(), set()
    for name in names:
        assert seen.add("sku", name) == (name not in known)
        known.add(name)


def test_kinds_are_kept_apart() -> None:
    seen = SeenMarks()
    assert seen.add("sku", "a")
    assert seen.add("product", "a")


def test_marks_outlive_their_worker() -> None:
    first = SeenMarks()
    for at in range(20_000):
        assert first.add("sku", str(at))
    kept = first.take_fresh()
    assert (len(kept), first.take_fresh()) == (160_000, b"")
    second = SeenMarks()
    second.restore(kept)
    assert not any(second.add("sku", str(at)) for at in range(20_000))
    assert second.add("sku", "another")
    assert len(second.take_fresh()) == 8, "what was restored is not kept twice"
