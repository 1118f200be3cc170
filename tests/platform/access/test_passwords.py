"""Passwords are checked by two threads, with the same work for nobody, and never without bound."""

import asyncio
import time
from statistics import median

import argon2
import pytest

from galleria.platform.access.errors import SignInBusy
from galleria.platform.access.passwords import PasswordHashing


async def test_a_hash_fits_its_password_alone() -> None:
    hashing = PasswordHashing()
    stored = await hashing.hash("correct horse")

    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert await hashing.verify(stored, "correct horse")
    assert not await hashing.verify(stored, "correct house")
    assert await hashing.hash("correct horse") != stored, "each has its own salt"


async def test_nobody_has_no_password_and_costs_the_same_work() -> None:
    hashing = PasswordHashing()
    stored = await hashing.hash("correct horse")

    async def seconds(of: str | None) -> float:
        began = time.perf_counter()
        assert not await hashing.verify(of, "wrong")
        return time.perf_counter() - began

    # In turn, so that a busy machine is busy for both.
    pairs = [(await seconds(stored), await seconds(None)) for _ in range(7)]
    known, unknown = (median(each) for each in zip(*pairs, strict=True))
    assert 0.5 < unknown / known < 2, (known, unknown)


async def test_a_hash_at_other_costs_is_outdated() -> None:
    hashing = PasswordHashing()
    weak = argon2.PasswordHasher(time_cost=1, memory_cost=8_192, parallelism=1).hash("x")
    assert hashing.is_outdated(weak)
    assert await hashing.verify(weak, "x")
    assert not hashing.is_outdated(await hashing.hash("x"))


async def test_a_full_queue_refuses_at_once_and_takes_work_again_when_it_is_done() -> None:
    hashing = PasswordHashing(threads=1, max_waiting=1)
    answers = await asyncio.gather(
        *(hashing.verify(None, "x") for _ in range(5)), return_exceptions=True
    )

    refused = [answer for answer in answers if isinstance(answer, SignInBusy)]
    assert len(refused) == 3
    assert refused[0].retry_after_s
    assert not await hashing.verify(None, "x")


async def test_a_caller_who_hangs_up_while_waiting_leaves_the_queue() -> None:
    hashing = PasswordHashing(threads=1, max_waiting=1)
    first = asyncio.create_task(hashing.verify(None, "x"))
    waiting = asyncio.create_task(hashing.verify(None, "x"))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting

    third = asyncio.create_task(hashing.verify(None, "x"))
    assert not await third
    assert not await first
