"""The SMTP adapter: hands letters to a mail server the operator names (RFC 5321, 3207, 8314)."""

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib
import msgspec

from galleria.engines.mail import MailRefused, MailUnavailable, Message, Sender, wire_address
from galleria.engines.mail.composing import compose
from galleria.foundation.clock import Clock, SystemClock
from galleria.foundation.errors import InvalidInput
from galleria.foundation.telemetry import logger

TIMEOUT_S = 20.0  # for each step of the dialogue
PARALLEL_LETTERS = 4  # connections at once; servers take few from one client
_DEFAULT_PORTS = {"starttls": 587, "tls": 465, "none": 25}

_log = logger(__name__)


class SmtpAddress(msgspec.Struct, frozen=True):
    """A mail server, and how to come in. `tls` is `starttls`, `tls` (at once) or `none`."""

    host: str
    port: int
    tls: Literal["starttls", "tls", "none"] = "starttls"
    user: str | None = None
    password: str | None = None


def parse_smtp_url(url: str) -> SmtpAddress:
    """The address in `smtp://USER:PASSWORD@host[:port]` or `smtps://…`.

    `smtp` demands STARTTLS (port 587); `smtps` speaks TLS at once (465); `smtp://…?tls=none` (25)
    is for a relay on a trusted network, and then without a password.

    Raises:
        InvalidInput: it is no such address; the message does not repeat the password.
    """
    parts = urlsplit(url)
    asked = parse_qs(parts.query).get("tls", ["starttls"])[0]
    tls = "tls" if parts.scheme == "smtps" else asked
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or tls not in _DEFAULT_PORTS:
        raise InvalidInput("a mail server reads smtp://USER:PASSWORD@host:587 or smtps://…:465")
    if tls == "none" and parts.password:
        raise InvalidInput("a password is sent over TLS only: leave out tls=none or the password")
    return SmtpAddress(
        host=parts.hostname,
        port=parts.port or _DEFAULT_PORTS[tls],
        tls=msgspec.convert(tls, Literal["starttls", "tls", "none"]),
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
    )


class SmtpMail:
    """See the module. One connection a letter: mail is rare, and servers close idle ones."""

    def __init__(
        self,
        address: SmtpAddress,
        sender: Sender,
        clock: Clock | None = None,
        *,
        ca_file: str | None = None,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        """Send as `sender`; `ca_file` is a PEM to trust beside the machine's own certificates."""
        self._address = address
        self._sender = sender
        self._clock = clock or SystemClock()
        self._timeout_s = timeout_s
        self._trust = ssl.create_default_context()
        if ca_file is not None:
            self._trust.load_verify_locations(cafile=ca_file)
        self._places = asyncio.Semaphore(PARALLEL_LETTERS)

    async def send(self, message: Message) -> None:
        letter = compose(message, self._sender, self._clock.now())
        async with self._places:
            with _errors_translated():
                await aiosmtplib.send(
                    letter,
                    # The envelope is said outright, never read back from the headers.
                    sender=wire_address(self._sender.address),
                    recipients=[wire_address(message.to)],
                    hostname=self._address.host,
                    port=self._address.port,
                    username=self._address.user,
                    password=self._address.password,
                    use_tls=self._address.tls == "tls",
                    start_tls=self._address.tls == "starttls",
                    tls_context=self._trust,
                    timeout=self._timeout_s,
                )


@contextmanager
def _errors_translated() -> Iterator[None]:
    """A permanent refusal of this letter (5xx) is final; all else may pass: a typo in the
    server's name, a wrong password, a full queue."""
    try:
        yield
    except aiosmtplib.SMTPRecipientsRefused as failure:
        if all(refused.code >= 500 for refused in failure.recipients):
            raise MailRefused("the mail server refuses the recipient") from failure
        raise MailUnavailable("the mail server does not take the recipient now") from failure
    except aiosmtplib.SMTPDataError as failure:
        if failure.code >= 500:
            raise MailRefused("the mail server refuses the letter") from failure
        raise MailUnavailable("the mail server does not take the letter now") from failure
    except (aiosmtplib.SMTPException, OSError) as failure:
        _log.error("mail_server_failed", failure=repr(failure))
        raise MailUnavailable("the mail server does not take letters at present") from failure
