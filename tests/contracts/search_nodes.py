"""Real nodes that a test may slow down and kill, and the load that they are under meanwhile."""

import asyncio
import os
import shutil
import signal
import socket
import tempfile
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from itertools import cycle
from pathlib import Path
from time import monotonic

import httpx

from galleria.engines.search_index import BRAND, SearchDocument, SearchUnavailable
from galleria.engines.search_index.clusters import ClusteredSearch
from tests.contracts.search_shops import document, question

ENGINES_FOLDER = Path(__file__).parents[2] / "tools" / "engines"
STARTED_WITHIN_S = 60.0
ASKERS = 16
PATIENT_S = 20.0
PAUSE_S = 0.2  # of each after an answer, so that two processors have room for two nodes and us
WORDS = ("mug", "lamp", "shirt", "chair", "red", "blue", "small", "oak")


def products(count: int) -> list[SearchDocument]:
    """So many products, each found by several of `WORDS`."""
    things, kinds = WORDS[:4], WORDS[4:]
    return [
        document(
            f"p{at:05}", f"{things[at % 4]} {kinds[at // 4 % 4]} {at}", brand=f"Brand {at % 12}"
        )
        for at in range(count)
    ]


async def process_of(url: str) -> int:
    """The process behind a node on this machine."""
    async with httpx.AsyncClient(base_url=url) as node:
        said = (await node.get("/_nodes/_local/process")).json()
    (found,) = said["nodes"].values()
    return int(found["process"]["id"])


@asynccontextmanager
async def slowed(process_id: int, stopped_s: float, each_s: float) -> AsyncIterator[None]:
    """Within the block the process stands still for so long, again and again."""

    async def stop_and_go() -> None:
        while True:
            with stopped(process_id):
                await asyncio.sleep(stopped_s)
            await asyncio.sleep(each_s - stopped_s)

    slowing = asyncio.create_task(stop_and_go())
    try:
        yield
    finally:
        slowing.cancel()
        await asyncio.gather(slowing, return_exceptions=True)


@contextmanager
def stopped(process_id: int) -> Iterator[None]:
    """Within the block the process stands still."""
    os.kill(process_id, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process_id, signal.SIGCONT)


class OwnNode:
    """A node of one's own, which can be killed and started again with what it had written."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._folder = folder
        self._process: Process | None = None

    async def start(self) -> None:
        """It answers."""
        self._process = await asyncio.create_subprocess_exec(
            *("bash", str(ENGINES_FOLDER / "opensearch.sh"), str(self._folder), str(self.port)),
            env={**os.environ, "OPENSEARCH_HEAP": "256m"},
            stdout=DEVNULL,
            stderr=DEVNULL,
        )
        began_s = monotonic()
        async with httpx.AsyncClient(base_url=self.url) as node:
            while True:
                assert self._process.returncode is None, "tools/engines/opensearch.sh has ended"
                assert monotonic() - began_s < STARTED_WITHIN_S, "a node takes too long to start"
                try:
                    # Where it has parts of an index, these are there as well.
                    path = "/_cluster/health?wait_for_status=yellow&timeout=1s"
                    if (await node.get(path)).status_code == httpx.codes.OK:
                        return
                except httpx.TransportError:
                    pass
                await asyncio.sleep(0.1)

    async def kill(self) -> None:
        """It is gone without a word."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()


@asynccontextmanager
async def own_node() -> AsyncIterator[OwnNode]:
    """A node that is gone afterwards, with what it wrote."""
    folder = Path(tempfile.mkdtemp(prefix="galleria-node-"))
    folder.chmod(0o711)  # it refuses to be root, and must reach its folder
    node = OwnNode(folder / "node")
    try:
        await node.start()
        yield node
    finally:
        await node.kill()
        shutil.rmtree(folder, ignore_errors=True)


class Load:
    """Sixteen askers, and what became of their questions.

    They are more patient than shoppers: on a machine with little room for two nodes, what takes a
    second would tell of the machine.
    """

    def __init__(self, search: ClusteredSearch) -> None:
        self.search = search
        self.taken_s: list[float] = []
        self.errors: list[str] = []
        self._words = cycle(WORDS)
        self._seconds = 0.0

    @asynccontextmanager
    async def going_on(self) -> AsyncIterator[None]:
        """They ask within the block, and have their last answers at its end."""
        is_over = asyncio.Event()
        began_s = monotonic()
        asking = [asyncio.create_task(self._ask_until(is_over)) for _ in range(ASKERS)]
        try:
            yield
        finally:
            is_over.set()
            await asyncio.gather(*asking)
            self._seconds += monotonic() - began_s

    async def _ask_until(self, is_over: asyncio.Event) -> None:
        while not is_over.is_set():
            began_s = monotonic()
            try:
                answer = await self.search.search(
                    1, question(next(self._words), facets=(BRAND,)), deadline_s=PATIENT_S
                )
                if not answer.hits:
                    self.errors.append("nothing was found")
            except SearchUnavailable as error:
                self.errors.append(repr(error))
            self.taken_s.append(monotonic() - began_s)
            await asyncio.sleep(PAUSE_S)

    def share_s(self, share: float) -> float:
        """Within how long that share of the answers came."""
        return sorted(self.taken_s)[int(share * (len(self.taken_s) - 1))]

    async def figures(self, name: str) -> str:
        """What there is to quote."""
        states = await self.search.cluster_status()
        return (
            f"\n{name}: {len(self.taken_s) / self._seconds:.0f} questions/s,"
            f" p50 {self.share_s(0.5) * 1000:.0f} ms, p99 {self.share_s(0.99) * 1000:.0f} ms,"
            f" slowest {max(self.taken_s) * 1000:.0f} ms, {len(self.errors)} errors,"
            f" {sum(each.extra for each in states)} of {len(self.taken_s)} asked twice"
        )
