"""A process that moves a shop between the shared index and its own, and dies where it is told to.

    python -m tests.contracts.search_moves FOLDER out|in STEP

It is killed, as by kill -9, at the STEP-th touch of what says and holds who lies where: before or
after each durable note, each folder made and each one removed. "told" on its output says that the
changes of the shop were committed, "done" that it lived to the end.
"""

import asyncio
import os
import signal
import sys
from pathlib import Path

from galleria.engines.search_index import Rebuild, SearchDocument
from galleria.engines.search_index.shards.places import Places, PlacesFile
from galleria.engines.search_index.shards.writer import ShardedWriter
from galleria.engines.search_index.shards.writers import OpenWriters
from tests.contracts.search_shops import document

MOVED = 7
HEAP_BYTES = 15_000_000
BEFORE = {f"p{n:02}": f"Thing {n}" for n in range(30)}
# What the shop's window shows once it has changed in the midst of the move.
AFTER = {key: value for key, value in BEFORE.items() if key != "p04"} | {"p03": "Changed"}


class DyingFile(PlacesFile):
    """Kills its process at one step."""

    def __init__(self, root: Path, die_at: int) -> None:
        """Die at this step, the first one being 1."""
        super().__init__(root)
        self._left = die_at

    def write(self, places: Places) -> None:
        """See `PlacesFile`."""
        self._step()
        super().write(places)
        self._step()

    def make(self, name: str) -> None:
        """See `PlacesFile`."""
        self._step()
        super().make(name)
        self._step()

    def remove(self, name: str) -> None:
        """See `PlacesFile`."""
        self._step()
        super().remove(name)
        self._step()

    def _step(self) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def documents(shown: dict[str, str]) -> list[SearchDocument]:
    """What a shop window shows, by product."""
    return [document(key, title) for key, title in shown.items()]


def writer_of(file: PlacesFile) -> ShardedWriter:
    """A writer that is not open yet."""
    return ShardedWriter(file, OpenWriters(file, HEAP_BYTES, HEAP_BYTES, 4), 300.0)


async def fill(move: Rebuild[SearchDocument], shown: dict[str, str]) -> None:
    """The shop's documents, from where they were left, in steps of ten, each of them kept."""
    left = [key for key in sorted(shown) if key > (move.reached or "")]
    for at in range(0, len(left), 10):
        ids = left[at : at + 10]
        await move.add(MOVED, documents({key: shown[key] for key in ids}))
        await move.keep(ids[-1])


async def change(writer: ShardedWriter) -> None:
    """The shop's window changes, durably."""
    await writer.apply(MOVED, [document("p03", "Changed")], ["p04"])
    await writer.commit()


async def move_and_die(folder: Path, direction: str, die_at: int) -> None:
    """See the module."""
    async with await writer_of(DyingFile(folder, die_at)).open() as writer:
        move = await writer.begin_move(MOVED, to_own=direction == "out")
        await move.add(MOVED, documents(BEFORE)[:10])
        await move.keep("p09")
        await change(writer)
        print("told", flush=True)
        await fill(move, BEFORE)  # read before the change: older than what the move has by now
        await move.finish()
    print("done", flush=True)


if __name__ == "__main__":
    asyncio.run(move_and_die(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
