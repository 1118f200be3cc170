"""What the operator says of search, for all shops."""

from typing import Annotated

import msgspec
from msgspec import Meta


class OperatorSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When a shop of the embedded index gets one of its own, and how long shoppers wait."""

    own_index_from: Annotated[int, Meta(ge=0)] = 250_000
    """A shop with so many documents (products in each channel and language) has a search index of
    its own, in the same folder; it comes back below half of it. 0: only where the operator wishes
    it."""
    answer_within_s: Annotated[float, Meta(gt=0, le=60)] = 1.0
    """Seconds in which the index has to answer a question. Of what is not there by four fifths of
    them facets may be missing, and who has no hits at the end is told to ask again."""
    suggest_within_s: Annotated[float, Meta(gt=0, le=60)] = 0.5
    """Seconds in which it has to say how typed words go on."""
