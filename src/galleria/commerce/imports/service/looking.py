"""Looks at a file before it is imported: what it is, and what comes of its first rows."""

from collections.abc import Iterator
from uuid import UUID

import msgspec

from galleria.commerce import catalog
from galleria.commerce.imports.errors import UnreadableFile
from galleria.commerce.imports.model.cells import Home
from galleria.commerce.imports.model.formats import GATHERED, gathering_of, streaming_of
from galleria.commerce.imports.model.layouts import HEAD_BYTES, Layout, table_head
from galleria.commerce.imports.model.mappings import (
    AS_IT_LOOKS,
    MappingDocument,
    TableReading,
    check_mapping,
    delimiter_said,
    encoding_said,
)
from galleria.commerce.imports.model.moving_in import MOVING
from galleria.commerce.imports.model.parsed import Item, ParsedProduct
from galleria.commerce.imports.model.problems import problem
from galleria.commerce.imports.model.records import item_of
from galleria.commerce.imports.model.runs import Format, Position, Problem, StoredFile
from galleria.commerce.imports.service.files import file_key, get_file
from galleria.commerce.imports.service.reading import home_of, look_into
from galleria.commerce.imports.service.settling import settle
from galleria.commerce.imports.service.spooling import Spool
from galleria.commerce.imports.service.stored_bytes import Opened, StoredBytes
from galleria.engines.context import Context
from galleria.platform import tenants

MOST_TRIED = 5
MOST_PROBLEMS = 20
MOST_LINES = 8
_LINE_LENGTH = 500


class TriedVariant(msgspec.Struct, frozen=True, kw_only=True):
    """A variant as it was read; amounts in minor units of `currency`."""

    sku: str | None
    option_values: list[str]
    amount_minor: int | None
    currency: str
    on_hand: int | None


class TriedProduct(msgspec.Struct, frozen=True, kw_only=True):
    """A product as it was read: its first variants, and how many of it were looked at.

    `outcome` is created, changed, unchanged or refused, as far as the catalog knows by itself.
    """

    outcome: str
    handle: str
    title: str
    brand: str
    variant_count: int
    variants: list[TriedVariant]


class FileLook(msgspec.Struct, frozen=True, kw_only=True):
    """What a file looks like from its first 64 KB.

    `format` is None when nothing here knows it, and `reason` says why; a table, one with a
    `header`, can be read by a mapping still. `packing` is gzip, zip or empty. `rows` are those of
    a table, else lines as they stand there. `products` are the first that come of it.
    """

    file: StoredFile
    format: Format | None
    reason: str = ""
    packing: str
    encoding: str
    delimiter: str = ""
    header: list[str] = []
    rows: list[list[str]] = []
    products: list[TriedProduct] = []
    problems: list[Problem] = []

    @property
    def is_table(self) -> bool:
        """A mapping can say what its columns are."""
        return len(self.header) > 1


