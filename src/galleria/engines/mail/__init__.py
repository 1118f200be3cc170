"""Sends letters to people: order confirmations, invitations, links to sign in.

The port, with two adapters: `outbox` (embedded: one file a letter, to look at) and `smtp`. A
message is checked when it is made; nothing in it can add a header, a recipient or a second letter.
"""

import re
from typing import Protocol
from uuid import UUID

import idna
import msgspec

from galleria.foundation.errors import InvalidInput, Unavailable
from galleria.foundation.ids import new_id

MAX_TEXT_CHARS = 1_000_000
MAX_LINE_CHARS = 300

# All that ends a line for some reader: C0 and C1 controls, NEL, and Unicode's two separators.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# The plain form of RFC 5321: no quotes, comments, routes or groups, so one address stays one.
_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(
    r"(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*"
    r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?",
    re.IGNORECASE,
)

__all__ = [
    "InvalidMail",
    "Mail",
    "MailRefused",
    "MailUnavailable",
    "Message",
    "Sender",
    "wire_address",
]


class InvalidMail(InvalidInput):
    """This cannot be sent: no address, or a line that is more than one."""

    code = "invalid_mail"
    title = "This letter cannot be sent"


class MailRefused(InvalidInput):
    """The mail server will never take this letter, for instance since the mailbox is unknown."""

    code = "mail_refused"
    title = "The mail server refuses this letter"


class MailUnavailable(Unavailable):
    """The mail server does not take letters at present; trying later may help."""

    code = "mail_unavailable"
    title = "The mail server does not answer"


class Message(msgspec.Struct, frozen=True):
    """One letter to one person.

    `text` is what every reader can show, `html` a richer form of the same. `sender_name` is shown
    as the sender, usually the shop's name; the address behind it is the house's own. `mail_id`
    names the letter: one that is sent again under the same id is the same letter to the adapters
    and, by its Message-ID, to mail programs. `unsubscribe_url` goes into List-Unsubscribe.

    Raises:
        InvalidMail: an address that is none, a line break or control character in a line, NUL in
            a text, or more characters than 300 a line and 1,000,000 a text.
    """

    tenant_id: int
    to: str
    subject: str
    text: str
    html: str | None = None
    reply_to: str | None = None
    sender_name: str = ""
    unsubscribe_url: str | None = None
    mail_id: UUID = msgspec.field(default_factory=new_id)

    def __post_init__(self) -> None:
        assert self.tenant_id >= 0, "a tenant's number is not negative"
        wire_address(self.to)
        if self.reply_to is not None:
            wire_address(self.reply_to)
        for name in ("subject", "sender_name"):
            _check_line(name, getattr(self, name))
        if self.unsubscribe_url is not None:
            _check_url(self.unsubscribe_url)
        for text in (self.text, self.html or ""):
            if len(text) > MAX_TEXT_CHARS or "\x00" in text:
                raise InvalidMail(f"a text has at most {MAX_TEXT_CHARS} characters and no NUL")


class Sender(msgspec.Struct, frozen=True):
    """The house's own mail address, and the name shown when a message brings none.

    Raises:
        InvalidMail: no address, or a name of more than one line.
    """

    address: str
    name: str = "Galleria"

    def __post_init__(self) -> None:
        wire_address(self.address)
        _check_line("name", self.name)


class Mail(Protocol):
    """Sends letters. Every adapter keeps `tests/contracts/test_mail.py`."""

    async def send(self, message: Message) -> None:
        """The letter is on its way: a server, or the outbox, has taken it over.

        Call it from a job, never inside a transaction. At least once: after an error the letter
        may have left all the same; send it again under the same `mail_id`.

        Raises:
            MailRefused: it will never be taken.
            MailUnavailable: it is not taken at present.
        """


def wire_address(text: str) -> str:
    """The address as a mail server takes it, its domain in ASCII (IDNA 2008).

    Raises:
        InvalidMail: `text` is not exactly one plain address, or its local part is not ASCII.
    """
    local, at, domain = text.rpartition("@")
    if at and not domain.isascii():
        try:
            domain = idna.encode(domain, uts46=True).decode("ascii")
        except idna.IDNAError:
            domain = ""
    is_plain = len(local) <= 64 and _LOCAL_PART.fullmatch(local) and _DOMAIN.fullmatch(domain)
    if not is_plain or len(local) + len(domain) > 253:
        raise InvalidMail(f"{text[:100]!r} is no mail address")
    return f"{local}@{domain}"


def _check_line(name: str, line: str) -> None:
    if _CONTROL.search(line) or len(line) > MAX_LINE_CHARS:
        raise InvalidMail(f"{name} is one line of at most {MAX_LINE_CHARS} characters")


def _check_url(url: str) -> None:
    if not re.fullmatch(r"https?://[!-;=?-~]{1,1000}", url):
        raise InvalidMail("unsubscribe_url is an http address")
