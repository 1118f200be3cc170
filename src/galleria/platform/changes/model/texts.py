"""What was edited in a long text: the few words that differ, not the two texts."""

import re
from difflib import SequenceMatcher

import msgspec

# Shorter texts are told whole: nobody reads the difference of two titles by the word.
SHORT_LENGTH = 200
# Matching is quadratic in the worst case. Up to so many words, or else lines, it takes some
# milliseconds; what differs in more is one edit.
MOST_PARTS = 200
# Edits that make up more than this of both texts tell less than the texts themselves.
MOST_SHARE = 0.8
_WORDS = re.compile(r"\S+\s*|\s+")
_LINES = re.compile(r"[^\n]*\n|[^\n]+")


class Edit(msgspec.Struct, frozen=True, array_like=True):
    """At character `at` of the text before, `removed` gives way to `added`."""

    at: int
    removed: str
    added: str


def text_edits(before: str, after: str) -> tuple[Edit, ...] | None:
    """The edits that lead from one text to the other, in order; None when they would not be short.

    What both begin and end with is skipped at the speed of C; between, words are matched, lines
    when there are too many words.
    """
    if max(len(before), len(after)) <= SHORT_LENGTH:
        return None
    start = _common_length(before, after)
    most_end = min(len(before), len(after)) - start
    end = _common_length(before[::-1][:most_end], after[::-1][:most_end])
    inside, became = before[start : len(before) - end], after[start : len(after) - end]
    edits = tuple(
        Edit(start + each.at, each.removed, each.added) for each in _matched(inside, became)
    )
    told = sum(len(each.removed) + len(each.added) for each in edits)
    return edits if told <= MOST_SHARE * (len(before) + len(after)) else None


def edited(text: str, edits: tuple[Edit, ...], *, reverse: bool = False) -> str | None:
    """The text with the edits made, or unmade; None when it is not the one they belong to."""
    parts: list[str] = []
    position = shift = 0
    for edit in edits:
        at = edit.at + (shift if reverse else 0)
        old, new = (edit.added, edit.removed) if reverse else (edit.removed, edit.added)
        if at < position or text[at : at + len(old)] != old:
            return None
        parts += [text[position:at], new]
        position = at + len(old)
        shift += len(edit.added) - len(edit.removed)
    return "".join([*parts, text[position:]])


def _matched(before: str, after: str) -> list[Edit]:
    """The edits of what is left between the common beginning and end."""
    for pattern in (_WORDS, _LINES):
        one, other = pattern.findall(before), pattern.findall(after)
        if max(len(one), len(other)) <= MOST_PARTS:
            break
    else:
        return [Edit(0, before, after)]
    places = [0]
    for part in one:
        places.append(places[-1] + len(part))
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return [
        Edit(places[first], "".join(one[first:last]), "".join(other[start:stop]))
        for tag, first, last, start, stop in matcher.get_opcodes()
        if tag != "equal"
    ]


def _common_length(one: str, other: str) -> int:
    """How many characters both begin with, found by halving: each step compares slices in C."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
