"""From nothing to a database ready to serve: cluster, roles, database, migrations, gate.

Both ways in end in the same `Access`: the embedded server, or any PostgreSQL 17 and up by URL.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit

import asyncpg

from galleria.engines.sql.database import Access, connect_as
from galleria.engines.sql.failures import LOST_CONNECTION, DatabaseUnavailable
from galleria.engines.sql.launcher import Address, EmbeddedPostgres, role_password
from galleria.engines.sql.migrations import Migration, migrate
from galleria.engines.sql.roles import OWNER, ROLES, make_database, make_roles
from galleria.foundation.errors import GalleriaError, InvalidInput


class DatabaseNotPrepared(GalleriaError):
    code = "database_not_prepared"
    status = 500
    title = "The database does not know this house"


@contextmanager
def first_contact() -> Iterator[None]:
    """Around the first words with a database: what goes wrong there is the operator's to mend.

    Raises:
        DatabaseNotPrepared: roles or database are missing, or have another secret's passwords.
        DatabaseUnavailable: nobody answers.
    """
    try:
        yield
    except (
        asyncpg.InvalidAuthorizationSpecificationError,
        asyncpg.InvalidCatalogNameError,
    ) as error:
        raise DatabaseNotPrepared(
            f"{error}; run `galleria migrate`, or give back the GALLERIA_SECRET (or secret.key) "
            "that the database was made with"
        ) from error
    except (*LOST_CONNECTION, OSError, TimeoutError) as error:
        raise DatabaseUnavailable(f"the database does not answer: {error!r}") from error


def passwords_of(secret: bytes) -> dict[str, str]:
    """The passwords of the three roles, derived from the master secret."""
    return {role: role_password(secret, role) for role in ROLES}


async def prepare_embedded(server: EmbeddedPostgres, secret: bytes) -> Access:
    """Roles and database exist in the running embedded server."""
    root = await asyncpg.connect(
        host=server.address.host,
        port=server.address.port,
        database="postgres",
        user="galleria_root",
        password=server.superuser_password,
    )
    try:
        await make_roles(root, passwords_of(secret))
        await make_database(root, server.address.database)
    finally:
        await root.close()
    return Access(server.address, passwords_of(secret))


def access_by_url(url: str, secret: bytes) -> Access:
    """Access to an outside server; the URL's own user and password serve `prepare_by_url` only.

    Raises:
        InvalidInput: the URL names no host or no database.
    """
    parts = urlsplit(url)
    database = unquote(parts.path.lstrip("/"))
    if parts.scheme not in {"postgres", "postgresql"} or not parts.hostname or not database:
        raise InvalidInput(
            "GALLERIA_DATABASE_URL should read postgresql://USER:PASSWORD@HOST:5432/DATABASE"
        )
    return Access(Address(parts.hostname, parts.port or 5432, database), passwords_of(secret))


async def prepare_by_url(url: str, secret: bytes) -> Access:
    """Roles and database exist on an outside server whose user in the URL may make them."""
    access = access_by_url(url, secret)
    root = await asyncpg.connect(url, database="postgres")
    try:
        await make_roles(root, passwords_of(secret))
        user = await root.fetchval("SELECT current_user")
        # Making a database for another role needs membership in it, unless one is a superuser.
        await root.execute(f'GRANT {OWNER} TO "{user}"')
        await make_database(root, access.address.database)
    finally:
        await root.close()
    return access


async def bring_up_to_date(access: Access, migrations: Sequence[Migration]) -> list[Migration]:
    """All migrations are applied and the queue's tables are ready; what was applied comes back."""
    from galleria.engines.jobs.queue import prepare_queue  # noqa: PLC0415 - loads the queue's driver

    applied = await migrate(access, migrations)
    if applied:
        owner = await connect_as(access, OWNER)
        try:
            await prepare_queue(owner)
        finally:
            await owner.close()
    return applied
