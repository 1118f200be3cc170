"""A shop takes its judgments along, and leaves none behind."""

from collections.abc import AsyncIterator
from uuid import UUID

import msgspec

from galleria.engines.context import Context
from galleria.growth.relevance.model.judgments import MAX_SETS
from galleria.growth.relevance.model.runs import MOST_RUNS
from galleria.growth.relevance.repository import runs, sets

_A_STEP = 5_000


async def export_relevance(ctx: Context) -> AsyncIterator[bytes]:
    """Sets, judgments and runs with their figures, a JSON object a line."""
    for each in await sets.page_after(ctx, sets.START, MAX_SETS):
        yield msgspec.json.encode({"judgment_set": each}) + b"\n"
        after = ("", UUID(int=0))
        while page := await sets.judgments_after(ctx, each.judgment_set_id, after, _A_STEP):
            for judgment in page:
                yield msgspec.json.encode({"judgment": judgment}) + b"\n"
            after = (page[-1].query, page[-1].product_id)
        for run in await runs.of_set(ctx, each.judgment_set_id, None, MOST_RUNS):
            yield msgspec.json.encode({"relevance_run": run}) + b"\n"


async def erase_relevance(ctx: Context) -> None:
    """The shop has judged nothing."""
    async with ctx.transaction() as tx:
        await sets.delete_all(tx)
