"""Holds questions to what may be searched, and answers to what may be told."""

from collections.abc import Iterable, Sequence

import msgspec

from galleria.engines.search_index import (
    CATEGORY,
    COLLECTION,
    Facet,
    FacetFilter,
    InvalidSearchQuery,
    SearchQuery,
)
from galleria.engines.search_index.model import category_steps, facet_value
from galleria.growth.search.errors import InvalidSearchLimits
from galleria.growth.search.model.limits import FEATURES, Allowed, SearchLimits
from galleria.growth.search.model.questions import FIXED, Question

_NAMES_OF_FIXED = {code: name for name, code in FIXED.items()}
_PLACES = (CATEGORY, COLLECTION)


def allowed_by(limits: SearchLimits) -> Allowed:
    """The limits of one key or pass, by the codes and values of the index."""
    allowed = Allowed(
        channel=limits.channel,
        locale=limits.locale,
        only_available=limits.only_available,
        price_max=limits.price_max,
        most_per_page=limits.most_per_page,
        features=frozenset(limits.features or FEATURES),
    )
    said = [(CATEGORY, limits.categories), (COLLECTION, limits.collections)]
    said += [(FIXED.get(code, code), values) for code, values in limits.filters.items()]
    for code, values in said:
        if values:
            also = Allowed(values={code: tuple(dict.fromkeys(_clean(code, e) for e in values))})
            allowed = both(allowed, also)
    return allowed


def check(allowed: Allowed) -> None:
    """Pass when the index can be asked within these limits.

    Raises:
        InvalidSearchLimits: they contradict each other, or name what cannot be filtered by.
    """
    if allowed.is_nothing:
        raise InvalidSearchLimits("by these limits nothing would ever be found")
    filters = tuple(FacetFilter(code, values) for code, values in allowed.values.items())
    try:
        SearchQuery(channel="any", locale="en", filters=filters)
    except InvalidSearchQuery as error:
        raise InvalidSearchLimits(error.detail) from None


def both(one: Allowed, other: Allowed) -> Allowed:
    """What both allow."""
    values = dict(one.values)
    for code, more in other.values.items():
        values[code] = _met(code, values[code], more) if code in values else more
    prices = [each.price_max for each in (one, other) if each.price_max is not None]
    most = [each.most_per_page for each in (one, other) if each.most_per_page is not None]
    return Allowed(
        channel=one.channel or other.channel,
        locale=one.locale or other.locale,
        values=values,
        only_available=one.only_available or other.only_available,
        price_max=min(prices, key=lambda each: each.amount_minor, default=None),
        most_per_page=min(most, default=None),
        features=one.features & other.features,
        is_nothing=one.is_nothing
        or other.is_nothing
        or not all(values.values())
        or len({each.currency for each in prices}) > 1
        or _differ(one.channel, other.channel)
        or _differ(one.locale, other.locale),
    )


def held(question: Question) -> Question | None:
    """The question as it may be asked; None when nothing that it asks for may be searched.

    What is asked for and what is allowed are met value by value: of a category above an allowed one
    the allowed one is left.
    """
    allowed = question.allowed
    if allowed.is_nothing:
        return None
    filters = {_name(code): values for code, values in question.filters.items() if values}
    places = {CATEGORY: question.category, COLLECTION: question.collection}
    for code, values in allowed.values.items():
        name = _name(code)
        asked = filters.pop(name, None)
        page = places.get(code)
        left = values if page is None else _met(code, (_clean(code, page),), values)
        if code in _PLACES and len(left) == 1:
            # As the page's own it narrows everything that the index looks at for an answer.
            places[code] = left[0]
        elif asked is None:
            filters[name] = left
        if asked is not None:
            left = _met(code, tuple(_clean(code, each) for each in asked), left)
            filters[name] = left
        if not left:
            return None
    most = allowed.price_max.amount_minor if allowed.price_max is not None else None
    return msgspec.structs.replace(
        question,
        filters=filters,
        category=places[CATEGORY],
        collection=places[COLLECTION],
        only_available=question.only_available or allowed.only_available,
        price_max_minor=_least(question.price_max_minor, most),
        limit=_least(question.limit, allowed.most_per_page) or question.limit,
    )


def told(facets: Iterable[Facet], allowed: Allowed) -> list[Facet]:
    """The facets without values that may not be searched: a facet's own filter does not narrow its
    counts, and categories are counted with those above them."""
    return [_told(each, allowed) for each in facets]


def _told(facet: Facet, allowed: Allowed) -> Facet:
    values = allowed.values.get(facet.code)
    if values is None:
        return facet
    left = tuple(each for each in facet.values if is_among(facet.code, each.value, values))
    return msgspec.structs.replace(facet, values=left)


def is_among(code: str, value: str, allowed: Sequence[str]) -> bool:
    """The value is one of those allowed, or a category below one."""
    if code != CATEGORY:
        return value in allowed
    return any(value == each or value.startswith(f"{each}/") for each in allowed)


def _met(code: str, one: Sequence[str], other: Sequence[str]) -> tuple[str, ...]:
    """Values that both have; of two categories one of which holds the other, the lower."""
    left = [each for each in one if is_among(code, each, other)]
    left += [each for each in other if is_among(code, each, one)]
    return tuple(dict.fromkeys(left))


def _clean(code: str, value: str) -> str:
    """As the index compares it. A category without a name is one that no product has."""
    if code == CATEGORY:
        return (category_steps(value) or ("",))[-1]
    return facet_value(value)


def _name(code: str) -> str:
    return _NAMES_OF_FIXED.get(code, code)


def _differ(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and one != other


def _least(one: int | None, other: int | None) -> int | None:
    return min((each for each in (one, other) if each is not None), default=None)
