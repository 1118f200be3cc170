"""A file of a gigabyte in one line: killed on its way in it leaves nothing, whole it is refused."""

import os
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Literal

import httpx

from galleria.app.house import open_house
from galleria.app.worker import sweep_files
from galleria.engines.context import Tenant
from galleria.settings import Settings
from tests.app.houses import SLUG, Processes, prepared_house, running, until

LINE_MB = int(os.environ.get("GALLERIA_FAULT_LINE_MB", "1024"))
MOST_MB = 400
HEAD = b"handle,title,price.EUR\nfirst,First,1\nendless,"
TAIL = b",1\nlast,Last,1\n"


async def file_with_an_endless_line(processes: Processes | None = None) -> AsyncIterator[bytes]:
    """The file; with `processes` the server is killed on the way."""
    yield HEAD
    for at in range(LINE_MB):
        if processes is not None and at == LINE_MB // 8:
            await processes.kill("server")
        yield b"x" * 1024 * 1024
    yield TAIL


async def send(processes: Processes, content: AsyncIterator[bytes]) -> dict[str, Any]:
    """The file as the server has it then."""
    async with client_of(processes) as client:
        answer = await client.post("/admin/v1/imports/files?name=endless.csv", content=content)
    assert answer.status_code == 201, answer.text
    sent: dict[str, Any] = answer.json()
    return sent


def client_of(processes: Processes) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {processes.prepared.key}"}
    return httpx.AsyncClient(base_url=processes.base_url, headers=headers, timeout=120)


def most_memory_mb(process_id: int) -> float:
    """The most memory that the process has ever had resident."""
    status = Path(f"/proc/{process_id}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) / 1024


def size_of(folder: Path) -> int:
    """Bytes in the files below the folder."""
    return sum(each.stat().st_size for each in folder.rglob("*") if each.is_file())


async def test_an_endless_line_is_refused_in_bounded_memory_and_leaves_nothing(
    tmp_path: Path,
) -> None:
    prepared = await prepared_house(tmp_path / "house")
    files = prepared.folder / "files"
    async with running(prepared, "database", "server", "worker") as processes:
        try:
            await send(processes, file_with_an_endless_line(processes))
            raise AssertionError("the server was killed")
        except httpx.TransportError:
            pass
        leftover_bytes = size_of(files)
        await processes.start("server")
        await until(processes.is_ready, "the server answers again")
        sent = await send(processes, file_with_an_endless_line())
        assert sent["size_bytes"] == len(HEAD) + LINE_MB * 1024**2 + len(TAIL)
        async with client_of(processes) as client:
            asked = await client.post("/admin/v1/imports", json={"file_id": sent["file_id"]})
            url = f"/admin/v1/imports/{asked.json()['run_id']}"

            async def has_ended() -> bool:
                return (await client.get(url)).json()["state"] in ("done", "failed")

            await until(has_ended, "the import ends", 120)
            run = (await client.get(url)).json()
            problems = (await client.get(f"{url}/problems")).json()["items"]
        assert (run["state"], run["created_count"], run["refused_count"]) == ("done", 2, 1)
        assert [(each["line"], each["code"]) for each in problems] == [(3, "line_too_long")]
        watched: tuple[Literal["server", "worker"], ...] = ("server", "worker")
        for name in watched:
            assert most_memory_mb(processes.id_of(name)) < MOST_MB, name
            assert "Traceback" not in processes.log_of(name)

        assert leftover_bytes > 0, "what was received lies about"
        two_days_ago = time.time() - 2 * 86_400
        for each in files.rglob("*"):
            os.utime(each, (two_days_ago, two_days_ago))
        async with open_house(Settings(data=str(prepared.folder))) as house:
            await sweep_files(house.context().for_tenant(Tenant(prepared.tenant_id, SLUG)))
        assert size_of(files) < sent["size_bytes"] + 100_000
