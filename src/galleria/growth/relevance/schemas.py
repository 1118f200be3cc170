"""What the back office sends about judgments."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from galleria.foundation.http import Handle, LocaleCode, Name, WireInput
from galleria.growth.relevance.model.judgments import MAX_GRADE, MAX_QUERY, JudgmentSetDraft

Grade = Annotated[int, Meta(ge=0, le=MAX_GRADE)]
Query = Annotated[str, Meta(min_length=1, max_length=MAX_QUERY, pattern=r"^[^\x00]*$")]
ProfileName = Annotated[str, Meta(min_length=1, max_length=60, pattern=r"^[^\x00]*$")]


class NewJudgmentSet(WireInput):
    """A set of judgments for a channel and a language: without them for the default ones."""

    name: Name
    channel: Handle | None = None
    locale: LocaleCode | None = None
    max_grade: Annotated[int, Meta(ge=1, le=MAX_GRADE)] = 3

    def draft(self) -> JudgmentSetDraft:
        """The set that is wanted."""
        return JudgmentSetDraft(**msgspec.structs.asdict(self))


class NewJudgment(WireInput):
    """How well a product answers a query, 0 for not at all; None takes an earlier grade back."""

    query: Query
    product_id: UUID
    grade: Grade | None


class StartRun(WireInput):
    """Ask all queries of a set by a profile of the search, that of shoppers when none is named."""

    profile: ProfileName | None = None
