"""Remembers that a demo was prepared, by which program, and how to get in.

The password and keys stand here in clear so that a second start can show them again: they open a
demo, whose data is made up.
"""

import hashlib
import os
from pathlib import Path

import msgspec

import galleria


class StampedShop(msgspec.Struct, frozen=True):
    """A prepared shop and its key."""

    slug: str
    name: str
    key: str


class DemoStamp(msgspec.Struct, frozen=True):
    """What a start of the demo must know. `program` changes with tables or goods."""

    program: str
    email: str
    password: str
    sample_file: str
    shops: list[StampedShop]


def program_version() -> str:
    """A digest of all migrations and demo goods: when it changes, the demo is prepared again."""
    root = Path(galleria.__file__).parent
    digest = hashlib.sha256()
    for path in sorted([*root.glob("*/*/migrations/*.sql"), *root.glob("demo/**/*")]):
        if path.is_file() and path.suffix != ".pyc":
            digest.update(str(path.relative_to(root)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def read_stamp(folder: Path) -> DemoStamp | None:
    """The stamp in this data folder, None without a readable one."""
    try:
        return msgspec.json.decode((folder / "demo.json").read_bytes(), type=DemoStamp)
    except (FileNotFoundError, msgspec.MsgspecError):
        return None


def write_stamp(folder: Path, stamp: DemoStamp) -> None:
    """The stamp is there, readable by its owner only."""
    path = folder / "demo.json"
    unfinished = path.with_suffix(".new")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.encode(stamp))
    unfinished.rename(path)
