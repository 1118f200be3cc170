"""The project's files, read once for all house tests."""

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# What `make clients` writes and CI compares: nobody chose its names or its sizes.
GENERATED = ("starters/storefront/src/galleria/",)


@cache
def files() -> tuple[str, ...]:
    """Every file that belongs to the project, committed or not yet, as a path from its root."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    paths = sorted(path for path in set(listing.split("\0")) if (ROOT / path).is_file())
    return tuple(path for path in paths if not path.startswith(GENERATED))


def under(*folders: str, suffix: str = ".py") -> list[str]:
    """The files under one of `folders` whose name ends in `suffix`."""
    return [path for path in files() if path.startswith(folders) and path.endswith(suffix)]


@cache
def text(path: str) -> str:
    """A file's text; empty for a binary file, and for one that went away since it was listed."""
    try:
        return (ROOT / path).read_text()
    except (UnicodeDecodeError, FileNotFoundError):
        return ""


@cache
def tree(path: str) -> ast.Module:
    """A Python file as a syntax tree."""
    return ast.parse(text(path), path)