async def look_at_file(
    ctx: Context,
    file_id: UUID,
    document: MappingDocument | None = None,
    reading: TableReading = AS_IT_LOOKS,
) -> FileLook:
    """What the file is and what comes of its beginning; with a `document` as read by that.

    Where a person says how the table is written, no format is looked for: it is shown as said.

    Raises:
        FileNotFound: this shop has no such file.
        UnreadableFile: it is packed and damaged, or has not the columns that the document reads.
        InvalidInput: the document cannot make products; see `check_mapping`.
    """
    file = await get_file(ctx, file_id)
    key = file_key(ctx.tenant.tenant_id, file_id)
    if document is not None:
        check_mapping(document)
    elif reading.is_said:
        opened = await StoredBytes(ctx, key).open(encoding_said(reading))
        return _seen(file, opened, delimiter_said(reading))
    try:
        layout, opened = await look_into(ctx, key, document)
    except UnreadableFile as error:
        if document is not None:
            raise
        opened = await StoredBytes(ctx, key).open()
        look = _seen(file, opened, None)
        return msgspec.structs.replace(look, reason=error.detail)
    channel = await tenants.channel_of(ctx)
    home = await home_of(ctx, channel.currency)
    is_whole = len(opened.head) < HEAD_BYTES
    products: list[ParsedProduct] = []
    problems = list(layout.notes)
    if layout.format not in MOVING:
        try:
            for item in _items(layout, opened.head, is_whole, home):
                problems += item.problems
                if item.product is not None and len(products) < MOST_TRIED:
                    products.append(item.product)
        except UnreadableFile as error:
            problems.append(problem(1, "", error.errors[0].code, error.errors[0].message))
    # What the catalog would say of them, such as a choice that is none of a property.
    settlement = settle(products, await catalog.diff_products(ctx, [p.draft for p in products]))
    problems += settlement.problems
    look = _seen(file, opened, layout.delimiter if layout.header else None)
    return msgspec.structs.replace(
        look,
        format=layout.format,
        products=[
            _tried(each.product, each.outcome, channel.currency) for each in settlement.products
        ],
        problems=problems[:MOST_PROBLEMS],
    )


def _items(layout: Layout, head: bytes, is_whole: bool, home: Home) -> Iterator[Item]:
    """What comes of the beginning; of a product that goes on behind it, as much as is there."""
    body = head[layout.start.next_byte :]
    if not is_whole and layout.format != "google_xml":
        body = body[: body.rfind(b"\n") + 1]
    if layout.format not in GATHERED:
        parser = streaming_of(layout, layout.start, home)
        yield from parser.feed(body)
        if is_whole:
            yield from parser.finish()
        return
    reader, mapper = gathering_of(layout, home)
    with Spool() as spool:
        for record in reader.feed(body):
            spool.add(record)
        if is_whole:
            for record in reader.finish():
                spool.add(record)
        for group in spool.groups():
            yield item_of(group, mapper, Position())


def _seen(file: StoredFile, opened: Opened, delimiter: str | None) -> FileLook:
    """What can be seen without knowing the format."""
    head, encoding = opened.head, str(opened.encoding)
    if encoding == "utf-8" and not _is_utf8(head):
        encoding = "windows-1252"
    is_text = b"\0" not in head and not head.lstrip().startswith((b"{", b"[", b"<", b"%PDF"))
    found, header, rows = table_head(head, delimiter) if is_text else ("", [], [])
    if len(header) < 2 and delimiter is None:
        found, header, rows = "", [], _lines_of(head) if b"\0" not in head else []
    return FileLook(
        file=file,
        format=None,
        packing=opened.packing,
        encoding=encoding,
        delimiter=found,
        header=header,
        rows=rows,
    )


def _is_utf8(head: bytes) -> bool:
    """The text is UTF-8 as far as its last whole line."""
    try:
        head[: head.rfind(b"\n") + 1].decode()
    except UnicodeDecodeError:
        return False
    return True


def _lines_of(head: bytes) -> list[list[str]]:
    lines = head.decode(errors="replace").splitlines()[:MOST_LINES]
    return [[line[:_LINE_LENGTH]] for line in lines]


def _tried(product: ParsedProduct, outcome: str, currency: str) -> TriedProduct:
    prices = {wish.variant: wish for wish in reversed(product.prices)}
    levels = {wish.variant: wish for wish in reversed(product.levels)}
    draft = product.draft
    return TriedProduct(
        outcome=outcome,
        handle=draft.handle,
        title=draft.title,
        brand=draft.brand,
        variant_count=len(draft.variants),
        variants=[
            TriedVariant(
                sku=each.sku,
                option_values=each.option_values,
                amount_minor=prices[at].amount_minor if at in prices else None,
                currency=(prices[at].currency if at in prices else None) or currency,
                on_hand=levels[at].on_hand if at in levels else None,
            )
            for at, each in enumerate(draft.variants[:MOST_TRIED])
        ],
    )
