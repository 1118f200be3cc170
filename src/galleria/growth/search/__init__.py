"""Finding things in a shop: what a shopper types and ticks, answered with cards and counts.

No table of its own: the index is made from the shop window and can be rebuilt from it.
"""

from galleria.growth.search.model import (
    SORTS,
    Answer,
    FacetShown,
    Question,
    SortName,
    ValueShown,
)
from galleria.growth.search.service import ask, rebuild_index, suggest

__all__ = [
    "SORTS",
    "Answer",
    "FacetShown",
    "Question",
    "SortName",
    "ValueShown",
    "ask",
    "rebuild_index",
    "suggest",
]
