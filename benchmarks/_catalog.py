"""A catalogue made up with a fixed seed, streamed: any size in flat memory, the same every time.

It is made block by block, each from a seed of its own, so that one may begin in the middle.

About eight variants a product, unevenly (a third of the products have one, some have 48), over 300
categories in a tree, each with attributes of its own: of some 400 names in all a product has
between two and fourteen. Titles of 5 to 9 words, descriptions of 20 to 60.
"""

import gzip
import random
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

import msgspec

SEED = 20_261_120
_SIZES = ("XS", "S", "M", "L", "XL", "XXL", "3XL", "4XL")
_COLOURS = (
    "Black", "White", "Navy", "Red", "Olive", "Sand", "Rose", "Teal", "Plum", "Mustard", "Graphite",
    "Ivory",
)  # fmt: skip
_FINISHES = ("Matt", "Gloss", "Raw", "Brushed")
# (axes, how often): the product of an axis' values is how many variants there are.
_SHAPES: tuple[tuple[tuple[int, ...], int], ...] = (
    ((), 34), ((3,), 10), ((5,), 12), ((8,), 6), ((3, 4), 14), ((4, 5), 10), ((6, 4), 8),
    ((8, 3, 2), 3), ((2, 2), 13),
)  # fmt: skip
_AXES = (("Color", _COLOURS), ("Size", _SIZES), ("Finish", _FINISHES))
BLOCK = 2_000  # products made from one seed


def _words(count: int) -> list[str]:
    """Words that can be read aloud, the same for everybody."""
    random_words = random.Random(SEED)
    heads = list("cdfghklmnprstvwz")
    vowels = ["a", "e", "i", "o", "u", "ai", "ea", "oo"]
    tails = ["b", "ck", "d", "ft", "l", "m", "n", "nd", "r", "rt", "s", "sh", "t", "x"]
    words: dict[str, None] = {}
    while len(words) < count:
        syllables = random_words.choice((1, 2, 2, 3))
        words["".join(
            random_words.choice(heads) + random_words.choice(vowels) for _ in range(syllables)
        ) + random_words.choice(tails)] = None  # fmt: skip
    return list(words)


class Maker:
    """Makes the products of the catalogue one after the other."""

    def __init__(self, seed: int = SEED) -> None:
        """The same seed makes the same products."""
        self._seed = seed
        self._random = random.Random(seed)
        self._vocabulary = _words(6_000)
        self._brands = [word.capitalize() for word in self._vocabulary[:900]]
        self._categories = _categories(self._vocabulary)
        self._attributes = _attributes_of_categories(len(self._categories), self._vocabulary)
        shapes = [shape for shape, weight in _SHAPES for _ in range(weight)]
        self._shapes = shapes
        # Some words are common and most are rare, as in any shop.
        self._ranks = [int(len(self._vocabulary) * (at / 4_096) ** 3) for at in range(4_096)]

    def block(self, number: int) -> Iterator[dict[str, object]]:
        """The products of a block, the first block being 0."""
        self._random = random.Random(f"{self._seed}/{number}")
        return map(self._product, range(number * BLOCK, (number + 1) * BLOCK))

    def _product(self, number: int) -> dict[str, object]:
        draw = self._random
        at = int(len(self._categories) * draw.random() ** 1.5)
        title = self._text(draw.randrange(4, 8)).title()
        axes = [
            (_AXES[axis][0], draw.sample(_AXES[axis][1], count))
            for axis, count in enumerate(draw.choice(self._shapes))
        ]
        brand = draw.choice(self._brands)
        category = self._categories[at]
        return {
            "id": f"p{number}",
            "title": f"{title} {category[-1]}",
            "brand": brand,
            "description": self._text(draw.randrange(20, 60)).capitalize() + ".",
            "product_type": category[0],
            "category_paths": [list(category)],
            "tags": draw.sample(self._vocabulary[:300], draw.randrange(3)),
            "attributes": self._attributes_for(at),
            "options": [{"name": name, "values": values} for name, values in axes],
            "variants": list(self._variants(number, [values for _, values in axes])),
        }

    def _text(self, count: int) -> str:
        pick = self._random.getrandbits
        return " ".join([self._vocabulary[self._ranks[pick(12)]] for _ in range(count)])

    def _attributes_for(self, category: int) -> dict[str, object]:
        draw = self._random
        found: dict[str, object] = {}
        for name, values in self._attributes[category]:
            if draw.random() < 0.6:
                found[name] = values[int(len(values) * draw.random() ** 2)]
        return found

    def _variants(self, number: int, axes: list[list[str]]) -> Iterator[dict[str, object]]:
        draw = self._random
        combinations: list[list[str]] = [[]]
        for values in axes:
            combinations = [[*each, value] for each in combinations for value in values]
        price = draw.randrange(300, 40_000)
        # SKUs as shops have them: nothing about their order follows that of the products.
        root = (number * 2_654_435_761) & 0xFFFFFFFF
        for at, combination in enumerate(combinations):
            yield {
                "sku": f"{root:08X}-{at:02d}",
                "option_values": combination,
                "price_minor": price + 50 * (at % 5),
                "stock": draw.getrandbits(6),
            }


