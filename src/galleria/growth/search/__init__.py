"""Finding things in a shop: what a shopper types and ticks, answered with cards and counts.

Tables `search.synonym` and `search.curation`. The index is made from the shop window and can be
rebuilt from it.
"""

from galleria.growth.search.errors import (
    CurationNotFound,
    InvalidCuration,
    InvalidSynonyms,
    SynonymsNotFound,
    TooManyCurations,
    TooManySynonyms,
)
from galleria.growth.search.model.curations import APPLIES, Curation, CurationDraft, LiftDraft
from galleria.growth.search.model.questions import (
    SORTS,
    Answer,
    FacetShown,
    Question,
    SortName,
    ValueShown,
)
from galleria.growth.search.model.synonyms import SynonymDraft, SynonymSet
from galleria.growth.search.schemas import NewCuration, NewSynonyms
from galleria.growth.search.service.asking import ask
from galleria.growth.search.service.curations import (
    create_curation,
    get_curation,
    list_curations,
    remove_curation,
    replace_curation,
)
from galleria.growth.search.service.highlighting import FoundCard, Highlight
from galleria.growth.search.service.indexing import rebuild_index
from galleria.growth.search.service.previewing import Preview, preview
from galleria.growth.search.service.suggesting import CategorySuggested, Suggested, suggest
from galleria.growth.search.service.synonyms import (
    create_synonyms,
    export_synonyms,
    get_synonyms,
    list_synonyms,
    remove_synonyms,
    replace_synonyms,
)

__all__ = [
    "APPLIES",
    "SORTS",
    "Answer",
    "CategorySuggested",
    "Curation",
    "CurationDraft",
    "CurationNotFound",
    "FacetShown",
    "FoundCard",
    "Highlight",
    "InvalidCuration",
    "InvalidSynonyms",
    "LiftDraft",
    "NewCuration",
    "NewSynonyms",
    "Preview",
    "Question",
    "SortName",
    "Suggested",
    "SynonymDraft",
    "SynonymSet",
    "SynonymsNotFound",
    "TooManyCurations",
    "TooManySynonyms",
    "ValueShown",
    "ask",
    "create_curation",
    "create_synonyms",
    "export_synonyms",
    "get_curation",
    "get_synonyms",
    "list_curations",
    "list_synonyms",
    "preview",
    "rebuild_index",
    "remove_curation",
    "remove_synonyms",
    "replace_curation",
    "replace_synonyms",
    "suggest",
]
