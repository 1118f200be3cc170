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

# A unique index refused a row: somebody has that name already. The transaction is void.
NAME_TAKEN = asyncpg.UniqueViolationError


class DatabaseUnavailable(Unavailable):
    code = "database_unavailable"
    title = "The database does not answer"
