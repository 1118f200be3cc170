"""Tags and categories that many products gain or lose at once."""

from collections.abc import Sequence
from typing import Annotated, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Meta

from galleria.foundation.http import WireInput

MAX_TAG = 255  # characters, as in a draft
MOST_TAGS_OF_A_PRODUCT = 250
Tags: TypeAlias = Annotated[
    tuple[Annotated[str, Meta(min_length=1, max_length=MAX_TAG)], ...], Meta(max_length=50)
]
Places: TypeAlias = Annotated[tuple[UUID, ...], Meta(max_length=50)]


class Labels(WireInput):
    """What products gain and lose; what they have, or lack, already makes no difference."""

    add_tags: Tags = ()
    remove_tags: Tags = ()
    add_category_ids: Places = ()
    remove_category_ids: Places = ()


class Relabelled(msgspec.Struct, frozen=True, kw_only=True):
    """What a product really gained and lost, or the code of the reason why it was left alone."""

    product_id: UUID
    labels: Labels
    code: str | None = None

    @property
    def has_changed(self) -> bool:
        """It differs from before."""
        return self.code is None and self.labels != Labels()


def labels_for(
    wanted: Labels, tags: Sequence[str], category_ids: set[UUID]
) -> tuple[Labels, list[str]]:
    """What makes a difference to a product with these tags and categories, and its tags then."""
    gained = [tag for tag in dict.fromkeys(wanted.add_tags) if tag not in tags]
    lost = [tag for tag in dict.fromkeys(wanted.remove_tags) if tag in tags]
    real = Labels(
        add_tags=tuple(gained),
        remove_tags=tuple(lost),
        add_category_ids=tuple(
            each for each in dict.fromkeys(wanted.add_category_ids) if each not in category_ids
        ),
        remove_category_ids=tuple(
            each for each in dict.fromkeys(wanted.remove_category_ids) if each in category_ids
        ),
    )
    return real, [tag for tag in tags if tag not in lost] + gained
