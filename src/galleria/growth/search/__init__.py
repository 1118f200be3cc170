"""Finding things in a shop: what a shopper types and ticks, answered with cards and counts.

Table `search.synonym`. The index is made from the shop window and can be rebuilt from it.
"""

from galleria.growth.search.errors import InvalidSynonyms, SynonymsNotFound, TooManySynonyms
from galleria.growth.search.model.questions import (
    SORTS,
    Answer,
    FacetShown,
    Question,
    SortName,
    ValueShown,
)
from galleria.growth.search.model.synonyms import SynonymDraft, SynonymSet
from galleria.growth.search.schemas import NewSynonyms
from galleria.growth.search.service.asking import ask, suggest
from galleria.growth.search.service.indexing import rebuild_index
from galleria.growth.search.service.synonyms import (
    create_synonyms,
    export_synonyms,
    get_synonyms,
    list_synonyms,
    remove_synonyms,
    replace_synonyms,
)

__all__ = [
    "SORTS",
    "Answer",
    "FacetShown",
    "InvalidSynonyms",
    "NewSynonyms",
    "Question",
    "SortName",
    "SynonymDraft",
    "SynonymSet",
    "SynonymsNotFound",
    "TooManySynonyms",
    "ValueShown",
    "ask",
    "create_synonyms",
    "export_synonyms",
    "get_synonyms",
    "list_synonyms",
    "rebuild_index",
    "remove_synonyms",
    "replace_synonyms",
    "suggest",
]
