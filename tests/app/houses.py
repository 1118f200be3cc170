"""Whole houses for tests: a folder with a small shop in it, and its processes, real ones.

The folder is prepared once a run and copied for each test that wants one: making a cluster and its
tables takes seconds, copying them a tenth of one.
"""

import asyncio
import atexit
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Literal, get_args

import httpx
import msgspec

from galleria.app.house import migrate_house, open_house
from galleria.app.shops import open_and_provision
from galleria.app.worker import relay_until_quiet
from galleria.engines.context import Tenant
from galleria.engines.secrets import load_master_secret
from galleria.engines.sql import Access, Database
from galleria.engines.sql.bootstrap import passwords_of
from galleria.engines.sql.launcher import DatabaseDidNotStart, EmbeddedPostgres
from galleria.platform import access
from galleria.platform.tenants import OpenShop
from galleria.settings import Settings
from tests.commerce.selling import mug, put_on_sale

SLUG = "small"
STOCK = 100_000
READY_WITHIN_S = 60.0
Name = Literal["database", "server", "worker"]


class Prepared(msgspec.Struct):
    """A house's folder with one open shop, whose key may do everything."""

    folder: Path
    tenant_id: int
    key: str
    variant_ids: list[str]


_prepared: list[Prepared] = []


async def prepared_house(folder: Path) -> Prepared:
    """A copy of the run's prepared house in `folder`, which must not exist yet."""
    if not _prepared:
        home = Path(tempfile.mkdtemp(prefix="galleria-house-"))
        atexit.register(shutil.rmtree, home, ignore_errors=True)
        _prepared.append(await _prepare(home / "house"))
    template = _prepared[0]
    # With owners and modes as they are: PostgreSQL insists on them.
    subprocess.run(["cp", "-a", str(template.folder), str(folder)], check=True)
    return msgspec.structs.replace(template, folder=folder)


async def _prepare(folder: Path) -> Prepared:
    settings = Settings(data=str(folder))
    await migrate_house(settings)
    async with open_house(settings) as house:
        wanted = OpenShop(
            slug=SLUG, name="Small", currency="EUR", locale="en", locales=["en", "de"], country="DE"
        )
        shop = await open_and_provision(house.context(), wanted, settings.base_domain)
        ctx = house.context().for_tenant(Tenant(shop.tenant_id, shop.slug))
        made = await put_on_sale(ctx, *(mug(f"mug-{at}", stock=STOCK) for at in range(5)))
        key = (await access.create_key(ctx, "all", ["*"])).key
        await relay_until_quiet(house)
    variant_ids = [str(each.variant_ids[0]) for each in made]
    return Prepared(folder, shop.tenant_id, key, variant_ids)


def free_port() -> int:
    """A port nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environ(folder: Path, **settings: object) -> dict[str, str]:
    """The environment of a command on this folder."""
    inherited = {name: text for name, text in os.environ.items() if "GALLERIA_" not in name}
    wanted = {f"GALLERIA_{name.upper()}": str(value) for name, value in settings.items()}
    return {**inherited, "GALLERIA_DATA": str(folder), **wanted}


async def command(
    folder: Path, *words: str, within_s: float = 60.0, **settings: object
) -> tuple[int, str, str]:
    """Exit code, output and errors of `galleria WORDS` on the folder."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "galleria", *words),
        env=environ(folder, **settings),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), within_s)
    return process.returncode or 0, out.decode(), err.decode()


class Processes:
    """Database, server and worker of one folder, each a process that can be killed alone."""

    def __init__(self, prepared: Prepared, settings: Mapping[str, object] | None = None) -> None:
        self.prepared = prepared
        self._settings = dict(settings or {})
        self.folder = prepared.folder
        self.port = free_port()
        self.base_url = f"http://127.0.0.1:{self.port}"
        self._secret = load_master_secret(self.folder, None)
        self.database = EmbeddedPostgres(self.folder, self._secret)
        self._children: dict[str, Process] = {}

    @property
    def access(self) -> Access:
        return Access(self.database.address, passwords_of(self._secret))

    async def start(self, *names: Name) -> None:
        """These run; the server may take a while until it answers."""
        for name in names:
            if name == "database":
                await self._start_database()
            else:
                await self._start_child(name)

    async def _start_database(self) -> None:
        """As the supervisor does it: again, while remains of a killed one are still going away."""
        for _ in range(40):
            try:
                await self.database.start()
                return
            except DatabaseDidNotStart:
                await asyncio.sleep(0.25)
        await self.database.start()

    async def _start_child(self, name: Name) -> None:
        verb = {"server": "serve", "worker": "worker"}[name]
        with (self.folder / f"{name}.log").open("ab") as log:
            self._children[name] = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "galleria", verb),
                env=environ(self.folder, port=self.port, **self._settings),
                stdout=log,
                stderr=log,
            )

    async def kill(self, name: Name) -> None:
        """The process is gone, without having been asked."""
        if name == "database":
            process_id = self.database.process_id
            assert process_id is not None, "the database runs"
            os.kill(process_id, signal.SIGKILL)
            while self.database.poll() is None:
                await asyncio.sleep(0.01)
        else:
            self._children[name].kill()
            await self._children[name].wait()

    def id_of(self, name: Literal["server", "worker"]) -> int:
        """The process's id, for those who look at it from outside."""
        return self._children[name].pid

    async def end(self, name: Name) -> int:
        """The process has ended as it was asked to; its exit code comes back."""
        child = self._children[name]
        child.terminate()
        return await asyncio.wait_for(child.wait(), 30)

    async def is_ready(self) -> bool:
        """The server says that it can serve."""
        async with httpx.AsyncClient() as client:
            try:
                return (await client.get(f"{self.base_url}/readyz")).status_code == 200
            except httpx.TransportError:
                return False

    async def stop(self) -> None:
        """All have ended, gently, the database last."""
        for child in self._children.values():
            with suppress(ProcessLookupError):
                child.terminate()
        for child in self._children.values():
            try:
                await asyncio.wait_for(child.wait(), 20)
            except TimeoutError:
                child.kill()
        await self.database.stop()

    def log_of(self, name: Name) -> str:
        """What the process has said."""
        path = self.folder / ("pg.log" if name == "database" else f"{name}.log")
        return path.read_text(errors="replace") if path.exists() else ""


@asynccontextmanager
async def running(
    prepared: Prepared, *names: Name, settings: Mapping[str, object] | None = None
) -> AsyncIterator[Processes]:
    """These processes run and, when the server is one of them, it answers; ended afterwards."""
    processes = Processes(prepared, settings)
    try:
        await processes.start(*names)
        if "server" in names:
            await until(processes.is_ready, "the server answers")
        yield processes
    except BaseException:
        # What a failing test shows of the processes it watched.
        for name in get_args(Name):
            print(f"--- {name}", processes.log_of(name)[-5_000:], sep="\n")
        raise
    finally:
        await processes.stop()


@asynccontextmanager
async def looking_into(processes: Processes) -> AsyncIterator[Database]:
    """A few connections of our own to the running database."""
    database = await Database.open(processes.access, app_size=2, relay_size=1)
    try:
        yield database
    finally:
        await database.close()


async def until(
    is_so: Callable[[], Awaitable[Any]], what: str, within_s: float = READY_WITHIN_S
) -> None:
    """Waits for it to be so; fails when it is not within the time."""
    deadline = asyncio.get_running_loop().time() + within_s
    while not await is_so():
        assert asyncio.get_running_loop().time() < deadline, f"not within {within_s} s: {what}"
        await asyncio.sleep(0.05)
