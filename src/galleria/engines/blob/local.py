"""Blobs as files below one folder: the embedded default."""

import asyncio
import re
import time
from pathlib import Path

from obstore.store import LocalStore

from galleria.engines.blob.durable import replace_file, sync_file
from galleria.engines.blob.objects import ObjectBlobStore
from galleria.engines.blob.upload import Store

# How obstore and `replace_file` name a file that is not whole yet; obstore never lists it.
_DRAFT = re.compile(r".*#\d+")


def local_blobs(folder: Path) -> ObjectBlobStore:
    """A blob store below `folder`, which is made if need be and readable by this user only."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return ObjectBlobStore(_LocalFiles(folder))


class _LocalFiles:
    lists_in_order = False

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self.store: Store = LocalStore(self._folder, automatic_cleanup=True)

    def attributes(self, content_type: str) -> None:
        """A file system has no place for them; the record has."""

    async def settle(self, path: str) -> None:
        # obstore renames into place but does not call fsync.
        await asyncio.to_thread(sync_file, self._folder / path)

    async def write_record(self, path: str, content: bytes) -> None:
        await asyncio.to_thread(replace_file, self._folder / path, content)

    async def remove_leftovers(self, folder: str, older_than_s: float) -> int:
        return await asyncio.to_thread(_remove_drafts, self._folder / folder, older_than_s)


def _remove_drafts(folder: Path, older_than_s: float) -> int:
    oldest_kept = time.time() - older_than_s
    removed = 0
    for path in folder.rglob("*#*"):
        if _DRAFT.fullmatch(path.name) and path.stat().st_mtime <= oldest_kept:
            path.unlink(missing_ok=True)
            removed += 1
    return removed
