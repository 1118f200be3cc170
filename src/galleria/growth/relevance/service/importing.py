"""Takes judgments in: from a table somebody made, or from what shoppers clicked."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from uuid import UUID

from galleria.commerce import catalog
from galleria.engines.context import Context
from galleria.engines.sql import Transaction
from galleria.growth import search
from galleria.growth.relevance.errors import (
    JudgmentSetNotFound,
    TooManyJudgments,
    UnreadableJudgments,
)
from galleria.growth.relevance.model.judgments import (
    MAX_JUDGMENTS,
    MOST_REFUSALS_KEPT,
    Imported,
    Judgment,
    JudgmentSet,
    RefusedLine,
    grade_by_clicks,
    without_repeats,
)
from galleria.growth.relevance.model.reading import MAX_FILE_BYTES, Line, read_table
from galleria.growth.relevance.repository import sets as repository
from galleria.growth.relevance.service.sets import get_set
from galleria.platform import audit

_LOOKED_UP_AT_ONCE = 5_000
_KEPT_AT_ONCE = 20_000
_WORTH_STATISTICS = 10_000
_TABLE = "relevance.judgment"


async def import_judgments(
    ctx: Context, judgment_set_id: UUID, content: AsyncIterator[bytes]
) -> Imported:
    """The judgments of a CSV hold: `query,product_id,grade`, the product by id, external id,
    handle or SKU. What cannot be is left out and told; earlier grades of the same pairs are
    replaced. Safe to repeat.

    Raises:
        JudgmentSetNotFound: there is no such set.
        UnreadableJudgments: it is no such table, or larger than 24 MB.
        TooManyJudgments: the set would have more than it may have.
    """
    found = await get_set(ctx, judgment_set_id)
    raw = await _whole(content)
    # A second of work at most, which nobody else should wait for.
    reading = await asyncio.to_thread(read_table, raw, found.max_grade)
    products = await _products(ctx, reading.lines)
    refused = [
        RefusedLine(each.number, "product_unknown", each.reference)
        for each in reading.lines
        if each.reference not in products
    ]
    judged, repeated = without_repeats(
        (each.number, _judgment(each, products[each.reference]))
        for each in reading.lines
        if each.reference in products
    )
    refused = sorted([*reading.refused, *refused, *repeated], key=lambda each: each.line)
    imported = Imported(
        taken_count=len(judged),
        refused_count=len(refused),
        refused=refused[:MOST_REFUSALS_KEPT],
        at=ctx.now,
    )
    await _keep(ctx, judgment_set_id, judged, imported)
    return imported


async def judge_by_clicks(ctx: Context, judgment_set_id: UUID) -> JudgmentSet:
    """What shoppers clicked in the last 30 days is in the set as grades, beside what people judged.

    A product counts that was shown 20 times for the same words; how its clicks compare with those
    that its places get on average makes its grade (see `grade_by_clicks`).

    Raises:
        JudgmentSetNotFound: there is no such set.
        TooManyJudgments: the set would have more than it may have.
    """
    found = await get_set(ctx, judgment_set_id)
    clicked = await search.clicked_products(ctx, found.channel_id, found.locale)
    judged = [
        Judgment(
            query=each.words,
            product_id=each.product_id,
            grade=grade_by_clicks(each.clicked_count, each.expected, found.max_grade),
            is_from_clicks=True,
        )
        for each in clicked
    ]
    await _keep(ctx, judgment_set_id, judged, None)
    return await get_set(ctx, judgment_set_id)


async def _whole(content: AsyncIterator[bytes]) -> bytes:
    raw = bytearray()
    async for part in content:
        raw += part
        if len(raw) > MAX_FILE_BYTES:
            raise UnreadableJudgments(f"a file has at most {MAX_FILE_BYTES // 1_000_000} MB")
    return bytes(raw)


async def _products(ctx: Context, lines: Sequence[Line]) -> dict[str, UUID]:
    """The products by how the lines name them."""
    references = list(dict.fromkeys(each.reference for each in lines))
    found: dict[str, UUID] = {}
    for start in range(0, len(references), _LOOKED_UP_AT_ONCE):
        portion = references[start : start + _LOOKED_UP_AT_ONCE]
        found |= await catalog.products_by_reference(ctx, portion)
    return found


def _judgment(line: Line, product_id: UUID) -> Judgment:
    return Judgment(query=line.query, product_id=product_id, grade=line.grade)


async def _keep(
    ctx: Context, judgment_set_id: UUID, judged: Sequence[Judgment], imported: Imported | None
) -> None:
    """The judgments are in the set, in commits of bounded size; how many it has is known."""
    for start in range(0, len(judged), _KEPT_AT_ONCE):
        async with ctx.transaction() as tx:
            await _lock(tx, judgment_set_id)
            await repository.merge(tx, judgment_set_id, judged[start : start + _KEPT_AT_ONCE])
            if await repository.recount(tx, judgment_set_id) > MAX_JUDGMENTS:
                raise TooManyJudgments(f"a set has at most {MAX_JUDGMENTS} judgments")
    async with ctx.transaction() as tx:
        await _lock(tx, judgment_set_id)
        await repository.recount(tx, judgment_set_id, imported)
        detail = {"taken": len(judged), "refused": imported.refused_count if imported else 0}
        await audit.record(
            tx, "relevance.judgments_imported", f"judgment_set:{judgment_set_id}", detail
        )
        if len(judged) >= _WORTH_STATISTICS:
            await tx.analyze(_TABLE)


async def _lock(tx: Transaction, judgment_set_id: UUID) -> None:
    if await repository.lock_one(tx, judgment_set_id) is None:
        raise JudgmentSetNotFound(f"no set of judgments {judgment_set_id}")
