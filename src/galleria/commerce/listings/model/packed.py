"""How a listing is kept: a third of its JSON, and read back in a few microseconds.

A packed listing is the number of its inline variants, their ids as steps, and a deflated text:
fields and columns in a fixed order, with NUL between them, since no text of a shop holds one.
Whatever a document gains later travels along as JSON beside the columns, so that a new field needs
nothing here. The first six fields are those of the card.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any, Final
from uuid import UUID

import msgspec

from galleria.commerce.listings.model.making import (
    INLINE_VARIANTS,
    Card,
    Detail,
    Listing,
    PriceRange,
    ShownAttribute,
    ShownImage,
    ShownOption,
    ShownVariant,
)
from galleria.commerce.listings.model.picking import Matrix, matrix_of
from galleria.foundation.money import Money
from galleria.foundation.packing import Packer, pack_ids, unpack_ids

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
PACKER: Final = Packer({1: _COMMON})
_DIGITS: Final = "0123456789"
# Before the first of SKUs that count on, where else stands what all of them begin with.
_COUNTING: Final = "\v"
_HEAD = 7  # numbers, title, handle, brand, first picture and its words, what else a card has


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


class Stored(msgspec.Struct, frozen=True, gc=False):
    """What a row says beside its packed document."""

    product_id: UUID
    published_at: datetime
    currency: str


class Unplaced(msgspec.Struct, frozen=True, gc=False):
    """A product page's document with the numbers of its places, which have no names yet."""

    detail: Detail
    categories: list[int]
    collections: list[int]


class _Rest:
    """Fields of a struct that have no column: kept as JSON, column by column."""

    def __init__(self, kind: type[msgspec.Struct], known: str) -> None:
        self._fields = [
            each for each in msgspec.structs.fields(kind) if each.name not in known.split()
        ]

    def write(self, items: Sequence[Any]) -> str:
        """The columns that say something, as JSON; no text when none does."""
        columns = {}
        for each in self._fields:
            column = [getattr(item, each.name) for item in items]
            if any(value != each.default for value in column):
                columns[each.name] = column
        return msgspec.json.encode(columns).decode() if columns else ""

    def read(self, text: str, count: int) -> Sequence[dict[str, Any]]:
        """For each of `count` structs its fields that have no column."""
        if not text:
            return [{}] * count
        columns = msgspec.json.decode(text)
        kinds = {each.name: each.type for each in self._fields if each.name in columns}
        return [
            {name: msgspec.convert(columns[name][at], kind) for name, kind in kinds.items()}
            for at in range(count)
        ]


_CARD = _Rest(
    Card,
    "product_id handle title brand image price_range compare_at is_available variant_count"
    " only_variant_id published_at",
)
_DETAIL = _Rest(
    Detail,
    "product_id handle title description_html brand product_type tags images options variants"
    " price_range is_available attributes categories collections seo_title seo_description"
    " published_at variant_count",
)
_VARIANT = _Rest(
    ShownVariant, "variant_id sku options price compare_at is_available few_left image_url"
)
_OPTION = _Rest(ShownOption, "name values")
_ATTRIBUTE = _Rest(ShownAttribute, "code label value unit")


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


def _head(card: Card) -> list[str]:
    low = card.price_range.min.amount_minor
    numbers = [
        low,
        card.price_range.max.amount_minor - low,
        card.compare_at.amount_minor - low if card.compare_at else 0,
        int(card.is_available),
        card.variant_count,
    ]
    usual = _usual_handle(card.title)
    starts = card.handle.startswith(usual)
    return [
        ",".join(map(str, numbers)),
        card.title,
        "-" + card.handle[len(usual) :] if starts else card.handle,
        card.brand,
        card.image.url if card.image else "",
        card.image.alt if card.image else "",
        _CARD.write([card]),
    ]


def _usual_handle(title: str) -> str:
    """How a handle most often begins. Part of the format: it must stay as it is."""
    return title.lower().replace(" ", "-")


def _usual_label(code: str) -> str:
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
    yield detail.product_type
    yield detail.description_html
    yield "" if detail.seo_title == detail.title else detail.seo_title
    yield detail.seo_description
    yield from (_DETAIL.write([detail]), _OPTION.write(detail.options))
    yield from detail.tags
    for image in images:
        yield from (image.url, image.alt)
    for option in detail.options:
        yield option.name
        yield from option.values
    yield from _attribute_texts(detail.attributes)


