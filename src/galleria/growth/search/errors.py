"""How tuning search can fail."""

from galleria.foundation.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    Unauthenticated,
)


class InvalidSynonyms(InvalidInput):
    code = "invalid_synonyms"
    title = "These words cannot be synonyms"


class SynonymsNotFound(NotFound):
    code = "synonyms_not_found"
    title = "There are no such synonyms"


class TooManySynonyms(Conflict):
    code = "too_many_synonyms"
    title = "The shop has as many synonyms as it may have"


class InvalidCuration(InvalidInput):
    code = "invalid_curation"
    title = "This cannot be said of a search"


class CurationNotFound(NotFound):
    code = "curation_not_found"
    title = "There is no such curation"


class TooManyCurations(Conflict):
    code = "too_many_curations"
    title = "The shop has as many curations as it may have"


class InvalidRanking(InvalidInput):
    code = "invalid_ranking"
    title = "Answers cannot be put in order like this"


class RankingNotFound(NotFound):
    code = "ranking_not_found"
    title = "There is no such ranking"


class RankingNameTaken(Conflict):
    code = "ranking_name_taken"
    title = "The shop has a ranking of this name"


class TooManyRankings(Conflict):
    code = "too_many_rankings"
    title = "The shop has as many rankings as it may have"


class InvalidSearchLimits(InvalidInput):
    code = "invalid_search_limits"
    title = "A key cannot be limited so"


class SearchKeyNotFound(NotFound):
    code = "search_key_not_found"
    title = "The shop has no such search key"


class SearchKeyRequired(Unauthenticated):
    code = "search_key_required"
    title = "This shop's search answers keys with the scope search:read only"


class SearchNotAllowed(Forbidden):
    code = "search_not_allowed"
    title = "The key may not search this"


class InvalidRange(InvalidInput):
    code = "invalid_range"
    title = "This is no range of numbers"
