"""Rules and products as Hypothesis makes them, and as a shop might have them by the thousand."""

import random
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from galleria.commerce.collections import Condition, Group, ProductFacts
from galleria.commerce.collections.model.facts import fold, words_of

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY_S = 86_400
WORDS = ("red", "Blue", "MUG", "linen", "größe")
BRANDS = ("Kiln", "Loom", "")
CATEGORIES = tuple(str(UUID(int=number)) for number in range(1, 5))
CODES = ("material", "width", "washable")
VALUES: tuple[Any, ...] = ("wool", "Linen", 1, 2.5, 10, True, False)


def facts(**changes: Any) -> ProductFacts:
    """A plain product on sale."""
    fields: dict[str, Any] = {
        "product_id": UUID(int=1),
        "status": "active",
        "title_words": frozenset({"mug"}),
        "brand": "kiln",
        "product_type": "",
        "tags": frozenset(),
        "category_ids": frozenset(),
        "attributes": {},
        "options": {},
        "price_min": 1_000,
        "price_max": 1_000,
        "discount_percent": 0.0,
        "is_on_sale": False,
        "is_in_stock": True,
        "stock": 3,
        "variant_count": 1,
        "created_s": NOW.timestamp(),
        "published_s": NOW.timestamp(),
    }
    return ProductFacts(**{**fields, **changes})


def _keys(values: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)


def condition(field: str, operator: str, **fields: Any) -> Condition:
    """A condition, its field and operator as plain text."""
    return Condition(field=field, operator=operator, **fields)  # type: ignore[arg-type]


def _of_value(field: str, value: Any) -> Condition:
    return condition(field, "is", value=value)


def _of_values(field: str, values: Any) -> Condition:
    return condition(field, "in", values=values)


def _conditions() -> st.SearchStrategy[Condition]:
    numbers = st.one_of(st.none(), st.integers(0, 12), st.sampled_from([2.5, 7.5]))
    texts = {
        "brand": BRANDS[:2],
        "product_type": ("Cup", "Bowl"),
        "tag": WORDS,
        "category": CATEGORIES,
    }

    def ranges(field: str, code: str | None = None) -> st.SearchStrategy[Condition]:
        return st.tuples(numbers, numbers).map(
            lambda ends: condition(field, "between", code=code, low=ends[0], high=ends[1])
        )

    return st.one_of(
        st.lists(_keys(WORDS), min_size=1, max_size=2).map(
            lambda words: Condition(field="title", operator="contains", value=" ".join(words))
        ),
        *(_keys(values).map(partial(_of_value, field)) for field, values in texts.items()),
        *(
            st.lists(_keys(values), min_size=1, max_size=3).map(partial(_of_values, field))
            for field, values in texts.items()
        ),
        st.tuples(_keys(CODES), _keys(VALUES)).map(
            lambda pair: Condition(field="attribute", operator="is", code=pair[0], value=pair[1])
        ),
        _keys(CODES).map(lambda c: Condition(field="attribute", operator="exists", code=c)),
        _keys(CODES).flatmap(lambda code: ranges("attribute", code)),
        _keys(("S", "m")).map(
            lambda v: Condition(field="option", operator="is", code="Size", value=v)
        ),
        *(
            ranges(field)
            for field in ("price_min", "price_max", "discount_percent", "stock", "variant_count")
        ),
        st.booleans().map(lambda v: Condition(field="on_sale", operator="is", value=v)),
        st.booleans().map(lambda v: Condition(field="in_stock", operator="is", value=v)),
        _keys(("active", "draft")).map(lambda v: Condition(field="status", operator="is", value=v)),
        st.tuples(st.sampled_from(["created", "published"]), st.integers(1, 4)).map(
            lambda pair: condition(pair[0], "within_days", days=pair[1])
        ),
        st.integers(-4, 1).map(
            lambda day: Condition(
                field="published",
                operator="between",
                since=datetime.fromtimestamp(NOW.timestamp() + day * DAY_S, UTC),
            )
        ),
    )


def _groups(depth: int) -> st.SearchStrategy[Group]:
    inner = st.lists(_groups(depth - 1), max_size=3) if depth > 1 else st.just([])
    return st.builds(
        Group,
        match=st.sampled_from(["all", "any"]),
        conditions=st.lists(_conditions(), min_size=1, max_size=4),
        groups=inner,
    )


