"""Lines keep their numbers and places, however they end and however the blocks fall."""

from hypothesis import example, given
from hypothesis import strategies as st

from galleria.commerce.imports.model.lines import LineSplitter
from galleria.commerce.imports.model.runs import Position
from tests.commerce.imports.blocks import cut


@given(
    words=st.lists(st.sampled_from([b"", b"a", b"bc", b"\n", b"\r\n", b"\r", b"d e"]), max_size=30),
    cuts=st.lists(st.integers(0, 60), max_size=10),
)
def test_lines_are_those_of_the_whole_file(words: list[bytes], cuts: list[int]) -> None:
    content = b"".join(words)
    splitter = LineSplitter(Position(), max_line_bytes=1_000)
    lines = [line for block in cut(content, cuts) for line in splitter.feed(block)]
    lines += splitter.finish()
    assert [line.raw for line in lines] == content.splitlines(keepends=True)
    assert [line.number for line in lines] == list(range(1, len(lines) + 1))
    for line in lines:
        assert content[line.first_byte : line.end_byte] == line.raw
    assert splitter.position == Position(len(content), len(lines) + 1)


@given(
    size=st.integers(11, 5_000),
    ending=st.sampled_from([b"\n", b"\r\n", b"\r"]),
    cuts=st.lists(st.integers(0, 5_000), max_size=10),
)
@example(size=11, ending=b"\r\n", cuts=[19])  # between the two halves of a line's end
def test_of_an_overlong_line_only_the_beginning_is_kept(
    size: int, ending: bytes, cuts: list[int]
) -> None:
    content = b"short" + ending + b"x" * size + ending + b"end"
    splitter = LineSplitter(Position(), max_line_bytes=10)
    lines = [line for block in cut(content, cuts) for line in splitter.feed(block)]
    lines += splitter.finish()
    assert [(line.number, line.is_overlong) for line in lines] == [
        (1, False),
        (2, True),
        (3, False),
    ]
    assert len(lines[1].raw) <= 1_201
    assert lines[1].end_byte == lines[2].first_byte == len(content) - 3
    assert lines[2].raw == b"end"


def test_memory_does_not_grow_with_an_endless_line() -> None:
    splitter = LineSplitter(Position(), max_line_bytes=100)
    for _ in range(1_000):
        assert splitter.feed(b"0" * 10_000) == []
        assert len(splitter._rest) < 20_000
    (line,) = splitter.feed(b"\n")
    assert (line.is_overlong, line.end_byte) == (True, 10_000_001)
