"""What the outbox keeps for people to look at."""

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


async def test_only_the_newest_letters_are_kept_in_two_files_each(tmp_path: Path) -> None:
    outbox = OutboxMail(tmp_path, SENDER, kept_letters=3)
    for name in ("ada", "bob", "cyd", "dan", "eve"):
        await outbox.send(to(name))
    assert [letter.to[:3] for letter in await outbox.letters(7)] == ["eve", "dan", "cyd"]
    assert len(list((tmp_path / "7").iterdir())) == 6


async def test_letters_are_for_their_owner_only(tmp_path: Path) -> None:
    await OutboxMail(tmp_path / "outbox", SENDER).send(to("ada"))
    for path in (tmp_path / "outbox").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0


async def test_an_outbox_that_cannot_be_written_is_unavailable(tmp_path: Path) -> None:
    # A file where a folder is needed refuses every write, for any user.
    (tmp_path / "7").write_bytes(b"in the way")
    with pytest.raises(MailUnavailable):
        await OutboxMail(tmp_path, SENDER).send(to("ada"))
