"""One database cluster a run, real engines, and a fresh tenant as each test's sandbox."""

import os
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import asyncpg
import hypothesis
import pytest

from galleria.engines.context import HOUSE, SYSTEM, Context, Engines, Tenant
from galleria.engines.event_log import Relay
from galleria.engines.sql import Access, Database, directory
from galleria.engines.sql.bootstrap import bring_up_to_date, prepare_embedded
from galleria.engines.sql.launcher import SUPERUSER, EmbeddedPostgres
from galleria.engines.sql.roles import make_database
from galleria.foundation.ids import new_id
from tests.engines_for_tests import all_migrations, open_test_engines

# How long an example takes says more of the machine than of the code.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")

# A machine that stands still for a second is no fault of search; processes of tests are told too.
os.environ.setdefault("GALLERIA_SEARCH_ANSWER_WITHIN_S", "20")
os.environ.setdefault("GALLERIA_SEARCH_SUGGEST_WITHIN_S", "20")

SECRET = b"a secret that only tests know....."

# A lost test cluster is no loss, so it need not wait for the disk.
FAST_AND_FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@pytest.fixture(scope="session")
def data_folder() -> Iterator[Path]:
    """A folder of this run, removed at its end."""
    folder = Path(tempfile.mkdtemp(prefix="galleria-test-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
async def access(data_folder: Path) -> AsyncIterator[Access]:
    """The run's own embedded cluster with every migration applied."""
    server = EmbeddedPostgres(data_folder, SECRET, FAST_AND_FORGETFUL)
    await server.start()
    access = await prepare_embedded(server, SECRET)
    await bring_up_to_date(access, all_migrations())
    # Tests that show what a superuser could do may connect as one.
    access.passwords[SUPERUSER] = server.superuser_password
    yield access
    await server.stop()


@pytest.fixture
async def empty(access: Access) -> AsyncIterator[Access]:
    """A database of its own with the roles and nothing else, for migrations."""
    name = f"galleria_{secrets.token_hex(4)}"
    root = await asyncpg.connect(
        host=access.address.host,
        port=access.address.port,
        database="postgres",
        user=SUPERUSER,
        password=access.passwords[SUPERUSER],
    )
    await make_database(root, name)
    yield access.for_database(name)
    await root.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await root.close()


@pytest.fixture(scope="session")
async def database(access: Access) -> AsyncIterator[Database]:
    """Pools of the app and relay roles."""
    database = await Database.open(access)
    yield database
    await database.close()


@pytest.fixture(scope="session")
async def engines(database: Database, data_folder: Path) -> AsyncIterator[Engines]:
    """All engines, embedded."""
    async with open_test_engines(database, data_folder, SECRET) as engines:
        yield engines


@pytest.fixture
def house_ctx(engines: Engines) -> Context:
    """The operator's own tenant, acting as the system."""
    return Context(engines, HOUSE, SYSTEM, request_id="test")


@pytest.fixture
def new_tenant(engines: Engines) -> Callable[[], Awaitable[Context]]:
    """Makes an empty shop: a row in the directory, no room provisioned."""

    async def make() -> Context:
        tenant_id = await directory.allocate_tenant_id(engines.sql.home)
        tenant = Tenant(tenant_id, f"shop-{tenant_id}-{secrets.token_hex(3)}")
        ctx = Context(engines, tenant, SYSTEM, request_id=f"test-{new_id()}")
        async with ctx.transaction() as tx:
            assert await directory.register(tx, tenant.slug)
        return ctx

    return make


@pytest.fixture
async def ctx(new_tenant: Callable[[], Awaitable[Context]]) -> Context:
    """A fresh tenant, acting as the system."""
    return await new_tenant()


@pytest.fixture
async def another_ctx(new_tenant: Callable[[], Awaitable[Context]]) -> Context:
    """A second fresh tenant, who should see nothing of the first."""
    return await new_tenant()


@pytest.fixture
def drain(engines: Engines) -> Callable[..., Awaitable[int]]:
    """Hands all committed events to the given subscriptions; how many events there were."""

    async def run(*subscriptions: object) -> int:
        count = await Relay(engines, subscriptions).drain()  # type: ignore[arg-type]
        await engines.records.refresh()
        return count

    return run
