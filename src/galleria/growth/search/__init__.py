"""Finding things in a shop: what a shopper types and ticks, answered with cards and counts.

Tables `search.synonym`, `search.curation`, `search.question`, `search.event` and
`search.question_day`. The index is made from the shop window and can be rebuilt from it.
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
from galleria.growth.search.model.noting import (
    ASKED_SORTS,
    DAYS,
    RANKINGS,
    AskedSort,
    AskedWords,
    ClickedProduct,
    NotedEvent,
    Ranking,
)
from galleria.growth.search.model.questions import (
    SORTS,
    Answer,
    FacetShown,
    Question,
    SortName,
    ValueShown,
)
from galleria.growth.search.model.synonyms import SynonymDraft, SynonymSet
from galleria.growth.search.schemas import NewCuration, NewSynonyms, SearchEvents
from galleria.growth.search.service.asking import ask, look_again, profiles, suggest
from galleria.growth.search.service.curations import (
    create_curation,
    get_curation,
    list_curations,
    remove_curation,
    replace_curation,
)
from galleria.growth.search.service.indexing import rebuild_index
from galleria.growth.search.service.noting import answer, take_events
from galleria.growth.search.service.previewing import Preview, preview
from galleria.growth.search.service.reporting import (
    LEAST_SHOWN,
    MOST_LISTED,
    asked_as_csv,
    asked_words,
    clicked_products,
)
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
    "ASKED_SORTS",
    "DAYS",
    "LEAST_SHOWN",
    "MOST_LISTED",
    "RANKINGS",
    "SORTS",
    "Answer",
    "AskedSort",
    "AskedWords",
    "ClickedProduct",
    "Curation",
    "CurationDraft",
    "CurationNotFound",
    "FacetShown",
    "InvalidCuration",
    "InvalidSynonyms",
    "LiftDraft",
    "NewCuration",
    "NewSynonyms",
    "NotedEvent",
    "Preview",
    "Question",
    "Ranking",
    "SearchEvents",
    "SortName",
    "SynonymDraft",
    "SynonymSet",
    "SynonymsNotFound",
    "TooManyCurations",
    "TooManySynonyms",
    "ValueShown",
    "answer",
    "ask",
    "asked_as_csv",
    "asked_words",
    "clicked_products",
    "create_curation",
    "create_synonyms",
    "export_synonyms",
    "get_curation",
    "get_synonyms",
    "list_curations",
    "list_synonyms",
    "look_again",
    "preview",
    "profiles",
    "rebuild_index",
    "remove_curation",
    "remove_synonyms",
    "replace_curation",
    "replace_synonyms",
    "suggest",
    "take_events",
]
