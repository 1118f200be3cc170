"""Views of the list of products that somebody keeps for the next time."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from galleria.foundation.http import Name, WireInput

MOST_VIEWS = 50  # of a person: more are no help to find anything
Question = Annotated[str, Meta(max_length=2_000, pattern=r"^[^\x00-\x20\x7f]*$(?!\n)")]
"""What stands in the address of the list behind the question mark."""


class SavedView(msgspec.Struct, frozen=True, kw_only=True):
    """A list of products as somebody wants to see it again.

    A shared one is offered to everybody who works in the shop, and changed by its owner only. The
    default one is where its owner's list begins.
    """

    view_id: UUID
    owner: str
    name: str
    question: str
    is_shared: bool
    is_default: bool


class NewView(WireInput):
    """A view to be kept."""

    name: Name
    question: Question
    is_shared: bool = False


class ViewChanges(WireInput):
    """Fields of a view to be replaced."""

    name: Name | UnsetType = UNSET
    question: Question | UnsetType = UNSET
    is_shared: bool | UnsetType = UNSET
    is_default: bool | UnsetType = UNSET
