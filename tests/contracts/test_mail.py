"""What every mail adapter keeps, asked of each."""

import email
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria.engines.mail import InvalidMail, Mail, Message, Sender
from galleria.engines.mail.composing import compose
from galleria.engines.mail.outbox import OutboxMail
from galleria.engines.mail.smtp import SmtpAddress, SmtpMail
from galleria.foundation.clock import ManualClock
from galleria.foundation.ids import new_id
from tests.engines.mail.smtp_servers import smtp_server

SENDER = Sender("shops@galleria.example", "Galleria")
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@dataclass
class Post:
    """A mail adapter, and what has arrived: raw letters, in order."""

    mail: Mail
    arrived: Callable[[], Awaitable[list[bytes]]]

    async def only(self) -> EmailMessage:
        (raw,) = await self.arrived()
        return parsed(raw)


def parsed(raw: bytes) -> EmailMessage:
    letter = email.message_from_bytes(raw, policy=default)
    assert isinstance(letter, EmailMessage)
    assert letter.defects == []
    return letter


def body_of(letter: EmailMessage, kind: str) -> str:
    part = letter.get_body((kind,))
    assert part is not None
    content: str = part.get_content()
    return content.replace("\r\n", "\n")


@pytest.fixture(params=["outbox", "smtp"])
async def post(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Post]:
    if request.param == "outbox":
        outbox = OutboxMail(tmp_path, SENDER, ManualClock(NOON))

        async def files() -> list[bytes]:
            letters = await outbox.letters(7)
            return [await outbox.read(7, letter.mail_id) for letter in reversed(letters)]

        yield Post(outbox, files)
        return
    async with smtp_server() as mailbox:
        address = SmtpAddress(mailbox.host, mailbox.port, tls="none")

        async def taken() -> list[bytes]:
            return [envelope.content for envelope in mailbox.taken]  # type: ignore[misc]

        yield Post(SmtpMail(address, SENDER, ManualClock(NOON)), taken)


async def test_a_letter_arrives_with_sender_recipient_subject_and_text(post: Post) -> None:
    await post.mail.send(Message(7, "ada@example.org", "Your order 1001", "Thank you!\n"))
    letter = await post.only()
    assert letter["From"] == "Galleria <shops@galleria.example>"
    assert letter["To"] == "ada@example.org"
    assert letter["Subject"] == "Your order 1001"
    assert letter["Date"].datetime == NOON
    assert letter["Auto-Submitted"] == "auto-generated"
    assert body_of(letter, "plain") == "Thank you!\n"


async def test_text_and_html_arrive_as_two_forms_of_one_letter(post: Post) -> None:
    await post.mail.send(Message(7, "ada@example.org", "Hi", "Grüße\n", "<p>Grüße</p>\n"))
    letter = await post.only()
    assert letter.get_content_type() == "multipart/alternative"
    assert body_of(letter, "plain") == "Grüße\n"
    assert body_of(letter, "html") == "<p>Grüße</p>\n"


async def test_names_and_subjects_of_any_script_arrive(post: Post) -> None:
    subject = "Bestellung bestätigt — 注文を承りました " + "x" * 200
    await post.mail.send(
        Message(7, "ada@example.org", subject, "x", sender_name='Müller & "Söhne", <Kaffee>')
    )
    letter = await post.only()
    assert letter["Subject"] == subject
    (author,) = letter["From"].addresses
    assert author.display_name == 'Müller & "Söhne", <Kaffee>'
    assert author.addr_spec == "shops@galleria.example"


async def test_replies_and_unsubscriptions_go_where_the_shop_says(post: Post) -> None:
    await post.mail.send(
        Message(
            7,
            "ada@example.org",
            "News",
            "x",
            reply_to="hello@mueller.example",
            unsubscribe_url="https://mueller.example/u?t=gal_x_1",
        )
    )
    letter = await post.only()
    assert letter["Reply-To"] == "hello@mueller.example"
    assert letter["List-Unsubscribe"] == "<https://mueller.example/u?t=gal_x_1>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


async def test_a_domain_of_any_script_is_written_to_by_its_ascii_form(post: Post) -> None:
    await post.mail.send(Message(7, "ada@müller.example", "Hi", "x"))
    assert (await post.only())["To"] == "ada@xn--mller-kva.example"


async def test_a_letter_sent_again_is_known_as_the_same(post: Post) -> None:
    message = Message(7, "ada@example.org", "Once", "x", mail_id=new_id())
    await post.mail.send(message)
    await post.mail.send(message)
    ids = {parsed(raw)["Message-ID"] for raw in await post.arrived()}
    assert ids == {f"<{message.mail_id}@galleria.example>"}


async def test_a_line_that_starts_with_a_dot_arrives_as_it_is(post: Post) -> None:
    text = "one\n.\n..two\nRCPT TO:<eve@example.org>\nFrom eve\n"
    await post.mail.send(Message(7, "ada@example.org", "Dots", text))
    assert body_of(await post.only(), "plain") == text


LINE_ENDS = ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x1c", "\x1d", "\x85", "\u2028", "\u2029", "\x00"]


@pytest.mark.parametrize("end", LINE_ENDS)
def test_no_line_can_be_made_two(end: str) -> None:
    injected = f"Hi{end}Bcc: eve@example.org"
    for make in (
        lambda: Message(7, "ada@example.org", injected, "x"),
        lambda: Message(7, f"ada@example.org{end}", "Hi", "x"),
        lambda: Message(7, "ada@example.org", "Hi", "x", reply_to=f"a@b.example{end}c"),
        lambda: Message(7, "ada@example.org", "Hi", "x", sender_name=injected),
        lambda: Message(7, "ada@example.org", "Hi", "x", unsubscribe_url=f"https://a/{end}"),
        lambda: Sender("a@b.example", injected),
    ):
        with pytest.raises(InvalidMail):
            make()


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ada",
        "@example.org",
        "ada@",
        "ada@example.org, eve@example.org",
        "ada@example.org;eve@example.org",
        "Ada <ada@example.org>",
        "<ada@example.org>",
        '"ada eve"@example.org',
        "ada@exam ple.org",
        "ada@[127.0.0.1]",
        "ada@-example.org",
        "ada..eve@example.org",
        ".ada@example.org",
        "ada@example..org",
        "ädä@example.org",
        "ada@\u2024.example",
        "a" * 65 + "@example.org",
        "a@" + "b" * 300 + ".org",
        "ada@example.org(comment)",
        "eve@evil.example,@example.org",
    ],
)
def test_whatever_is_not_one_plain_address_is_no_recipient(address: str) -> None:
    with pytest.raises(InvalidMail):
        Message(7, address, "Hi", "x")


HEADERS = {
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
}


@given(
    subject=st.text(max_size=80),
    name=st.text(max_size=40),
    text=st.text(max_size=200),
)
def test_whatever_is_accepted_makes_one_letter_with_our_headers_only(
    subject: str, name: str, text: str
) -> None:
    try:
        message = Message(7, "ada@example.org", subject, text, sender_name=name)
    except InvalidMail:
        return
    raw = compose(message, SENDER, NOON).as_bytes()
    letter = email.message_from_bytes(raw, policy=default)
    assert set(letter.keys()) <= HEADERS
    assert len(letter.keys()) == len(set(letter.keys()))
    assert [one.addr_spec for one in letter["To"].addresses] == ["ada@example.org"]
    assert [one.addr_spec for one in letter["From"].addresses] == ["shops@galleria.example"]
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", raw.partition(b"\r\n\r\n")[0])
