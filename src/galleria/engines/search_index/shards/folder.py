"""The folder of one shop's index."""

from pathlib import Path

from galleria.engines.search_index.embedded.documents import PRODUCTS
from galleria.engines.search_index.embedded.folder import IndexFolder
from galleria.engines.search_index.errors import SearchUnavailable
from galleria.engines.search_index.model import SearchDocument


class ShardFolder(IndexFolder[SearchDocument]):
    """As the shared index's, but made by the writer alone."""

    def __init__(self, path: Path) -> None:
        """Use `path`. Raises SearchUnavailable when it is not there, or no longer."""
        if not path.is_dir():
            raise SearchUnavailable("the shop's index is not there")
        super().__init__(path, PRODUCTS)
        self._whole: tuple[str, tuple[int, ...]] | None = None

    def ensure(self) -> None:
        """Make nothing: a reader that is late must not bring back an index that is gone."""

    def damage_of(self, generation: str) -> str | None:
        """See `IndexFolder`; what was compared and has not changed since is not compared again.

        A shop's writer is closed when it has nothing to do, and opened with its next change.
        """
        seen = (generation, self.signature(generation)) if self._is_there(generation) else None
        if seen is not None and seen == self._whole:
            return None
        damage = super().damage_of(generation)
        if damage is None:
            self._whole = seen
        return damage

    def believe(self) -> None:
        """What is there now is what this process has written itself."""
        current = self.current()
        if current is not None and self._is_there(current.generation):
            self._whole = (current.generation, self.signature(current.generation))

    def _is_there(self, generation: str) -> bool:
        return (self.path / generation / "meta.json").exists() and self._current.exists()
