"""Takes in what a shop brings along beside its products, batch by batch like products.

The import of such a file is an import like any other: it waits for its turn, goes on where its last
commit left it, reports what stayed out, and can be cancelled.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from uuid import UUID

import msgspec

from galleria.commerce.imports.errors import SuspiciousFile, UnreadableFile
from galleria.commerce.imports.model.batches import MAX_PRODUCTS
from galleria.commerce.imports.model.csv_rows import RowReader
from galleria.commerce.imports.model.moving_in import MOVING, Moved
from galleria.commerce.imports.model.moving_records import MAKERS
from galleria.commerce.imports.model.moving_rows import MovingParser
from galleria.commerce.imports.model.problems import problem
from galleria.commerce.imports.model.runs import (
    MAX_PROBLEMS,
    MAX_TRIES,
    Claim,
    Problem,
    Run,
)
from galleria.commerce.imports.ports import Landed
from galleria.commerce.imports.repository import reports
from galleria.commerce.imports.repository import runs as repository
from galleria.commerce.imports.service import running
from galleria.commerce.imports.service.files import file_key
from galleria.commerce.imports.service.intakes import intakes
from galleria.commerce.imports.service.reading import look_into
from galleria.commerce.imports.service.reporting import get_run
from galleria.commerce.imports.service.starting import claim_run, finish_run, let_go
from galleria.commerce.imports.service.stored_bytes import StoredBytes
from galleria.commerce.imports.service.undoing import run_undo_now
from galleria.engines.blob import BlobCorrupt, BlobNotFound
from galleria.engines.context import Context
from galleria.foundation.telemetry import logger

AT_ONCE = 1_000
_log = logger(__name__)


class _Lost(Exception):
    """Somebody else works at the import, or it was cancelled; nothing of the batch was kept."""


class _Rehearsed(Exception):
    """The batch of a dry run was tried, and is undone."""

    def __init__(self, landed: Sequence[Landed]) -> None:
        super().__init__()
        self.landed = landed


async def run_import_now(
    ctx: Context,
    run_id: UUID,
    progress: running.Reports | None = None,
    *,
    waits: bool = True,
    at_once: int = MAX_PRODUCTS,
) -> Run:
    """The import has come to its end, whatever it brings; see `running.run_import_now`.

    One that is to be undone is.
    """
    run = await get_run(ctx, run_id)
    if run.state == "undoing":
        return await run_undo_now(ctx, run_id, progress, waits=waits)
    if run.format not in MOVING:
        return await running.run_import_now(ctx, run_id, progress, waits=waits, at_once=at_once)
    while True:
        claim = await claim_run(_fresh(ctx), run_id)
        if isinstance(claim, Claim):
            run = await _work(ctx, claim, progress, min(at_once, AT_ONCE))
        else:
            run = claim
        if not run.is_at_work or (run.state == "waiting" and not waits):
            return run
        await asyncio.sleep(running.POLL_S)


def _fresh(ctx: Context) -> Context:
    """The same shop and request at this moment: an import outlasts the instant it began at."""
    fresh = Context(ctx.engines, ctx.tenant, ctx.actor, ctx.request_id, ctx.locale)
    fresh.caused_by = ctx.caused_by
    return fresh


async def _work(ctx: Context, claim: Claim, progress: running.Reports | None, at_once: int) -> Run:
    try:
        if claim.tries > MAX_TRIES:
            failure = ("gave_up", f"the import did not get on in {MAX_TRIES} tries")
            return await finish_run(_fresh(ctx), claim, "failed", failure)
        async with aclosing(_batches(ctx, claim, at_once)) as coming:
            async for batch, read_bytes in coming:
                claim = await _keep(ctx, claim, batch, read_bytes)
                if progress is not None:
                    run = claim.run
                    note = f"{run.product_count:,} records"
                    await progress.report(run.read_bytes, run.size_bytes, note)
        return await finish_run(_fresh(ctx), claim, "done")
    except _Lost:
        return await get_run(ctx, claim.run.run_id)
    except (UnreadableFile, SuspiciousFile, BlobNotFound, BlobCorrupt) as error:
        code = error.errors[0].code if error.errors else error.code
        return await finish_run(_fresh(ctx), claim, "failed", (code, error.detail))
    except asyncio.CancelledError:
        await let_go(_fresh(ctx), claim, was_in_vain=False)
        raise
    except Exception as error:
        _log.warning("import_interrupted", run_id=str(claim.run.run_id), reason=repr(error)[:500])
        await let_go(_fresh(ctx), claim, was_in_vain=True)
        raise


async def _batches(
    ctx: Context, claim: Claim, at_once: int
) -> AsyncGenerator[tuple[list[Moved], int], None]:
    key = file_key(ctx.tenant.tenant_id, claim.run.file_id)
    layout, opened = await look_into(ctx, key)
    start = claim.position if claim.position.next_byte else layout.start
    make, key_column = MAKERS[layout.format]
    reader = RowReader(start, layout.delimiter)
    parser = MovingParser(reader, layout.header, make, key_column)
    source = StoredBytes(ctx, key)
    batch: list[Moved] = []
    async with aclosing(source.pieces(start.next_byte, opened)) as pieces:
        async for piece in pieces:
            for moved in parser.feed(piece):
                batch.append(moved)
                if len(batch) >= at_once:
                    yield batch, source.read_bytes
                    batch = []
            await asyncio.sleep(0)
    batch += parser.finish()
    if batch:
        yield batch, claim.run.size_bytes


async def _keep(ctx: Context, claim: Claim, batch: Sequence[Moved], read_bytes: int) -> Claim:
    """The batch is taken in, all of it or nothing; in a dry run only the report is written."""
    fresh, run = _fresh(ctx), claim.run
    drafts = [moved.draft for moved in batch if moved.draft is not None]
    intake = intakes.known[run.format]
    landed: Sequence[Landed] = ()
    if run.is_dry_run:
        try:
            async with fresh.transaction() as tx:
                raise _Rehearsed(await intake(tx, drafts))
        except _Rehearsed as rehearsed:
            landed = rehearsed.landed
    async with fresh.transaction() as tx:
        if not run.is_dry_run and drafts:
            landed = await intake(tx, drafts)
        problems = _problems_of(batch, landed)
        kept = [
            msgspec.structs.replace(each, number=number)
            for number, each in enumerate(problems, run.problem_count + 1)
            if number <= MAX_PROBLEMS
        ]
        if kept:
            await reports.add_problems(tx, run.run_id, kept)
        after = _counted(claim, batch, landed, problems, read_bytes)
        if not await repository.save_step(tx, after, ctx.engines.clock.now()):
            raise _Lost
    return after


def _problems_of(batch: Sequence[Moved], landed: Sequence[Landed]) -> list[Problem]:
    problems: list[Problem] = []
    answers = iter(landed)
    for moved in batch:
        problems += moved.problems
        answer = next(answers, None) if moved.draft is not None else None
        if answer is not None and answer.outcome == "refused":
            problems.append(problem(moved.line, "", answer.code, answer.reason))
    return problems


def _counted(
    claim: Claim,
    batch: Sequence[Moved],
    landed: Sequence[Landed],
    problems: Sequence[Problem],
    read_bytes: int,
) -> Claim:
    run = claim.run
    codes, tally = Counter(run.problem_codes), Counter(each.outcome for each in landed)
    codes.update(each.code for each in problems)
    unread = sum(moved.draft is None for moved in batch)
    end = batch[-1].end
    after = msgspec.structs.replace(
        run,
        created_count=run.created_count + tally["created"],
        changed_count=run.changed_count + tally["changed"],
        unchanged_count=run.unchanged_count + tally["unchanged"],
        refused_count=run.refused_count + tally["refused"] + unread,
        problem_count=run.problem_count + len(problems),
        problem_codes=dict(codes),
        next_line=end.next_line,
        read_bytes=max(run.read_bytes, read_bytes),
    )
    return msgspec.structs.replace(claim, run=after, position=end)
