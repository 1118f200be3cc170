"""The whole shop as product lines or as a table: streamed to whoever asks, or written by a job."""

import zlib
from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Sequence
from contextlib import aclosing
from time import monotonic
from uuid import UUID

import msgspec

from galleria.commerce import assortment, catalog, collections, downloads, inventory, pricing
from galleria.commerce.catalog import ProductFilter, ProductTree
from galleria.commerce.imports.errors import ExportNotFound, ExportNotReady
from galleria.commerce.imports.events import ExportRequested
from galleria.commerce.imports.model.line_of_product import Offer, line_of
from galleria.commerce.imports.model.own_csv import Columns, as_csv, rows_of
from galleria.commerce.imports.model.product_lines import (
    EXPORT_VERSION,
    CostLine,
    ExportHeader,
    LevelLine,
    PriceLine,
)
from galleria.commerce.imports.model.runs import Export, ExportFormat
from galleria.commerce.imports.repository import files as repository
from galleria.commerce.imports.service.files import MAX_FILE_BYTES, export_key
from galleria.commerce.imports.service.reporting import NEWEST, key_of, page_of
from galleria.engines.blob import BlobStream
from galleria.engines.context import Context
from galleria.engines.sql import Reader
from galleria.foundation.ids import new_id
from galleria.foundation.pagination import Page
from galleria.platform import audit, tenants
from galleria.platform.tenants import Channel

EVERYTHING = ProductFilter()
TOLD_EVERY_S = 1.0
PRODUCTS_AT_ONCE = 250
MAX_LEVELS_A_VARIANT = 100
_GZIP_WINDOW = 31
_FAST = 3  # a third of the time of the default, a tenth more bytes


async def export_shop(
    ctx: Context,
    *,
    format: ExportFormat = "jsonl",
    is_packed: bool = False,
    wanted: ProductFilter = EVERYTHING,
    counts: "Counts | None" = None,
) -> AsyncIterator[bytes]:
    """The products that are wanted with prices and stock, as a file; `is_packed` means gzip.

    Importing it into the same shop changes nothing. Memory is one page of products. What is
    edited meanwhile may be in it as it was before or after. A table is walked through twice: the
    first time to know its columns.
    """
    write = _rows if format == "csv" else _lines
    packer = zlib.compressobj(_FAST, zlib.DEFLATED, _GZIP_WINDOW) if is_packed else None
    async with aclosing(write(ctx, wanted, counts or Counts())) as pages:
        async for page in pages:
            piece = packer.compress(page) if packer else page
            if piece:
                yield piece
    if packer:
        yield packer.flush()


class Counts:
    """How many products have been exported."""

    def __init__(self) -> None:
        self.product_count = 0


async def _lines(
    ctx: Context, wanted: ProductFilter, counts: Counts
) -> AsyncGenerator[bytes, None]:
    channels = await tenants.list_channels(ctx)
    locations = {each.location_id: each.code for each in await inventory.list_locations(ctx)}
    usual = await tenants.channel_of(ctx)
    yield _encoded(
        ExportHeader(
            galleria_export=EXPORT_VERSION,
            shop=ctx.tenant.slug,
            currency=usual.currency,
            exported_at=ctx.now.isoformat(),
        )
    )
    async for trees in _pages(ctx, wanted):
        variant_ids = [variant.variant_id for tree in trees for variant in tree.variants]
        offers = await _offers(ctx, variant_ids, channels, locations)
        named = await collections.names_of(ctx, [tree.product_id for tree in trees])
        counts.product_count += len(trees)
        yield b"".join(_encoded(line_of(tree, named[tree.product_id], offers)) for tree in trees)


