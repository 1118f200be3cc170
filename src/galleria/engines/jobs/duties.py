"""Duties only one process may hold at a time, kept by an advisory lock on a connection of its own.

When the holder dies its connection ends, the lock is free, and a waiting worker takes over.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable

import asyncpg

from galleria.engines.sql.database import Database
from galleria.engines.sql.failures import LOST_CONNECTION
from galleria.foundation.telemetry import logger

ASK_AGAIN_S = 1.0
CHECK_EACH_S = 2.0
_log = logger(__name__)


def lock_number(duty: str) -> int:
    """The advisory lock's number for a duty: 63 bits of a hash of its name."""
    return int.from_bytes(hashlib.sha256(f"galleria duty {duty}".encode()).digest()[:8]) >> 1


async def hold_duty(database: Database, duty: str, run: Callable[[], Awaitable[None]]) -> None:
    """`run` is running in this process whenever no other holds the duty; returns when it does.

    Losing the connection cancels `run`, since another process may then hold the lock.
    """
    while True:
        try:
            connection = await database.connect_relay()
        except (*LOST_CONNECTION, TimeoutError):
            await asyncio.sleep(ASK_AGAIN_S)
            continue
        try:
            if await _hold(connection, duty, run):
                return
        except LOST_CONNECTION as lost:
            _log.warning("duty_lost", duty=duty, reason=repr(lost))
        finally:
            connection.terminate()
        await asyncio.sleep(ASK_AGAIN_S)


async def _hold(
    connection: asyncpg.Connection, duty: str, run: Callable[[], Awaitable[None]]
) -> bool:
    """True when `run` ended by itself while the duty was held."""
    number = lock_number(duty)
    # Asked again and again: no event of this process tells when another one lets go.
    while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", number):  # noqa: ASYNC110
        await asyncio.sleep(ASK_AGAIN_S)
    _log.info("duty_taken", duty=duty)
    task = asyncio.ensure_future(run())
    try:
        while not task.done():
            await asyncio.wait({task}, timeout=CHECK_EACH_S)
            if not task.done():
                await connection.fetchval("SELECT 1")
        await task
        return True
    finally:
        if not task.done():
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
