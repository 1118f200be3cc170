"""The JSON of a packed listing: its card, its page, further variants and its picker.

Texts are kept as JSON writes them, so that they only need to be put together: a tenth of what it
takes to make a document of structs and to encode that. The layout is that of `packed`.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice, product
from typing import Final
from uuid import UUID

import msgspec

from galleria.commerce.listings.model.making import Detail, ShownCategory, ShownVariant
from galleria.commerce.listings.model.packed import (
    ATTRIBUTE,
    CARD,
    COUNTING,
    DETAIL,
    HEAD,
    OPTION,
    PACKER,
    VARIANT,
    numbered,
    quoted,
    usual_handle,
    usual_label,
)
from galleria.commerce.listings.model.picking import Matrix
from galleria.foundation.packing import end_of_ids, unpack_ids

# Most heads are shorter; of a longer one the whole document is unpacked.
_HEAD_BYTES: Final = 600
_NUL: Final = "\0"
_BOOLEANS: Final = ("false", "true")


class Stored(msgspec.Struct, frozen=True, gc=False):
    """What a row says beside its packed document."""

    product_id: UUID
    published_at: datetime
    currency: str


class Page(msgspec.Struct, frozen=True, gc=False):
    """A product page's document with the numbers of its places, which have no names yet.

    `before` and `after` are its JSON but for the two lists of places between them.
    """

    before: str
    after: str
    categories: list[int]
    collections: list[int]

    def to_json(
        self, categories: Sequence[ShownCategory], collections: Sequence[ShownCategory]
    ) -> str:
        """The document as JSON, lying in these places."""
        if not categories and not collections:
            return f'{self.before}[],"collections":[]{self.after}'
        places = (msgspec.json.encode(each).decode() for each in (categories, collections))
        return f'{self.before}{next(places)},"collections":{next(places)}{self.after}'

    def to_detail(
        self,
        categories: Sequence[ShownCategory] = (),
        collections: Sequence[ShownCategory] = (),
    ) -> Detail:
        """The document, lying in these places."""
        return msgspec.json.decode(self.to_json(categories, collections), type=Detail)


class _Head(msgspec.Struct, frozen=True, gc=False):
    """The fields of the card, as JSON writes them."""

    low: int
    high: int
    compare_at: int
    is_available: str
    variant_count: int
    title: str
    handle: str
    brand: str
    image: str
    rest: str


def _head_of(texts: Sequence[str]) -> _Head:
    low, span, above, is_available, variant_count = map(int, texts[0].split(","))
    title, handle = texts[1], texts[2]
    return _Head(
        low,
        low + span,
        low + above if above else 0,
        _BOOLEANS[is_available],
        variant_count,
        title,
        usual_handle(title) + handle[1:] if handle.startswith("-") else handle,
        texts[3],
        f'{{"url":"{texts[4]}","alt":"{texts[5]}"}}' if texts[4] else "",
        texts[6],
    )


def _range(head: _Head, currency: str) -> str:
    return (
        f'{{"min":{{"amount_minor":{head.low},"currency":"{currency}"}},'
        f'"max":{{"amount_minor":{head.high},"currency":"{currency}"}}}}'
    )


def _time(moment: datetime) -> str:
    return msgspec.json.encode(moment).decode()


def card_json(stored: Stored, document: bytes) -> str:
    """The product as a list shows it: the JSON of a `Card`."""
    count = document[0]
    end = 1 + end_of_ids(document[1:], count)
    head = _head_of(_head_texts(document[end:]))
    only = "null"
    if head.variant_count == 1:
        only = f'"{unpack_ids(stored.product_id, document[1:end], 1)[0][0]}"'
    currency = stored.currency
    compare_at = "null"
    if head.compare_at:
        compare_at = f'{{"amount_minor":{head.compare_at},"currency":"{currency}"}}'
    return (
        f'{{"product_id":"{stored.product_id}","handle":"{head.handle}","title":"{head.title}",'
        f'"brand":"{head.brand}","image":{head.image or "null"},'
        f'"price_range":{_range(head, currency)},"compare_at":{compare_at},'
        f'"is_available":{head.is_available},"variant_count":{head.variant_count},'
        f'"only_variant_id":{only},"published_at":{_time(stored.published_at)}'
        f"{CARD.read(head.rest, 1)[0]}}}"
    )


def _head_texts(packed: bytes) -> list[str]:
    texts = PACKER.unpack_beginning(packed, _HEAD_BYTES).split(b"\0", HEAD)
    if len(texts) <= HEAD:
        texts = PACKER.unpack(packed).split(b"\0", HEAD)
    return [each.decode() for each in texts[:HEAD]]


def description_in(document: bytes) -> str:
    """The product's description, as HTML."""
    end = 1 + end_of_ids(document[1:], document[0])
    texts = PACKER.unpack(document[end:]).split(b"\0", HEAD + 3)
    # Behind the head stand the counts and the type.
    return str(msgspec.json.decode(b'"' + texts[HEAD + 2] + b'"'))


