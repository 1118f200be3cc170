"""Back-ups: one archive with the database, the files and the secret that opens them.

The database is dumped first and the files are copied after it, so that every file a row names is
there (bytes are stored before their row). The indexes are left out: they are made anew. A restored
house raises the epoch of its event log, since transaction numbers begin anew in another cluster.
"""

import asyncio
import os
import shutil
import tempfile
from pathlib import Path

from galleria.app.archives import DUMP, FILES, SECRET, BackupFailed, Manifest, pack, unpack
from galleria.app.house import open_prepared, open_server, refuse_pending
from galleria.bindings import all_migrations
from galleria.engines.event_log import raise_epoch
from galleria.engines.secrets import load_master_secret
from galleria.engines.sql import Access
from galleria.engines.sql.bootstrap import (
    DatabaseNotPrepared,
    bring_up_to_date,
    first_contact,
)
from galleria.engines.sql.launcher import binaries_folder
from galleria.engines.sql.roles import OWNER
from galleria.foundation.errors import Conflict
from galleria.settings import Settings

CLUSTER = "pg"
FORMER_SECRET = "former-secret"  # noqa: S105 - a file's name


class FolderNotEmpty(Conflict):
    code = "folder_not_empty"
    title = "There is a house in this folder already"


async def back_up(settings: Settings, archive: Path) -> Manifest:
    """The archive holds all of the house as it was when this began.

    Raises:
        BackupFailed: pg_dump or the disk said no.
    """
    master_secret = load_master_secret(settings.data_folder, settings.secret)
    archive.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=archive.parent, prefix=".backup-") as name:
        folder = Path(name)
        async with open_server(settings, master_secret) as (access, _):
            await _run(
                access,
                "pg_dump",
                *("--format=custom", "--compress=gzip:1", "--enable-row-security", "--no-owner"),
                *("--file", str(folder / DUMP)),
            )
        return await asyncio.to_thread(pack, settings.data_folder, folder / DUMP, archive)


async def restore(settings: Settings, archive: Path) -> Manifest:
    """A house stands in the settings' folder as the archive had it, ready to go on.

    Should it fail, the folder is as it was.

    Raises:
        FolderNotEmpty: a house is there already.
        BackupFailed: the archive is damaged or not one of ours, or the database refused it.
    """
    data_folder = settings.data_folder
    taken = [name for name in (CLUSTER, FILES) if _holds_something(data_folder / name)]
    if taken:
        raise FolderNotEmpty(f"{data_folder} holds a house; restore into an empty folder")
    data_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=data_folder, prefix=".restore-") as name:
        unpacked = Path(name)
        manifest = await asyncio.to_thread(unpack, archive, unpacked)
        try:
            _move_in(unpacked, data_folder)
            await _restore_database(settings, unpacked / DUMP)
        except BaseException:
            _move_out(unpacked, data_folder)
            raise
    return manifest


async def _restore_database(settings: Settings, dump: Path) -> None:
    async with open_prepared(settings) as access:
        await _run(
            access,
            "pg_restore",
            *("--single-transaction", "--no-owner"),
            *("--dbname", access.address.database, str(dump)),
        )
        await raise_epoch(access)
        await bring_up_to_date(access, all_migrations())


def _holds_something(path: Path) -> bool:
    return path.exists() and any(path.iterdir())


def _move_in(unpacked: Path, data_folder: Path) -> None:
    secret = data_folder / SECRET
    if secret.exists() and (unpacked / SECRET).exists():
        secret.rename(unpacked / FORMER_SECRET)
    for name in (SECRET, FILES):
        if (unpacked / name).exists():
            _remove(data_folder / name)
            (unpacked / name).rename(data_folder / name)


def _move_out(unpacked: Path, data_folder: Path) -> None:
    for name in (CLUSTER, FILES):
        _remove(data_folder / name)
    if (unpacked / FORMER_SECRET).exists():
        (unpacked / FORMER_SECRET).rename(data_folder / SECRET)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


async def adopt(settings: Settings) -> None:
    """The database of this folder or URL, copied here by other means, may be served from.

    Raises:
        DatabaseNotPrepared: there is none, or it does not know this house's roles.
        MigrationRefused: its tables are not up to date.
        DatabaseUnavailable: it does not answer.
    """
    _refuse_an_empty_house(settings)
    master_secret = load_master_secret(settings.data_folder, settings.secret)
    async with open_server(settings, master_secret) as (access, _):
        with first_contact():
            await refuse_pending(access)
        await raise_epoch(access)


def _refuse_an_empty_house(settings: Settings) -> None:
    """Pass when there is something to adopt: otherwise asking for it would make it."""
    folder = settings.data_folder
    if not settings.secret and not (folder / SECRET).exists():
        raise DatabaseNotPrepared(
            f"{folder} has no {SECRET}: copy that of the old house, then run `galleria migrate`"
        )
    if not settings.database_url and not _holds_something(folder / CLUSTER):
        raise DatabaseNotPrepared(
            f"{folder} holds no database to adopt: name its folder with --data, set "
            "GALLERIA_DATABASE_URL, or put an archive back with `galleria restore ARCHIVE`"
        )


async def _run(access: Access, program: str, *arguments: str) -> None:
    """One of PostgreSQL's programs as the owner role.

    Raises:
        BackupFailed: with the end of what it said.
    """
    path = binaries_folder() / program
    command = str(path) if path.exists() else shutil.which(program) or program
    process = await asyncio.create_subprocess_exec(
        command,
        *("--host", access.address.host, "--port", str(access.address.port)),
        *("--username", OWNER, "--no-password"),
        *arguments,
        env={
            **os.environ,
            "PGPASSWORD": access.passwords[OWNER],
            "PGDATABASE": access.address.database,
        },
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()
    if process.returncode != 0:
        reason = " ".join(said.decode(errors="replace").split())
        raise BackupFailed(f"{program}: {reason[-1000:]}")
