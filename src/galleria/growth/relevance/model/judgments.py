"""Judgments: how well a product answers a query, by people or by their clicks."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec

from galleria.foundation.errors import FieldError
from galleria.foundation.text import sort_key
from galleria.growth.relevance.errors import InvalidJudgment, InvalidJudgmentSet

MAX_SETS = 100  # of a shop
MAX_JUDGMENTS = 200_000  # of a set
MAX_GRADE = 10
USUAL_GRADE = 3
MAX_QUERY = 200  # characters
MOST_REFUSALS_KEPT = 100
_CLICK_LEVELS = (0.5, 1.0, 2.0)  # clicks, to what is expected at its places


class RefusedLine(msgspec.Struct, frozen=True):
    """A line of a file that was not taken, and why: a code, and the words that were at fault."""

    line: int
    code: str
    text: str


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a file: lines taken and refused, of the refused ones the first hundred."""

    taken_count: int
    refused_count: int
    refused: list[RefusedLine]
    at: datetime


class JudgmentSetDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A set as somebody wants it. `channel` is a channel's code, None for the default one."""

    name: str
    channel: str | None = None
    locale: str | None = None
    max_grade: int = USUAL_GRADE


class JudgmentSet(msgspec.Struct, frozen=True, kw_only=True):
    """A named set of judgments for a channel and a language. Grades go from 0 to `max_grade`."""

    judgment_set_id: UUID
    name: str
    channel_id: UUID
    locale: str
    max_grade: int
    query_count: int
    judgment_count: int
    last_import: Imported | None
    created_at: datetime
    updated_at: datetime

    @property
    def name_sort(self) -> str:
        """What lists go by."""
        return sort_key(self.name)


class Judgment(msgspec.Struct, frozen=True, kw_only=True):
    """How well a product answers a query, 0 for not at all."""

    query: str
    product_id: UUID
    grade: int
    is_from_clicks: bool = False


class JudgedQuery(msgspec.Struct, frozen=True):
    """A query of a set: how many products are judged for it, and the best grade."""

    query: str
    judgment_count: int
    best_grade: int


def checked_draft(draft: JudgmentSetDraft) -> JudgmentSetDraft:
    """The draft with its name trimmed.

    Raises:
        InvalidJudgmentSet: with a problem for each field that cannot be.
    """
    errors = []
    name = " ".join(draft.name.split())
    if not name or len(name) > 200:
        errors.append(FieldError("name", "required", "a name to know it by, of 200 letters"))
    if not 1 <= draft.max_grade <= MAX_GRADE:
        errors.append(FieldError("max_grade", "out_of_range", f"1 to {MAX_GRADE}"))
    if errors:
        raise InvalidJudgmentSet("this cannot be a set of judgments", errors=errors)
    return msgspec.structs.replace(draft, name=name)


def clean_query(text: str) -> str:
    """A query as it is kept: one line, single spaces; empty or too long if it was."""
    return " ".join(text.replace("\x00", " ").split())


def checked_judgment(query: str, grade: int | None, max_grade: int) -> str:
    """The query as it is kept, when it can be judged so.

    Raises:
        InvalidJudgment: with the field that cannot be.
    """
    clean = clean_query(query)
    if not 0 < len(clean) <= MAX_QUERY:
        told = f"1 to {MAX_QUERY} letters"
        raise InvalidJudgment(told, errors=[FieldError("query", "too_long", told)])
    if grade is not None and not 0 <= grade <= max_grade:
        told = f"0 to {max_grade}"
        raise InvalidJudgment(told, errors=[FieldError("grade", "out_of_range", told)])
    return clean


def grade_by_clicks(clicked_count: int, expected: float, max_grade: int) -> int:
    """The grade that clicks speak for: their number to what is expected at the places shown at.

    Below half of it nothing, below as much a third of the best grade, below twice two thirds.
    Source: clicks over expected clicks (Zhang and Jones 2007).
    """
    level = sum(clicked_count >= least * expected for least in _CLICK_LEVELS)
    return round(level * max_grade / len(_CLICK_LEVELS))


def without_repeats(
    judged: Iterable[tuple[int, Judgment]],
) -> tuple[list[Judgment], list[RefusedLine]]:
    """The judgments of numbered lines, and the lines that judge a pair otherwise than one above."""
    kept: dict[tuple[str, UUID], Judgment] = {}
    refused = []
    for line, each in judged:
        first = kept.setdefault((each.query, each.product_id), each)
        if first.grade != each.grade:
            refused.append(RefusedLine(line, "judged_twice", each.query))
    return list(kept.values()), refused
