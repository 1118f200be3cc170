"""How this process keeps house with memory."""

import ctypes
import gc
from contextlib import suppress

# malloc.h of the GNU C library
_M_ARENA_MAX, _ARENAS = -8, 2
_M_MMAP_THRESHOLD, _LARGE_BYTES = -3, 1 << 20


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
    """Let all threads take memory from two places, and give back at once what is large.

    The C library gives each of a dozen threads a place of its own, and learns from what was large
    once to keep it. With both left to it the worker of events held 418 MB at fifty million
    variants, and with the second alone 405 while it made its index anew, where it holds 337.
    """
    with suppress(AttributeError, OSError):  # another C library has no such places
        library = ctypes.CDLL(None)
        library.mallopt(_M_ARENA_MAX, _ARENAS)
        library.mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES)
