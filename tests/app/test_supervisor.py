"""What runs on one machine is kept running, and all of it ends with its parent."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from galleria.engines.secrets import load_master_secret
from galleria.engines.sql.launcher import EmbeddedPostgres
from tests.app.houses import SLUG, Prepared, environ, free_port, until

ROOT = Path(__file__).parents[2]


class Supervised:
    """A supervisor's process, and what runs under it."""

    def __init__(self, prepared: Prepared, parent: Process, port: int) -> None:
        self.parent = parent
        self.base_url = f"http://127.0.0.1:{port}"
        secret = load_master_secret(prepared.folder, None)
        self.database = EmbeddedPostgres(prepared.folder, secret)

    def children(self) -> dict[str, int]:
        """Process ids of the children by name: server, worker, database."""
        found: dict[str, int] = {}
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit() and parent_of(int(folder.name)) == self.parent.pid:
                words = (folder / "cmdline").read_bytes().split(b"\0")
                for word, name in ((b"serve", "server"), (b"worker", "worker")):
                    if word in words:
                        found[name] = int(folder.name)
                if words[0].endswith(b"/postgres"):
                    found["database"] = int(folder.name)
        return found

    async def is_ready(self) -> bool:
        async with httpx.AsyncClient() as client:
            try:
                return (await client.get(f"{self.base_url}/readyz")).status_code == 200
            except httpx.TransportError:
                return False

    async def sells(self) -> bool:
        """The shop answers a shopper: server and database are both back."""
        async with httpx.AsyncClient(headers={"X-Galleria-Shop": SLUG}) as client:
            try:
                path = "/store/v1/products?limit=1"
                return (await client.get(self.base_url + path)).status_code == 200
            except httpx.TransportError:
                return False


def parent_of(process_id: int) -> int | None:
    """The parent's id; None when the process is gone or a zombie."""
    try:
        text = Path(f"/proc/{process_id}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    state, parent = text.rpartition(")")[2].split()[:2]
    return None if state == "Z" else int(parent)


@asynccontextmanager
async def supervised(prepared: Prepared) -> AsyncIterator[Supervised]:
    """All three run under a supervisor and answer; ended afterwards, if they were not before."""
    port = free_port()
    with (prepared.folder / "supervisor.log").open("ab") as log:
        parent = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.app.supervised", str(prepared.folder), str(port)),
            env={**environ(prepared.folder), "PYTHONPATH": f"{ROOT}/src:{ROOT}"},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    house = Supervised(prepared, parent, port)
    try:
        await until(house.is_ready, "the server answers")
        yield house
    finally:
        if parent.returncode is None:
            parent.terminate()
            await parent.wait()


async def test_whoever_is_killed_is_started_again_and_all_end_together(prepared: Prepared) -> None:
    async with supervised(prepared) as house:
        first = house.children()
        assert set(first) == {"server", "worker", "database"}
        for process_id in first.values():
            os.kill(process_id, signal.SIGKILL)

        async def all_are_new() -> bool:
            now = house.children()
            return set(now) == set(first) and not set(now.values()) & set(first.values())

        await until(all_are_new, "each has been started again")
        await until(house.sells, "the shop sells again")
        second = house.children()
        house.parent.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(house.parent.wait(), 30) == 0
    assert [name for name, each in second.items() if parent_of(each) is not None] == []
    assert house.database.process_id is None, "the database was stopped cleanly, the last of all"
    assert "database system is shut down" in house.database.log_file.read_text()[-500:]


async def test_when_the_parent_is_killed_nobody_is_left_behind(prepared: Prepared) -> None:
    async with supervised(prepared) as house:
        children = house.children()
        house.parent.kill()

        async def are_gone() -> bool:
            return all(parent_of(each) is None for each in children.values())

        await until(are_gone, "server, worker and database have ended too", 30)
        assert not await house.is_ready()
