"""Lends the processes that draw, to whose turn it is. See the package."""

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections import Counter, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar

import msgspec

from galleria.engines.imaging.child import ANSWER, DRAWN, FORMATS, QUESTION, READY
from galleria.foundation.errors import InvalidInput, Unavailable
from galleria.foundation.telemetry import logger, metrics

CHILD = Path(__file__).with_name("child.py")
START_S = 20.0  # a slow machine, and all it has is asked for at once
_log = logger(__name__)
_seconds = metrics.histogram(
    "galleria_imaging_seconds", "Time to draw one rendition, waiting not counted", ("format",)
)
_outcomes = metrics.counter(
    "galleria_imaging_outcomes", "Renditions asked for, by what came of it", ("outcome",)
)
T = TypeVar("T")


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """How much is drawn at the same time, and how long everybody is waited for.

    `at_once` is how many processes there are at most, two or more; one shop has all but one.
    `draw_s` is for one picture: 50 million pixels take two to three seconds. Who has waited for
    `wait_s` is refused, then the original is better than nothing; so is who comes while
    `most_waiting` wait, or `most_waiting_of_a_shop` of their own. Processes that nobody needs for
    `idle_s` end.
    """

    at_once: int = max(2, os.cpu_count() or 2)
    draw_s: float = 8.0
    wait_s: float = 4.0
    idle_s: float = 60.0
    most_waiting: int = 64
    most_waiting_of_a_shop: int = 32


class ImageNotRenderable(InvalidInput):
    """The picture is broken, too large, or takes too long: no other size can be made of it."""

    code = "image_not_renderable"
    title = "No rendition can be made of this image"


class ImagingBusy(Unavailable):
    """Too many renditions are being made; the picture itself is not at fault."""

    code = "imaging_busy"
    title = "Too many images are being made smaller at present"


class Drawer:
    """A child process that draws."""

    def __init__(self, process: Process, draw_s: float) -> None:
        """Speak with a process that was just started; `start` makes one."""
        self._process = process
        self._draw_s = draw_s

    @classmethod
    async def start(cls, draw_s: float, program: Path = CHILD) -> "Drawer":
        """A process that is ready, and has `draw_s` seconds for each picture.

        Raises:
            ImagingBusy: it does not come up: the image library is missing, or the machine is full.
        """
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            str(program),
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            # Nothing of ours: a secret in its environment would be the first thing to look for.
            env={"VIPS_CONCURRENCY": "1", "PATH": os.defpath},
        )
        drawer = cls(process, draw_s)
        try:
            async with asyncio.timeout(START_S):
                outcome, _ = await drawer._read()
        except (TimeoutError, asyncio.IncompleteReadError) as error:
            await drawer.stop()
            _log.error("imaging_does_not_start", exit_code=process.returncode)
            raise ImagingBusy("what makes images smaller does not start") from error
        except BaseException:
            await drawer.stop()
            raise
        assert outcome == READY, "it says that it is ready, and nothing else"
        return drawer

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """False once it has ended, whyever."""
        return self._process.returncode is None

    async def draw(self, content: bytes, width: int, format_name: str) -> bytes:
        """See `Imaging.draw`; `content` is the file itself.

        A process that crashed or was too slow is gone afterwards.
        """
        assert self._process.stdin is not None
        question = QUESTION.pack(len(content), width, FORMATS.index(format_name))
        try:
            async with asyncio.timeout(self._draw_s):
                self._process.stdin.writelines((question, content))
                await self._process.stdin.drain()
                outcome, body = await self._read()
        except TimeoutError:
            await self.stop()
            raise ImageNotRenderable(f"it takes more than {self._draw_s:g} s to draw") from None
        except (asyncio.IncompleteReadError, ConnectionError):
            await self.stop()
            raise ImageNotRenderable("whoever tried to draw it broke off") from None
        except BaseException:
            # Cancelled in the middle: what it answers would be taken for the next answer.
            await self.stop()
            raise
        if outcome == DRAWN:
            return body
        raise ImageNotRenderable(body.decode(errors="replace"))

    async def stop(self) -> None:
        """The process has ended."""
        with suppress(ProcessLookupError):
            self._process.kill()
        # Whoever is cancelled while they wait has still killed it; the loop collects it.
        await self._process.wait()

    async def _read(self) -> tuple[int, bytes]:
        assert self._process.stdout is not None
        outcome, size_bytes = ANSWER.unpack(await self._process.stdout.readexactly(ANSWER.size))
        return outcome, await self._process.stdout.readexactly(size_bytes)


