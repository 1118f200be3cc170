"""Writes small files so that a power cut leaves the old one or the new one, never half of one."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

FOLDER_TRIES = 5


def replace_file(path: Path, content: bytes) -> None:
    """`path` holds `content`, for good: also after a power cut. Blocks; call it in a thread.

    Folders above it are made as needed, readable by this user only, like the file.

    Raises:
        OSError: the disk refused; `path` is as it was.
    """
    for attempt in range(1, FOLDER_TRIES + 1):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # `#` and digits: obstore does not list such a file, and `sweep` finds it.
        draft = path.with_name(f"{path.name}#{secrets.randbits(63)}")
        try:
            _write(draft, content)
            draft.replace(path)
        except FileNotFoundError:
            # The folder was empty a moment ago, and someone who deleted beside us removed it.
            if attempt == FOLDER_TRIES:
                raise
            continue
        except BaseException:
            with suppress(FileNotFoundError):
                draft.unlink()
            raise
        sync_folder(path.parent)
        return


def sync_file(path: Path) -> None:
    """What was written to `path` under this name survives a power cut. Blocks."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """The names inside the folder survive a power cut. Blocks."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
