"""What a merchant says of the answers to some questions."""

import re
from datetime import datetime
from typing import Literal, TypeAlias, get_args
from uuid import UUID

import msgspec

from galleria.foundation.errors import FieldError
from galleria.growth.search.errors import InvalidCuration

Applies: TypeAlias = Literal["exact", "contains", "category", "collection", "always"]
APPLIES: tuple[Applies, ...] = get_args(Applies)
MAX_CURATIONS = 500  # of a shop
MAX_WORDS = 50
MAX_PINNED = 50
MAX_HIDDEN = 200
MAX_LIFTS = 10
MAX_BY = 10
_WITH_WORDS = frozenset({"exact", "contains"})
_WITH_PLACE = frozenset({"category", "collection"})
_LANGUAGE = re.compile(r"[a-z]{2,8}")
_SEARCH = re.compile(r"/search(?![^/?#])")
_ADDRESS = re.compile(r"/(?![/\\])[^\s\x00-\x1f]*|https://[^\s\x00-\x1f/@]+(?:/[^\s\x00-\x1f]*)?")


class LiftDraft(msgspec.Struct, frozen=True):
    """Products with any of the values of a facet come earlier, or later with `by` below 0.

    `code` as shoppers filter by it: brand, category, available, an option or an attribute.
    """

    code: str
    values: list[str]
    by: int


class CurationDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What is to hold, and for which questions.

    Args:
        applies: to what is typed exactly so, to what contains the words side by side, to the page
            of a category (with what lies below it) or a collection when nothing is typed, or to
            everything.
        words: for the first two: any of them.
        place: the path of the category, or the handle of the collection.
        priority: curations of a lower number come first; their pins stand before those of others.
        redirect_to: a page of the shop or an https address to show instead of an answer to words;
            none of the search's own, which would ask again.
    """

    name: str
    applies: Applies
    words: list[str] = []
    place: str | None = None
    language: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    is_active: bool = True
    priority: int = 100
    pinned: list[UUID] = []
    hidden: list[UUID] = []
    lifts: list[LiftDraft] = []
    redirect_to: str | None = None


class Curation(CurationDraft, frozen=True, kw_only=True):
    """A curation as it is kept."""

    curation_id: UUID
    updated_at: datetime

    def holds_at(self, now: datetime) -> bool:
        """It is switched on, and its time has come and not gone."""
        begun = self.starts_at is None or self.starts_at <= now
        return self.is_active and begun and (self.ends_at is None or now < self.ends_at)


def checked(draft: CurationDraft) -> CurationDraft:
    """The draft as it is kept: words folded, nothing said twice.

    Raises:
        InvalidCuration: with a problem for each field that cannot be.
    """
    folded = (" ".join(each.casefold().split()) for each in draft.words)
    words = list(dict.fromkeys(each for each in folded if each))
    language = (draft.language or "").partition("-")[0].lower() or None
    place = (draft.place or "").strip().strip("/") or None
    clean = msgspec.structs.replace(
        draft,
        name=draft.name.strip(),
        words=words if draft.applies in _WITH_WORDS else [],
        place=place if draft.applies in _WITH_PLACE else None,
        language=language,
        pinned=list(dict.fromkeys(draft.pinned)),
        hidden=list(dict.fromkeys(draft.hidden)),
        redirect_to=(draft.redirect_to or "").strip() or None,
    )
    errors = [*_about_when(clean), *_about_what(clean)]
    if errors:
        raise InvalidCuration("this curation cannot hold", errors=errors)
    return clean


def _about_when(draft: CurationDraft) -> list[FieldError]:
    errors = []
    if not draft.name:
        errors.append(FieldError("name", "required", "a name to know it by"))
    if draft.applies in _WITH_WORDS and not draft.words:
        errors.append(FieldError("words", "required", "the words it is about"))
    if len(draft.words) > MAX_WORDS or any(len(each) > 200 for each in draft.words):
        errors.append(FieldError("words", "too_many", f"at most {MAX_WORDS}, of 200 letters"))
    if draft.applies in _WITH_PLACE and not draft.place:
        errors.append(FieldError("place", "required", "the page it is about"))
    if draft.language is not None and not _LANGUAGE.fullmatch(draft.language):
        errors.append(FieldError("language", "invalid", "a language such as en or de"))
    if draft.starts_at and draft.ends_at and draft.starts_at >= draft.ends_at:
        errors.append(FieldError("ends_at", "ends_before_start", "it ends before it begins"))
    return errors


def _about_what(draft: CurationDraft) -> list[FieldError]:
    errors = []
    if not (draft.pinned or draft.hidden or draft.lifts or draft.redirect_to):
        errors.append(FieldError("pinned", "says_nothing", "nothing is pinned, hidden or lifted"))
    if set(draft.pinned) & set(draft.hidden):
        errors.append(FieldError("hidden", "said_twice", "a product is pinned and hidden"))
    for field, ids, most in (
        ("pinned", draft.pinned, MAX_PINNED),
        ("hidden", draft.hidden, MAX_HIDDEN),
        ("lifts", draft.lifts, MAX_LIFTS),
    ):
        if len(ids) > most:
            errors.append(FieldError(field, "too_many", f"at most {most}"))
    for at, lift in enumerate(draft.lifts):
        if not lift.code.strip() or not lift.values or not 0 < abs(lift.by) <= MAX_BY:
            told = f"a property, its values, and -{MAX_BY} to {MAX_BY}"
            errors.append(FieldError(f"lifts[{at}]", "invalid", told))
    errors += _about_redirect(draft)
    return errors


def _about_redirect(draft: CurationDraft) -> list[FieldError]:
    target = draft.redirect_to
    if target is None:
        return []
    if not _ADDRESS.fullmatch(target):
        return [FieldError("redirect_to", "invalid_url", "a page of the shop, or https://")]
    if draft.applies not in _WITH_WORDS or _SEARCH.match(target):
        told = "only where words are typed, and to no page of the search itself"
        return [FieldError("redirect_to", "redirect_elsewhere", told)]
    return []