def _attribute_texts(attributes: Sequence[ShownAttribute]) -> Iterator[str]:
    if not attributes:
        return
    yield _ATTRIBUTE.write(attributes)
    texts = [each.value for each in attributes]
    yield "".join("s" if isinstance(value, str) else "n" for value in texts)
    for each in attributes:
        yield each.code
        yield (
            each.value if isinstance(each.value, str) else msgspec.json.encode(each.value).decode()
        )
    labels = ["" if a.label == _usual_label(a.code) else a.label for a in attributes]
    yield from _seldom(labels)
    yield from _seldom(["" if each.unit is None else "." + each.unit for each in attributes])


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
    skus = [each.sku or "" for each in variants]
    first = _first_number(skus)
    shared = _beginning(skus)
    if shared.startswith(_COUNTING):
        shared = ""
    prices = [each.price.amount_minor - low for each in variants]
    yield "" if is_grid else ",".join(str(pick) for row in picks for pick in row)
    yield ",".join(map(str, prices)) if any(prices) else ""
    yield _mask([each.is_available for each in variants])
    yield _sparse([each.few_left for each in variants])
    yield _sparse([each.compare_at.amount_minor if each.compare_at else None for each in variants])
    yield _sparse([0 if each.image_url else None for each in variants])
    yield from (each.image_url for each in variants if each.image_url)
    yield _VARIANT.write(variants)
    if first is not None:
        yield _COUNTING + first
    else:
        yield shared
        yield from (sku[len(shared) :] for sku in skus)


def _first_number(skus: Sequence[str]) -> str | None:
    """The first SKU when the others only count on from the number it ends with, else None."""
    if len(skus) < 2 or _numbered(skus[0], len(skus)) != list(skus):
        return None
    return skus[0]


def _numbered(first: str, count: int) -> list[str]:
    """Texts that count on from the digits `first` ends with, keeping their width."""
    head = first.rstrip(_DIGITS)
    digits = first[len(head) :]
    start, width = int(digits or 0), len(digits)
    return [f"{head}{start + at:0{width}d}" for at in range(count)]


def _beginning(texts: Sequence[str]) -> str:
    """What all of several texts begin with: the first and the last in order share no more."""
    first, last = min(texts), max(texts)
    if len(texts) < 2:
        return ""
    at = next((at for at, letter in enumerate(first) if letter != last[at : at + 1]), len(first))
    return first[:at]


