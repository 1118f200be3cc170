"""The categories of a window, found by how the words of their names begin."""

from bisect import bisect_left
from collections.abc import Sequence

from galleria.commerce.listings import CategoryNode
from galleria.engines.search_index.analysis import fold_analyzer

_LAST = "\U0010ffff"
_MOST_COMPARED = 300  # with one beginning


class Signposts:
    """All categories that show something, ready to be looked up while somebody types."""

    def __init__(self, nodes: Sequence[CategoryNode]) -> None:
        """Parents come before their children."""
        self._by_id = {node.category_id: node for node in nodes}
        self._nodes = [node for node in nodes if node.product_count]
        self._names = [fold_analyzer().analyze(node.name) for node in self._nodes]
        self._words = sorted(
            (word, at) for at, words in enumerate(self._names) for word in dict.fromkeys(words)
        )

    def beginning(self, typed: str, limit: int) -> list[CategoryNode]:
        """Those in whose names every typed word begins a word: names that begin so first, then
        the fuller ones. O(log n)."""
        wanted = fold_analyzer().analyze(typed)
        if not wanted:
            return []
        start = bisect_left(self._words, (wanted[-1], -1))
        end = bisect_left(self._words, (wanted[-1] + _LAST, -1), lo=start)
        fitting = [
            at
            for at in dict.fromkeys(at for _, at in self._words[start:end][:_MOST_COMPARED])
            if all(any(word.startswith(each) for word in self._names[at]) for each in wanted)
        ]
        fitting.sort(
            key=lambda at: (
                not self._names[at][0].startswith(wanted[0]),
                -self._nodes[at].product_count,
                self._nodes[at].path,
            )
        )
        return [self._nodes[at] for at in fitting[:limit]]

    def above(self, node: CategoryNode) -> list[str]:
        """The names of the categories around one, the root first."""
        names: list[str] = []
        parent = node.parent_id
        while parent is not None and parent in self._by_id:
            names.insert(0, self._by_id[parent].name)
            parent = self._by_id[parent].parent_id
        return names
