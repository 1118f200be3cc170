"""Makes a tree into the one after a change, or into the one before it."""

from collections.abc import Iterable
from typing import Any

from galleria.platform.changes.errors import ChangeDoesNotFit
from galleria.platform.changes.model.differences import (
    Difference,
    Item,
    Path,
    Step,
    Tree,
    identity,
    same,
)
from galleria.platform.changes.model.texts import edited

_ABSENT = object()


def apply(tree: Tree, differences: Iterable[Difference], *, reverse: bool = False) -> Tree:
    """`tree` with the differences made; with `reverse`, as it was before them. `tree` stays.

    Only the places that the differences name are looked at, so a tree that has been changed
    elsewhere since keeps those changes. O(n) of the objects and lists on the way.

    Raises:
        ChangeDoesNotFit: a named place does not hold what the differences found there.
    """
    root = _Node()
    is_same = True
    for each in differences:
        root.add(each, reverse)
        is_same = False
    return tree if is_same else root.applied(tree, ())


class _Node:
    """What happens at one place of the tree, and below it."""

    def __init__(self) -> None:
        self.value: tuple[Difference, bool] | None = None
        self.leaving: dict[Step, Tree] = {}
        self.arriving: dict[Step, tuple[Tree, int | None]] = {}
        self.moving: dict[Step, int] = {}
        self.below: dict[Step, _Node] = {}

    def add(self, each: Difference, reverse: bool) -> None:
        """Sort a difference in, from this node as the root."""
        is_member = each.kind in ("added", "removed", "moved")
        node = self
        for step in each.path[:-1] if is_member else each.path:
            node = node.below.setdefault(step, _Node())
        if not is_member:
            node.value = (each, reverse)
        elif each.kind == "moved":
            place = each.place_before if reverse else each.place_after
            assert place is not None, "a move tells both places"
            node.moving[each.path[-1]] = place
        elif (each.kind == "added") is not reverse:
            item = each.before if reverse else each.after
            place = each.place_before if reverse else each.place_after
            node.arriving[each.path[-1]] = (item, place)
        else:
            node.leaving[each.path[-1]] = each.after if reverse else each.before

    def applied(self, tree: Tree, path: Path) -> Tree:
        """The value that takes the place of `tree`."""
        if self.value is not None:
            return _replaced(tree, *self.value)
        if isinstance(tree, dict):
            return self._applied_to_fields(tree, path)
        if isinstance(tree, list):
            return self._applied_to_items(tree, path)
        raise _misfit(path)

    def _applied_to_fields(self, fields: dict[str, Tree], path: Path) -> dict[str, Tree]:
        result: dict[Any, Tree] = dict(fields)
        for step, expected in self.leaving.items():
            if not _fits(result.pop(step, _ABSENT), expected):
                raise _misfit((*path, step))
        for step, (value, _) in self.arriving.items():
            if step in result:
                raise _misfit((*path, step))
            result[step] = value
        for step, node in self.below.items():
            if step not in result:
                raise _misfit((*path, step))
            result[step] = node.applied(result[step], (*path, step))
        return result

    def _applied_to_items(self, items: list[Tree], path: Path) -> list[Tree]:
        names = self._names(items)
        self._check_items(items, names, path)
        changed = {names[step]: node for step, node in self.below.items()}
        gone = {names[step] for step in self.leaving}
        moved = {names[step]: place for step, place in self.moving.items()}
        placed = {place or 0: item for item, place in self.arriving.values()}
        kept: list[Tree] = []
        for place, former in enumerate(items):
            node = changed.get(place)
            item = former if node is None else node.applied(former, (*path, place))
            if place in moved:
                placed[moved[place]] = item
            elif place not in gone:
                kept.append(item)
        return _interleaved(kept, placed)

    def _check_items(self, items: list[Tree], names: dict[Step, int], path: Path) -> None:
        """Pass when the list has all items that something happens to, and none that arrives."""
        for step in (*self.leaving, *self.moving, *self.below):
            if step not in names:
                raise _misfit((*path, step))
        for step, expected in self.leaving.items():
            if not _fits(items[names[step]], expected):
                raise _misfit((*path, step))
        for step in self.arriving:
            if isinstance(step, Item) and step in names:
                raise _misfit((*path, step))

    def _names(self, items: list[Tree]) -> dict[Step, int]:
        """The place of each item by the step that leads to it."""
        steps = (*self.leaving, *self.arriving, *self.moving, *self.below)
        key = next((step.key for step in steps if isinstance(step, Item)), None)
        if key is None:
            return {place: place for place in range(len(items))}
        names = ((identity(item, key), place) for place, item in enumerate(items))
        return {Item(key, name): place for name, place in names if name is not None}


def _interleaved(kept: list[Tree], placed: dict[int, Tree]) -> list[Tree]:
    """The kept items in their order, the placed ones at their places or else at the end."""
    rest = iter(kept)
    size = len(kept) + len(placed)
    result = [placed[place] if place in placed else next(rest, _ABSENT) for place in range(size)]
    late = [placed[place] for place in sorted(placed) if place >= size]
    return [item for item in result if item is not _ABSENT] + late


def _replaced(tree: Tree, each: Difference, reverse: bool) -> Tree:
    if each.kind == "text":
        text = edited(tree, each.edits, reverse=reverse) if isinstance(tree, str) else None
        if text is None:
            raise _misfit(each.path)
        return text
    old, new = (each.after, each.before) if reverse else (each.before, each.after)
    if not _fits(tree, old):
        raise _misfit(each.path)
    return new


def _fits(found: object, expected: Tree) -> bool:
    # The quick look misses objects whose fields are in another order.
    return same(found, expected) or (type(found) is type(expected) and found == expected)


def _misfit(path: Path) -> ChangeDoesNotFit:
    return ChangeDoesNotFit(f"{path_text(path) or 'it'} is not as the change left it")


def path_text(path: Path) -> str:
    """A path as people read it: `variants[0192…].options[2]`, `tags[new]`."""
    text = ""
    for step in path:
        if isinstance(step, str):
            text += f".{step}" if text else step
        else:
            text += f"[{step.value if isinstance(step, Item) else step}]"
    return text