def _grid(sizes: Sequence[int], count: int) -> list[list[int]]:
    """The first `count` of all combinations, the last axis turning fastest."""
    columns, every = [], 1
    for size in reversed(sizes):
        columns.append([at // every % max(size, 1) for at in range(count)])
        every *= max(size, 1)
    if not columns:
        return [[]] * count
    return [list(row) for row in zip(*reversed(columns), strict=True)]


def _mask(facts: Sequence[bool]) -> str:
    """No text when all are true, else the facts as bits in hexadecimal, the first the lowest."""
    if all(facts):
        return ""
    return f"{sum(1 << at for at, fact in enumerate(facts) if fact):x}"


def _sparse(values: Sequence[int | None]) -> str:
    return ",".join(f"{at}:{value}" for at, value in enumerate(values) if value is not None)


def _unmask(text: str, count: int) -> list[bool]:
    if not text:
        return [True] * count
    bits = int(text, 16)
    return [bool(bits >> at & 1) for at in range(count)]


def _dense(text: str) -> dict[int, int]:
    if not text:
        return {}
    pairs = (pair.split(":") for pair in text.split(","))
    return {int(at): int(value) for at, value in pairs}


def pack_chunk(
    product_id: UUID, variants: Sequence[ShownVariant], words: Sequence[Mapping[str, int]]
) -> bytes:
    """Up to a hundred variants of a product that has more; `words` number the values of each
    axis."""
    ids = pack_ids(product_id, [each.variant_id for each in variants])
    texts = _variant_texts(variants, words, 0)
    return bytes([len(variants)]) + ids + PACKER.pack("\0".join(texts).encode())


def unpack_chunk(
    stored: Stored, packed: bytes, options: Sequence[ShownOption]
) -> list[ShownVariant]:
    """The variants that were packed."""
    ids, end = unpack_ids(stored.product_id, packed[1:], packed[0])
    texts = iter(PACKER.unpack(packed[1 + end :]).decode().split("\0"))
    return _read_variants(texts, ids, options, stored.currency, 0)


def unpack_matrix(packed: bytes) -> Matrix:
    """The picker of a product with more variants than its page holds."""
    return Matrix.from_bytes(PACKER.unpack(packed))


def unpack_card(stored: Stored, document: bytes) -> Card:
    """The product as a list shows it."""
    ids, end = unpack_ids(stored.product_id, document[1:], document[0])
    texts = PACKER.unpack(document[1 + end :]).decode().split("\0", _HEAD)
    return _read_card(stored, texts, ids)


def _read_card(stored: Stored, head: Sequence[str], ids: Sequence[UUID]) -> Card:
    low, span, above, is_available, variant_count = map(int, head[0].split(","))
    title, handle = head[1], head[2]
    (rest,) = _CARD.read(head[6], 1)
    currency = stored.currency
    return Card(
        product_id=stored.product_id,
        handle=_usual_handle(title) + handle[1:] if handle.startswith("-") else handle,
        title=title,
        brand=head[3],
        image=ShownImage(head[4], head[5]) if head[4] else None,
        price_range=PriceRange(Money(low, currency), Money(low + span, currency)),
        compare_at=Money(low + above, currency) if above else None,
        is_available=bool(is_available),
        variant_count=variant_count,
        only_variant_id=ids[0] if variant_count == 1 else None,
        published_at=stored.published_at,
        **rest,
    )


def unpack_detail(stored: Stored, document: bytes) -> Unplaced:
    """The product as its page shows it, with the numbers of its places."""
    ids, end = unpack_ids(stored.product_id, document[1:], document[0])
    texts = PACKER.unpack(document[1 + end :]).decode().split("\0")
    card = _read_card(stored, texts[:_HEAD], ids)
    rest = iter(texts[_HEAD:])
    counts = [int(count) for count in next(rest).split(",")]
    n_tags, n_images, n_attributes, n_categories, n_collections = counts[:5]
    places, sizes = counts[5:], counts[5 + n_categories + n_collections :]
    product_type, description_html, seo_title, seo_description = (next(rest) for _ in range(4))
    more, more_of_options = next(rest), next(rest)
    tags = [next(rest) for _ in range(n_tags)]
    images = [ShownImage(next(rest), next(rest)) for _ in range(n_images)]
    options = [
        ShownOption(next(rest), [next(rest) for _ in range(size)], **own)
        for size, own in zip(sizes, _OPTION.read(more_of_options, len(sizes)), strict=True)
    ]
    attributes = _read_attributes(rest, n_attributes)
    low = card.price_range.min.amount_minor
    detail = Detail(
        product_id=stored.product_id,
        handle=card.handle,
        title=card.title,
        description_html=description_html,
        brand=card.brand,
        product_type=product_type,
        tags=tags,
        images=[card.image, *images] if card.image else images,
        options=options,
        variants=_read_variants(rest, ids, options, stored.currency, low),
        price_range=card.price_range,
        is_available=card.is_available,
        attributes=attributes,
        categories=[],
        collections=[],
        seo_title=seo_title or card.title,
        seo_description=seo_description,
        published_at=stored.published_at,
        variant_count=card.variant_count,
        **_DETAIL.read(more, 1)[0],
    )
    return Unplaced(
        detail, places[:n_categories], places[n_categories : n_categories + n_collections]
    )


def _read_attributes(texts: Iterator[str], count: int) -> list[ShownAttribute]:
    if not count:
        return []
    rest, kinds = _ATTRIBUTE.read(next(texts), count), next(texts)
    pairs = [(next(texts), next(texts)) for _ in range(count)]
    labels, units = _column(texts, count), _column(texts, count)
    return [
        ShownAttribute(
            code,
            label or _usual_label(code),
            value if kind == "s" else msgspec.json.decode(value),
            unit[1:] if unit else None,
            **own,
        )
        for (code, value), kind, label, unit, own in zip(
            pairs, kinds, labels, units, rest, strict=True
        )
    ]


def _column(texts: Iterator[str], count: int) -> list[str]:
    return [next(texts) for _ in range(count)] if next(texts) else [""] * count


def _read_skus(texts: Iterator[str], count: int) -> list[str]:
    shared = next(texts)
    if shared.startswith(_COUNTING):
        return _numbered(shared[len(_COUNTING) :], count)
    return [shared + next(texts) for _ in range(count)]


def _read_variants(
    texts: Iterator[str],
    ids: Sequence[UUID],
    options: Sequence[ShownOption],
    currency: str,
    low: int,
) -> list[ShownVariant]:
    count, axes = len(ids), len(options)
    flat = next(texts)
    if flat:
        numbers = [int(pick) for pick in flat.split(",")]
        picks = [numbers[at : at + axes] for at in range(0, count * axes, axes)]
    else:
        picks = _grid([len(_word_numbers(option)) for option in options], count)
    prices = next(texts)
    amounts = [low + int(each) for each in prices.split(",")] if prices else [low] * count
    available = _unmask(next(texts), count)
    few_left, compare_at = _dense(next(texts)), _dense(next(texts))
    images = {at: next(texts) for at in _dense(next(texts))}
    rest, skus = _VARIANT.read(next(texts), count), _read_skus(texts, count)
    return [
        ShownVariant(
            variant_id=ids[at],
            sku=skus[at] or None,
            options=[option.values[pick] for option, pick in zip(options, picks[at], strict=True)],
            price=Money(amounts[at], currency),
            compare_at=Money(compare_at[at], currency) if at in compare_at else None,
            is_available=available[at],
            few_left=few_left.get(at),
            image_url=images.get(at),
            **rest[at],
        )
        for at in range(count)
    ]


def handle_hash(window_id: int, handle: str) -> int:
    """What a handle is looked up by in a window: 32 bits, signed. Some share one in a shop of
    millions, so the handle itself decides."""
    named = f"{window_id}/{handle}".encode()
    return int.from_bytes(blake2b(named, digest_size=4).digest(), "big", signed=True)


def tie_of(product_id: UUID) -> int:
    """What decides between products that sort alike, before their ids do: 32 bits, signed."""
    return int.from_bytes(product_id.bytes[-4:], "big", signed=True)