def unpack_page(stored: Stored, document: bytes, handle: str | None = None) -> Page | None:
    """The product as its page shows it; None when it has another handle than this one."""
    ids, end = unpack_ids(stored.product_id, document[1:], document[0])
    texts = PACKER.unpack(document[1 + end :]).decode().split(_NUL)
    head = _head_of(texts[:HEAD])
    if handle is not None and head.handle != quoted(handle):
        return None
    rest = iter(texts[HEAD:])
    counts = [int(count) for count in next(rest).split(",")]
    n_tags, n_images, n_attributes, n_categories, n_collections = counts[:5]
    places = counts[5 : 5 + n_categories + n_collections]
    sizes = counts[5 + len(places) :]
    product_type, description, seo_title, seo_description = islice(rest, 4)
    more, more_of_options = islice(rest, 2)
    tags = _texts(rest, n_tags)
    images = [f'{{"url":"{url}","alt":"{alt}"}}' for url, alt in _pairs(rest, n_images)]
    if head.image:
        images.insert(0, head.image)
    words = [(next(rest), [f'"{word}"' for word in islice(rest, size)]) for size in sizes]
    attributes = _attributes(rest, n_attributes)
    variants = _variants(rest, ids, [word for _, word in words], stored.currency, head.low)
    before = (
        f'{{"product_id":"{stored.product_id}","handle":"{head.handle}","title":"{head.title}",'
        f'"description_html":"{description}","brand":"{head.brand}",'
        f'"product_type":"{product_type}","tags":[{tags}],"images":[{",".join(images)}],'
        f'"options":[{_options(words, more_of_options)}],"variants":[{variants}],'
        f'"price_range":{_range(head, stored.currency)},"is_available":{head.is_available},'
        f'"attributes":[{attributes}],"categories":'
    )
    after = (
        f',"seo_title":"{seo_title or head.title}","seo_description":"{seo_description}",'
        f'"published_at":{_time(stored.published_at)},"variant_count":{head.variant_count}'
        f"{DETAIL.read(more, 1)[0]}}}"
    )
    return Page(before, after, places[:n_categories], places[n_categories:])


def unpack_chunk(
    stored: Stored, packed: bytes, options: Sequence[Sequence[str]]
) -> list[ShownVariant]:
    """The variants that were packed; `options` are the values of each axis."""
    ids, end = unpack_ids(stored.product_id, packed[1:], packed[0])
    texts = iter(PACKER.unpack(packed[1 + end :]).decode().split(_NUL))
    words = [[f'"{quoted(value)}"' for value in values] for values in options]
    found = _variants(texts, ids, words, stored.currency, 0)
    return msgspec.json.decode(f"[{found}]", type=list[ShownVariant])


def unpack_matrix(packed: bytes) -> Matrix:
    """The picker of a product with more variants than its page holds."""
    return Matrix.from_bytes(PACKER.unpack(packed))


def _texts(rest: Iterator[str], count: int) -> str:
    return ",".join([f'"{each}"' for each in islice(rest, count)])


def _pairs(rest: Iterator[str], count: int) -> Iterator[tuple[str, str]]:
    flat = islice(rest, 2 * count)
    return zip(flat, flat, strict=True)


def _options(words: Sequence[tuple[str, Sequence[str]]], more: str) -> str:
    return ",".join(
        [
            f'{{"name":"{name}","values":[{",".join(values)}]{own}}}'
            for (name, values), own in zip(words, OPTION.read(more, len(words)), strict=True)
        ]
    )


