"""Checks passwords with argon2id, off the event loop and never more than the machine bears.

One check takes 19 MiB and about 18 ms of a core (OWASP's second choice for argon2id: m=19456,
t=2, p=1). Two threads work; a bounded number of checks waits; the next one is refused at once, so
that a flood of sign-ins cannot starve the shops that share the process.
"""

import asyncio
import base64
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import argon2
from argon2.exceptions import VerifyMismatchError

from galleria.platform.access.errors import SignInBusy

T = TypeVar("T")

THREADS = 2
MAX_WAITING = 32  # 16 checks a thread: the last in the queue waits about 0.3 s
MEMORY_KIB, PASSES, LANES = 19_456, 2, 1
HASH_BYTES, SALT_BYTES = 32, 16
BUSY_RETRY_AFTER_S = 2


class PasswordHashing:
    """Two threads, a bounded queue, and a hash nobody's password has."""

    def __init__(self, threads: int = THREADS, max_waiting: int = MAX_WAITING) -> None:
        """Start no thread yet: they start with the first password."""
        self._hasher = argon2.PasswordHasher(
            time_cost=PASSES,
            memory_cost=MEMORY_KIB,
            parallelism=LANES,
            hash_len=HASH_BYTES,
            salt_len=SALT_BYTES,
            type=argon2.Type.ID,
        )
        self._nobody = _hash_of_nobody()
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="argon2")
        self._places = threading.BoundedSemaphore(threads + max_waiting)

    async def hash(self, password: str) -> str:
        """The password as it is stored: algorithm, costs, salt and hash in one text.

        Raises:
            SignInBusy: the queue is full.
        """
        return await self._run(lambda: self._hasher.hash(password))

    async def verify(self, stored: str | None, password: str) -> bool:
        """True when `stored` was made of this password. None does the same work and is false.

        Raises:
            SignInBusy: the queue is full.
        """
        return await self._run(lambda: self._is_right(stored, password))

    def is_outdated(self, stored: str) -> bool:
        """True when the hash was made at other costs than today's."""
        return self._hasher.check_needs_rehash(stored)

    def _is_right(self, stored: str | None, password: str) -> bool:
        try:
            return self._hasher.verify(stored or self._nobody, password) and stored is not None
        except VerifyMismatchError:
            return False

    async def _run(self, work: Callable[[], T]) -> T:
        if not self._places.acquire(blocking=False):
            raise SignInBusy("try again in a moment", retry_after_s=BUSY_RETRY_AFTER_S)
        try:
            future: Future[T] = self._threads.submit(work)
        except BaseException:
            self._places.release()
            raise
        # The place is free when the work is done, or cancelled before it began: a caller who
        # hangs up while a thread is at work does not make room for one more.
        future.add_done_callback(lambda _: self._places.release())
        return await asyncio.wrap_future(future)


def _hash_of_nobody() -> str:
    """A hash at today's costs that no password has: its value was drawn, not computed."""
    salt, value = (
        base64.b64encode(os.urandom(size)).rstrip(b"=").decode()
        for size in (SALT_BYTES, HASH_BYTES)
    )
    return f"$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${salt}${value}"


# One for the process: cores are what it rations, and the process has them only once.
PASSWORDS = PasswordHashing()
