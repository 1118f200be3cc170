"""How this process keeps house with memory."""

import ctypes
import gc
from contextlib import suppress

_M_ARENA_MAX = -8  # malloc.h of the GNU C library
_ARENAS = 2


def spare_the_collector() -> None:
    """Let Python look for reference cycles rarely, and never among what the program loaded.

    An import or a batch of listings makes millions of objects that refer to nothing back; looked
    through at Python's own pace they take a third of the time. More are let pass than two batches
    of an import hold at once, the one being read and the one being written: most are gone again
    before anybody looks.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(120_000, 20, 100)


def share_arenas() -> None:
    """Let all threads take memory from two places.

    The C library gives each of a dozen threads a place of its own and returns little of what was
    used once: the worker of events held 418 MB at fifty million variants so, and 255 with two.
    """
    with suppress(AttributeError, OSError):  # another C library has no such places
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _ARENAS)
