"""Back-ups: one archive with the database, the files and the secret that opens them.

The database is dumped first and the files are copied after it, so that every file a row names is
there (bytes are stored before their row). The search index is left out: it is made anew. A restored
house raises the epoch of its event log, since transaction numbers begin anew in another cluster.
"""

import asyncio
import os
import shutil
import tarfile
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from galleria.app.house import open_prepared, open_server
from galleria.bindings import all_migrations
from galleria.engines.event_log import raise_epoch
from galleria.engines.secrets import load_master_secret
from galleria.engines.sql import Access
from galleria.engines.sql.bootstrap import bring_up_to_date
from galleria.engines.sql.launcher import binaries_folder
from galleria.engines.sql.roles import OWNER
from galleria.foundation.errors import Conflict, GalleriaError, InvalidInput
from galleria.settings import Settings

FORMAT = 1
DUMP = "database.dump"
MANIFEST = "manifest.json"
SECRET = "secret.key"  # noqa: S105 - a file's name
FILES = "files"


class BackupFailed(GalleriaError):
    code = "backup_failed"
    status = 500
    title = "The back-up could not be made or read"


class FolderNotEmpty(Conflict):
    code = "folder_not_empty"
    title = "There is a house in this folder already"


class Manifest(msgspec.Struct, frozen=True):
    """What an archive says about itself."""

    format: int
    made_at: datetime
    dump_bytes: int


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
        manifest = Manifest(FORMAT, datetime.now(UTC), (folder / DUMP).stat().st_size)
        (folder / MANIFEST).write_bytes(msgspec.json.encode(manifest))
        await asyncio.to_thread(_pack, settings.data_folder, folder, archive)
    return manifest


def _pack(data_folder: Path, folder: Path, archive: Path) -> None:
    unfinished = archive.with_name(archive.name + ".unfinished")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as raw:
        with tarfile.open(fileobj=raw, mode="w") as tar:
            tar.add(folder / MANIFEST, MANIFEST)
            tar.add(folder / DUMP, DUMP)
            for name in (SECRET, FILES):
                if (data_folder / name).exists():
                    tar.add(data_folder / name, name)
        raw.flush()
        os.fsync(raw.fileno())
    unfinished.rename(archive)


async def restore(settings: Settings, archive: Path) -> Manifest:
    """A house stands in the settings' folder as the archive had it, ready to go on.

    Raises:
        FolderNotEmpty: a database is there already.
        BackupFailed: the archive is damaged or not one of ours.
    """
    data_folder = settings.data_folder
    if (data_folder / "pg").exists():
        raise FolderNotEmpty(f"{data_folder} holds a house; restore into an empty folder")
    data_folder.mkdir(parents=True, exist_ok=True)
    manifest = await asyncio.to_thread(_unpack, archive, data_folder)
    dump = data_folder / DUMP
    async with open_prepared(settings) as access:
        await _run(
            access,
            "pg_restore",
            *("--exit-on-error", "--no-owner", "--dbname", access.address.database, str(dump)),
        )
        await raise_epoch(access)
        await bring_up_to_date(access, all_migrations())
    dump.unlink()
    return manifest


async def adopt(settings: Settings) -> None:
    """The database of this folder or URL, copied here by other means, may be served from."""
    master_secret = load_master_secret(settings.data_folder, settings.secret)
    async with open_server(settings, master_secret) as (access, _):
        await raise_epoch(access)


def _unpack(archive: Path, data_folder: Path) -> Manifest:
    try:
        with tarfile.open(archive) as tar:
            member = tar.extractfile(MANIFEST)
            assert member is not None, "the manifest is a file"
            manifest = msgspec.json.decode(member.read(), type=Manifest)
            if manifest.format != FORMAT:
                raise BackupFailed(f"the archive has format {manifest.format}, this reads {FORMAT}")
            tar.extractall(data_folder, filter="data")
    except FileNotFoundError:
        raise InvalidInput(f"there is no file {archive}") from None
    except (tarfile.TarError, KeyError, msgspec.MsgspecError) as error:
        raise BackupFailed(f"{archive} is no back-up of ours, or damaged: {error}") from error
    (data_folder / MANIFEST).unlink()
    if (data_folder / SECRET).exists():
        (data_folder / SECRET).chmod(0o600)
    return manifest


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
        raise BackupFailed(f"{program}: {said.decode(errors='replace').strip()[-1000:]}")