class Imaging:
    """See the package. One for all shops of a process."""

    def __init__(self, bounds: Bounds | None = None) -> None:
        """Start nothing yet."""
        self._bounds = bounds or Bounds()
        self._idle: list[Drawer] = []
        self._busy_of: Counter[int] = Counter()
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()
        self._under_way: dict[Hashable, asyncio.Task[Any]] = {}
        self._ending: asyncio.TimerHandle | None = None
        self._stopping: set[asyncio.Task[None]] = set()

    @property
    def idle_pids(self) -> list[int]:
        """The processes that wait for work."""
        return [each.pid for each in self._idle]

    async def draw(
        self,
        tenant_id: int,
        read: Callable[[], Awaitable[bytes]],
        width: int,
        format_name: str,
    ) -> bytes:
        """The picture, at most `width` pixels wide and never wider than it is.

        It stands upright, in sRGB, without anything that its camera or its maker wrote into it. Of
        an animation it is the first frame; what shows through is white in a JPEG.

        Args:
            tenant_id: whose turn it is.
            read: gets the file, a PNG, JPEG, GIF, WebP or AVIF. Called when the turn has come, so
                that only as many files are in memory as are drawn.
            width: in pixels, 1 to 65,535.
            format_name: one of `FORMATS`.

        Raises:
            ImageNotRenderable: it is broken, has too many pixels or takes too long.
            ImagingBusy: too many others want something drawn.
        """
        try:
            async with self._lent(tenant_id) as drawer:
                content = await read()
                began_s = monotonic()
                drawn = await drawer.draw(content, width, format_name)
        except (ImageNotRenderable, ImagingBusy) as error:
            _outcomes.labels(error.code).inc()
            raise
        _seconds.labels(format_name).observe(monotonic() - began_s)
        _outcomes.labels("drawn").inc()
        return drawn

    async def once(self, what: Hashable, work: Callable[[], Awaitable[T]]) -> T:
        """What `work` makes; who asks for the same meanwhile gets the same, and it is done once.

        It goes on when those who asked have gone away: the next will ask for it.
        """
        task = self._under_way.get(what)
        if task is None:
            task = asyncio.ensure_future(_awaited(work))
            self._under_way[what] = task
            task.add_done_callback(lambda done: self._settle(what, done))
        return await asyncio.shield(task)

    async def close(self) -> None:
        """No process is left."""
        if self._ending is not None:
            self._ending.cancel()
        under_way = list(self._under_way.values())
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        self._end_idle()
        await asyncio.gather(*self._stopping, return_exceptions=True)

    @asynccontextmanager
    async def _lent(self, tenant_id: int) -> AsyncIterator[Drawer]:
        await self._wait_for_turn(tenant_id)
        try:
            drawer = await self._take()
            try:
                yield drawer
            finally:
                if drawer.is_alive:
                    self._idle.append(drawer)
        finally:
            self._busy_of[tenant_id] -= 1
            self._busy_of += Counter()  # of shops that draw nothing, nothing is kept
            self._wake_next()
            self._end_later()

    async def _take(self) -> Drawer:
        if self._ending is not None:
            self._ending.cancel()
            self._ending = None
        while self._idle:
            drawer = self._idle.pop()
            if drawer.is_alive:
                return drawer
        return await Drawer.start(self._bounds.draw_s)

    async def _wait_for_turn(self, tenant_id: int) -> None:
        if self._has_room(tenant_id):
            self._busy_of[tenant_id] += 1
            return
        of_shop = sum(each == tenant_id for each, _ in self._waiting)
        bounds = self._bounds
        if len(self._waiting) >= bounds.most_waiting or of_shop >= bounds.most_waiting_of_a_shop:
            raise ImagingBusy("too many images wait to be made smaller", retry_after_s=1)
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        entry = (tenant_id, turn)
        self._waiting.append(entry)
        try:
            async with asyncio.timeout(self._bounds.wait_s):
                await turn
        except BaseException as error:
            if turn.done() and not turn.cancelled():
                # The turn came as its owner left: it is the next one's.
                self._busy_of[tenant_id] -= 1
                self._wake_next()
            else:
                self._waiting.remove(entry)
            if isinstance(error, TimeoutError):
                raise ImagingBusy("images wait too long to be made smaller", retry_after_s=1) from (
                    None
                )
            raise

    def _has_room(self, tenant_id: int) -> bool:
        is_one_free = self._busy_of.total() < self._bounds.at_once
        return is_one_free and self._busy_of[tenant_id] < self._bounds.at_once - 1

    def _wake_next(self) -> None:
        """Who has waited longest of those who may, has their turn."""
        for entry in list(self._waiting):
            tenant_id, turn = entry
            if not turn.done() and self._has_room(tenant_id):
                self._waiting.remove(entry)
                self._busy_of[tenant_id] += 1
                turn.set_result(None)

    def _end_later(self) -> None:
        if self._ending is not None:
            self._ending.cancel()
        self._ending = asyncio.get_running_loop().call_later(self._bounds.idle_s, self._end_idle)

    def _end_idle(self) -> None:
        idle, self._idle = self._idle, []
        for drawer in idle:
            task = asyncio.ensure_future(drawer.stop())
            self._stopping.add(task)
            task.add_done_callback(self._stopping.discard)

    def _settle(self, what: Hashable, done: "asyncio.Task[Any]") -> None:
        del self._under_way[what]
        if not done.cancelled():
            done.exception()  # read, so that it is not reported as forgotten by all who asked


async def _awaited(work: Callable[[], Awaitable[T]]) -> T:
    return await work()
