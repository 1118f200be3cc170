"""Notes what is asked and what came of it, and writes it down when nobody waits for it."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import msgspec

from galleria.commerce.listings import Window
from galleria.engines.context import Context
from galleria.growth.search.model.noting import (
    KEPT_DAYS,
    MAX_HITS,
    NotedEvent,
    NotedQuestion,
    attributes_of,
    folded,
    kept_words,
)
from galleria.growth.search.model.questions import Answer, Question
from galleria.growth.search.repository import noting as repository
from galleria.growth.search.service import asking

FORGOTTEN_AT_ONCE = 5_000  # some 50 ms


class _Card(msgspec.Struct):
    product_id: UUID


_CARD = msgspec.json.Decoder(_Card)


async def answer(
    ctx: Context, window: Window, question: Question, client_id: str | None = None
) -> Answer:
    """As `ask`, for a shopper: what was typed and what came of it is noted.

    `client_id` is a name that the client chose for itself, if it did.

    Raises:
        As `ask`.
    """
    found = await asking.ask(ctx, window, question)
    words = kept_words(question.words)
    if words:
        noted = NotedQuestion(
            query_id=found.query_id,
            asked_at=ctx.now,
            words=words,
            key=folded(words),
            client_id=client_id,
            channel_id=window.channel_id,
            locale=window.locale,
            attributes=attributes_of(question),
            hits=[_CARD.decode(each).product_id for each in found.items[:MAX_HITS]],
            total=found.total,
            match=found.match,
            took_ms=found.took_ms,
            is_continued=question.cursor is not None,
        )
        ctx.engines.notebook.note(ctx, write_questions, noted)
    return found


def take_events(ctx: Context, events: Sequence[NotedEvent]) -> int:
    """The events are noted; how many there was room for."""
    notebook = ctx.engines.notebook
    return sum(notebook.note(ctx, write_events, each) for each in events)


async def write_questions(ctx: Context, questions: Sequence[NotedQuestion]) -> None:
    """The questions are in the tables. Safe to repeat."""
    async with ctx.transaction() as tx:
        await repository.lock(tx)
        await repository.add_questions(tx, questions)
        await repository.count_clicks(tx, ctx.engines.clock.now())


async def write_events(ctx: Context, events: Sequence[NotedEvent]) -> None:
    """The events are in the tables. Safe to repeat."""
    async with ctx.transaction() as tx:
        await repository.lock(tx)
        await repository.add_events(tx, events)
        await repository.count_clicks(tx, ctx.engines.clock.now())


async def forget_old_questions(ctx: Context, at_once: int = FORGOTTEN_AT_ONCE) -> None:
    """Nothing is known of what was asked more than 90 days ago, `at_once` rows a commit."""
    before = ctx.now - timedelta(days=KEPT_DAYS)
    gone = at_once
    while gone == at_once:
        async with ctx.transaction() as tx:
            gone = await repository.forget(tx, before, at_once)
    async with ctx.transaction() as tx:
        await repository.forget_days(tx, before.date())
