"""Works at an import until its file is taken in: batch by batch, from wherever it stands."""

import asyncio
from contextlib import aclosing
from typing import Protocol
from uuid import UUID

from galleria.commerce import catalog, pictures
from galleria.commerce.imports.errors import SuspiciousFile, UnreadableFile
from galleria.commerce.imports.model.batches import MAX_PRODUCTS, Batch
from galleria.commerce.imports.model.runs import MAX_TRIES, Claim, Run
from galleria.commerce.imports.service.keeping import ClaimLost, keep_batch
from galleria.commerce.imports.service.reading import batches, one_ahead
from galleria.commerce.imports.service.reporting import get_run
from galleria.commerce.imports.service.shop_facts import ShopFacts, facts_of
from galleria.commerce.imports.service.starting import claim_run, finish_run, let_go
from galleria.engines.blob import BlobCorrupt, BlobNotFound
from galleria.engines.context import Context
from galleria.foundation.telemetry import logger

POLL_S = 0.5
CONFLICT_TRIES = 3
_log = logger(__name__)


class Reports(Protocol):
    """Somebody who wants to know how far it is: a job's progress, a terminal."""

    async def report(self, done: int, total: int | None = None, note: str = "") -> None:
        """`done` of `total` bytes of the file are taken in."""


async def run_import_now(
    ctx: Context,
    run_id: UUID,
    progress: Reports | None = None,
    *,
    waits: bool = True,
    at_once: int = MAX_PRODUCTS,
) -> Run:
    """The import has come to its end, or was paused, here or elsewhere; how it stands comes back.

    Safe to call from any process, at any time, as often as one likes: the import goes on where
    its last commit left it, and of two who work at it only one's commits count. Takes seconds to
    hours; not to be called inside a transaction.

    Args:
        ctx: whose.
        run_id: which import.
        progress: is told how far it is.
        waits: while another import of the shop is under way, wait for its end; else come back.
        at_once: at most so many products in a transaction.

    Raises:
        ImportNotFound: this shop has no such import.
        Exception: what kept it from going on, if trying again may help; it stands where it was.
    """
    while True:
        claim = await claim_run(_fresh(ctx), run_id)
        if isinstance(claim, Claim):
            run = await _work(ctx, claim, progress, at_once)
        else:
            run = claim
        if not run.is_at_work or (run.state == "waiting" and not waits):
            return run
        if progress is not None:
            await progress.report(run.read_bytes, run.size_bytes, _note_of(run))
        await asyncio.sleep(POLL_S)


def _fresh(ctx: Context) -> Context:
    """The same shop and request at this moment: an import outlasts the instant it began at."""
    fresh = Context(ctx.engines, ctx.tenant, ctx.actor, ctx.request_id, ctx.locale)
    fresh.caused_by = ctx.caused_by
    return fresh


def _of_import(ctx: Context, claim: Claim) -> Context:
    """The same at this moment, as the import's own request: what it brings is counted by it."""
    fresh = _fresh(ctx)
    fresh.request_id = pictures.request_of_import(claim.run.run_id)
    return fresh


async def _work(ctx: Context, claim: Claim, progress: Reports | None, at_once: int) -> Run:
    """The claimed import is worked at to its end, or until the claim is lost."""
    run_id = claim.run.run_id
    try:
        if claim.tries > MAX_TRIES:
            failure = ("gave_up", f"the import did not get on in {MAX_TRIES} tries")
            return await finish_run(_fresh(ctx), claim, "failed", failure)
        await _take_in_all(ctx, claim, progress, at_once)
        return await finish_run(_fresh(ctx), claim, "done")
    except ClaimLost:
        return await get_run(ctx, run_id)
    except (UnreadableFile, SuspiciousFile, BlobNotFound, BlobCorrupt) as error:
        code = error.errors[0].code if error.errors else error.code
        return await finish_run(_fresh(ctx), claim, "failed", (code, error.detail))
    except asyncio.CancelledError:
        await let_go(_fresh(ctx), claim, was_in_vain=False)
        raise
    except Exception as error:
        _log.warning("import_interrupted", run_id=str(run_id), reason=repr(error)[:500])
        await let_go(_fresh(ctx), claim, was_in_vain=True)
        raise


async def _take_in_all(ctx: Context, claim: Claim, progress: Reports | None, at_once: int) -> None:
    facts, trusts_skus = await facts_of(_fresh(ctx)), True
    read = batches(ctx, claim, facts.usual.currency, at_once)
    async with aclosing(one_ahead(read)) as coming:
        async for batch in coming:
            claim, trusts_skus = await _keep(ctx, facts, claim, batch, trusts_skus)
            run = claim.run
            if progress is not None:
                await progress.report(run.read_bytes, run.size_bytes, _note_of(run))


async def _keep(
    ctx: Context, facts: ShopFacts, claim: Claim, batch: Batch, trusts_skus: bool
) -> tuple[Claim, bool]:
    """The claim after the batch, and whether the file's SKUs may still be trusted to be free.

    They are until one is not: looking each up first costs half as much again as an import.
    """
    for attempt in range(1, CONFLICT_TRIES + 1):
        try:
            fresh = _of_import(ctx, claim)
            claim = await keep_batch(fresh, facts, claim, batch, trusts_skus=trusts_skus)
            return claim, trusts_skus
        except (catalog.HandleTaken, catalog.SkuTaken, catalog.ExternalRefTaken):
            if attempt == CONFLICT_TRIES:
                raise
            trusts_skus = False
    raise AssertionError("the last try returns or raises")


def _note_of(run: Run) -> str:
    return f"{run.product_count:,} products"
