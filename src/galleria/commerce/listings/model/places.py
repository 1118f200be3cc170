"""Where products are found: the tree of categories, and how many products each branch shows.

A product counts once in each of its places. Where two categories of one product lie in the same
branch, one is taken off again at the place where their ways part: so the sum over any branch counts
the product once, and moving a branch changes no product's row.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from uuid import UUID

import msgspec

# (place, is_shared) to how many products more, or fewer.
Counts = Counter[tuple[int, bool]]


class Category(msgspec.Struct, frozen=True):
    """A category as the window needs it. `place` is 0 while no shown product was ever in it."""

    category_id: UUID
    parent_id: UUID | None
    handle: str
    name: str
    names: dict[str, str]
    path: str
    place: int

    def name_in(self, locale: str) -> str:
        """Its name in this language, or as the shop wrote it."""
        return self.names.get(locale) or self.name


class Tree:
    """All categories of a shop by path, each before those inside it."""

    def __init__(self, categories: Sequence[Category]) -> None:
        """Arrange the categories; they come sorted by path."""
        self.categories = categories
        self.by_place = {each.place: each for each in categories if each.place}
        self._by_path = {each.path: each for each in categories}
        self._named = {each.handle: each for each in categories} | self._by_path
        self._branches: dict[str, list[int]] = {}
        for each in categories:
            if each.place:
                path = each.path
                while path:
                    self._branches.setdefault(path, []).append(each.place)
                    path = path.rpartition("/")[0]

    def find(self, name: str) -> Category | None:
        """The category with this path or handle."""
        return self._named.get(name)

    def inside(self, path: str) -> list[Category]:
        """The category at this path and all below it."""
        below = path + "/"
        return [
            each for each in self.categories if each.path == path or each.path.startswith(below)
        ]

    def branch(self, path: str) -> list[int]:
        """The places of the category at this path and of all below it."""
        return self._branches.get(path, [])

    def meeting(self, one: str, other: str) -> int:
        """The place of the deepest category that two paths have in common, 0 for none."""
        shared = 0
        above = ""
        for left, right in zip(one.split("/"), other.split("/"), strict=False):
            if left != right:
                break
            above = f"{above}/{left}" if above else left
            at = self._by_path.get(above)
            shared = at.place if at is not None else 0
        return shared


def counts_of(places: Iterable[int], tree: Tree) -> Counts:
    """What one product with these places adds to the counts."""
    counts: Counts = Counter({(place, False): 1 for place in places if place})
    met_at = (tree.by_place[place].path for place, _ in counts if place in tree.by_place)
    paths = sorted(met_at, key=lambda path: path.split("/"))
    for one, other in pairwise(paths):
        met = tree.meeting(one, other)
        if met:
            counts[met, True] -= 1
    return counts


def branch_count(path: str, tree: Tree, counts: Mapping[int, int]) -> int:
    """How many products lie in the category at this path or below it, each counted once."""
    return sum(counts.get(place, 0) for place in tree.branch(path))
