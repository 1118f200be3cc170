"""What the workers of a large shop hold in memory while a file goes in, and how fast it does.

The house's own processes, as `galleria demo` runs them: a made-up file of a million variants is
taken in by the worker of jobs, and shown by the worker of events. Memory is what a process holds
for itself (RssAnon): pages of the indexes' files, which the system lends and takes back, are not
counted. `CATALOG_FOLDER` names a folder that `catalog_record` filled, which grows by the file;
without it a shop of `CATALOG_VARIANTS` (200,000) is made. `CATALOG_FILE` sets the file's size.
"""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from benchmarks._catalog import write_blocks
from benchmarks._demo import conditions, figure
from benchmarks._office import prepare, running, settings_of
from benchmarks.catalog_import import SHOP, blocks_of
from benchmarks.catalog_record import Grown, keep
from galleria.app.house import open_house
from galleria.app.shops import context_of_shop
from galleria.app.supervisor import Child
from galleria.commerce import imports
from galleria.engines.event_log import measure_lag

MEASURES = ("src/galleria/app/worker.py", "src/galleria/engines/search_index/embedded")
VARIANTS = int(os.environ.get("CATALOG_VARIANTS", "200000"))
A_FILE = int(os.environ.get("CATALOG_FILE", "1000000"))
PORT = 18_111
MOST_MB = 400
LOOK_EACH_S = 0.5
QUIET_LOOKS = 4


class Watch:
    """Looks at processes again and again, and remembers the most that each has held."""

    def __init__(self, children: Sequence[Child]) -> None:
        self.most_mb = {each.name: 0.0 for each in children}
        self._children = children

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            for each in self._children:
                if each.process is not None:
                    held = held_mb(each.process.pid)
                    self.most_mb[each.name] = max(self.most_mb[each.name], held)
            await asyncio.sleep(LOOK_EACH_S)


def held_mb(process_id: int) -> float:
    """What a process holds for itself, 0 when it is gone."""
    try:
        status = Path(f"/proc/{process_id}/status").read_text()
    except OSError:
        return 0.0
    lines = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
    return int(lines.get("RssAnon", "0 kB").split()[0]) / 1024


async def measure(folder: Path) -> bool:
    """Print every figure; whether all held."""
    settings = settings_of(folder, PORT)
    await prepare(settings, folder, VARIANTS, 0)
    grown = msgspec.json.decode((folder / "grown.json").read_bytes(), type=Grown)
    file = folder / "more.jsonl.gz"
    made = write_blocks(file, grown.next_block, A_FILE)
    async with running(settings) as children, open_house(settings) as house:
        ctx = await context_of_shop(house.context(), SHOP)
        watch = Watch(children)
        watching = asyncio.create_task(watch.run())
        started = time.perf_counter()
        kept = await imports.accept_file(ctx, file.name, blocks_of(file))
        run = await imports.start_import(ctx, kept.file_id, publish=True)
        while not run.has_ended:
            await asyncio.sleep(LOOK_EACH_S)
            run = await imports.get_run(ctx, run.run_id)
        taken_in_s = time.perf_counter() - started
        assert run.state == "done", run
        quiet = 0
        while quiet < QUIET_LOOKS:
            lag = await measure_lag(house.engines.sql.home, house.engines.clock.now())
            quiet = quiet + 1 if lag.lag_s <= 0 else 0
            await asyncio.sleep(LOOK_EACH_S)
        shown_s = time.perf_counter() - started - QUIET_LOOKS * LOOK_EACH_S
        watching.cancel()
    file.unlink()
    grown.products += made.products
    grown.variants += made.variants
    grown.next_block = made.next_block
    keep(folder, grown)
    figure("variants", grown.variants, "variants")
    figure("taken_in", made.variants / taken_in_s, "variants/s")
    figure("taken_in_and_shown", made.variants / shown_s, "variants/s")
    held = [
        figure(f"held_by_{name}", most, "MB", MOST_MB)
        for name, most in sorted(watch.most_mb.items())
    ]
    return all(held)


def main() -> int:
    """1 when a figure is short."""
    conditions()
    kept = os.environ.get("CATALOG_FOLDER")
    if kept:
        return 0 if asyncio.run(measure(Path(kept))) else 1
    with tempfile.TemporaryDirectory(prefix="galleria-bench-") as name:
        return 0 if asyncio.run(measure(Path(name))) else 1


if __name__ == "__main__":
    sys.exit(main())
