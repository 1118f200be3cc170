"""Hears what programs ask with their keys, and has it written down behind their backs.

Nobody waits for it: what was heard is noted, and worked on (read, redacted, encrypted) when the
notes of a second are written. In a flood the log is a sample: of each key some requests and some
failures a second, of all keys together so many, and fewer still with bodies. The rest is counted.
"""

import asyncio
import time
from collections.abc import Callable, Sequence

from galleria.engines.context import Context
from galleria.engines.notebook import Notebook
from galleria.foundation.errors import GalleriaError
from galleria.foundation.ids import new_id
from galleria.foundation.telemetry import logger, metrics
from galleria.platform import access
from galleria.platform.requests import repository
from galleria.platform.requests.model.heard import HeardOfKey, HeardRequest
from galleria.platform.requests.model.kept import Written, written_of
from galleria.platform.requests.service.sealing import seal

MOST_A_SECOND = 1_000  # requests of one process: some 30 ms of its time
MOST_BODIES_A_SECOND = 100  # up to a millisecond each to read and redact
_log = logger(__name__)
_left_out = metrics.counter(
    "galleria_requests_left_out", "Requests of keys that are counted in their log and not kept."
)


class RequestLog:
    """See the module. One for each process, at its door."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Nothing was heard yet; `clock` counts seconds."""
        self._clock = clock
        self._second = -1
        self._noted = 0
        self._bodies = 0

    def may_hold(self) -> bool:
        """Whether there is time to look at the bodies of one request more in this second."""
        self._turn()
        if self._bodies >= MOST_BODIES_A_SECOND:
            return False
        self._bodies += 1
        return True

    def note(self, ctx: Context, heard: HeardRequest) -> None:
        """The request will be written down, or is at least counted. `ctx`: the shop."""
        self._turn()
        notebook: Notebook = ctx.engines.notebook
        key_id = heard.key_id
        of_key = notebook.gather(ctx, self._write, key_id, lambda: HeardOfKey(key_id))
        if of_key is None:
            _left_out.inc()
        elif self._noted >= MOST_A_SECOND:
            of_key.left_out += 1
            _left_out.inc()
        elif of_key.add(heard):
            self._noted += 1
        else:
            _left_out.inc()

    def _turn(self) -> None:
        second = int(self._clock())
        if second != self._second:
            self._second, self._noted, self._bodies = second, 0, 0

    async def _write(self, ctx: Context, noted: Sequence[HeardOfKey]) -> None:
        """What was heard is kept. While the database is away it is lost: it must not pile up."""
        rows: list[repository.NewRow] = []
        for of_key in noted:
            left_out = of_key.left_out
            for heard in of_key.kept:
                written = _written(heard)
                sealed = await seal(ctx, written.parts)
                rows.append((written, new_id(), left_out, sealed))
                left_out = 0
                await asyncio.sleep(0)  # others have their turn between two
        if not rows:
            return
        try:
            async with ctx.transaction() as tx:
                await repository.add(tx, rows)
        except GalleriaError as error:
            _left_out.inc(len(rows))
            _log.warning("requests_not_kept", reason=error.code, count=len(rows))


def _written(heard: HeardRequest) -> Written:
    return written_of(heard, access.network_of(heard.address))
