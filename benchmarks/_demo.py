"""A running demo for a benchmark, and the load and figures that go with it."""

import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

GALLERIA = [sys.executable, "-m", "galleria"]
STOP_WITHIN_S = 30
AT_REST_S = 0.3  # of processor time a second


@dataclass(frozen=True)
class Demo:
    """A demo that answers: what it printed when it was ready, and its supervisor's process id."""

    port: int
    folder: Path
    ready: dict[str, Any]
    process_id: int

    def key(self, slug: str) -> str:
        """The API key of a shop."""
        return next(str(shop["key"]) for shop in self.ready["shops"] if shop["slug"] == slug)

    def run(self, *arguments: str, codes: tuple[int, ...] = (0,)) -> str:
        """What a command of galleria prints, on this demo's data; it ends with one of `codes`."""
        done = subprocess.run(
            [*GALLERIA, *arguments, "--data", str(self.folder)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode in codes, done.stderr
        return str(done.stdout)


@contextmanager
def running_demo(port: int, folder: Path | None = None, **settings: str) -> Iterator[Demo]:
    """`galleria demo` in a folder of its own, or in one that was used before.

    `settings` are the variables of its environment besides.
    """
    made = folder is None
    folder = folder or Path(tempfile.mkdtemp(prefix="galleria-bench-"))
    process = subprocess.Popen(
        [*GALLERIA, "demo", "--port", str(port), "--data", str(folder), "--json"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "GALLERIA_LOG_LEVEL": "error", **settings},
    )
    try:
        yield Demo(port, folder, _read_json(process), process.pid)
    finally:
        process.terminate()
        process.wait(STOP_WITHIN_S)
        assert process.stdout is not None
        process.stdout.close()
        if made:
            shutil.rmtree(folder, ignore_errors=True)


def _read_json(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout is not None
    text = ""
    for line in process.stdout:
        text += line
        if line.startswith("}"):
            return dict(json.loads(text))
    raise AssertionError(f"the demo ended: {process.wait()}")


def wait_for_rest(most_s: float = 90.0) -> None:
    """The machine idles, or so much time is over: what a demo does after its start, such as listing
    and indexing, would take from what is measured."""
    until = time.monotonic() + most_s
    while time.monotonic() < until:
        before = _processor_s()
        time.sleep(1.0)
        if _processor_s() - before < AT_REST_S:
            return


def _processor_s() -> float:
    """Seconds that all processors have worked since the machine was started."""
    user, nice, system = Path("/proc/stat").read_text().split()[1:4]
    return (int(user) + int(nice) + int(system)) / os.sysconf("SC_CLK_TCK")


def conditions() -> None:
    """Print what the figures were taken on, with how fast the cores are at this moment."""
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    print(
        f"conditions: {os.cpu_count()} cores shared by server, database and load; "
        f"Python {platform.python_version()}; load average {load}; "
        f"10 million additions in {_additions_s():.2f} s; figures are +-30 %"
    )


def _additions_s() -> float:
    """A core of a shared machine may do half of what it did a minute ago: this tells."""
    started = time.perf_counter()
    total = 0
    for number in range(10_000_000):
        total += number
    assert total > 0
    return time.perf_counter() - started


def figure(name: str, value: float, unit: str, bar: float | None = None, most: bool = True) -> bool:
    """Print a figure's line; True when it holds its bar. `most`: the bar is the most allowed."""
    if bar is None:
        print(f"{name}\t{value:.4g}\t{unit}\t-\t-", flush=True)
        return True
    is_held = value <= bar if most else value >= bar
    print(f"{name}\t{value:.4g}\t{unit}\t{bar:g}\t{'held' if is_held else 'short'}", flush=True)
    return is_held


@dataclass(frozen=True)
class Load:
    """What wrk measured: answers a second, 99th percentile, and answers that were no success."""

    per_s: float
    p99_ms: float
    failures: int


def wrk(
    url: str,
    host: str,
    *,
    seconds: int = 5,
    connections: int = 32,
    threads: int = 1,
    script: str | None = None,
) -> Load:
    """wrk against one address, with a Lua script when there is one.

    Raises:
        AssertionError: wrk is not installed (Debian package wrk).
    """
    assert shutil.which("wrk"), "install wrk"
    command = ["wrk", f"-t{threads}", f"-c{connections}", f"-d{seconds}s", "--latency"]
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        if script is not None:
            file.write(script)
            file.flush()
            command += ["-s", file.name]
        done = subprocess.run(
            [*command, "-H", f"Host: {host}", url], capture_output=True, text=True, check=True
        )
    text = done.stdout
    failures = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    broken = re.search(
        r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", text
    )
    return Load(
        per_s=float(_found(r"Requests/sec:\s+([\d.]+)", text)),
        p99_ms=_ms(_found(r"(?m)^\s+99%\s+(\S+)", text)),
        failures=int(failures[1])
        if failures
        else 0 + (sum(map(int, broken.groups())) if broken else 0),
    )


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match is not None, text
    return match[1]


def _ms(text: str) -> float:
    for unit, factor in (("us", 0.001), ("ms", 1.0), ("s", 1000.0), ("m", 60_000.0)):
        if text.endswith(unit):
            return float(text.removesuffix(unit)) * factor
    raise AssertionError(f"no time: {text}")


def tree_pss_bytes(process_id: int) -> int:
    """Proportional set size of a process and all below it."""
    total = 0
    waiting = [process_id]
    while waiting:
        each = waiting.pop()
        try:
            rollup = Path(f"/proc/{each}/smaps_rollup").read_text()
            total += int(_found(r"Pss:\s+(\d+) kB", rollup)) * 1024
            for task in Path(f"/proc/{each}/task").iterdir():
                waiting += map(int, (task / "children").read_text().split())
        except (FileNotFoundError, ProcessLookupError):
            continue
    return total


def until(check: Any, within_s: float, what: str) -> float:
    """Seconds until `check()` is true.

    Raises:
        AssertionError: it did not become true in time.
    """
    started = time.perf_counter()
    while not check():
        assert time.perf_counter() - started < within_s, f"never: {what}"
        time.sleep(0.05)
    return time.perf_counter() - started
