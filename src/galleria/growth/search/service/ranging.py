"""Which numbers a shopper may narrow by, and how far they go."""

from collections.abc import Mapping, Sequence

from galleria.commerce.attributes import Attribute, MetafieldDefinition
from galleria.engines.search_index import Facet, NumberBounds
from galleria.growth.search.model.questions import Question
from galleria.growth.search.model.ranges import ENOUGH_VALUES, MOST_RANGES_SHOWN, RangeShown

_NUMBERS = frozenset({"integer", "decimal", "number"})

Named = Mapping[str, Attribute | MetafieldDefinition]


def numbers_among(codes: Sequence[str], question: Question, named: Named) -> tuple[str, ...]:
    """Of the facets worth showing those that are numbers, at most four, and all whose range is
    chosen or asked for."""
    found = [code for code in codes if code in named and named[code].kind in _NUMBERS]
    return tuple(dict.fromkeys([*found[:MOST_RANGES_SHOWN], *_always(question)]))


def _always(question: Question) -> tuple[str, ...]:
    return (*question.ranges, *question.told_ranges)


def ranges_shown(
    bounds: Sequence[NumberBounds], question: Question, named: Named, locale: str
) -> list[RangeShown]:
    """The ranges to choose: of numbers that differ, and those that are chosen or asked for."""
    by_code = {each.code: each for each in bounds}
    always = _always(question)
    shown = []
    for code in dict.fromkeys([*by_code, *always]):
        there, known = by_code.get(code), named.get(code)
        if code not in always and (there is None or there.least == there.most):
            continue
        least, most = question.ranges.get(code, (None, None))
        shown.append(
            RangeShown(
                code=code,
                label=(known.labels.get(locale) or known.label) if known else code,
                unit=known.unit if known else None,
                least=there.least if there else None,
                most=there.most if there else None,
                chosen_least=least,
                chosen_most=most,
            )
        )
    return shown


def is_better_as_range(facet: Facet, ranges: Sequence[RangeShown], question: Question) -> bool:
    """The facet is a number that is narrowed by its range already, or of so many values that nobody
    ticks them; unless somebody did."""
    has_range = any(each.code == facet.code for each in ranges)
    is_list = len(facet.values) <= ENOUGH_VALUES and facet.code not in question.ranges
    return has_range and not is_list and facet.code not in question.filters
