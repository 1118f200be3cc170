"""What of all curations of a shop holds for a question."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from galleria.engines.search_index import FacetFilter, Lift
from galleria.engines.search_index.model import (
    MAX_HIDDEN,
    MAX_LIFTS,
    MAX_PINNED,
    language_of,
    words_of,
)
from galleria.growth.search.model.curations import Curation
from galleria.growth.search.model.questions import FIXED, Question

_A_STEP = 2.0  # of a lift: a step outweighs a little better fitting words, ten outweigh any words


class Curated(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for one question, as the index is told it; and where the shopper is sent."""

    pinned: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    lifts: tuple[Lift, ...] = ()
    redirect_to: str | None = None


NOTHING = Curated()


def curated(
    curations: Iterable[Curation], question: Question, locale: str, now: datetime
) -> Curated:
    """What the curations say together, those of a lower priority number first."""
    holding = [
        each
        for each in curations
        if each.holds_at(now)
        and each.language in (None, language_of(locale))
        and _is_about(each, question)
    ]
    if not holding:
        return NOTHING
    hidden = list(dict.fromkeys(str(id) for each in holding for id in each.hidden))
    pinned = dict.fromkeys(str(id) for each in holding for id in each.pinned)
    lifts = [
        Lift(FacetFilter(FIXED.get(lift.code, lift.code), tuple(lift.values)), lift.by * _A_STEP)
        for each in holding
        for lift in each.lifts
    ]
    return Curated(
        pinned=tuple(pinned)[:MAX_PINNED],
        hidden=tuple(hidden)[:MAX_HIDDEN],
        lifts=tuple(lifts)[:MAX_LIFTS],
        redirect_to=next((each.redirect_to for each in holding if each.redirect_to), None),
    )


def _is_about(curation: Curation, question: Question) -> bool:
    typed = words_of(question.words.casefold())
    if curation.applies == "always":
        return True
    if curation.applies == "exact":
        return " ".join(typed) in curation.words
    if curation.applies == "contains":
        return any(_stands_in(each.split(), typed) for each in curation.words)
    place = question.category if curation.applies == "category" else question.collection
    return not typed and place is not None and place == curation.place


def _stands_in(words: Sequence[str], typed: Sequence[str]) -> bool:
    count = len(words)
    return any(list(typed[at : at + count]) == words for at in range(len(typed) - count + 1))
