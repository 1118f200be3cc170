"""What the outbox keeps for people to look at."""

import asyncio
from pathlib import Path

import pytest

from galleria.engines.mail import MailUnavailable, Message, Sender
from galleria.engines.mail.outbox import LetterNotFound, OutboxMail
from galleria.foundation.ids import new_id

SENDER = Sender("shops@galleria.example")


def to(name: str, tenant_id: int = 7) -> Message:
    return Message(tenant_id, f"{name}@example.org", f"For {name}", "x", "<p>x</p>")


async def test_letters_are_listed_newest_first_of_one_tenant_only(tmp_path: Path) -> None:
    outbox = OutboxMail(tmp_path, SENDER)
    for name in ("ada", "bob", "cyd"):
        await outbox.send(to(name))
    await outbox.send(to("eve", tenant_id=77))
    letters = await outbox.letters(7, limit=2)
    assert [letter.to for letter in letters] == ["cyd@example.org", "bob@example.org"]
    assert letters[0].subject == "For cyd"
    assert (letters[0].text, letters[0].html) == ("x", "<p>x</p>")
    assert await outbox.letters(8) == []


async def test_a_letter_of_another_tenant_is_not_found(tmp_path: Path) -> None:
    outbox = OutboxMail(tmp_path, SENDER)
    message = to("ada")
    await outbox.send(message)
    assert b"For ada" in await outbox.read(7, message.mail_id)
    for tenant_id, mail_id in ((8, message.mail_id), (7, new_id())):
        with pytest.raises(LetterNotFound):
            await outbox.read(tenant_id, mail_id)


async def test_the_oldest_letters_go_when_a_file_has_grown_large(tmp_path: Path) -> None:
    outbox = OutboxMail(tmp_path, SENDER, large_bytes=1)
    for name in ("ada", "bob", "cyd", "dan", "eve"):
        await outbox.send(to(name))
    assert [letter.to[:3] for letter in await outbox.letters(7)] == ["eve", "dan"]
    assert len(list((tmp_path / "7").iterdir())) == 2


async def test_a_letter_sent_again_is_one(tmp_path: Path) -> None:
    outbox, message = OutboxMail(tmp_path, SENDER), to("ada")
    for again in (message, to("bob"), message):
        await outbox.send(again)
    assert [letter.to[:3] for letter in await outbox.letters(7)] == ["ada", "bob"]


async def test_a_line_cut_short_spoils_no_other(tmp_path: Path) -> None:
    outbox = OutboxMail(tmp_path, SENDER)
    await outbox.send(to("ada"))
    with (tmp_path / "7" / "letters.jsonl").open("ab") as file:
        file.write(b'\n{"tenant_id":7,"to":"bob@exam')
    await outbox.send(to("cyd"))
    assert [letter.to[:3] for letter in await outbox.letters(7)] == ["cyd", "ada"]


async def test_letters_sent_at_once_by_several_all_arrive(tmp_path: Path) -> None:
    outboxes = [OutboxMail(tmp_path, SENDER, large_bytes=20_000) for _ in range(4)]
    await asyncio.gather(*(outboxes[n % 4].send(to(f"n{n}")) for n in range(100)))
    assert len(await outboxes[0].letters(7, limit=1000)) == 100


async def test_letters_are_for_their_owner_only(tmp_path: Path) -> None:
    await OutboxMail(tmp_path / "outbox", SENDER).send(to("ada"))
    for path in (tmp_path / "outbox").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0


async def test_an_outbox_that_cannot_be_written_is_unavailable(tmp_path: Path) -> None:
    # A file where a folder is needed refuses every write, for any user.
    (tmp_path / "7").write_bytes(b"in the way")
    with pytest.raises(MailUnavailable):
        await OutboxMail(tmp_path, SENDER).send(to("ada"))
