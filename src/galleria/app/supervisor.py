"""Keeps the processes of one machine running: database, server and worker, children of one parent.

A child that ends is started again after a pause that grows while it keeps failing; when the parent
ends, all of them end, the database last. Light on purpose: the parent loads none of the rooms.
"""

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from galleria.engines.sql.launcher import EmbeddedPostgres
from galleria.foundation.telemetry import logger

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
WELL_AFTER_S = 30.0  # a child that ran this long is taken for healthy again
STOP_WITHIN_S = 20.0
WATCH_EACH_S = 0.5
_log = logger(__name__)


@dataclass
class Child:
    """One process to keep running: a command of `galleria` and its environment.

    With `starts_after` it leaves the processors to the others until that is set.
    """

    name: str
    arguments: Sequence[str]
    environ: Mapping[str, str]
    starts_after: asyncio.Event | None = None
    process: asyncio.subprocess.Process | None = field(default=None, init=False)

    async def run(self) -> int:
        """Start the process and wait for its end; its exit code comes back."""
        self.process = await asyncio.create_subprocess_exec(
            *_dying_with_parent(),
            *(sys.executable, "-m", "galleria", *self.arguments),
            env=dict(self.environ),
            start_new_session=True,  # Ctrl-C reaches the parent, which stops its children in order
        )
        return await self.process.wait()

    async def stop(self) -> None:
        """The process has ended, gently if it lets itself be asked."""
        process = self.process
        if process is None or process.returncode is not None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), STOP_WITHIN_S)
        except TimeoutError:
            process.kill()
            await process.wait()


def _dying_with_parent() -> list[str]:
    """Words before a command that end its process when this one is killed and can stop nobody.

    Without `setpriv` (util-linux) there are none, and such orphans have to be stopped by hand.
    """
    setpriv = shutil.which("setpriv")
    return [] if setpriv is None else [setpriv, "--pdeathsig=TERM"]


class Supervisor:
    """See the module."""

    def __init__(self, database: EmbeddedPostgres | None, children: Sequence[Child]) -> None:
        """Watch over `children`, and over the embedded database when there is one."""
        self._database = database
        self._children = children

    async def run(self, until: asyncio.Event) -> None:
        """All run until `until` is set; then all have stopped."""
        tasks = [asyncio.create_task(self._keep(child)) for child in self._children]
        if self._database is not None:
            tasks.append(asyncio.create_task(self._keep_database(self._database)))
        await until.wait()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(*(child.stop() for child in self._children))
        if self._database is not None:
            await self._database.stop()

    async def _keep(self, child: Child) -> None:
        loop = asyncio.get_running_loop()
        pause_s = FIRST_PAUSE_S
        if child.starts_after is not None:
            await child.starts_after.wait()
        while True:
            started_at = loop.time()
            code = await child.run()
            if loop.time() - started_at > WELL_AFTER_S:
                pause_s = FIRST_PAUSE_S
            _log.warning("child_ended", child=child.name, code=code, again_in_s=pause_s)
            await asyncio.sleep(pause_s)
            pause_s = min(LONGEST_PAUSE_S, pause_s * 2)

    async def _keep_database(self, database: EmbeddedPostgres) -> None:
        while True:
            await asyncio.sleep(WATCH_EACH_S)
            if database.poll() is not None:
                _log.warning("database_ended", code=database.poll())
                try:
                    await database.start()
                except Exception as error:
                    _log.error("database_does_not_start", reason=str(error))
                    await asyncio.sleep(FIRST_PAUSE_S)


def child_environ(**settings: str) -> dict[str, str]:
    """This process's environment with `GALLERIA_<NAME>` set for each setting."""
    return {**os.environ, **{f"GALLERIA_{name.upper()}": text for name, text in settings.items()}}


async def stop_signal() -> asyncio.Event:
    """An event that Ctrl-C or SIGTERM sets."""
    event = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, event.set)
    return event
