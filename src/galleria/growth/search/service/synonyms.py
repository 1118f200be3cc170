"""Synonyms as a shop keeps them, and those that fit a question."""

import csv
import io
from collections.abc import AsyncIterator, Iterable, Sequence
from uuid import UUID

import msgspec

from galleria.engines.context import Context
from galleria.engines.search_index import Synonym
from galleria.engines.sql import Transaction
from galleria.foundation.ids import new_id
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.foundation.text import sort_key
from galleria.growth.search.book import Book
from galleria.growth.search.errors import SynonymsNotFound, TooManySynonyms
from galleria.growth.search.model.synonyms import (
    MAX_SETS,
    SynonymDraft,
    SynonymSet,
    checked,
)
from galleria.growth.search.repository import synonyms as repository
from galleria.growth.search.service.remembering import Remembered
from galleria.platform import audit

CSV_COLUMNS = ("Words", "Means", "Language")
_SCOPE = "search.synonyms"
_START = ("", UUID(int=0))


async def create_synonyms(ctx: Context, draft: SynonymDraft) -> SynonymSet:
    """Shoppers find by these words from now on.

    Raises:
        InvalidSynonyms: the words cannot be.
        TooManySynonyms: the shop has as many sets as it may have.
    """
    wanted = _made(ctx, new_id(), checked(draft))
    async with ctx.transaction() as tx:
        await repository.lock(tx)
        if await repository.count(tx) >= MAX_SETS:
            raise TooManySynonyms(f"a shop has at most {MAX_SETS} sets of synonyms")
        await repository.save(tx, wanted)
        await _told(tx, "search.synonyms_created", [wanted.synonym_id], wanted)
    return wanted


async def replace_synonyms(ctx: Context, synonym_id: UUID, draft: SynonymDraft) -> SynonymSet:
    """The set is so from now on. Safe to repeat.

    Raises:
        InvalidSynonyms: the words cannot be.
        SynonymsNotFound: there is no such set.
    """
    wanted = _made(ctx, synonym_id, checked(draft))
    async with ctx.transaction() as tx:
        await repository.lock(tx)
        if await repository.find(tx, synonym_id) is None:
            raise SynonymsNotFound(f"no synonyms {synonym_id}")
        await repository.save(tx, wanted)
        await _told(tx, "search.synonyms_changed", [synonym_id], wanted)
    return wanted


async def remove_synonyms(ctx: Context, synonym_ids: Sequence[UUID]) -> int:
    """These sets are gone; how many were there. Safe to repeat."""
    async with ctx.transaction() as tx:
        gone = await repository.delete(tx, list(dict.fromkeys(synonym_ids)))
        if gone:
            await _told(tx, "search.synonyms_removed", gone)
    return len(gone)


async def get_synonyms(ctx: Context, synonym_id: UUID) -> SynonymSet:
    """One set. Raises SynonymsNotFound."""
    found = await repository.find(ctx, synonym_id)
    if found is None:
        raise SynonymsNotFound(f"no synonyms {synonym_id}")
    return found


async def list_synonyms(
    ctx: Context, prefix: str = "", cursor: str | None = None, limit: int = 50
) -> Page[SynonymSet]:
    """A page of sets by their first words, those that begin with `prefix`.

    Raises:
        InvalidCursor: the cursor is not one of this list.
    """
    begins = sort_key(prefix)
    scope = f"{_SCOPE}:{begins}".replace("\0", "")
    after = _START if cursor is None else _place(ctx, cursor, scope)
    found = await repository.page_after(ctx, begins, after, limit + 1)
    if len(found) <= limit:
        return Page(items=found)
    last = found[limit - 1]
    place = ctx.engines.cursors.encode(
        ctx.tenant.tenant_id, scope, [last.key, str(last.synonym_id)]
    )
    return Page(found[:limit], place)


def _place(ctx: Context, cursor: str, scope: str) -> tuple[str, UUID]:
    keys = ctx.engines.cursors.decode(cursor, ctx.tenant.tenant_id, scope)
    try:
        key, synonym_id = keys
        return str(key), UUID(str(synonym_id))
    except ValueError:
        raise InvalidCursor("this cursor is not one of this list") from None


async def export_synonyms(ctx: Context) -> AsyncIterator[bytes]:
    """All sets as CSV in UTF-8 with a byte order mark; words of a set stand with commas between."""
    yield b"\xef\xbb\xbf" + _csv([CSV_COLUMNS])
    yield _csv(
        (", ".join(each.words), ", ".join(each.means), each.language or "")
        for each in sorted(await repository.everything(ctx), key=lambda each: each.key)
    )


async def fitting(ctx: Context, typed: str, locale: str) -> tuple[Synonym, ...]:
    """The synonyms that what was typed may have. No statement for some seconds after the first."""
    if not typed.strip():
        return ()
    return (await _said.of(ctx)).fitting(typed, locale)


async def look_again(ctx: Context) -> None:
    """The next question is asked by what the tables say, whatever this process remembers."""
    await _said.forget(ctx)


async def _written(ctx: Context) -> bytes:
    return msgspec.json.encode(await repository.everything(ctx))


def _book(written: bytes) -> Book:
    return Book(msgspec.json.decode(written, type=list[SynonymDraft]))


_said = Remembered("synonyms", _written, _book)


def _made(ctx: Context, synonym_id: UUID, draft: SynonymDraft) -> SynonymSet:
    return SynonymSet(
        synonym_id=synonym_id,
        words=draft.words,
        means=draft.means,
        language=draft.language,
        updated_at=ctx.now,
    )


async def _told(
    tx: Transaction, what: str, synonym_ids: Sequence[UUID], wanted: SynonymSet | None = None
) -> None:
    """The diary has it, and this process asks by it as soon as it is committed."""
    detail: dict[str, object] = {"count": len(synonym_ids)}
    if wanted is not None:
        detail = {"words": wanted.words, "means": wanted.means, "language": wanted.language}
    await audit.record(tx, what, f"synonyms:{synonym_ids[0]}", detail)
    _said.forget_after(tx)


def _csv(rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
