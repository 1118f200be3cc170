"""Sets of judgments as a shop keeps them."""

import csv
import io
from collections.abc import AsyncIterator, Iterable, Sequence
from uuid import UUID

from galleria.commerce import catalog, listings
from galleria.engines.context import Context
from galleria.foundation.ids import new_id
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.growth.relevance.errors import (
    InvalidJudgment,
    JudgmentSetNotFound,
    TooManyJudgments,
    TooManyJudgmentSets,
)
from galleria.growth.relevance.model.judgments import (
    MAX_JUDGMENTS,
    MAX_SETS,
    JudgedQuery,
    Judgment,
    JudgmentSet,
    JudgmentSetDraft,
    checked_draft,
    checked_judgment,
)
from galleria.growth.relevance.model.reading import COLUMNS
from galleria.growth.relevance.repository import sets as repository
from galleria.platform import audit

_SETS = "relevance.sets"
_QUERIES = "relevance.queries"
_EXPORTED_A_STEP = 5_000


async def create_set(ctx: Context, draft: JudgmentSetDraft) -> JudgmentSet:
    """An empty set for a channel and a language of the shop.

    Raises:
        InvalidJudgmentSet: it cannot be.
        ChannelNotFound: the shop has no such channel.
        TooManyJudgmentSets: the shop has as many as it may have.
    """
    wanted = checked_draft(draft)
    window = await listings.window_of(ctx, wanted.channel)
    made = JudgmentSet(
        judgment_set_id=new_id(),
        name=wanted.name,
        channel_id=window.channel_id,
        locale=window.in_language(wanted.locale or "").locale,
        max_grade=wanted.max_grade,
        query_count=0,
        judgment_count=0,
        last_import=None,
        created_at=ctx.now,
        updated_at=ctx.now,
    )
    async with ctx.transaction() as tx:
        await repository.lock(tx)
        if await repository.count(tx) >= MAX_SETS:
            raise TooManyJudgmentSets(f"a shop has at most {MAX_SETS} sets of judgments")
        await repository.add(tx, made)
        subject = f"judgment_set:{made.judgment_set_id}"
        await audit.record(tx, "relevance.set_created", subject, {"name": made.name})
    return made


async def get_set(ctx: Context, judgment_set_id: UUID) -> JudgmentSet:
    """One set. Raises JudgmentSetNotFound."""
    found = await repository.find(ctx, judgment_set_id)
    if found is None:
        raise JudgmentSetNotFound(f"no set of judgments {judgment_set_id}")
    return found


async def list_sets(ctx: Context, cursor: str | None = None, limit: int = 50) -> Page[JudgmentSet]:
    """A page of sets by name.

    Raises:
        InvalidCursor: the cursor is not one of this list.
    """
    after = repository.START if cursor is None else _place(ctx, cursor)
    found = await repository.page_after(ctx, after, limit + 1)
    if len(found) <= limit:
        return Page(items=found)
    last = found[limit - 1]
    keys = [last.name_sort, str(last.judgment_set_id)]
    return Page(found[:limit], ctx.engines.cursors.encode(ctx.tenant.tenant_id, _SETS, keys))


def _place(ctx: Context, cursor: str) -> tuple[str, UUID]:
    keys = ctx.engines.cursors.decode(cursor, ctx.tenant.tenant_id, _SETS)
    try:
        name_sort, judgment_set_id = keys
        return str(name_sort), UUID(str(judgment_set_id))
    except ValueError:
        raise InvalidCursor("this cursor is not one of this list") from None


async def remove_set(ctx: Context, judgment_set_id: UUID) -> None:
    """The set is gone, and its judgments and runs with it. Raises JudgmentSetNotFound."""
    async with ctx.transaction() as tx:
        if not await repository.delete(tx, judgment_set_id):
            raise JudgmentSetNotFound(f"no set of judgments {judgment_set_id}")
        await audit.record(tx, "relevance.set_removed", f"judgment_set:{judgment_set_id}")


async def judge(
    ctx: Context, judgment_set_id: UUID, query: str, product_id: UUID, grade: int | None
) -> JudgmentSet:
    """The product has this grade for the query, or none any more; the set comes back.

    Raises:
        JudgmentSetNotFound: there is no such set.
        InvalidJudgment: the query or the grade cannot be, or there is no such product.
        TooManyJudgments: the set has as many as it may have.
    """
    async with ctx.transaction() as tx:
        found = await repository.lock_one(tx, judgment_set_id)
        if found is None:
            raise JudgmentSetNotFound(f"no set of judgments {judgment_set_id}")
        clean = checked_judgment(query, grade, found.max_grade)
        if grade is None:
            await repository.remove(tx, judgment_set_id, clean, product_id)
        else:
            if not await catalog.existing_products(tx, [product_id]):
                raise InvalidJudgment(f"no product {product_id}")
            judged = Judgment(query=clean, product_id=product_id, grade=grade)
            await repository.merge(tx, judgment_set_id, [judged])
        if await repository.recount(tx, judgment_set_id) > MAX_JUDGMENTS:
            raise TooManyJudgments(f"a set has at most {MAX_JUDGMENTS} judgments")
    return await get_set(ctx, judgment_set_id)


async def list_queries(
    ctx: Context,
    judgment_set_id: UUID,
    cursor: str | None = None,
    limit: int = 50,
    begins: str = "",
) -> Page[JudgedQuery]:
    """A page of the set's queries in their order, those that begin so.

    Raises:
        JudgmentSetNotFound: there is no such set.
        InvalidCursor: the cursor is not one of this list.
    """
    await get_set(ctx, judgment_set_id)
    scope = f"{_QUERIES}:{judgment_set_id}"
    after = ""
    if cursor is not None:
        after = str(ctx.engines.cursors.decode(cursor, ctx.tenant.tenant_id, scope)[0])
    prefix = begins.replace("\x00", "")
    found = await repository.queries_after(ctx, judgment_set_id, after, limit + 1, prefix)
    if len(found) <= limit:
        return Page(items=found)
    keys = [found[limit - 1].query]
    return Page(found[:limit], ctx.engines.cursors.encode(ctx.tenant.tenant_id, scope, keys))


async def export_judgments(ctx: Context, judgment_set_id: UUID) -> AsyncIterator[bytes]:
    """The judgments as CSV in UTF-8 with a byte order mark, which an import reads back.

    Products are named by their external id or handle; those that are gone by our id.
    """
    yield b"\xef\xbb\xbf" + _csv([COLUMNS])
    after = ("", UUID(int=0))
    while page := await repository.judgments_after(ctx, judgment_set_id, after, _EXPORTED_A_STEP):
        names = await catalog.names_of(ctx, list({each.product_id for each in page}))
        rows = []
        for each in page:
            name = names.get(each.product_id)
            reference = (name.external_ref or name.handle) if name else str(each.product_id)
            rows.append((each.query, reference, str(each.grade)))
        yield _csv(rows)
        after = (page[-1].query, page[-1].product_id)


def _csv(rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
