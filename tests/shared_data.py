"""Real product files that are no part of the project: where they lie, when they are here at all."""

import os
from pathlib import Path

import pytest

SHARED = Path(
    os.environ.get("GALLERIA_SHARED_DATA") or Path(__file__).parents[2] / "shared" / "data"
)
"""Beside the project's folder, unless GALLERIA_SHARED_DATA names another one."""


def shared_file(name: str) -> Path:
    """The path of one of them; the test skips where there is none."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"{path} is not here")
    return path
