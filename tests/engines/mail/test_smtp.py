"""How a mail server is found, entered and understood; a real one answers."""

import asyncio
import os
from pathlib import Path

import pytest

from galleria.engines.mail import MailRefused, MailUnavailable, Message, Sender
from galleria.engines.mail.smtp import SmtpAddress, SmtpMail, parse_smtp_url
from galleria.foundation.errors import InvalidInput
from tests.engines.mail.smtp_servers import Mailbox, smtp_server
from tests.engines.outbound.servers import make_certificate

SENDER = Sender("shops@galleria.example")
LETTER = Message(7, "ada@example.org", "Hi", "x")


def relay(mailbox: Mailbox) -> SmtpMail:
    return SmtpMail(SmtpAddress(mailbox.host, mailbox.port, tls="none"), SENDER)


async def test_the_envelope_names_the_house_and_the_one_recipient() -> None:
    async with smtp_server() as mailbox:
        await relay(mailbox).send(LETTER)
    (envelope,) = mailbox.taken
    assert envelope.mail_from == "shops@galleria.example"
    assert envelope.rcpt_tos == ["ada@example.org"]


async def test_a_password_is_sent_after_starttls_to_a_server_that_proves_its_name(
    tmp_path: Path,
) -> None:
    tls, certificate = make_certificate(tmp_path, "localhost")
    async with smtp_server(tls, login=True) as mailbox:
        address = SmtpAddress("localhost", mailbox.port, "starttls", "shop", "right")
        await SmtpMail(address, SENDER, ca_file=os.fspath(certificate)).send(LETTER)
        assert mailbox.logins == [(b"shop", b"right")]
        assert len(mailbox.taken) == 1
        # A certificate nobody vouches for: the password does not leave.
        with pytest.raises(MailUnavailable):
            await SmtpMail(address, SENDER).send(LETTER)
        assert len(mailbox.logins) == 1


async def test_a_wrong_password_may_be_mended_so_the_letter_is_not_lost(tmp_path: Path) -> None:
    tls, certificate = make_certificate(tmp_path, "localhost")
    async with smtp_server(tls, login=True) as mailbox:
        address = SmtpAddress("localhost", mailbox.port, "starttls", "shop", "wrong")
        with pytest.raises(MailUnavailable):
            await SmtpMail(address, SENDER, ca_file=os.fspath(certificate)).send(LETTER)


async def test_a_server_without_starttls_gets_no_letter_that_demands_it() -> None:
    async with smtp_server() as mailbox:
        address = SmtpAddress(mailbox.host, mailbox.port, "starttls")
        with pytest.raises(MailUnavailable):
            await SmtpMail(address, SENDER).send(LETTER)
    assert mailbox.taken == []


@pytest.mark.parametrize("step", ["recipient_answer", "data_answer"])
async def test_a_final_refusal_is_told_apart_from_a_passing_one(step: str) -> None:
    async with smtp_server() as mailbox:
        setattr(mailbox, step, "550 No such person")
        with pytest.raises(MailRefused):
            await relay(mailbox).send(LETTER)
        setattr(mailbox, step, "451 Come back later")
        with pytest.raises(MailUnavailable):
            await relay(mailbox).send(LETTER)
        setattr(mailbox, step, "250 OK")
        await relay(mailbox).send(LETTER)
    assert len(mailbox.taken) == 1


async def test_a_server_that_is_not_there_or_says_nothing_is_unavailable() -> None:
    async with smtp_server() as gone:
        pass
    with pytest.raises(MailUnavailable):
        await relay(gone).send(LETTER)

    async def say_nothing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(2)
        writer.close()

    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with pytest.raises(MailUnavailable):
        await SmtpMail(SmtpAddress("127.0.0.1", port, "none"), SENDER, timeout_s=0.3).send(LETTER)
    server.close()


async def test_many_letters_at_once_all_arrive() -> None:
    async with smtp_server() as mailbox:
        mail = relay(mailbox)
        await asyncio.gather(
            *(mail.send(Message(7, f"a{n}@example.org", "Hi", "x")) for n in range(30))
        )
    assert {envelope.rcpt_tos[0] for envelope in mailbox.taken} == {
        f"a{n}@example.org" for n in range(30)
    }


def test_a_mail_servers_address_is_read_with_its_way_of_tls() -> None:
    assert parse_smtp_url("smtp://shop:se%40cret@mail.example") == SmtpAddress(
        "mail.example", 587, "starttls", "shop", "se@cret"
    )
    assert parse_smtp_url("smtps://mail.example").port == 465
    assert parse_smtp_url("smtp://mail.example:2525?tls=none") == SmtpAddress(
        "mail.example", 2525, "none"
    )


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://mail.example",
        "smtp://",
        "smtp://a:secret@mail.example?tls=none",
        "smtp://h?tls=x",
    ],
)
def test_an_address_that_is_none_or_gives_a_password_away_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_smtp_url(url)
    assert "secret" not in refused.value.detail
