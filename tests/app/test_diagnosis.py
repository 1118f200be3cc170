"""The doctor finds what is wrong, says so in its words, and says how to mend it."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from galleria.app.diagnosis import Check, diagnose, look_at_clusters
from galleria.app.house import open_house
from galleria.app.searching import open_search
from galleria.app.worker import relay_until_quiet
from galleria.foundation.ids import new_id
from galleria.settings import Settings
from tests.app.houses import Prepared, Processes, command, looking_into, running, until
from tests.contracts.search_clusters import Fleet, fill


@asynccontextmanager
async def tables_of(processes: Processes) -> AsyncIterator[asyncpg.Connection]:
    """A connection as the owner of all tables."""
    async with looking_into(processes) as database:
        owner = await database.connect_owner()
        try:
            yield owner
        finally:
            await owner.close()


async def look(settings: Settings) -> dict[str, Check]:
    """Every check by its name; of several of one name the last that found something."""
    found: dict[str, Check] = {}
    async for check in diagnose(settings):
        if check.name not in found or found[check.name].is_well:
            found[check.name] = check
    return found


@pytest.fixture
async def healthy(prepared: Prepared) -> AsyncIterator[Processes]:
    """A house in which a worker has been, so that nothing is left to do; its database runs."""
    async with running(prepared, "database") as processes:
        async with open_house(settings_of(prepared)) as house:
            await relay_until_quiet(house)
        yield processes


def settings_of(prepared: Prepared) -> Settings:
    return Settings(data=str(prepared.folder))


async def test_a_healthy_house_is_well_in_every_respect(healthy: Processes) -> None:
    found = await look(settings_of(healthy.prepared))
    assert {name: check.found for name, check in found.items() if not check.is_well} == {}
    assert set(found) == {
        *("data folder", "disk", "fsync", "migrations", "boot gate"),
        *("event log", "dead letters", "failed jobs", "search index", "index of records"),
        *("stock ledger", "variants", "stock", "prices"),
        *("listings lacking", "listings too many", "place counts"),
    }
    assert all(check.found and not check.remedy for check in found.values())


async def test_books_that_disagree_are_found_and_mended_when_asked(healthy: Processes) -> None:
    prepared = healthy.prepared
    async with tables_of(healthy) as owner:
        await owner.execute("DELETE FROM listings.listing WHERE title_sort LIKE '%'")
    found = await look(settings_of(prepared))
    wrong = {name for name, check in found.items() if not check.is_well}
    assert wrong == {"listings lacking", "place counts"}
    assert "--mend" in found["listings lacking"].remedy
    code, out, _ = await command(prepared.folder, "doctor", "--mend")
    assert (code, "mended" in out) == (0, True)
    later = await look(settings_of(prepared))
    assert later["books"].is_well, "the index hears of it by an event, which is on its way"


async def test_planted_problems_are_all_found(healthy: Processes) -> None:
    prepared = healthy.prepared
    async with tables_of(healthy) as owner:
        await owner.execute(
            "CREATE TABLE catalog.forgotten (tenant_id int4 NOT NULL, word text);"
            "GRANT SELECT ON catalog.forgotten TO galleria_app;"
            "INSERT INTO catalog.forgotten VALUES (1, 'seen by all')"
        )
        await owner.execute(
            "INSERT INTO event_log.outbox (tenant_id, log_epoch, xact_id, event_id, tag,"
            " subject_id, occurred_at, actor, request_id, payload)"
            " VALUES ($1, 1, 9000000000, $2, 'orders.order_placed.v1', 's',"
            " now() - interval '5 minutes', 'a', 'r', '{}')",
            prepared.tenant_id,
            new_id(),
        )
        await owner.execute(
            "INSERT INTO event_log.dead_letter (tenant_id, handler, event_id, log_epoch, xact_id,"
            " sequence, tag, subject_id, occurred_at, actor, request_id, payload, reason,"
            " attempts, is_dead, parked_at) VALUES ($1, 'h', $2, 1, 1, 1, 't.t.v1', 's', now(),"
            " 'a', 'r', '{}', 'it broke', 8, true, now())",
            prepared.tenant_id,
            new_id(),
        )
        await owner.execute(
            "INSERT INTO jobs.pgqueuer (priority, created, updated, heartbeat, execute_after,"
            " status, entrypoint) VALUES (0, now(), now(), now(), now(), 'failed', 'imports.run')"
        )
        await owner.execute(
            "DELETE FROM galleria.migration WHERE room = 'growth.search' OR number > 1"
            " OR room = 'commerce.carts'"
        )
    shutil.rmtree(prepared.folder / "search")
    shutil.rmtree(prepared.folder / "records")
    found = await look(settings_of(prepared))
    wrong = {name for name, check in found.items() if not check.is_well}
    assert wrong == {
        *("migrations", "boot gate", "event log"),
        *("dead letters", "failed jobs", "search index", "index of records"),
    }
    assert all(found[name].remedy for name in wrong)
    assert "galleria migrate" in found["migrations"].remedy
    assert "catalog.forgotten" in found["boot gate"].found
    assert "galleria.protect" in found["boot gate"].remedy
    assert "galleria worker" in found["event log"].remedy
    assert "galleria events list" in found["dead letters"].remedy
    assert found["failed jobs"].found == found["dead letters"].found == "1"
    assert "start `galleria worker`" in found["search index"].remedy


async def test_a_lost_index_is_made_anew_by_a_worker_that_is_started_again(
    prepared: Prepared,
) -> None:
    async def is_whole() -> bool:
        found = await look(settings_of(prepared))
        return found["search index"].is_well and found["index of records"].is_well

    def lose() -> None:
        shutil.rmtree(prepared.folder / "search")
        shutil.rmtree(prepared.folder / "records")

    lose()
    async with running(prepared, "database", "worker") as processes:
        await until(is_whole, "the first worker makes the indexes")
        lose()
        assert not await is_whole()
        assert await processes.end("worker") == 0
        await processes.start("worker")
        await until(is_whole, "the restarted worker makes it anew")


async def test_a_database_that_does_not_answer_is_told_as_such(tmp_path: Path) -> None:
    url = "postgresql://nobody:nothing@127.0.0.1:1/galleria"
    found = await look(Settings(data=str(tmp_path), database_url=url))
    assert not found["database"].is_well and found["database"].remedy
    assert found["data folder"].is_well and found["disk"].is_well
    assert "boot gate" not in found


async def test_a_folder_that_cannot_be_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    found = await look(Settings(data=str(tmp_path / "file" / "house")))
    assert not found["data folder"].is_well and found["data folder"].remedy


async def test_each_search_cluster_is_looked_at(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path, ["east", "west"])
    await fill(fleet, "tea")
    more = Fleet(tmp_path, ["east", "west", "north"])
    more.faults["west"].error = ConnectionError("refused")
    search = more.open(drained=["east"])
    found = {each.name: each async for each in look_at_clusters(search)}
    await search.close()
    told = {name: (each.is_well, each.found) for name, each in found.items()}
    assert told == {
        "search cluster east": (True, "drained"),
        "search cluster west": (False, "broken"),
        "search cluster north": (False, "behind"),
    }
    assert "galleria worker" in found["search cluster north"].remedy
    alone = open_search(Settings(data=str(tmp_path)))
    assert [each async for each in look_at_clusters(alone)] == []
    await alone.close()
