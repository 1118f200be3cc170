"""Finding things in a shop: what a shopper types and ticks, answered with cards and counts.

Tables `search.synonym`, `search.curation` and `search.ranking`. The index is made from the shop
window and can be rebuilt from it.
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
from galleria.growth.search.schemas import NewCuration, NewRanking, NewSynonyms, NewWeights
from galleria.growth.search.service.asking import ask, suggest
from galleria.growth.search.service.comparing import Placed, RankingPreview, preview_ranking
from galleria.growth.search.service.curations import (
    create_curation,
    get_curation,
    list_curations,
    remove_curation,
    replace_curation,
)
from galleria.growth.search.service.indexing import rebuild_index
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
    "STANDARD",
    "Answer",
    "Curation",
    "CurationDraft",
    "CurationNotFound",
    "FacetShown",
    "GroupName",
    "InvalidCuration",
    "InvalidRange",
    "InvalidRanking",
    "InvalidSynonyms",
    "LiftDraft",
    "NewCuration",
    "NewRanking",
    "NewSynonyms",
    "NewWeights",
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
    "SortName",
    "SynonymDraft",
    "SynonymSet",
    "SynonymsNotFound",
    "TooManyCurations",
    "TooManyRankings",
    "TooManySynonyms",
    "ValueShown",
    "VariantShown",
    "Weights",
    "ask",
    "create_curation",
    "create_ranking",
    "create_synonyms",
    "export_synonyms",
    "get_curation",
    "get_ranking",
    "get_synonyms",
    "list_curations",
    "list_rankings",
    "list_synonyms",
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
    "suggest",
]
