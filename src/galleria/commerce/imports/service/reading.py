"""Reads a stored file: its beginning, to recognise it; then batch by batch, one ahead."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from typing import TypeVar

import msgspec

from galleria.commerce import attributes
from galleria.commerce.imports.errors import SuspiciousFile, UnreadableFile
from galleria.commerce.imports.model.batches import Batch, Gatherer
from galleria.commerce.imports.model.cells import Home
from galleria.commerce.imports.model.formats import GATHERED, gathering_of, streaming_of
from galleria.commerce.imports.model.layouts import Layout, encoding_note, recognise
from galleria.commerce.imports.model.mappings import MappingDocument
from galleria.commerce.imports.model.parsed import Parser
from galleria.commerce.imports.model.runs import Claim, Position
from galleria.commerce.imports.model.seen import SeenMarks
from galleria.commerce.imports.repository import mappings, reports
from galleria.commerce.imports.service.files import file_key
from galleria.commerce.imports.service.gathering import gathered_batches
from galleria.commerce.imports.service.stored_bytes import Opened, StoredBytes, in_turns
from galleria.engines.blob import BlobKey
from galleria.engines.context import Context
from galleria.engines.sql import Reader
from galleria.platform import tenants

T = TypeVar("T")

# Items parsed before others have a turn, under a millisecond: so the transaction beside it sends
# its next statement as soon as it can, and parsing goes on while the database works.
_BREATH = 16
_MARKS_AT_ONCE = 100


async def look_into(
    ctx: Context, key: BlobKey, mapping: MappingDocument | None = None
) -> tuple[Layout, Opened]:
    """How to read the file, by a mapping if there is one, and how it is packed and written.

    Raises:
        UnreadableFile: it is no product file.
        BlobNotFound: it is gone.
    """
    encoding = None if mapping is None or mapping.encoding == "auto" else mapping.encoding
    opened = await StoredBytes(ctx, key).open(encoding)
    layout = recognise(opened.head, mapping)
    if opened.encoding != "utf-8":
        said = encoding_note(opened.encoding)
        notes = [said, *layout.notes]
        layout = msgspec.structs.replace(layout, notes=notes, encoding="utf-8")
    return layout, opened


async def batches(
    ctx: Context, claim: Claim, currency: str, at_once: int
) -> AsyncGenerator[Batch, None]:
    """What the file of a run still holds, from the position of the claim to its end.

    Batches have at most `at_once` products; prices without a currency are in `currency`.

    Raises:
        UnreadableFile, SuspiciousFile: it is damaged; what came before it has been given out,
            unless the rows of a product may stand anywhere in such a file.
        BlobNotFound, BlobCorrupt: its bytes are gone.
    """
    run = claim.run
    key = file_key(ctx.tenant.tenant_id, run.file_id)
    mapping = await mappings.mapping_of_run(ctx, run.run_id) if run.format == "mapping" else None
    layout, opened = await look_into(ctx, key, mapping)
    home = await home_of(ctx, currency)
    is_gathered = layout.format in GATHERED
    first = Position() if is_gathered else layout.start
    start = claim.position if claim.position.next_byte else first
    gatherer = Gatherer(start, await _restored_marks(ctx, claim), run.publish, at_once)
    gatherer.say(layout.notes)
    source = StoredBytes(ctx, key)
    if is_gathered:
        pieces = source.pieces(layout.start.next_byte, opened)
        found = gathered_batches(claim, source, pieces, gathering_of(layout, home), gatherer)
    else:
        parser = streaming_of(layout, start, home)
        found = _streamed_batches(claim, source, opened, start, parser, gatherer)
    async with aclosing(found):
        async for batch in found:
            yield batch


async def _streamed_batches(
    claim: Claim,
    source: StoredBytes,
    opened: Opened,
    start: Position,
    parser: Parser,
    gatherer: Gatherer,
) -> AsyncGenerator[Batch, None]:
    try:
        pieces = source.pieces(start.next_byte, opened)
        async with aclosing(pieces), aclosing(in_turns(pieces)) as parts:
            async for part in parts:
                for count, item in enumerate(parser.feed(part)):
                    gatherer.add(item)
                    if gatherer.is_full:
                        yield gatherer.take(source.read_bytes)
                    if count % _BREATH == 0:
                        await asyncio.sleep(0)
    except (UnreadableFile, SuspiciousFile):
        # What came before the damage is as good as ever.
        if not gatherer.is_empty:
            yield gatherer.take(source.read_bytes)
        raise
    for item in parser.finish():
        gatherer.add(item)
        if gatherer.is_full:
            yield gatherer.take(source.read_bytes)
    if not gatherer.is_empty:
        yield gatherer.take(claim.run.size_bytes)


async def home_of(ctx: Context, currency: str) -> Home:
    """What the words of a file are measured by in this shop."""
    channels = {each.code: each.currency for each in await tenants.list_channels(ctx)}
    return Home(currency, ctx.tenant.slug, channels, await _known_kinds(ctx))


async def _known_kinds(ctx: Context) -> dict[str, str]:
    dictionary = await attributes.dictionary(ctx)
    return {
        code: "number" if attribute.is_number else attribute.kind
        for code, attribute in dictionary.by_code.items()
    }


async def _restored_marks(reader: Reader, claim: Claim) -> SeenMarks:
    """What the import saw before, if it was under way already."""
    seen = SeenMarks()
    after = -1
    while claim.position.next_byte:
        rows = await reports.marks_of(reader, claim.run.run_id, after, _MARKS_AT_ONCE)
        if not rows:
            break
        for _, marks in rows:
            seen.restore(marks)
        after = rows[-1][0]
    return seen


async def one_ahead(source: AsyncGenerator[T, None]) -> AsyncGenerator[T, None]:
    """What `source` gives, made while the one before is being used.

    So a batch is parsed while the database works at another. Closing this closes `source`.
    """
    ready: asyncio.Queue[T | BaseException | None] = asyncio.Queue(1)

    async def fill() -> None:
        end: BaseException | None = None
        try:
            async with aclosing(source):
                async for each in source:
                    await ready.put(each)
        except Exception as error:
            end = error
        await ready.put(end)

    task = asyncio.create_task(fill(), name="read one ahead")
    try:
        while (each := await ready.get()) is not None:
            if isinstance(each, BaseException):
                raise each
            yield each
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
