"""The embedded adapter: letters become files, one folder a tenant, for people to look at.

7/0198….eml     as it would have travelled; opens in any mail program
7/0198….json    the same, easy to read for a program; written last, so it marks the letter whole
"""

import asyncio
from datetime import datetime
from pathlib import Path
from uuid import UUID

import msgspec

from galleria.engines.blob.durable import replace_file
from galleria.engines.mail import MailUnavailable, Message, Sender
from galleria.engines.mail.composing import compose
from galleria.foundation.clock import Clock, SystemClock
from galleria.foundation.errors import NotFound

KEPT_LETTERS = 1000  # a tenant: an outbox is for looking at, not an archive


class LetterNotFound(NotFound):
    """The outbox holds no such letter."""

    code = "letter_not_found"
    title = "No such letter"


class Letter(msgspec.Struct, frozen=True):
    """A letter in the outbox."""

    mail_id: UUID
    tenant_id: int
    sent_at: datetime
    to: str
    subject: str
    text: str
    html: str | None


_decode = msgspec.json.Decoder(Letter).decode


class OutboxMail:
    """See the module."""

    def __init__(
        self,
        folder: Path,
        sender: Sender,
        clock: Clock | None = None,
        kept_letters: int = KEPT_LETTERS,
    ) -> None:
        """Write below `folder`; of each tenant the newest `kept_letters` are kept."""
        self._folder = folder
        self._sender = sender
        self._clock = clock or SystemClock()
        self._kept_letters = kept_letters

    async def send(self, message: Message) -> None:
        sent_at = self._clock.now()
        raw = compose(message, self._sender, sent_at).as_bytes()
        letter = Letter(
            message.mail_id,
            message.tenant_id,
            sent_at,
            message.to,
            message.subject,
            message.text,
            message.html,
        )
        try:
            await asyncio.to_thread(self._write, letter, raw)
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
        path = self._folder / str(tenant_id) / f"{mail_id}.eml"
        try:
            return await asyncio.to_thread(path.read_bytes)
        except FileNotFoundError:
            raise LetterNotFound(f"no letter {mail_id}") from None

    def _write(self, letter: Letter, raw: bytes) -> None:
        path = self._folder / str(letter.tenant_id) / f"{letter.mail_id}.json"
        replace_file(path.with_suffix(".eml"), raw)
        replace_file(path, msgspec.json.encode(letter))
        for old in self._paths(letter.tenant_id)[self._kept_letters :]:
            old.unlink(missing_ok=True)
            old.with_suffix(".eml").unlink(missing_ok=True)

    def _newest(self, tenant_id: int, limit: int) -> list[Letter]:
        letters: list[Letter] = []
        for path in self._paths(tenant_id)[:limit]:
            try:
                letters.append(_decode(path.read_bytes()))
            except FileNotFoundError:
                continue  # it has just become too old
        return letters

    def _paths(self, tenant_id: int) -> list[Path]:
        """Newest first: a UUIDv7 begins with its time."""
        return sorted((self._folder / str(tenant_id)).glob("*.json"), reverse=True)
