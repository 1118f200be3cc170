"""The file a back-up is: a tar whose last member holds the digest of every other one.

So an archive that was cut short, or in which a single bit has changed, is known as damaged before
anything is made of it.
"""

import hashlib
import os
import shutil
import stat
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO

import msgspec

from galleria.foundation.errors import GalleriaError, InvalidInput

FORMAT = 1
MANIFEST = "manifest.json"
DIGESTS = "digests.json"
DUMP = "database.dump"
SECRET = "secret.key"  # noqa: S105 - a file's name
FILES = "files"
CHUNK_BYTES = 1024 * 1024


class BackupFailed(GalleriaError):
    code = "backup_failed"
    status = 500
    title = "The back-up could not be made or read"


class Manifest(msgspec.Struct, frozen=True):
    """What an archive says about itself."""

    format: int
    made_at: datetime
    dump_bytes: int


def pack(data_folder: Path, dump: Path, archive: Path) -> Manifest:
    """`archive` holds the dump, and secret and files of the data folder; all of it or none.

    A file that is removed meanwhile is left out: no row of the dump, which is older, names it,
    or its removal had been decided already.

    Raises:
        BackupFailed: the disk is full, or a file cannot be read.
    """
    manifest = Manifest(FORMAT, datetime.now(UTC), dump.stat().st_size)
    unfinished = archive.with_name(archive.name + ".unfinished")
    try:
        descriptor = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w+b") as raw:
            with tarfile.open(fileobj=raw, mode="w") as tar:
                writing = _Writing(tar)
                writing.add_bytes(MANIFEST, msgspec.json.encode(manifest))
                writing.add_file(DUMP, dump)
                for name, path in _kept_files(data_folder):
                    writing.add_file(name, path)
                writing.finish()
            raw.flush()
            os.fsync(raw.fileno())
        unfinished.rename(archive)
    except OSError as error:
        raise BackupFailed(f"{archive} cannot be written: {error}") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return manifest


def unpack(archive: Path, folder: Path) -> Manifest:
    """Everything in `archive` lies in `folder`, byte for byte as it was packed.

    Raises:
        InvalidInput: there is no such file.
        BackupFailed: it is damaged, or not one of ours; what lies in `folder` is of no use.
    """
    try:
        with tarfile.open(archive, mode="r:") as tar:
            found = {member.name: _extract(tar, member, folder) for member in tar}
        digests = msgspec.json.decode((folder / DIGESTS).read_bytes(), type=dict[str, str])
        del found[DIGESTS]
        if found != digests:
            raise BackupFailed(f"{archive} is damaged: its bytes are not those that were packed")
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except FileNotFoundError as missing:
        if missing.filename == str(archive):
            raise InvalidInput(f"there is no file {archive}") from None
        raise BackupFailed(f"{archive} is damaged: its end is missing") from None
    except (tarfile.TarError, EOFError, KeyError, ValueError, msgspec.MsgspecError) as error:
        raise BackupFailed(f"{archive} is no back-up of ours, or damaged: {error}") from error
    if manifest.format != FORMAT:
        raise BackupFailed(f"the archive has format {manifest.format}, this reads {FORMAT}")
    return manifest


class _Writing:
    """Adds members one after the other, and remembers their digests."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self._digests: dict[str, str] = {}

    def add_bytes(self, name: str, content: bytes) -> None:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        self._digests[name] = hashlib.sha256(content).hexdigest()
        self._tar.addfile(member, _Bytes(content))

    def add_file(self, name: str, path: Path) -> None:
        try:
            file = path.open("rb")
        except FileNotFoundError:
            return
        with file:
            member = tarfile.TarInfo(name)
            found = os.fstat(file.fileno())
            # One that still grows is packed as long as it is now.
            member.size, member.mtime = found.st_size, int(found.st_mtime)
            reading = _Digesting(file)
            self._tar.addfile(member, reading)
            self._digests[name] = reading.digest()

    def finish(self) -> None:
        digests = msgspec.json.encode(self._digests)
        self.add_bytes(DIGESTS, digests)


class _Digesting:
    """A file being read, with the digest of what was read so far."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        chunk = self._file.read(size)
        self._hash.update(chunk)
        return chunk

    def digest(self) -> str:
        return self._hash.hexdigest()


class _Bytes:
    """Bytes to be read like a file."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def read(self, size: int = -1) -> bytes:
        size = len(self._content) if size < 0 else size
        chunk, self._content = self._content[:size], self._content[size:]
        return chunk


def _kept_files(data_folder: Path) -> Iterator[tuple[str, Path]]:
    secret = data_folder / SECRET
    if secret.exists():
        yield SECRET, secret
    for folder, _, names in os.walk(data_folder / FILES):
        for name in sorted(names):
            path = Path(folder) / name
            yield path.relative_to(data_folder).as_posix(), path


def _extract(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> str:
    """The member lies below `folder`; its digest comes back."""
    # Not `tarfile.data_filter`: Python 3.11 has it only from 3.11.4 on.
    if not member.isreg():
        raise BackupFailed(f"{member.name[:100]!r} is no plain file")
    name = PurePosixPath(member.name)
    if name.is_absolute() or not name.parts or ".." in name.parts:
        raise BackupFailed(f"{member.name[:100]!r} would lie elsewhere")
    path = folder / name
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    source = tar.extractfile(member)
    assert source is not None, "a plain file has content"
    reading = _Digesting(source)
    with path.open("wb") as file:
        shutil.copyfileobj(reading, file, CHUNK_BYTES)
    path.chmod(stat.S_IRUSR | stat.S_IWUSR)
    return reading.digest()
