"""What differs between two trees, as a list that leads from either of them to the other.

A tree is what JSON can say: objects, lists, text, numbers, booleans, nothing. Lists of objects are
matched by what names the objects, so that one changed variant among two thousand, or one moved to
the front, is one small difference. Source of the fewest moves: a longest increasing subsequence
(Fredman, 1975).
"""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

import msgspec

from galleria.platform.changes.model.texts import Edit, text_edits

Tree: TypeAlias = Any
Kind: TypeAlias = Literal["set", "text", "added", "removed", "moved"]

# No wire input is deeper (`foundation.http.MAX_DEPTH`); what lies below is compared as one value.
MAX_DEPTH = 32
# What names the objects of a list, the most telling first. A list is matched by the first of these
# that all its objects have, each another one.
IDENTITIES = (
    *("variant_id", "media_id", "category_id", "collection_id", "product_id", "channel_id"),
    *("location_id", "locale", "code", "handle", "key", "name"),
)
# Under this name a list of words or numbers is matched by the items themselves.
ITSELF = ""


# `gc=False`: trees have no cycles, and bulk work makes these by the hundred thousand.
class Item(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A step of a path: the item of a list whose field `key` is `value`; see `ITSELF`."""

    key: str
    value: str | int


Step: TypeAlias = str | int | Item
Path: TypeAlias = tuple[Step, ...]


class Difference(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """One difference, at a path of field names, places in lists and items by what names them.

    `set` takes a value for another, `text` edits a long one. `added` and `removed` are fields of
    objects or items of lists, `moved` items that stand elsewhere; of items the place is told in
    the list before and after.
    """

    path: Path
    kind: Kind
    before: Tree = None
    after: Tree = None
    place_before: int | None = None
    place_after: int | None = None
    edits: tuple[Edit, ...] = ()


def diff(before: Tree, after: Tree) -> list[Difference]:
    """What leads from `before` to `after`, and back; empty when they are the same.

    Time is linear in the size of both trees, but for lists that were shuffled (n log n) and long
    texts (bounded, see `texts`). A subtree that is the same is passed over at the speed of C.
    """
    comparison = _Comparison()
    if not same(before, after):
        comparison.walk(before, after, ())
    return comparison.found


def same(one: Tree, other: Tree) -> bool:
    """True when both are the same JSON: 1, 1.0 and true are three values, as they are on the wire.

    May be False for objects whose fields stand in another order; no difference is found in them.
    """
    if one is other:
        return True
    if type(one) is not type(other) or one != other:
        return False
    if isinstance(one, (dict, list)):
        # Python holds 1 and True for equal, however deep inside.
        return msgspec.json.encode(one) == msgspec.json.encode(other)
    return True


def identity(item: Tree, key: str) -> str | int | None:
    """What names an item of a list under `key`; None when nothing does."""
    value = item if key == ITSELF else item.get(key) if isinstance(item, dict) else None
    return value if type(value) in (str, int) else None


class _Comparison:
    """Collects differences on a walk through two trees."""

    def __init__(self) -> None:
        self.found: list[Difference] = []

    def walk(self, before: Tree, after: Tree, path: Path) -> None:
        """Compare two values that are not the same."""
        is_deep = len(path) >= MAX_DEPTH
        if isinstance(before, dict) and isinstance(after, dict) and not is_deep:
            self._objects(before, after, path)
        elif isinstance(before, list) and isinstance(after, list) and not is_deep:
            self._lists(before, after, path)
        elif isinstance(before, str) and isinstance(after, str):
            edits = text_edits(before, after)
            if edits is None:
                self.found.append(Difference(path, "set", before, after))
            else:
                self.found.append(Difference(path, "text", edits=edits))
        elif not same(before, after):
            self.found.append(Difference(path, "set", before, after))

    def _objects(self, before: dict[str, Tree], after: dict[str, Tree], path: Path) -> None:
        for name, value in before.items():
            if name not in after:
                self.found.append(Difference((*path, name), "removed", before=value))
            elif not same(value, after[name]):
                self.walk(value, after[name], (*path, name))
        for name, value in after.items():
            if name not in before:
                self.found.append(Difference((*path, name), "added", after=value))

    def _lists(self, before: list[Tree], after: list[Tree], path: Path) -> None:
        for key in (*IDENTITIES, ITSELF):
            names_before, names_after = _names(before, key), _names(after, key)
            if names_before is not None and names_after is not None:
                self._matched(_Named(key, names_before, before), names_after, after, path)
                return
        self._spliced(before, after, path)

    def _matched(
        self, former: "_Named", names: dict[str | int, int], after: list[Tree], path: Path
    ) -> None:
        """Lists whose items have names: who left, who came, who moved, who is different."""
        for name, place in former.places.items():
            if name not in names:
                step = Item(former.key, name)
                item = former.items[place]
                self.found.append(
                    Difference((*path, step), "removed", before=item, place_before=place)
                )
        stayed: list[tuple[int, int, Item]] = []
        for name, place in names.items():
            step = Item(former.key, name)
            if name in former.places:
                stayed.append((former.places[name], place, step))
            else:
                self.found.append(
                    Difference((*path, step), "added", after=after[place], place_after=place)
                )
        in_order = longest_increasing([place for place, _, _ in stayed])
        for number, (place_before, place, step) in enumerate(stayed):
            if number not in in_order:
                self.found.append(
                    Difference((*path, step), "moved", place_before=place_before, place_after=place)
                )
            if not same(former.items[place_before], after[place]):
                self.walk(former.items[place_before], after[place], (*path, step))

    def _spliced(self, before: list[Tree], after: list[Tree], path: Path) -> None:
        """Lists whose items have no names: compared by place between what both have in common."""
        shorter = min(len(before), len(after))
        head = 0
        while head < shorter and same(before[head], after[head]):
            head += 1
        tail = 0
        while tail < shorter - head and same(before[-1 - tail], after[-1 - tail]):
            tail += 1
        paired = shorter - tail
        for place in range(head, paired):
            if not same(before[place], after[place]):
                self.walk(before[place], after[place], (*path, place))
        for place in range(paired, len(before) - tail):
            item = before[place]
            self.found.append(
                Difference((*path, place), "removed", before=item, place_before=place)
            )
        for place in range(paired, len(after) - tail):
            self.found.append(
                Difference((*path, place), "added", after=after[place], place_after=place)
            )


class _Named(msgspec.Struct, frozen=True):
    """A list with the place of each item by what names it."""

    key: str
    places: dict[str | int, int]
    items: list[Tree]


def _names(items: list[Tree], key: str) -> dict[str | int, int] | None:
    """The place of each item by its name; None when one has none, or two have the same."""
    names: dict[str | int, int] = {}
    for place, item in enumerate(items):
        name = identity(item, key)
        if name is None or name in names:
            return None
        names[name] = place
    return names


def longest_increasing(numbers: Sequence[int]) -> set[int]:
    """The places of a longest increasing subsequence of `numbers`. O(n log n), O(n) when sorted."""
    smallest_ends: list[int] = []  # of an increasing run of each length
    end_places: list[int] = []
    previous: list[int] = []
    for place, number in enumerate(numbers):
        if not smallest_ends or number > smallest_ends[-1]:
            length = len(smallest_ends)
            smallest_ends.append(number)
            end_places.append(place)
        else:
            length = bisect_left(smallest_ends, number)
            smallest_ends[length] = number
            end_places[length] = place
        previous.append(end_places[length - 1] if length else -1)
    chosen: set[int] = set()
    place = end_places[-1] if end_places else -1
    while place >= 0:
        chosen.add(place)
        place = previous[place]
    return chosen
