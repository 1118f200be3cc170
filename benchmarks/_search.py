"""Products and questions for benchmarks of search: as many as wanted, the same ones every time.

`SEARCH_DOCUMENTS` names a file of products instead, a JSON object a line with id, sku, title,
description, brand, category_path, attrs, price_cents, rating, stock and created_at;
`SEARCH_QUESTIONS` one of questions, with q, prefix, category, color and max_price_cents.
"""

import itertools
import json
import os
import random
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from galleria.engines.search_index import SearchDocument
from galleria.foundation.money import Money

Thing = TypeVar("Thing")

SEED = 7
A_BLOCK = 1_000
FILE = os.environ.get("SEARCH_DOCUMENTS", "")
QUESTIONS = os.environ.get("SEARCH_QUESTIONS", "")
CHANNEL, LOCALE = "web", "en"


def _words(text: str) -> list[str]:
    return text.split()


_THINGS = _words(
    "lamp chair table sofa desk shelf rug mug plate bowl knife pan kettle toaster blender "
    "speaker phone tablet laptop monitor keyboard mouse camera tripod tent bottle bike "
    "helmet ball racket shirt jacket boot dress skirt sweater coat scarf glove hat belt "
    "bag wallet watch ring bracelet book pen brush drill hammer saw wrench hose pot soap "
    "candle tea coffee chocolate leash collar"
)
_KINDS = _words("small large light heavy soft warm modern classic plain outdoor travel kids office")
_STUFFS = _words("cotton wool silk linen leather steel wood glass paper rubber plastic cork")
_COLORS = _words("black white grey navy blue red green olive beige brown pink purple yellow orange")
_SIZES = _words("xs s m l xl xxl 36 38 40 42")
_PATTERNS = _words("plain striped checked dotted floral graphic")
_ROOMS = _words("home kitchen garden office sport travel beauty toys tools audio phones clothes")
FACETS = ("@brand", "@category", "color", "material")


class Asked(msgspec.Struct, frozen=True):
    """What one shopper wants."""

    words: str
    beginning: str
    category: str
    color: str
    most_minor: int


class _World:
    def __init__(self) -> None:
        chance = random.Random(f"world-{SEED}")
        syllables = [a + b for a in "bcdfghjklmnprstvwz" for b in "aeiou"]
        words = (
            "".join(chance.choices(syllables, k=chance.choice((2, 3, 3, 4)))) for _ in range(40_000)
        )
        self.words = list(dict.fromkeys(words))[:20_000]
        self.words_by = _shares(len(self.words), 1.07)
        self.brands = [word.capitalize() for word in self.words[-500:]]
        self.brands_by = _shares(500, 0.8)
        self.categories = [
            (room, f"{room}-{a}", f"{room}-{a}-{b}")
            for room in _ROOMS
            for a in range(5)
            for b in range(5)
        ]
        chance.shuffle(self.categories)
        self.categories_by = _shares(len(self.categories), 0.7)
        self.things_by, self.colors_by = _shares(len(_THINGS), 0.6), _shares(len(_COLORS), 0.5)

    def block(self, number: int) -> Iterator[SearchDocument]:
        chance = random.Random(f"{SEED}-{number}")
        for at in range(number * A_BLOCK, (number + 1) * A_BLOCK):
            brand = _one(chance, self.brands, self.brands_by)
            thing, stuff = _one(chance, _THINGS, self.things_by), chance.choice(_STUFFS)
            color = _one(chance, _COLORS, self.colors_by)
            own = chance.choices(self.words, cum_weights=self.words_by, k=chance.randint(1, 3))
            said = chance.choices(self.words, cum_weights=self.words_by, k=chance.randint(20, 45))
            yield SearchDocument(
                product_id=str(at),
                channel=CHANNEL,
                locale=LOCALE,
                title=" ".join([brand, chance.choice(_KINDS), stuff, thing, *own]),
                handle=f"p-{at}",
                text=" ".join([f"SKU-{at:09d}", *said, color, stuff, thing]),
                brand=brand,
                category_paths=("/".join(_one(chance, self.categories, self.categories_by)),),
                facets={
                    "color": (color,),
                    "material": (stuff,),
                    "size": (chance.choice(_SIZES),),
                    "pattern": (chance.choice(_PATTERNS),),
                },
                codes=(f"SKU-{at:09d}",),
                prices=(Money(max(99, int(chance.lognormvariate(8.2, 1.0))), "EUR"),),
                is_available=chance.random() < 0.9,
                published_at=datetime.fromtimestamp(1_700_000_000 + at * 37 % 63_072_000, UTC),
                popularity=round(chance.random(), 3),
            )


