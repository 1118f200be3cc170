"""A repeated write is answered as the first one was, and never done twice."""

import asyncio
from datetime import timedelta

import pytest

from galleria.engines.context import Context
from galleria.engines.sql import (
    Answer,
    IdempotencyConflict,
    IdempotencyInProgress,
    claim,
    forget_claim,
    forget_old_answers,
    keep_answer,
)


async def first(ctx: Context, key: str, body: bytes = b"done") -> Answer | None:
    async with ctx.transaction() as tx:
        found = await claim(tx, "buy", key, b"same")
        if found is None:
            await keep_answer(tx, "buy", key, 201, body)
        return found


async def test_the_second_request_gets_the_first_answer(ctx: Context) -> None:
    assert await first(ctx, "k") is None
    assert await first(ctx, "k", b"other") == Answer(201, b"done")


async def test_of_many_at_once_exactly_one_is_the_first(ctx: Context) -> None:
    answers = await asyncio.gather(*(first(ctx, "k", str(n).encode()) for n in range(8)))
    assert answers.count(None) == 1
    assert len({answer for answer in answers if answer is not None}) == 1


async def test_a_key_used_for_something_else_is_a_conflict(ctx: Context) -> None:
    await first(ctx, "k")
    with pytest.raises(IdempotencyConflict):
        async with ctx.transaction() as tx:
            await claim(tx, "buy", "k", b"different")


async def test_a_claim_without_an_answer_is_in_progress(ctx: Context) -> None:
    async with ctx.transaction() as tx:
        assert await claim(tx, "buy", "k", b"same") is None
    with pytest.raises(IdempotencyInProgress):
        async with ctx.transaction() as tx:
            await claim(tx, "buy", "k", b"same")
    async with ctx.transaction() as tx:
        await forget_claim(tx, "buy", "k")
        assert await claim(tx, "buy", "k", b"same") is None


async def test_a_claim_of_an_undone_transaction_is_free_again(ctx: Context) -> None:
    with pytest.raises(RuntimeError):
        async with ctx.transaction() as tx:
            await claim(tx, "buy", "k", b"same")
            raise RuntimeError
    assert await first(ctx, "k") is None


async def test_two_tenants_may_use_the_same_key(ctx: Context, another_ctx: Context) -> None:
    assert await first(ctx, "k") is None
    assert await first(another_ctx, "k") is None


async def test_after_a_day_the_key_is_free_and_its_answer_is_gone(ctx: Context) -> None:
    await first(ctx, "k")
    await first(ctx, "other")
    tomorrow = Context(
        ctx.engines, ctx.tenant, ctx.actor, "later", now=ctx.now + timedelta(hours=25)
    )
    assert await first(tomorrow, "k") is None
    async with tomorrow.transaction() as tx:
        assert await forget_old_answers(tx) == 1
