"""The project's files, read once for all house tests."""

import ast
import subprocess
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# What `make clients` writes and CI compares: nobody chose its names or its sizes.
GENERATED = ("starters/storefront/src/galleria/",)


@cache
def files() -> tuple[str, ...]:
    """Every file that belongs to the project, committed or not yet, as a path from its root."""
    listing = _said_by_git("ls-files", "--cached", "--others", "--exclude-standard", "-z")
    paths = sorted(path for path in set(listing.split("\0")) if (ROOT / path).is_file())
    return tuple(path for path in paths if not path.startswith(GENERATED))


def last_changed() -> date:
    """The day of the newest commit, today while anything is not committed yet: a clone that passes
    does so for as long as it is kept.
    """
    if _said_by_git("status", "--porcelain"):
        return datetime.now(UTC).date()
    seconds = int(_said_by_git("log", "-1", "--format=%ct"))
    return datetime.fromtimestamp(seconds, UTC).date()


def _said_by_git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True, text=True)
    return done.stdout


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
