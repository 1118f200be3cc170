"""How a listing is kept: a seventh of its JSON, laid out so that the JSON is soon there again.

A packed listing is the number of its inline variants, their ids as steps, and a deflated text:
fields and columns in a fixed order, with NUL between them, since no text of a shop holds one. Texts
are written as in JSON, between quotes, so that whoever reads only puts them together: `unpacked`.
Whatever a document gains later travels along as JSON beside the columns, so that a new field needs
nothing here. The first seven fields are those of the card.
"""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from itertools import islice, product
from typing import Any, Final
from uuid import UUID

import msgspec

from galleria.commerce.listings.model.making import (
    INLINE_VARIANTS,
    Card,
    Detail,
    Listing,
    ShownAttribute,
    ShownOption,
    ShownVariant,
)
from galleria.commerce.listings.model.picking import matrix_of
from galleria.foundation.packing import Packer, pack_ids

# What texts of shops have in common, the most frequent last.
_COMMON: Final = (
    "Materialzusammensetzung\0Pflegehinweis\0Gr\u00f6\u00dfe\0Farbe\0Schwarz\0Wei\u00df\0Blau\0Rot\0"
    "Stainless steel\0Aluminium\0Polyester\0Leather\0Wool\0Linen\0Ceramic\0Glass\0Wood\0Cotton\0"
    "Capacity\0Weight\0Height\0Width\0Length\0Diameter\0Pattern\0Style\0Fit\0Season\0Brand\0"
    "waterproof, recycled, organic, handmade, dishwasher safe, machine washable at 30 \u00b0C. "
    "/products/ .jpg .png https://cdn. /media/ <h2></h2><h3></h3><ul><li></li></ul><br>"
    "<strong></strong><em></em> und der die das mit aus f\u00fcr ist ein eine von im zu "
    " is made of the and with for from that your you this are has our in a to "
    "</p><p> Brushed\0Raw\0Gloss\0Matt\0Finish\0Material\0Multicolor\0Ivory\0Graphite\0Mustard\0"
    "Plum\0Teal\0Rose\0Sand\0Olive\0Navy\0Silver\0Gold\0Beige\0Brown\0Orange\0Purple\0Pink\0"
    "Yellow\0Green\0Grey\0Red\0Blue\0White\0Black\0"
    "36\00037\00038\00039\00040\00041\00042\00043\00044\0XXS\0XS\0S\0M\0L\0XL\0XXL\0003XL\0004XL\0"
    "Size\0Colour\0Color\0ssssssssbnssss\0true\0false\0"
    "-00\00001\00002\00003\00004\00005\00006\00007\00008\00009\00010\00011\0012\0"
    ",100,150,200,0,50,100,150,200,0,0,0,0,0,0,0,0,0\0ff\0fff\0\0\0\0\0\0\0\0"
).encode()
PACKER: Final = Packer({2: _COMMON})
_DIGITS: Final = "0123456789"
# Before the first of SKUs that count on, where else stands what all of them begin with. No text in
# JSON holds it.
COUNTING: Final = "\v"
_COLUMNS: Final = msgspec.json.Decoder(dict[str, list[msgspec.Raw]])
HEAD: Final = 7  # numbers, title, handle, brand, first picture and its words, what else a card has


class PackedListing(msgspec.Struct, frozen=True, gc=False):
    """A listing as its rows hold it. `category` and `extra` are numbers of places.

    `extra` holds every place but the first category, None when there is none. `chunks` are the
    variants past the inline ones, a hundred each; `picker` is there when there are any.
    """

    category: int
    extra: list[int] | None
    document: bytes
    chunks: list[bytes]
    picker: bytes | None


class Rest:
    """Fields of a struct that have no column: kept as JSON, column by column."""

    def __init__(self, kind: type[msgspec.Struct], known: str) -> None:
        """Those of `kind` but the known ones, which stand in columns of their own."""
        self._omits = kind.__struct_config__.omit_defaults
        self._defaults = {
            each.name: each.default
            if each.default_factory is msgspec.NODEFAULT
            else each.default_factory()
            for each in msgspec.structs.fields(kind)
            if each.name not in known.split()
        }
        self._written = {name: msgspec.json.encode(value) for name, value in self._defaults.items()}
        self._nothing = "".join(self._texts({}, 0))

    def write(self, items: Sequence[Any]) -> str:
        """The columns that say something, as JSON; no text when none does."""
        columns = {}
        for name, default in self._defaults.items():
            column = [getattr(item, name) for item in items]
            if any(value != default for value in column):
                columns[name] = column
        return msgspec.json.encode(columns).decode() if columns else ""

    def read(self, text: str, count: int) -> list[str]:
        """For each of `count` structs what its JSON ends with, a comma first: `,"name":value`."""
        if not text:
            return [self._nothing] * count
        columns = _COLUMNS.decode(text)
        return ["".join(self._texts(columns, at)) for at in range(count)]

    def _texts(self, columns: Mapping[str, Sequence[msgspec.Raw]], at: int) -> Iterator[str]:
        for name, default in self._written.items():
            value = bytes(columns[name][at]) if name in columns else default
            if not self._omits or value != default:
                yield f',"{name}":{value.decode()}'


