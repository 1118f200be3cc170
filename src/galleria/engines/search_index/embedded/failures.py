"""What the engine's own failures mean to us.

Tantivy reports most trouble as ValueError, and a Rust panic as an exception outside Exception: left
alone, that would end a thread or a whole process for one bad page on disk.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from galleria.engines.search_index.errors import SearchUnavailable
from galleria.foundation.telemetry import logger

_log = logger(__name__)
_PANIC = "PanicException"  # pyo3 makes the class at run time; it cannot be imported


@contextmanager
def engine_failures(doing: str) -> Iterator[None]:
    """Turn what the engine raises inside the block into SearchUnavailable, and log it."""
    try:
        yield
    except (ValueError, OSError) as error:
        _log.error("search_engine_failed", doing=doing, error=str(error)[:500])
        raise SearchUnavailable(f"the search engine failed while {doing}") from error
    except BaseException as error:
        if type(error).__name__ != _PANIC:
            raise
        _log.error("search_engine_panicked", doing=doing, error=str(error)[:500])
        raise SearchUnavailable(f"the search engine failed while {doing}") from None
