"""Reads a stored file: its beginning, to recognise it; then batch by batch, one ahead."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from typing import TypeVar

from galleria.commerce import attributes
from galleria.commerce.imports.errors import SuspiciousFile, UnreadableFile
from galleria.commerce.imports.model.attribute_names import AttributeNames
from galleria.commerce.imports.model.batches import Batch, Gatherer
from galleria.commerce.imports.model.csv_rows import RowReader
from galleria.commerce.imports.model.json_lines import JsonLinesParser
from galleria.commerce.imports.model.layouts import HEAD_BYTES, Layout, recognise
from galleria.commerce.imports.model.line_mapping import LineMapper
from galleria.commerce.imports.model.parsed import Parser
from galleria.commerce.imports.model.runs import Claim, Position
from galleria.commerce.imports.model.seen import SeenMarks
from galleria.commerce.imports.model.shopify import ShopifyParser
from galleria.commerce.imports.model.shopify_columns import Columns
from galleria.commerce.imports.model.shopify_mapping import ShopifyMapper
from galleria.commerce.imports.model.unpacking import MAGIC, Unpacker
from galleria.commerce.imports.repository import reports
from galleria.commerce.imports.service.files import file_key
from galleria.engines.blob import BlobKey
from galleria.engines.context import Context
from galleria.engines.sql import Reader

T = TypeVar("T")

_PIECE_BYTES = 256 * 1024  # parsed in one go, some 15 ms
# Items parsed before others have a turn, under a millisecond: so the transaction beside it sends
# its next statement as soon as it can, and parsing goes on while the database works.
_BREATH = 16
_MARKS_AT_ONCE = 100


class StoredBytes:
    """The unpacked bytes of a stored file. `read_bytes` counts those taken from the store."""

    def __init__(self, ctx: Context, key: BlobKey) -> None:
        self._ctx = ctx
        self._key = key
        self.read_bytes = 0

    async def head(self) -> tuple[bytes, bool]:
        """Up to 64 KB of the unpacked file, and whether it is packed.

        Raises:
            UnreadableFile: it is packed and damaged.
            BlobNotFound: it is gone.
        """
        first = await self._beginning()
        if not first.startswith(MAGIC):
            return first, False
        unpacked = b""
        for piece in Unpacker().feed(first):
            unpacked += piece
            if len(unpacked) >= HEAD_BYTES:
                break
        return unpacked[:HEAD_BYTES], True

    async def _beginning(self) -> bytes:
        stream = await self._ctx.engines.blob.open(self._key, 0, HEAD_BYTES)
        return b"".join([chunk async for chunk in stream])

    async def pieces(self, start: int, is_packed: bool) -> AsyncGenerator[bytes, None]:
        """The unpacked bytes from `start` on, in pieces of at most 256 KB.

        A packed file is unpacked from its beginning, and what lies before `start` dropped.

        Raises:
            UnreadableFile, SuspiciousFile: see `Unpacker`.
        """
        size_bytes = (await self._ctx.engines.blob.info(self._key)).size_bytes
        first_byte = 0 if is_packed else start
        self.read_bytes = first_byte
        if first_byte >= size_bytes:
            return
        unpacker = Unpacker() if is_packed else None
        stream = await self._ctx.engines.blob.open(self._key, first_byte)
        left_out = start if is_packed else 0
        async for chunk in stream:
            for at in range(0, len(chunk), _PIECE_BYTES):
                packed = chunk[at : at + _PIECE_BYTES]
                self.read_bytes += len(packed)
                for piece in unpacker.feed(packed) if unpacker else (packed,):
                    dropped = min(left_out, len(piece))
                    left_out -= dropped
                    if dropped < len(piece):
                        yield piece[dropped:] if dropped else piece
        if unpacker:
            unpacker.finish()


async def look_into(ctx: Context, key: BlobKey) -> tuple[Layout, bool]:
    """How to read the file, and whether it is packed.

    Raises:
        UnreadableFile: it is no product file.
        BlobNotFound: it is gone.
    """
    head, is_packed = await StoredBytes(ctx, key).head()
    return recognise(head), is_packed


async def batches(
    ctx: Context, claim: Claim, currency: str, at_once: int
) -> AsyncGenerator[Batch, None]:
    """What the file of a run still holds, from the position of the claim to its end.

    Batches have at most `at_once` products; prices without a currency are in `currency`.

    Raises:
        UnreadableFile, SuspiciousFile: it is damaged; what came before it has been given out.
        BlobNotFound, BlobCorrupt: its bytes are gone.
    """
    run = claim.run
    key = file_key(ctx.tenant.tenant_id, run.file_id)
    layout, is_packed = await look_into(ctx, key)
    start = claim.position if claim.position.next_byte else layout.start
    seen = await _restored_marks(ctx, claim)
    parser = await _parser(ctx, layout, start, currency)
    gatherer = Gatherer(start, seen, run.publish, at_once)
    gatherer.say(layout.notes)
    source = StoredBytes(ctx, key)
    try:
        async with aclosing(source.pieces(start.next_byte, is_packed)) as pieces:
            async for piece in pieces:
                for count, item in enumerate(parser.feed(piece)):
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
        yield gatherer.take(run.size_bytes)


async def _parser(ctx: Context, layout: Layout, start: Position, currency: str) -> Parser:
    kinds = await _known_kinds(ctx)
    if layout.format == "shopify_csv":
        columns = Columns(layout.header)
        names = AttributeNames(kinds, has_prefixes=False)
        reader = RowReader(start, layout.delimiter)
        return ShopifyParser(reader, columns, ShopifyMapper(columns, names, currency))
    is_export = layout.format == "galleria_export"
    names = AttributeNames(kinds, has_prefixes=not is_export)
    is_foreign = is_export and layout.shop != ctx.tenant.slug
    mapper = LineMapper(names, is_export=is_export, is_foreign=is_foreign)
    return JsonLinesParser(start, mapper)


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
