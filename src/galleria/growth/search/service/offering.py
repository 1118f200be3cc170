"""What a shop offers its shoppers to narrow by: all that its dictionary has not switched off.

It is asked with each question, of the dictionary that is remembered: the index knows all of it.
"""

from collections.abc import Sequence

import msgspec

from galleria.commerce.attributes import Dictionary, word_key
from galleria.growth.search.model.questions import FIXED, Question


def offered(codes: Sequence[str], known: Dictionary) -> list[str]:
    """The codes of facets that the shop offers, in their order.

    A facet goes by the code of an attribute, the name of a metafield, or what an option is called
    in whatever language; one that the dictionary does not know is offered.
    """
    return [code for code in codes if code in FIXED or not _is_off(code, known)]


def as_offered(question: Question, known: Dictionary) -> Question:
    """The question with those of its filters and ranges that are offered: what is to be told."""
    codes = [*question.filters, *question.ranges, *question.told_ranges]
    there = set(offered(codes, known))
    if there.issuperset(codes):
        return question
    return msgspec.structs.replace(
        question,
        filters={code: values for code, values in question.filters.items() if code in there},
        ranges={code: ends for code, ends in question.ranges.items() if code in there},
        told_ranges=tuple(code for code in question.told_ranges if code in there),
    )


def _is_off(code: str, known: Dictionary) -> bool:
    named = (
        known.by_code.get(code)
        or known.definitions.get("product", {}).get(code)
        or known.axes_by_any_label.get(word_key(code))
    )
    return named is not None and not named.is_filterable
