"""How a database that is away shows itself, and what callers are told."""

import asyncpg

from galleria.foundation.errors import Unavailable

LOST_CONNECTION = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    # A server killed in the middle of an answer leaves the driver's state machine in mid-step.
    asyncpg.InternalClientError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    ConnectionError,
    FileNotFoundError,
)


class DatabaseUnavailable(Unavailable):
    code = "database_unavailable"
    title = "The database does not answer"