RULES = st.lists(_groups(3), max_size=8)
FACTS = st.builds(
    facts,
    status=_keys(("active", "draft")),
    title_words=st.lists(_keys(WORDS)).map(lambda words: words_of(" ".join(words))),
    brand=_keys(BRANDS).map(fold),
    product_type=_keys(("cup", "bowl", "")),
    tags=st.lists(_keys(WORDS)).map(lambda tags: frozenset(map(fold, tags))),
    category_ids=st.lists(_keys(CATEGORIES)).map(frozenset),
    attributes=st.dictionaries(
        _keys(CODES),
        st.one_of(
            st.sampled_from([1.0, 2.5, 10.0, "\0true", "\0false"]).map(
                lambda one: frozenset({one})
            ),
            st.frozensets(st.sampled_from(["wool", "linen", "silk"]), max_size=3),
        ),
    ),
    options=st.sampled_from([{}, {"size": frozenset({"s"})}, {"size": frozenset({"s", "m"})}]),
    price_min=st.one_of(st.none(), st.integers(0, 12)),
    price_max=st.one_of(st.none(), st.integers(0, 12)),
    discount_percent=st.sampled_from([0.0, 2.5, 7.5]),
    is_on_sale=st.booleans(),
    is_in_stock=st.booleans(),
    stock=st.one_of(st.none(), st.integers(0, 12)),
    variant_count=st.integers(1, 4),
    created_s=st.integers(0, 5).map(lambda days: NOW.timestamp() - days * DAY_S),
    published_s=st.one_of(
        st.none(), st.integers(0, 5).map(lambda days: NOW.timestamp() - days * DAY_S)
    ),
)


def realistic_rule(dice: random.Random) -> Group:
    """A rule as merchants write them: one to four conditions, most of them on a value."""
    made = [
        lambda: Condition(field="brand", operator="is", value=f"brand {dice.randrange(200)}"),
        lambda: Condition(field="tag", operator="is", value=f"tag {dice.randrange(300)}"),
        lambda: Condition(
            field="tag", operator="in", values=[f"tag {dice.randrange(300)}" for _ in range(4)]
        ),
        lambda: Condition(
            field="category", operator="is", value=str(UUID(int=dice.randrange(1, 400)))
        ),
        lambda: Condition(
            field="attribute",
            operator="is",
            code=f"code_{dice.randrange(20)}",
            value=f"value {dice.randrange(10)}",
        ),
        lambda: Condition(field="product_type", operator="is", value=f"t {dice.randrange(50)}"),
        lambda: Condition(field="title", operator="contains", value=f"word{dice.randrange(500)}"),
    ]
    narrow = [
        lambda: Condition(
            field="price_min", operator="between", low=dice.randrange(5_000), high=9_000
        ),
        lambda: Condition(field="on_sale", operator="is", value=True),
        lambda: Condition(field="in_stock", operator="is", value=True),
        lambda: Condition(
            field="published", operator="within_days", days=dice.choice([7, 14, 30, 90])
        ),
    ]
    conditions = [dice.choice(made)()]
    conditions += [dice.choice(made + narrow)() for _ in range(dice.randrange(3))]
    if dice.random() < 0.2:
        either = [dice.choice(made)() for _ in range(dice.randrange(2, 5))]
        return Group(conditions=conditions, groups=[Group(match="any", conditions=either)])
    return Group(match="any" if dice.random() < 0.2 else "all", conditions=conditions)


def realistic_facts(dice: random.Random, number: int) -> ProductFacts:
    """A product of such a shop."""
    return facts(
        product_id=UUID(int=number),
        title_words=frozenset(f"word{dice.randrange(500)}" for _ in range(6)),
        brand=f"brand {dice.randrange(200)}",
        product_type=f"t {dice.randrange(50)}",
        tags=frozenset(f"tag {dice.randrange(300)}" for _ in range(5)),
        category_ids=frozenset(str(UUID(int=dice.randrange(1, 400))) for _ in range(4)),
        attributes={
            f"code_{dice.randrange(20)}": frozenset({f"value {dice.randrange(10)}"})
            for _ in range(6)
        },
        price_min=dice.randrange(10_000),
        is_on_sale=dice.random() < 0.3,
        published_s=NOW.timestamp() - dice.randrange(200) * DAY_S,
    )
