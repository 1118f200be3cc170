"""Finding things in a shop: what a shopper types and ticks, answered with cards and counts.

Tables `search.synonym`, `search.curation`, `search.ranking`, `search.question`, `search.event`,
`search.question_day` and `search.freshness_day`. The index is made from the shop window and can be
rebuilt from it.
"""

from galleria.growth.search.errors import (
    CurationNotFound,
    InvalidCuration,
    InvalidRange,
    InvalidRanking,
    InvalidSynonyms,
    RankingNameTaken,
    RankingNotFound,
    SynonymsNotFound,
    TooManyCurations,
    TooManyRankings,
    TooManySynonyms,
)
from galleria.growth.search.model.curations import APPLIES, Curation, CurationDraft, LiftDraft
from galleria.growth.search.model.freshness import DaySpread, Freshness, Spread
from galleria.growth.search.model.noting import (
    ASKED_KINDS,
    ASKED_SORTS,
    DAYS,
    AskedKind,
    AskedSort,
    AskedWords,
    ClickedProduct,
    NotedEvent,
)
from galleria.growth.search.model.questions import (
    SORTS,
    Answer,
    FacetShown,
    GroupName,
    Question,
    SortName,
    ValueShown,
    VariantShown,
)
from galleria.growth.search.model.ranges import Range, RangeShown, range_of
from galleria.growth.search.model.rankings import (
    STANDARD,
    RankingDraft,
    RankingProfile,
    Weights,
)
from galleria.growth.search.model.synonyms import SynonymDraft, SynonymSet
from galleria.growth.search.schemas import (
    NewCuration,
    NewRanking,
    NewSynonyms,
    NewWeights,
    SearchEvents,
)
from galleria.growth.search.service.asking import ask, look_again
from galleria.growth.search.service.comparing import Placed, RankingPreview, preview_ranking
from galleria.growth.search.service.curations import (
    create_curation,
    get_curation,
    list_curations,
    remove_curation,
    replace_curation,
)
from galleria.growth.search.service.freshness import freshness, show_freshness
from galleria.growth.search.service.highlighting import FoundCard, Highlight
from galleria.growth.search.service.indexing import rebuild_index
from galleria.growth.search.service.noting import answer, take_events
from galleria.growth.search.service.previewing import Preview, preview
from galleria.growth.search.service.rankings import (
    create_ranking,
    get_ranking,
    list_rankings,
    make_default,
    profiles,
    ranking_called,
    remove_ranking,
    replace_ranking,
)
from galleria.growth.search.service.reporting import (
    LEAST_SHOWN,
    MOST_LISTED,
    asked_as_csv,
    asked_words,
    clicked_products,
)
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
    "ASKED_KINDS",
    "ASKED_SORTS",
    "DAYS",
    "LEAST_SHOWN",
    "MOST_LISTED",
    "SORTS",
    "STANDARD",
    "Answer",
    "AskedKind",
    "AskedSort",
    "AskedWords",
    "CategorySuggested",
    "ClickedProduct",
    "Curation",
    "CurationDraft",
    "CurationNotFound",
    "DaySpread",
    "FacetShown",
    "FoundCard",
    "Freshness",
    "GroupName",
    "Highlight",
    "InvalidCuration",
    "InvalidRange",
    "InvalidRanking",
    "InvalidSynonyms",
    "LiftDraft",
    "NewCuration",
    "NewRanking",
    "NewSynonyms",
    "NewWeights",
    "NotedEvent",
    "Placed",
    "Preview",
    "Question",
    "Range",
    "RangeShown",
    "RankingDraft",
    "RankingNameTaken",
    "RankingNotFound",
    "RankingPreview",
    "RankingProfile",
    "SearchEvents",
    "SortName",
    "Spread",
    "Suggested",
    "SynonymDraft",
    "SynonymSet",
    "SynonymsNotFound",
    "TooManyCurations",
    "TooManyRankings",
    "TooManySynonyms",
    "ValueShown",
    "VariantShown",
    "Weights",
    "answer",
    "ask",
    "asked_as_csv",
    "asked_words",
    "clicked_products",
    "create_curation",
    "create_ranking",
    "create_synonyms",
    "export_synonyms",
    "freshness",
    "get_curation",
    "get_ranking",
    "get_synonyms",
    "list_curations",
    "list_rankings",
    "list_synonyms",
    "look_again",
    "make_default",
    "preview",
    "preview_ranking",
    "profiles",
    "range_of",
    "ranking_called",
    "rebuild_index",
    "remove_curation",
    "remove_ranking",
    "remove_synonyms",
    "replace_curation",
    "replace_ranking",
    "replace_synonyms",
    "show_freshness",
    "suggest",
    "take_events",
]
