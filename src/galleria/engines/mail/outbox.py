"""The embedded adapter: letters become lines of a file, for people to look at.

7/letters.jsonl        a tenant's letters, one a line, the newest last
7/letters.older.jsonl  the ones before, once the first has grown large

One file, since a file a letter costs the disk more than the rest of an order does. In the form in
which it would have travelled a letter is composed when somebody opens it.
"""

import asyncio
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from uuid import UUID

import msgspec

from galleria.engines.mail import InvalidMail, MailUnavailable, Message, Sender
from galleria.engines.mail.composing import compose
from galleria.foundation.clock import Clock, SystemClock
from galleria.foundation.errors import NotFound

LARGE_BYTES = 1_000_000  # a thousand letters or so: for looking at, not an archive


class LetterNotFound(NotFound):
    """The outbox holds no such letter."""

    code = "letter_not_found"
    title = "No such letter"


class Letter(Message, frozen=True, kw_only=True):
    """A message in the outbox."""

    sent_at: datetime


_decode = msgspec.json.Decoder(Letter).decode
_encode = msgspec.json.Encoder().encode


class OutboxMail:
    """See the module."""

    def __init__(
        self,
        folder: Path,
        sender: Sender,
        clock: Clock | None = None,
        large_bytes: int = LARGE_BYTES,
    ) -> None:
        """Write below `folder`; a file of more than `large_bytes` is followed by a new one."""
        self._folder = folder
        self._sender = sender
        self._clock = clock or SystemClock()
        self._large_bytes = large_bytes

    async def send(self, message: Message) -> None:
        letter = Letter(**msgspec.structs.asdict(message), sent_at=self._clock.now())
        try:
            await asyncio.to_thread(self._append, letter)
        except OSError as failure:
            raise MailUnavailable("the outbox takes no letter: is the disk full?") from failure

    async def letters(self, tenant_id: int, limit: int = 50) -> list[Letter]:
        """The newest letters of a tenant, newest first, at most `limit`."""
        return await asyncio.to_thread(self._newest, tenant_id, limit)

    async def read(self, tenant_id: int, mail_id: UUID) -> bytes:
        """The letter as it would have travelled.

        Raises:
            LetterNotFound: this tenant's outbox does not hold it.
        """
        for letter in await asyncio.to_thread(self._newest, tenant_id, None):
            if letter.mail_id == mail_id:
                return compose(letter, self._sender, letter.sent_at).as_bytes()
        raise LetterNotFound(f"no letter {mail_id}")

    def _files(self, tenant_id: int) -> tuple[Path, Path]:
        folder = self._folder / str(tenant_id)
        return folder / "letters.jsonl", folder / "letters.older.jsonl"

    def _append(self, letter: Letter) -> None:
        """Not forced to disk: nobody's order hangs on what is only looked at."""
        newest, older = self._files(letter.tenant_id)
        newest.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # A line cut short by a full disk ends here, so that it does not spoil the next.
        line = b"\n" + _encode(letter)
        with _locked(newest) as file:
            if os.fstat(file).st_size < self._large_bytes:
                _write(file, line)
                return
            newest.replace(older)
        self._append(letter)

    def _newest(self, tenant_id: int, limit: int | None) -> list[Letter]:
        """A letter sent again is one letter, as it was sent last."""
        letters: dict[UUID, Letter] = {}
        for file in self._files(tenant_id):
            for line in _lines_from_the_end(file):
                if len(letters) == limit:
                    return list(letters.values())
                try:
                    letter = _decode(line)
                except (msgspec.DecodeError, InvalidMail):
                    continue
                letters.setdefault(letter.mail_id, letter)
        return list(letters.values())


def _lines_from_the_end(file: Path) -> list[bytes]:
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return []
    return [line for line in reversed(content.split(b"\n")) if line]


def _write(file: int, content: bytes) -> None:
    if os.write(file, content) < len(content):
        raise OSError("not all of a letter was written")


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    """A descriptor to append to `path`, which no other process moves or appends to meanwhile."""
    while True:
        file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            if _is_at(path, file):
                yield file
                return
        finally:
            os.close(file)


def _is_at(path: Path, file: int) -> bool:
    try:
        return path.stat().st_ino == os.fstat(file).st_ino
    except FileNotFoundError:
        return False
