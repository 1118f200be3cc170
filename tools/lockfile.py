"""Reads a hash-locked requirements file, as `make lock` writes it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_PIN = re.compile(
    r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)\s*(?:;\s*(?P<marker>[^\\]+))?"
)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


class Pin(NamedTuple):
    """One locked package; `marker` says where it is needed ("" for everywhere)."""

    name: str
    version: str
    marker: str
    sha256: list[str]


def read_lock(path: Path) -> Iterator[Pin]:
    """Every pin of the file, in its order."""
    for block in re.split(r"\n(?=[A-Za-z0-9])", path.read_text()):
        if match := _PIN.match(block):
            marker = (match["marker"] or "").strip()
            yield Pin(match["name"], match["version"], marker, _HASH.findall(block))
