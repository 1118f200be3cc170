"""How long this machine stood still, so that a bound in seconds judges us and not the machine.

A process beside the test sleeps for moments and adds up how much later than that it woke. It is one
of its own, so that what keeps the test's own process busy does not count as the machine's fault.
"""

import select
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

MOMENT_S = 0.01


@contextmanager
def delays_of_the_machine() -> Iterator[Callable[[], float]]:
    """Gives a function that says how many seconds the machine stood still since the block began."""
    watcher = subprocess.Popen(
        [sys.executable, "-m", __name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert watcher.stdin is not None and watcher.stdout is not None
    asked, answers = watcher.stdin, watcher.stdout

    def delayed_s() -> float:
        asked.write("how long?\n")
        asked.flush()
        return float(answers.readline())

    try:
        delayed_s()  # it has begun
        yield delayed_s
    finally:
        watcher.communicate()


def watch() -> None:
    """For every line on standard input say how long we were woken too late until then."""
    late_s = 0.0
    while True:
        began_s = monotonic()
        is_asked, _, _ = select.select([sys.stdin], [], [], MOMENT_S)
        late_s += max(0.0, monotonic() - began_s - 2 * MOMENT_S)
        if is_asked:
            if not sys.stdin.readline():
                return
            print(late_s, flush=True)


if __name__ == "__main__":
    watch()
