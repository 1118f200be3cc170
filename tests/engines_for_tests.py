"""Opens the embedded engines for a test run."""

import importlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import galleria
from galleria.engines.context import Engines
from galleria.engines.secrets import Secrets, derive_key
from galleria.engines.sql import Cells, Database
from galleria.engines.sql.migrations import Migration, read_folder
from galleria.foundation.clock import SystemClock
from galleria.foundation.pagination import CursorCodec

FLOORS = tuple(
    os.environ.get(
        "GALLERIA_TEST_FLOORS", "engines platform content commerce insight growth faces"
    ).split()
)


def all_migrations() -> list[Migration]:
    """Every room's migrations, floor by floor."""
    root = Path(galleria.__file__).parent
    found: list[Migration] = []
    for floor in FLOORS:
        rooms = sorted(
            (root / floor).glob("*/migrations"), key=lambda p: (p.parent.name != "sql", p)
        )
        for folder in rooms:
            found += read_folder(f"{floor}.{folder.parent.name}", folder)
    return found


def _optional(module: str, make: Any) -> Any:
    try:
        return make(importlib.import_module(module))
    except (ImportError, AttributeError):
        return None


@asynccontextmanager
async def open_test_engines(
    database: Database, data_folder: Path, secret: bytes
) -> AsyncIterator[Engines]:
    """All engines, embedded, on the run's database and folder."""
    cells = Cells({1: database})
    yield Engines(
        sql=cells,
        cache=None,  # type: ignore[arg-type]
        blob=None,  # type: ignore[arg-type]
        search=None,  # type: ignore[arg-type]
        realtime=None,  # type: ignore[arg-type]
        mail=None,  # type: ignore[arg-type]
        outbound=None,  # type: ignore[arg-type]
        secrets=Secrets(cells, secret),
        clock=SystemClock(),
        cursors=CursorCodec(derive_key(secret, "cursors")),
    )