def _attributes(texts: Iterator[str], count: int) -> str:
    if not count:
        return ""
    rest, kinds = ATTRIBUTE.read(next(texts), count), next(texts)
    pairs = list(_pairs(texts, count))
    labels, units = _column(texts, count), _column(texts, count)
    return ",".join(
        [
            f'{{"code":"{code}","label":"{label or usual_label(code)}",'
            f'"value":{value if kind != "s" else _in_quotes(value)},'
            f'"unit":{_in_quotes(unit[1:]) if unit else "null"}{own}}}'
            for (code, value), kind, label, unit, own in zip(
                pairs, kinds, labels, units, rest, strict=True
            )
        ]
    )


def _in_quotes(text: str) -> str:
    return f'"{text}"'


def _column(texts: Iterator[str], count: int) -> list[str]:
    return list(islice(texts, count)) if next(texts) else [""] * count


def _variants(
    texts: Iterator[str],
    ids: Sequence[str],
    words: Sequence[Sequence[str]],
    currency: str,
    low: int,
) -> str:
    """The JSON of these variants, a comma between them; `words` are values in quotes by axis."""
    count = len(ids)
    picks = _picks(next(texts), words, count)
    prices = next(texts)
    amounts = [low + int(each) for each in prices.split(",")] if prices else [low] * count
    tails, skus = _tails(texts, count, f',"currency":"{currency}"}}'), _skus(texts, count)
    return ",".join(
        [
            f'{{"variant_id":"{each}","sku":{sku},"options":[{pick}],'
            f'"price":{{"amount_minor":{amount}{tail}'
            for each, sku, pick, amount, tail in zip(ids, skus, picks, amounts, tails, strict=True)
        ]
    )


def _tails(texts: Iterator[str], count: int, money: str) -> list[str]:
    """For each variant what follows the amount of its price; `money` closes an amount."""
    available = _unmask(next(texts), count)
    few_left, compare_at = _dense(next(texts)), _dense(next(texts))
    images = {at: next(texts) for at in _dense(next(texts))}
    more = next(texts)
    if not (few_left or compare_at or images or more):
        usual = {
            is_available: f'{money},"compare_at":null,"is_available":{is_available},'
            f'"few_left":null,"image_url":null{VARIANT.read("", 1)[0]}}}'
            for is_available in _BOOLEANS
        }
        return [usual[each] for each in available]
    rest = VARIANT.read(more, count)
    befores = [
        f'{{"amount_minor":{compare_at[at]}{money}' if at in compare_at else "null"
        for at in range(count)
    ]
    urls = [_in_quotes(images[at]) if at in images else "null" for at in range(count)]
    return [
        f'{money},"compare_at":{befores[at]},"is_available":{available[at]},'
        f'"few_left":{few_left.get(at, "null")},"image_url":{urls[at]}{rest[at]}}}'
        for at in range(count)
    ]


def _picks(flat: str, words: Sequence[Sequence[str]], count: int) -> list[str]:
    """For each variant its values, a comma between them: all combinations in order, or these."""
    axes = len(words)
    if not axes:
        return [""] * count
    if not flat:
        distinct = [values[: len(set(values))] for values in words]
        return [",".join(picks) for picks in islice(product(*distinct), count)]
    numbers = [int(pick) for pick in flat.split(",")]
    return [
        ",".join([values[pick] for values, pick in zip(words, numbers[at:], strict=False)])
        for at in range(0, count * axes, axes)
    ]


def _skus(texts: Iterator[str], count: int) -> list[str]:
    shared = next(texts)
    if shared.startswith(COUNTING):
        return [f'"{sku}"' for sku in numbered(shared[len(COUNTING) :], count)]
    skus = [shared + each for each in islice(texts, count)]
    return [f'"{sku}"' if sku else "null" for sku in skus]


def _unmask(text: str, count: int) -> list[str]:
    if not text:
        return ["true"] * count
    bits = int(text, 16)
    return [_BOOLEANS[bits >> at & 1] for at in range(count)]


def _dense(text: str) -> dict[int, int]:
    if not text:
        return {}
    pairs = (pair.split(":") for pair in text.split(","))
    return {int(at): int(value) for at, value in pairs}
