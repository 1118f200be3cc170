"""How tuning search can fail."""

from galleria.foundation.errors import Conflict, InvalidInput, NotFound


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
