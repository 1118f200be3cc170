"""Which parser reads which format."""

from galleria.commerce.imports.model.attribute_names import AttributeNames
from galleria.commerce.imports.model.bindings import Bindings, mapped_bindings, own_bindings
from galleria.commerce.imports.model.cells import Home
from galleria.commerce.imports.model.csv_rows import RowReader
from galleria.commerce.imports.model.feed_entries import FeedTableReader, XmlFeedReader
from galleria.commerce.imports.model.feed_mapping import FeedMapper
from galleria.commerce.imports.model.json_lines import JsonLinesParser
from galleria.commerce.imports.model.layouts import Layout
from galleria.commerce.imports.model.line_mapping import LineMapper
from galleria.commerce.imports.model.parsed import Parser
from galleria.commerce.imports.model.records import GroupMapper, RecordReader, TableReader
from galleria.commerce.imports.model.runs import Format, Position
from galleria.commerce.imports.model.shopify import ShopifyParser
from galleria.commerce.imports.model.shopify_columns import Columns
from galleria.commerce.imports.model.shopify_mapping import ShopifyMapper
from galleria.commerce.imports.model.table_mapping import TableMapper
from galleria.commerce.imports.model.woo_columns import WooColumns, WooKeys
from galleria.commerce.imports.model.woo_mapping import WooMapper

# Rows of one product may stand anywhere in these.
GATHERED: frozenset[Format] = frozenset(
    ("galleria_csv", "woocommerce_csv", "google_table", "google_xml", "mapping")
)


def streaming_of(layout: Layout, start: Position, home: Home) -> Parser:
    """The parser of a format that is read product by product, set to `start`."""
    if layout.format == "shopify_csv":
        columns = Columns(layout.header)
        names = AttributeNames(home.kinds, has_prefixes=False)
        reader = RowReader(start, layout.delimiter)
        return ShopifyParser(reader, columns, ShopifyMapper(columns, names, home.currency))
    is_export = layout.format == "galleria_export"
    names = AttributeNames(home.kinds, has_prefixes=not is_export)
    is_foreign = is_export and layout.shop != home.slug
    mapper = LineMapper(names, is_export=is_export, is_foreign=is_foreign)
    return JsonLinesParser(start, mapper)


def gathering_of(layout: Layout, home: Home) -> tuple[RecordReader, GroupMapper]:
    """What reads the records of a format whose rows are to be gathered, and makes products."""
    mapper = LineMapper(AttributeNames(home.kinds, has_prefixes=False))
    if layout.format == "google_xml":
        return XmlFeedReader(layout.encoding), FeedMapper(home, mapper)
    rows, header = RowReader(layout.start, layout.delimiter), layout.header
    if layout.format == "google_table":
        return FeedTableReader(rows, header), FeedMapper(home, mapper)
    if layout.format == "woocommerce_csv":
        columns = WooColumns(header)
        table = TableReader(rows, len(header), WooKeys(columns), "SKU, id or parent")
        return table, WooMapper(columns, home, mapper)
    bindings = _bindings_of(layout)
    if bindings.is_exact:
        is_foreign = bindings.shop != home.slug
        names = AttributeNames(home.kinds, has_prefixes=False)
        mapper = LineMapper(names, is_export=True, is_foreign=is_foreign)
    table = TableReader(rows, len(header), bindings.key_of, bindings.key_name)
    return table, TableMapper(bindings, home, mapper)


def _bindings_of(layout: Layout) -> Bindings:
    if layout.mapping is not None:
        return mapped_bindings(layout.mapping, layout.header)[0]
    bindings = own_bindings(layout.header)
    assert bindings is not None, "recognised by its header"
    return bindings