async def _rows(ctx: Context, wanted: ProductFilter, counts: Counts) -> AsyncGenerator[bytes, None]:
    channels = await tenants.list_channels(ctx)
    locations = {each.location_id: each.code for each in await inventory.list_locations(ctx)}
    currencies = {each.code: each.currency for each in channels}
    columns = Columns(ctx.tenant.slug, currencies, locations.values())
    async for trees in _pages(ctx, wanted):
        for tree in trees:
            columns.look_at(tree)
    names = columns.names()
    # With a byte order mark, as spreadsheets like it.
    yield b"\xef\xbb\xbf" + as_csv([names])
    async for trees in _pages(ctx, wanted):
        variant_ids = [variant.variant_id for tree in trees for variant in tree.variants]
        offers = await _offers(ctx, variant_ids, channels, locations)
        named = await collections.names_of(ctx, [tree.product_id for tree in trees])
        counts.product_count += len(trees)
        lines = [line_of(tree, named[tree.product_id], offers) for tree in trees]
        yield as_csv(row for line in lines for row in rows_of(line, names))


async def _pages(ctx: Context, wanted: ProductFilter) -> AsyncGenerator[list[ProductTree], None]:
    after = UUID(int=0)
    while ids := await catalog.product_ids_matching(ctx, wanted, after, PRODUCTS_AT_ONCE):
        after = ids[-1]
        for portion in await catalog.in_portions(ctx, ids, PRODUCTS_AT_ONCE):
            yield await catalog.products_for_listing(ctx, portion)


def _encoded(line: msgspec.Struct) -> bytes:
    return msgspec.json.encode(line) + b"\n"


async def _offers(
    ctx: Context,
    variant_ids: Sequence[UUID],
    channels: Sequence[Channel],
    locations: dict[int, str],
) -> dict[UUID, Offer]:
    prices: defaultdict[UUID, list[PriceLine]] = defaultdict(list)
    for channel in channels:
        found = await pricing.prices_of(ctx, variant_ids, channel.channel_id, channel.currency)
        for variant_id, price in found.items():
            line = PriceLine(
                amount_minor=price.amount_minor,
                compare_at_minor=price.compare_at_minor,
                currency=channel.currency,
                channel=channel.code,
            )
            prices[variant_id].append(line)
    costs = await _costs(ctx, variant_ids, {channel.currency for channel in channels})
    levels: defaultdict[UUID, list[LevelLine]] = defaultdict(list)
    most = len(variant_ids) * MAX_LEVELS_A_VARIANT
    for level in (await inventory.list_stock(ctx, variant_ids, limit=most)).items:
        code = locations.get(level.location_id)
        # A place that was opened since the export began is in the next one.
        if code is not None:
            levels[level.variant_id].append(LevelLine(location=code, on_hand=level.on_hand))
    counted = await inventory.availability(ctx, variant_ids)
    bundles = await assortment.terms_of(ctx, variant_ids)
    digital = await downloads.terms_of(ctx, variant_ids)
    return {
        variant_id: Offer(
            (prices[variant_id], costs[variant_id]),
            levels[variant_id],
            counted[variant_id].is_tracked,
            counted[variant_id].allows_backorder,
            bundles.get(variant_id),
            digital.get(variant_id),
        )
        for variant_id in variant_ids
    }


async def _costs(
    ctx: Context, variant_ids: Sequence[UUID], currencies: Collection[str]
) -> defaultdict[UUID, list[CostLine]]:
    """What each variant costs the merchant, in the currencies that the shop sells in."""
    costs: defaultdict[UUID, list[CostLine]] = defaultdict(list)
    for (variant_id, currency), cost in sorted((await pricing.costs_of(ctx, variant_ids)).items()):
        if currency in currencies:
            costs[variant_id].append(CostLine(amount_minor=cost.amount_minor, currency=currency))
    return costs


