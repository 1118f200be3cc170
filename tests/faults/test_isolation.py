"""One shop sees, changes and finds nothing of another: in no table, by no address, in no engine."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import msgspec
import pytest

from galleria.engines.blob import BlobKey, BlobNotFound, InvalidBlobKey
from galleria.engines.cache import CacheKey
from galleria.engines.context import HOUSE
from galleria.engines.jobs import get_run, list_runs
from galleria.engines.mail.outbox import LetterNotFound, OutboxMail
from galleria.engines.realtime import Topic
from galleria.engines.secrets import SecretUnreadable
from galleria.engines.sql import Database
from galleria.foundation.ids import new_id
from galleria.platform import access
from tests.faces.gateway.door import Door, Ledger
from tests.faults.stocked import CACHED, TOPIC, Stocked
from tests.faults.walking import Table, all_tables, as_json, names_of, rows_of

# What the app role may read though it belongs to no tenant. Each holds nothing of any shop, but
# for the queue, of which no column but these may be read.
READABLE_WITHOUT_TENANT = {
    "galleria.migration": "names of the program's own migrations",
    "event_log.epoch": "one row: which cluster this is",
    "access.person": "people are global; a policy shows a shop its own members only, see below",
    "jobs.pgqueuer": "the queue has no tenant: adding a job returns these columns, no payload",
}
ACCOUNT = "/store/v1/account"  # asked by a shopper: a key has none
QUEUE_COLUMNS = ("id", "priority", "status", "entrypoint", "dedupe_key")
# Rows of these are the house's own, whoever they are about; no shop may see one.
HOUSE_TABLES = frozenset(
    f"access.{name}" for name in ("password", "session", "totp", "recovery_code", "attempt")
)


@pytest.fixture(scope="module")
async def tables(database: Database, ours: Stocked, theirs: Stocked) -> list[Table]:
    """Every table, once both shops are stocked."""
    owner = await database.connect_owner()
    try:
        return await all_tables(owner)
    finally:
        await owner.close()


@asynccontextmanager
async def inside(database: Database, tenant_id: int) -> AsyncIterator[asyncpg.Connection]:
    """Raw SQL as the app role in a shop, undone at the end."""
    async with database.app() as connection:
        transaction = connection.transaction()
        await transaction.start()
        try:
            await connection.execute(f"SELECT set_config('galleria.tenant', '{tenant_id}', true)")
            yield connection
        finally:
            await transaction.rollback()


async def test_every_table_holds_rows_to_reach_for(
    database: Database, tables: list[Table], theirs: Stocked
) -> None:
    """Else the tests below would prove nothing of it."""
    owner = await database.connect_owner()
    try:
        empty = []
        for table in tables:
            if table.has_tenant and not table.is_partition:
                of_whom = 0 if table.name in HOUSE_TABLES else theirs.tenant_id
                if not await rows_of(owner, table, of_whom):
                    empty.append(table.name)
    finally:
        await owner.close()
    assert empty == []


async def test_no_row_of_another_shop_or_of_the_house_is_seen_in_any_table(
    database: Database, tables: list[Table], ours: Stocked
) -> None:
    leaks, own = [], 0
    for table in tables:
        if not table.readable or not table.has_tenant:
            continue
        async with inside(database, ours.tenant_id) as connection:
            row = await connection.fetchrow(
                f"SELECT count(*) AS seen, count(*) FILTER (WHERE tenant_id = $1) AS own"
                f" FROM {table.name}",
                ours.tenant_id,
            )
        assert row is not None, "an aggregate has a row"
        own += row["own"]
        if row["seen"] != row["own"] or (table.name in HOUSE_TABLES and row["seen"]):
            leaks.append(f"{table.name}: {row['seen'] - row['own']} rows")
    assert leaks == []
    assert own > 100, "the shop does see its own"


async def test_without_a_tenant_nothing_is_seen(database: Database, tables: list[Table]) -> None:
    seen = []
    for table in tables:
        if table.readable and table.name not in READABLE_WITHOUT_TENANT:
            async with database.app() as connection:
                if await connection.fetchval(f"SELECT count(*) FROM {table.name}"):
                    seen.append(table.name)
    assert seen == []


def test_only_listed_tables_without_a_tenant_can_be_read(tables: list[Table]) -> None:
    readable = {table.name for table in tables if table.readable and not table.has_tenant}
    assert readable == set(READABLE_WITHOUT_TENANT)
    (queue,) = (table for table in tables if table.name == "jobs.pgqueuer")
    assert set(queue.readable) == set(QUEUE_COLUMNS)


def test_no_partition_can_be_read_past_its_parents_policy(tables: list[Table]) -> None:
    partitions = [table for table in tables if table.is_partition]
    assert partitions, "the outbox has some"
    assert [table.name for table in partitions if table.readable] == []


async def test_a_shop_sees_its_own_people_only(
    database: Database, ours: Stocked, theirs: Stocked
) -> None:
    async with inside(database, ours.tenant_id) as connection:
        names = {row["name"] for row in await connection.fetch("SELECT name FROM access.person")}
    assert names == {f"{ours.word} Owner"}


async def test_no_row_of_another_shop_can_be_changed_removed_or_forged(
    database: Database, tables: list[Table], ours: Stocked, theirs: Stocked
) -> None:
    owner = await database.connect_owner()
    ledger = Ledger(database, 0, theirs.tenant_id)
    before = await ledger.digest()
    holes = []
    try:
        for table in tables:
            if not table.has_tenant or table.is_partition:
                continue
            of_whom = 0 if table.name in HOUSE_TABLES else theirs.tenant_id
            forged = as_json((await rows_of(owner, table, of_whom))[0])
            for statement in (
                f"UPDATE {table.name} SET tenant_id = {ours.tenant_id} WHERE tenant_id = {of_whom}",
                f"UPDATE {table.name} SET tenant_id = {of_whom}",
                f"DELETE FROM {table.name} WHERE tenant_id = {of_whom}",
                f"INSERT INTO {table.name} OVERRIDING SYSTEM VALUE"
                f" SELECT * FROM jsonb_populate_record(NULL::{table.name}, '{forged}')"
                if "'" not in forged
                else "",
            ):
                if statement and await _changes_something(database, ours.tenant_id, statement):
                    holes.append(statement[:200])
    finally:
        await owner.close()
    assert holes == []
    assert await ledger.digest() == before


async def _changes_something(database: Database, tenant_id: int, statement: str) -> bool:
    async with inside(database, tenant_id) as connection:
        try:
            tag = await connection.execute(statement)
        except (asyncpg.InsufficientPrivilegeError, asyncpg.IntegrityConstraintViolationError):
            return False
    return not tag.endswith(" 0")


async def test_no_address_of_the_api_shows_anything_of_another_shop(
    door: Door, database: Database, ours: Stocked, theirs: Stocked
) -> None:
    """Every GET of the API, with our key or session, and their ids in its path and filters."""
    owner = await database.connect_owner()
    try:
        names = await names_of(owner, theirs.tenant_id)
    finally:
        await owner.close()
    foreign = set().union(*names.values())
    assert len(foreign) > 60, "their rows hold ids enough to try"
    asked = 0
    async with (
        ours.scene.clerk() as clerk,
        ours.scene.clerk(ours.shopper_token) as shopper,
        theirs.scene.clerk() as their_clerk,
    ):
        own = await their_clerk.get("/admin/v1/products")
        with pytest.raises(AssertionError):
            show_nothing_of(theirs, foreign, "/admin/v1/products", own.text)
        for path, operation in operations(await clerk.json("GET", "/openapi.json"), "get"):
            for address in addresses(path, operation, names, theirs):
                who = shopper if path.startswith(ACCOUNT) else clerk
                answer = await who.get(address)
                asked += 1
                assert answer.status_code < 500, (address, answer.text)
                if re.search(r"\{", path):
                    assert answer.status_code in (404, 422), (address, answer.text[:500])
                show_nothing_of(theirs, foreign, address, answer.text)
    assert asked > 150


async def test_no_write_through_the_api_reaches_another_shop(
    door: Door, database: Database, ours: Stocked, theirs: Stocked
) -> None:
    """Every other method, with our key and their ids in its path, changes nothing of theirs."""
    owner = await database.connect_owner()
    try:
        names = await names_of(owner, theirs.tenant_id)
    finally:
        await owner.close()
    ledger = Ledger(database, theirs.tenant_id)
    before = await ledger.digest()
    asked = 0
    async with ours.scene.clerk() as clerk, ours.scene.clerk(ours.shopper_token) as shopper:
        document = await clerk.json("GET", "/openapi.json")
        for method in ("post", "put", "patch", "delete"):
            for path, operation in operations(document, method):
                if "{" not in path:
                    continue
                for address in addresses(path, operation, names, theirs):
                    for body in ({}, {"title": "ours", "name": "ours", "note": "ours"}):
                        who = shopper if path.startswith(ACCOUNT) else clerk
                        answer = await who.request(
                            method.upper(),
                            address,
                            json=body,
                            headers={"If-Match": "*", "Idempotency-Key": str(new_id())},
                        )
                        asked += 1
                        assert 400 <= answer.status_code < 500, (method, address, answer.text)
    assert asked > 100
    assert await ledger.digest() == before


def operations(document: Any, method: str) -> list[tuple[str, Any]]:
    """(path, operation) of the API's document; the house's own are not about any shop."""
    return [
        (path, item[method])
        for path, item in document["paths"].items()
        if method in item and path.startswith(("/admin/", "/store/", "/media/"))
    ]


def addresses(path: str, operation: Any, names: dict[str, set[str]], theirs: Stocked) -> list[str]:
    """The path with things of theirs in its place holders, and in each filter it takes."""
    found = [path]
    for name in re.findall(r"\{(\w+)\}", path):
        found = [
            each.replace(f"{{{name}}}", value)
            for each in found
            for value in values_for(name, names, theirs)
        ]
    if "{" in path:
        return found
    query = [each["name"] for each in operation.get("parameters", ()) if each["in"] == "query"]
    for name in query:
        for value in values_for(re.sub(r"filter\[(\w+)\]", r"\1", name), names, theirs)[:6]:
            found.append(f"{path}?{name}={value}")
    return found


def values_for(name: str, names: dict[str, set[str]], theirs: Stocked) -> list[str]:
    """Their values for a parameter: all ids of that name, or their words and handles."""
    texts = {
        "slug": [theirs.ctx.tenant.slug],
        "handle": [theirs.scene.handle],
        "host": [theirs.scene.host],
        "token": [theirs.session_token],
        "code": [f"{theirs.word}_size"],
        "q": [theirs.word],
        "limit": ["100"],
        "query": [theirs.word],
        "brand": [theirs.word],
        "sku": [f"{theirs.scene.handle}-b"],
    }
    if name in texts:
        return texts[name]
    ids = sorted(names.get(name, ()))
    others = sorted(set().union(*names.values()))[:3]
    return ids[:12] or [*others, theirs.word]


def show_nothing_of(theirs: Stocked, foreign: set[str], address: str, text: str) -> None:
    """The answer holds no word and no id of theirs but those that the question held."""
    said = text
    for part in re.split(r"[/?=&]", address):
        said = said.replace(part, "") if len(part) > 3 else said
    assert theirs.word not in said.lower(), (address, text[:2000])
    leaked = {each for each in foreign if each in said}
    assert not leaked, (address, leaked)


async def test_search_finds_nothing_of_another_shop(
    door: Door, ours: Stocked, theirs: Stocked
) -> None:
    async with theirs.scene.shopper() as their_shopper, ours.scene.shopper() as shopper:
        found = await their_shopper.json("GET", f"/store/v1/search?q={theirs.word}")
        assert found["total"] >= 2, "their own shoppers do find it"
        for path in ("/store/v1/search", "/store/v1/search/suggest"):
            for words in (theirs.word, theirs.word[:4], "mug", ""):
                text = (await shopper.get(path, params={"q": words})).text.lower()
                assert theirs.word not in text.replace(f'"{theirs.word}"', ""), (path, words)
        assert (await shopper.json("GET", f"/store/v1/search?q={theirs.word}"))["total"] == 0
        page = (await shopper.get("/search", params={"q": theirs.word})).text
        assert f"{theirs.word} mug" not in page.lower()


async def test_jobs_of_another_shop_are_unknown(
    database: Database, ours: Stocked, theirs: Stocked
) -> None:
    rows = await theirs.ctx.read("SELECT job_id, name FROM jobs.run WHERE tenant_id = $1")
    assert rows, "they have had some"
    own = {
        run.job_id
        for name in {row["name"] for row in rows}
        for run in await list_runs(ours.ctx, name, 100)
    }
    for row in rows:
        assert await get_run(theirs.ctx, row["job_id"]) is not None
        assert await get_run(ours.ctx, row["job_id"]) is None
        assert row["job_id"] not in own


async def test_the_cache_keeps_shops_apart(ours: Stocked, theirs: Stocked) -> None:
    cache = ours.ctx.engines.cache
    assert await cache.get(CacheKey(theirs.tenant_id, *CACHED)) == theirs.word.encode()
    assert await cache.get(CacheKey(ours.tenant_id, *CACHED)) == ours.word.encode()
    forged = CacheKey(ours.tenant_id, f"../{theirs.tenant_id}:{CACHED[0]}", CACHED[1])
    assert await cache.get(forged) is None


async def test_files_of_another_shop_are_not_there(ours: Stocked, theirs: Stocked) -> None:
    blob = ours.ctx.engines.blob
    paths = [key.path for key in (await blob.list(theirs.tenant_id, "")).keys]
    assert paths, "they have files"
    own = {key.path for key in (await blob.list(ours.tenant_id, "")).keys}
    for path in paths:
        assert await blob.info(BlobKey(theirs.tenant_id, path))
        if path not in own:
            with pytest.raises(BlobNotFound):
                await blob.info(BlobKey(ours.tenant_id, path))
    for climbing in (f"../{theirs.tenant_id}/{paths[0]}", f"a/../../{theirs.tenant_id}", "/etc"):
        with pytest.raises(InvalidBlobKey):
            BlobKey(ours.tenant_id, climbing)


async def test_letters_of_another_shop_are_not_in_the_outbox(
    ours: Stocked, theirs: Stocked
) -> None:
    outbox = ours.ctx.engines.mail
    assert isinstance(outbox, OutboxMail)
    their_letters = await outbox.letters(theirs.tenant_id)
    assert {theirs.word, f"{theirs.word}@example.com"} <= {
        text for each in their_letters for text in (each.subject, each.to)
    }
    text = msgspec.json.encode(await outbox.letters(ours.tenant_id)).decode()
    assert theirs.word not in text
    with pytest.raises(LetterNotFound):
        await outbox.read(ours.tenant_id, their_letters[0].mail_id)


async def test_live_messages_of_another_shop_are_not_heard(ours: Stocked, theirs: Stocked) -> None:
    realtime = ours.ctx.engines.realtime
    async with realtime.subscribe(Topic(ours.tenant_id, TOPIC), after="0-0") as subscription:
        await realtime.publish(Topic(theirs.tenant_id, TOPIC), b"theirs again")
        await realtime.publish(Topic(ours.tenant_id, TOPIC), b"ours again")
        heard = []
        while (message := await subscription.next(0.5)) is not None:
            heard.append(message.payload)
    assert heard[-1] == b"ours again"
    assert b"theirs again" not in heard and theirs.word.encode() not in heard


async def test_secrets_of_another_shop_stay_closed(ours: Stocked, theirs: Stocked) -> None:
    secrets = ours.ctx.engines.secrets
    sealed = await secrets.encrypt(theirs.tenant_id, b"their secret", "tests")
    with pytest.raises(SecretUnreadable):
        await secrets.decrypt(ours.tenant_id, sealed, "tests")


async def test_a_session_of_anothers_person_gives_no_role_here(
    ours: Stocked, theirs: Stocked
) -> None:
    house = ours.ctx.for_tenant(HOUSE)
    session = await access.session_of(house, theirs.session_token)
    assert session is not None
    assert await access.membership_of(house, session.person_id, theirs.tenant_id) is not None
    assert await access.membership_of(house, session.person_id, ours.tenant_id) is None


async def test_a_cursor_of_another_shop_leads_nowhere(ours: Stocked, theirs: Stocked) -> None:
    async with theirs.scene.clerk() as clerk:
        page = await clerk.json("GET", "/admin/v1/products?limit=1")
    async with ours.scene.clerk() as clerk:
        answer = await clerk.get("/admin/v1/products", params={"cursor": page["next_cursor"]})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_cursor")


async def test_many_tasks_on_few_connections_never_see_anothers_tenant(
    ours: Stocked, theirs: Stocked
) -> None:
    """The tenant is set for a transaction only: a connection handed on keeps nothing of it."""

    async def look(shop: Stocked, number: int) -> set[int]:
        if number % 2:
            rows = await shop.ctx.read(
                "SELECT DISTINCT tenant_id FROM catalog.product WHERE $1 > 0"
            )
        else:
            async with shop.ctx.for_tenant(shop.ctx.tenant).transaction() as tx:
                rows = await tx.fetch("SELECT DISTINCT tenant_id FROM catalog.product WHERE $1 > 0")
        return {row["tenant_id"] for row in rows}

    shops = [(ours, theirs)[number % 2 == 0] for number in range(200)]
    seen = await asyncio.gather(*(look(shop, at // 2) for at, shop in enumerate(shops)))
    assert seen == [{shop.tenant_id} for shop in shops]
