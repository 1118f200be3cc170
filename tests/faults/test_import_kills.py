"""kill -9 of the worker at every stage of an import: the end is that of an import left in peace.

The stage is known by what the shop says of the import; the moment within it is drawn from
GALLERIA_FAULT_SEED.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

from galleria.app.worker import relay_until_quiet
from galleria.commerce import imports
from galleria.engines.context import Context
from tests.app.houses import Prepared, Processes, prepared_house, running, until
from tests.commerce.imports.conftest import started, taken_in
from tests.faults.importing import Shops, books_of, second_file, told_by, two_shops
from tests.faults.test_killing import SEED, is_quiet

PRODUCTS = 5_000  # three batches
PATIENCE_S = 60.0

Stage = Callable[[], Awaitable[bool]]


class Killer:
    """Lets the worker come to a stage, and no further."""

    def __init__(self, processes: Processes, shops: Shops) -> None:
        self._processes = processes
        self._shops = shops
        self._luck = random.Random(SEED)  # noqa: S311 - when to die
        self._runs = False
        self.deaths: list[str] = []

    async def at(self, name: str, stage: Stage, within_s: float = 0.0) -> None:
        """The worker was started, came to the stage and died up to `within_s` seconds later."""
        await self.lets_work()
        await until(stage, name, PATIENCE_S)
        await asyncio.sleep(self._luck.uniform(0, within_s))
        await self._processes.kill("worker")
        self._runs = False
        self.deaths.append(name)
        await self._shops.time_passes()

    async def lets_work(self) -> None:
        """A worker runs."""
        if not self._runs:
            await self._processes.start("worker")
            self._runs = True

    async def is_gone(self) -> None:
        """No worker runs any more; it was not killed."""
        await self._processes.end("worker")
        self._runs = False


@asynccontextmanager
async def trouble(prepared: Prepared) -> AsyncIterator[tuple[Processes, Shops, Killer]]:
    """Two shops in a house whose worker does not live long."""
    async with running(prepared, "database") as processes, two_shops(processes) as shops:
        yield processes, shops, Killer(processes, shops)


def comes_to(ctx: Context, run_id: UUID, is_there: Callable[[imports.Run], bool]) -> Stage:
    """Whether the import is where it is waited for."""

    async def look() -> bool:
        return is_there(await imports.get_run(ctx, run_id))

    return look


def finds(shops: Shops, sql: str, *arguments: object) -> Stage:
    """Whether the tables have what is looked for."""

    async def look() -> bool:
        owner = await shops.owner()
        try:
            return bool(await owner.fetchval(sql, *arguments))
        finally:
            await owner.close()

    return look


async def quiet(shops: Shops, killer: Killer) -> None:
    """A worker that nobody kills has done all there was to do, and has gone."""
    await killer.lets_work()
    home = shops.house.engines.sql.home
    await until(lambda: is_quiet(home), "all is handled", PATIENCE_S)
    await killer.is_gone()


async def test_killed_at_every_stage_an_import_ends_as_if_left_in_peace(tmp_path: Path) -> None:
    content = second_file(PRODUCTS)
    async with trouble(await prepared_house(tmp_path / "house")) as (processes, shops, killer):
        peaceful, troubled = shops.peaceful, shops.troubled
        expected = await taken_in(peaceful, content, 2_000, publish=True)
        await relay_until_quiet(shops.house)

        run = await started(troubled, content, publish=True)
        await killed_while_taking_in(shops, killer, run.run_id)
        await killed_while_showing(shops, killer)
        await quiet(shops, killer)

        assert await told_by(troubled, run.run_id) == await told_by(peaceful, expected.run_id)
        books = await books_of(shops, troubled)
        assert books == await books_of(shops, peaceful)
        assert books["found"] == len(books["listings"]) > 0.9 * PRODUCTS
        await killed_while_exporting(shops, killer)
        await killed_while_undoing(shops, killer, run.run_id, expected.run_id)
        assert len(killer.deaths) == 12
        log = processes.log_of("worker")
        assert "Traceback" not in log
        assert "dead_letter" not in log


async def killed_while_taking_in(shops: Shops, killer: Killer, run_id: UUID) -> None:
    """In the queue, while its file is read, in batches, held up and let go, and at its end."""
    ctx = shops.troubled

    def comes(is_there: Callable[[imports.Run], bool]) -> Stage:
        return comes_to(ctx, run_id, is_there)

    queued = "SELECT count(*) > 0 FROM jobs.pgqueuer WHERE entrypoint = 'imports.run'"
    await killer.at("queue", finds(shops, queued))
    await killer.at("reading", comes(lambda run: run.state == "running"))
    await killer.at("first batch", comes(lambda run: run.state == "running"), 0.8)
    await killer.at("second batch", comes(lambda run: run.step_count >= 1), 0.5)
    await killer.at("third batch", comes(lambda run: run.step_count >= 2), 0.5)
    await imports.pause_import(ctx, run_id)
    await imports.resume_import(ctx, run_id)
    await killer.at("resumed", comes(lambda run: run.state in ("running", "done")), 0.3)
    await killer.at("its end", comes(lambda run: run.state == "done"))


async def killed_while_showing(shops: Shops, killer: Killer) -> None:
    """While events are handed on, listings made and the index written."""
    shown = "SELECT count(*) > $2 FROM listings.listing WHERE tenant_id = $1"
    tenant_id = shops.troubled.tenant.tenant_id
    await killer.at("listings", finds(shops, shown, tenant_id, 1_000), 0.5)
    await killer.at("index", finds(shops, shown, tenant_id, 3_000), 1.0)


async def killed_while_exporting(shops: Shops, killer: Killer) -> None:
    """While its file is written: nobody sees half of one."""
    ctx = shops.troubled
    export = await imports.start_export(ctx, is_packed=False)
    queued = "SELECT count(*) > 0 FROM jobs.pgqueuer WHERE entrypoint = 'imports.export'"
    await killer.at("export", finds(shops, queued), 0.5)
    await quiet(shops, killer)
    written, stream = await imports.open_export(ctx, export.export_id)
    exported = b"".join([chunk async for chunk in stream])
    assert (written.state, written.product_count) == ("done", exported.count(b"\n") - 1)
    alone = b"".join([chunk async for chunk in imports.export_shop(ctx)])
    assert exported.split(b"\n")[1:] == alone.split(b"\n")[1:], "but for its date"


async def killed_while_undoing(
    shops: Shops, killer: Killer, run_id: UUID, expected_id: UUID
) -> None:
    """While products go, and while prices and stock go back."""
    ctx, peaceful = shops.troubled, shops.peaceful
    await imports.start_undo(peaceful, expected_id)
    await imports.run_import_now(peaceful, expected_id)
    await relay_until_quiet(shops.house)
    await imports.start_undo(ctx, run_id)
    await killer.at("undoing", comes_to(ctx, run_id, lambda run: run.undo_removed_count > 0), 0.3)
    later = comes_to(ctx, run_id, lambda run: run.undo_phase != "products")
    await killer.at("undoing more", later, 0.2)
    await quiet(shops, killer)
    told, wanted = await told_by(ctx, run_id), await told_by(peaceful, expected_id)
    assert told[0] == "undone"
    assert told == wanted
    assert await books_of(shops, ctx) == await books_of(shops, peaceful)
