"""The mark that a commit leaves in each cluster, and which clusters are whole by what they say.

A mark names the clusters that hold everything up to it. A cluster that fails a commit is not in the
next mark, which the others have before anybody is told that the commit is durable; so any process
that reads the others' marks knows that it is behind, also after all have been restarted. While a
commit is under way its mark is in some clusters and not yet in others: `floor` says from which
number on a cluster named in it may still stand.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec


class Mark(msgspec.Struct, frozen=True):
    """What a commit leaves behind in each cluster it was made in.

    Args:
        number: grows with every commit, also from one writer to the next.
        floor: the last number that all members had when this commit began.
        members: the clusters that are whole, by name.
        is_doubtful: changes may be missing in all of them: a cluster that was whole could not be
            read when the writer began, and nobody knows what only it had. Until a rebuild.
    """

    number: int
    floor: int
    members: tuple[str, ...]
    is_doubtful: bool = False


class Standing(NamedTuple):
    """Who is whole, by the latest mark; `is_doubtful` as a writer beginning now must see it."""

    whole: frozenset[str]
    latest: Mark | None
    is_doubtful: bool


def text_of(mark: Mark) -> str:
    """The mark as a position."""
    return msgspec.json.encode(mark).decode()


def mark_in(position: str | None) -> Mark | None:
    """The mark that `text_of` made a position of; None when there is none or it is not ours."""
    if position is None:
        return None
    try:
        return msgspec.json.decode(position, type=Mark)
    except msgspec.DecodeError:
        return None


def number_of(mark: Mark | None) -> int:
    """Where a cluster stands; without a mark below all others."""
    return -1 if mark is None else mark.number


def standing(names: Sequence[str], found: Mapping[str, Mark | None]) -> Standing:
    """Which clusters are whole.

    Where nobody has a mark the first cluster is believed: it is the index that was there before
    there were several. Where all that are named in the latest mark bear other names now, whoever
    has that mark is believed.

    Args:
        names: all clusters, in the operator's order.
        found: the marks of those that could be read, at least one.
    """
    marks = {name: mark for name, mark in found.items() if mark is not None}
    if not marks:
        first = next(name for name in names if name in found)
        return Standing(frozenset({first}), None, first != names[0])
    holder = max(marks, key=lambda name: marks[name].number)
    latest = marks[holder]
    members = [name for name in latest.members if name in names]
    whole = frozenset(
        name for name in members if name in found and number_of(found[name]) >= latest.floor
    )
    if not whole:
        return Standing(frozenset({holder}), latest, True)
    return Standing(whole, latest, latest.is_doubtful or len(whole) < len(members))