def _categories(vocabulary: list[str]) -> list[tuple[str, ...]]:
    """300 leaves of a tree: 10 roots, 6 branches each, 5 leaves each."""
    names = [word.capitalize() for word in vocabulary[1_000:1_400]]
    return [
        (names[root], names[10 + root * 6 + branch], names[70 + (root * 6 + branch) * 5 + leaf])
        for root in range(10)
        for branch in range(6)
        for leaf in range(5)
    ]


def _attributes_of_categories(
    count: int, vocabulary: list[str]
) -> list[list[tuple[str, list[object]]]]:
    """For each category its attributes: name and values; most are words, some are numbers."""
    draw = random.Random(SEED + 1)
    names = vocabulary[1_500:1_900]
    values: dict[str, list[object]] = {}
    for at, name in enumerate(names):
        if at % 7 == 0:
            values[name] = [round(draw.random() * 500, 1) for _ in range(200)]
        else:
            first = draw.randrange(len(vocabulary) - 60)
            values[name] = [word.capitalize() for word in vocabulary[first : first + 5 + at % 50]]
    return [
        [(name, values[name]) for name in draw.sample(names, draw.randrange(4, 20))]
        for _ in range(count)
    ]


class Made(NamedTuple):
    """How much was written, and with which block to go on."""

    products: int
    variants: int
    next_block: int


def write_catalog(path: Path, variants: int, seed: int = SEED) -> tuple[int, int]:
    """The file holds product lines with at least so many variants, and ends with the product that
    has the last of them; how many products and variants those are. Packed when it ends in .gz."""
    with _opened(path) as file:
        made = _write(file, 0, variants, seed, is_whole=False)
    return made.products, made.variants


def write_blocks(path: Path, first: int, variants: int, seed: int = SEED) -> Made:
    """The same from a block on, and to the end of one."""
    with _opened(path) as file:
        return _write(file, first, variants, seed, is_whole=True)


def _opened(path: Path) -> IO[bytes]:
    if path.suffix == ".gz":
        return gzip.open(path, "wb", compresslevel=1)  # type: ignore[return-value]
    return path.open("wb")


def _write(file: IO[bytes], first: int, variants: int, seed: int, *, is_whole: bool) -> Made:
    maker, encoder = Maker(seed), msgspec.json.Encoder()
    products = made = 0
    block = first
    while made < variants:
        lines = bytearray()
        for product in maker.block(block):
            lines += encoder.encode(product) + b"\n"
            products += 1
            made += len(product["variants"])  # type: ignore[arg-type]
            if made >= variants and not is_whole:
                break
        file.write(lines)
        block += 1
    return Made(products, made, block)
