"""What the accounts room does by itself: it sends mails, and throws away what has ended."""

from uuid import UUID

import msgspec

from galleria.commerce.accounts.service import letters, tidying
from galleria.engines.context import Context
from galleria.engines.jobs import EnqueueOn, Job, Progress, Schedule


class RequestedLetter(msgspec.Struct, frozen=True):
    """The fields of `accounts.letter_requested.v1` read here."""

    letter_id: UUID


class SendLetters(msgspec.Struct, frozen=True):
    """Send these letters."""

    letter_ids: list[UUID]


async def send_letters(ctx: Context, payload: SendLetters, progress: Progress) -> None:
    """The letters have gone out."""
    await letters.send_letters(ctx, payload.letter_ids)


async def forget_ended(ctx: Context) -> None:
    """Rows of ended sessions, used links and old attempts do not pile up."""
    await tidying.forget_ended(ctx)


SEND_LETTERS = Job("accounts.send_letters", SendLetters, send_letters, watched=False)
LETTERS_A_JOB = 20  # sent one after the other

ENQUEUES = [
    EnqueueOn(
        "accounts.send_letter",
        "accounts.letter_requested.v1",
        RequestedLetter,
        SEND_LETTERS,
        lambda event: event.payload.letter_id,
        join=SendLetters,
        most_joined=LETTERS_A_JOB,
    )
]
SCHEDULES = [Schedule("accounts.forget_ended", "37 * * * *", forget_ended)]