async def start_export(
    ctx: Context,
    *,
    format: ExportFormat = "jsonl",
    is_packed: bool = True,
    wanted: ProductFilter = EVERYTHING,
) -> Export:
    """An export of the products that are wanted is asked for; a worker writes its file."""
    export = Export(
        export_id=new_id(),
        state="waiting",
        format=format,
        is_packed=is_packed,
        product_count=0,
        size_bytes=0,
        requested_at=ctx.now,
        finished_at=None,
        removed_at=None,
        wanted=wanted,
    )
    async with ctx.transaction() as tx:
        await repository.add_export(tx, export)
        tx.publish(ExportRequested(export_id=export.export_id))
        await audit.record(tx, "imports.export_requested", f"export:{export.export_id}")
    return export


async def write_export(ctx: Context, export_id: UUID) -> Export:
    """The export's file is written. Safe to repeat: a finished one stays as it is.

    Raises:
        ExportNotFound: this shop has no such export.
    """
    export = await get_export(ctx, export_id)
    if export.state != "waiting":
        return export
    counts = Counts()
    export = msgspec.structs.replace(export, total_count=await _total_of(ctx, export.wanted))
    stream = export_shop(
        ctx,
        format=export.format,
        is_packed=export.is_packed,
        wanted=export.wanted,
        counts=counts,
    )
    content_type = "text/csv" if export.format == "csv" else "application/jsonl"
    info = await ctx.engines.blob.put(
        export_key(ctx.tenant.tenant_id, export_id),
        _watched(ctx, export, stream, counts),
        "application/gzip" if export.is_packed else content_type,
        limit_bytes=MAX_FILE_BYTES,
    )
    written = msgspec.structs.replace(
        export,
        state="done",
        product_count=counts.product_count,
        size_bytes=info.size_bytes,
        finished_at=ctx.engines.clock.now(),
    )
    async with ctx.transaction() as tx:
        await repository.save_export(tx, written)
    return written


async def _total_of(ctx: Context, wanted: ProductFilter) -> int | None:
    """How many products are wanted; None where only walking through them would tell."""
    if wanted not in (EVERYTHING, ProductFilter(status=wanted.status)):
        return None
    counts = await catalog.count_products(ctx)
    return counts.get(wanted.status, 0) if wanted.status else sum(counts.values())


async def _watched(
    ctx: Context, export: Export, stream: AsyncIterator[bytes], counts: Counts
) -> AsyncIterator[bytes]:
    """The stream as it is; meanwhile the export tells how far it is, about once a second."""
    told_at = 0.0
    async for piece in stream:
        if monotonic() - told_at > TOLD_EVERY_S:
            told_at = monotonic()
            standing = msgspec.structs.replace(export, product_count=counts.product_count)
            async with ctx.transaction() as tx:
                await repository.save_export(tx, standing)
        yield piece


async def get_export(reader: Reader, export_id: UUID) -> Export:
    """The export.

    Raises:
        ExportNotFound: this shop has no such export.
    """
    export = await repository.find_export(reader, export_id)
    if export is None:
        raise ExportNotFound(f"no export {export_id}")
    return export


async def list_exports(ctx: Context, cursor: str | None = None, limit: int = 50) -> Page[Export]:
    """A page of exports, newest first.

    Raises:
        InvalidCursor: the cursor is not one of this list.
    """
    scope = "imports.exports"
    before = NEWEST if cursor is None else UUID(str(key_of(ctx, cursor, scope, str)))
    found = await repository.exports_before(ctx, before, limit + 1)
    last = str(found[limit - 1].export_id) if len(found) > limit else None
    return page_of(ctx, scope, found[:limit], last)


async def open_export(ctx: Context, export_id: UUID) -> tuple[Export, BlobStream]:
    """The export and the bytes of its file.

    Raises:
        ExportNotFound: this shop has no such export.
        ExportNotReady: its file is not written yet, or was removed after 30 days.
    """
    export = await get_export(ctx, export_id)
    if export.state != "done" or export.removed_at is not None:
        raise ExportNotReady("the file is not there" if export.removed_at else "not written yet")
    stream = await ctx.engines.blob.open(export_key(ctx.tenant.tenant_id, export_id))
    return export, stream
