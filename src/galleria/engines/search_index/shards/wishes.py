"""What the operator wants: a file for each shop, written by whatever process was told."""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from galleria.engines.search_index.placing import Wish


class Wishes:
    """The wishes of one index."""

    def __init__(self, root: Path) -> None:
        """Those that lie in `root`."""
        self._folder = root / "wishes"

    def note(self, tenant_id: int, wish: Wish) -> None:
        """Keep the wish, durably; one to go by size again is kept by forgetting the other."""
        path = self._folder / str(int(tenant_id))
        if wish is Wish.BY_SIZE:
            path.unlink(missing_ok=True)
            return
        self._folder.mkdir(exist_ok=True)
        fresh = path.with_name(f"{path.name}.{os.getpid()}.fresh")
        with fresh.open("w") as file:
            file.write(wish)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)

    def all(self) -> Mapping[int, Wish]:
        """The wishes by shop; what is no wish is passed over."""
        found: dict[int, Wish] = {}
        with suppress(FileNotFoundError):
            for entry in os.scandir(self._folder):
                if entry.name.isdigit():
                    with suppress(ValueError, OSError):
                        found[int(entry.name)] = Wish(Path(entry.path).read_text().strip())
        return found