CARD = Rest(
    Card,
    "product_id handle title brand image price_range compare_at is_available variant_count"
    " only_variant_id published_at",
)
DETAIL = Rest(
    Detail,
    "product_id handle title description_html brand product_type tags images options variants"
    " price_range is_available attributes categories collections seo_title seo_description"
    " published_at variant_count",
)
VARIANT = Rest(
    ShownVariant, "variant_id sku options price compare_at is_available few_left image_url"
)
OPTION = Rest(ShownOption, "name values")
ATTRIBUTE = Rest(ShownAttribute, "code label value unit")


def pack_listing(listing: Listing, numbers: Mapping[UUID, int]) -> PackedListing:
    """The listing as its rows hold it; `numbers` are those of its categories and collections."""
    card, detail = listing.card, listing.detail
    categories = [numbers[each] for each in listing.category_ids]
    collections = [numbers[each] for each in listing.collection_ids]
    inline, others = detail.variants[:INLINE_VARIANTS], detail.variants[INLINE_VARIANTS:]
    words = [_word_numbers(option) for option in detail.options]
    texts = [
        *_head(card),
        *_body(card, detail, categories, collections),
        *_variant_texts(inline, words, card.price_range.min.amount_minor),
    ]
    ids = pack_ids(card.product_id, [each.variant_id for each in inline])
    return PackedListing(
        category=categories[0] if categories else 0,
        extra=[*categories[1:], *collections] or None,
        document=bytes([len(inline)]) + ids + PACKER.pack("\0".join(texts).encode()),
        chunks=[
            pack_chunk(card.product_id, others[start : start + INLINE_VARIANTS], words)
            for start in range(0, len(others), INLINE_VARIANTS)
        ],
        picker=PACKER.pack(matrix_of(detail.options, detail.variants).to_bytes())
        if others
        else None,
    )


def quoted(text: str) -> str:
    """The text as it stands between the quotes of JSON."""
    return text if text.isalnum() else msgspec.json.encode(text)[1:-1].decode()


def _head(card: Card) -> list[str]:
    low = card.price_range.min.amount_minor
    numbers = [
        low,
        card.price_range.max.amount_minor - low,
        card.compare_at.amount_minor - low if card.compare_at else 0,
        int(card.is_available),
        card.variant_count,
    ]
    title, handle = quoted(card.title), quoted(card.handle)
    usual = usual_handle(title)
    return [
        ",".join(map(str, numbers)),
        title,
        "-" + handle[len(usual) :] if handle.startswith(usual) else handle,
        quoted(card.brand),
        quoted(card.image.url) if card.image else "",
        quoted(card.image.alt) if card.image else "",
        CARD.write([card]),
    ]


def usual_handle(title: str) -> str:
    """How a handle most often begins. Part of the format: it must stay as it is."""
    return title.lower().replace(" ", "-")


def usual_label(code: str) -> str:
    """The label of most attributes. Part of the format: it must stay as it is."""
    return code[:1].upper() + code[1:].replace("_", " ")


def _body(
    card: Card, detail: Detail, categories: Sequence[int], collections: Sequence[int]
) -> Iterator[str]:
    images = detail.images[1 if card.image else 0 :]
    counts = [
        len(detail.tags),
        len(images),
        len(detail.attributes),
        len(categories),
        len(collections),
        *categories,
        *collections,
        *(len(option.values) for option in detail.options),
    ]
    yield ",".join(map(str, counts))
    yield quoted(detail.product_type)
    yield quoted(detail.description_html)
    yield "" if detail.seo_title == detail.title else quoted(detail.seo_title)
    yield quoted(detail.seo_description)
    yield from (DETAIL.write([detail]), OPTION.write(detail.options))
    yield from map(quoted, detail.tags)
    for image in images:
        yield from (quoted(image.url), quoted(image.alt))
    for option in detail.options:
        yield quoted(option.name)
        yield from map(quoted, option.values)
    yield from _attribute_texts(detail.attributes)