def documents(count: int, start: int = 0) -> Iterator[SearchDocument]:
    """Products from number `start` on."""
    if FILE:
        with Path(FILE).open() as file:
            for line in itertools.islice(file, start, start + count):
                yield _document(json.loads(line))
        return
    world = _World()
    for number in range(start // A_BLOCK, (start + count + A_BLOCK - 1) // A_BLOCK):
        for document in world.block(number):
            if start <= int(document.product_id) < start + count:
                yield document


def questions(count: int) -> list[Asked]:
    """What shoppers ask of these products."""
    if QUESTIONS:
        with Path(QUESTIONS).open() as file:
            return [_asked(json.loads(line)) for line in itertools.islice(file, count)]
    world, chance = _World(), random.Random(f"questions-{SEED}")
    made = []
    for _ in range(count):
        words = [_one(chance, _THINGS, world.things_by)]
        if chance.random() < 0.6:
            words.insert(0, chance.choice(_STUFFS))
        if chance.random() < 0.4:
            words.append(_one(chance, world.words, world.words_by))
        beginning = chance.choice([*_THINGS, *_STUFFS, *world.brands]).lower()
        made.append(
            Asked(
                words=" ".join(words),
                beginning=beginning[: chance.randint(2, 5)],
                category=_one(chance, world.categories, world.categories_by)[0],
                color=chance.choice(_COLORS),
                most_minor=chance.choice((2_000, 5_000, 10_000, 50_000)),
            )
        )
    return made


def broad_words(least: float, most: float, count: int) -> list[str]:
    """Words that stand in at least and at most such a share of the products."""
    seen: Counter[str] = Counter()
    for document in documents(A_BLOCK):
        seen.update(set(f"{document.title} {document.text}".lower().split()))
    found = [word for word, n in seen.most_common() if least <= n / A_BLOCK <= most]
    return [word for word in found if word.isalpha() and len(word) > 2][:count]


def _asked(row: dict[str, Any]) -> Asked:
    return Asked(row["q"], row["prefix"], row["category"], row["color"], row["max_price_cents"])


def _document(row: dict[str, Any]) -> SearchDocument:
    return SearchDocument(
        product_id=str(row["id"]),
        channel=CHANNEL,
        locale=LOCALE,
        title=row["title"],
        handle=f"p-{row['id']}",
        text=" ".join([row["sku"], row["description"], *row["attrs"].values()]),
        brand=row["brand"],
        category_paths=("/".join(row["category_path"]),),
        facets={code: (value,) for code, value in row["attrs"].items()},
        codes=(row["sku"],),
        prices=(Money(row["price_cents"], "EUR"),),
        is_available=row["stock"] > 0,
        published_at=datetime.fromtimestamp(row["created_at"], UTC),
        popularity=row["rating"] / 5,
    )


def _shares(count: int, steepness: float) -> list[float]:
    """Zipf's law, summed up."""
    return list(itertools.accumulate((rank + 1) ** -steepness for rank in range(count)))


def _one(chance: random.Random, things: Sequence[Thing], by: Sequence[float]) -> Thing:
    return things[bisect_left(by, chance.random() * by[-1])]