def _attribute_texts(attributes: Sequence[ShownAttribute]) -> Iterator[str]:
    if not attributes:
        return
    yield ATTRIBUTE.write(attributes)
    texts = [each.value for each in attributes]
    yield "".join("s" if isinstance(value, str) else "n" for value in texts)
    for each in attributes:
        yield quoted(each.code)
        value = msgspec.json.encode(each.value).decode()
        yield value[1:-1] if isinstance(each.value, str) else value
    labels = ["" if a.label == usual_label(a.code) else quoted(a.label) for a in attributes]
    yield from _seldom(labels)
    units = ["" if each.unit is None else "." + quoted(each.unit) for each in attributes]
    yield from _seldom(units)


def _seldom(column: Sequence[str]) -> list[str]:
    """One empty text when the whole column is empty."""
    return ["+", *column] if any(column) else [""]


def _word_numbers(option: ShownOption) -> dict[str, int]:
    """The number of each value; of two that read the same, the first's."""
    return {value: at for at, value in reversed(list(enumerate(option.values)))}


def _variant_texts(
    variants: Sequence[ShownVariant], words: Sequence[Mapping[str, int]], low: int
) -> Iterator[str]:
    # Most products have each combination once, in order: then nobody need say which is which.
    picks = [
        [number[word] for number, word in zip(words, v.options, strict=True)] for v in variants
    ]
    is_grid = picks == _grid([len(number) for number in words], len(variants))
    skus = [quoted(each.sku or "") for each in variants]
    first = _first_number(skus)
    shared = _beginning(skus)
    prices = [each.price.amount_minor - low for each in variants]
    yield "" if is_grid else ",".join(str(pick) for row in picks for pick in row)
    yield ",".join(map(str, prices)) if any(prices) else ""
    yield _mask([each.is_available for each in variants])
    yield _sparse([each.few_left for each in variants])
    yield _sparse([each.compare_at.amount_minor if each.compare_at else None for each in variants])
    yield _sparse([0 if each.image_url else None for each in variants])
    yield from (quoted(each.image_url) for each in variants if each.image_url)
    yield VARIANT.write(variants)
    if first is not None:
        yield COUNTING + first
    else:
        yield shared
        yield from (sku[len(shared) :] for sku in skus)


def _first_number(skus: Sequence[str]) -> str | None:
    """The first SKU when the others only count on from the number it ends with, else None."""
    if len(skus) < 2 or numbered(skus[0], len(skus)) != list(skus):
        return None
    return skus[0]


def numbered(first: str, count: int) -> list[str]:
    """Texts that count on from the digits `first` ends with, keeping their width."""
    head = first.rstrip(_DIGITS)
    digits = first[len(head) :]
    start, width = int(digits or 0), len(digits)
    return [head + str(start + at).zfill(width) for at in range(count)]


def _beginning(texts: Sequence[str]) -> str:
    """What all of several texts begin with: the first and the last in order share no more."""
    first, last = min(texts), max(texts)
    if len(texts) < 2:
        return ""
    at = next((at for at, letter in enumerate(first) if letter != last[at : at + 1]), len(first))
    return first[:at]


def _grid(sizes: Sequence[int], count: int) -> list[list[int]]:
    """The first `count` of all combinations, the last axis turning fastest."""
    return [list(picks) for picks in islice(product(*map(range, sizes)), count)]


def _mask(facts: Sequence[bool]) -> str:
    """No text when all are true, else the facts as bits in hexadecimal, the first the lowest."""
    if all(facts):
        return ""
    return f"{sum(1 << at for at, fact in enumerate(facts) if fact):x}"


def _sparse(values: Sequence[int | None]) -> str:
    return ",".join(f"{at}:{value}" for at, value in enumerate(values) if value is not None)


def pack_chunk(
    product_id: UUID, variants: Sequence[ShownVariant], words: Sequence[Mapping[str, int]]
) -> bytes:
    """Up to a hundred variants of a product that has more; `words` number the values of each
    axis."""
    ids = pack_ids(product_id, [each.variant_id for each in variants])
    texts = _variant_texts(variants, words, 0)
    return bytes([len(variants)]) + ids + PACKER.pack("\0".join(texts).encode())


def handle_hash(window_id: int, handle: str) -> int:
    """What a handle is looked up by in a window: 32 bits, signed. Some share one in a shop of
    millions, so the handle itself decides."""
    named = f"{window_id}/{handle}".encode()
    return int.from_bytes(blake2b(named, digest_size=4).digest(), "big", signed=True)


def tie_of(product_id: UUID) -> int:
    """What decides between products that sort alike, before their ids do: 32 bits, signed."""
    return int.from_bytes(product_id.bytes[-4:], "big", signed=True)
