"""Changes of many products: what is done, to which, how far it is, and what takes it back."""

from datetime import datetime
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Meta

from galleria.commerce.catalog import Labels
from galleria.commerce.pricing import PriceFormula
from galleria.commerce.workbench.errors import InvalidAct
from galleria.commerce.workbench.model.entries import Wanted
from galleria.foundation.errors import FieldError
from galleria.foundation.http import WireInput

MOST_CHOSEN = 500  # products named one by one; more are named by what they have in common
ActState: TypeAlias = Literal["waiting", "running", "done", "undoing", "undone"]


class SetStatus(WireInput, tag_field="do", tag="status"):
    """The products have this status."""

    status: Literal["draft", "active", "archived"]


class Relabel(WireInput, tag_field="do", tag="labels"):
    """The products gain and lose tags and categories."""

    labels: Labels


class Reprice(WireInput, tag_field="do", tag="prices"):
    """All prices of the products in the default channel's base list go through a formula."""

    formula: PriceFormula


class Delete(WireInput, tag_field="do", tag="delete"):
    """The products exist no more. This cannot be taken back."""


Change: TypeAlias = SetStatus | Relabel | Reprice | Delete


class Selection(WireInput):
    """Products named one by one, or all that are wanted but for some."""

    product_ids: Annotated[tuple[UUID, ...], Meta(max_length=MOST_CHOSEN)] = ()
    wanted: Wanted | None = None


class NewAct(WireInput):
    """A change, and the products it is for."""

    change: Change
    selection: Selection


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """A change of many products. Counts are of products, and grow while it is under way.

    At most `at_most` are looked at. Of a new price the price edits count themselves what changed:
    here a product is changed when one was asked for. `undone_count` are those taken back.
    """

    act_id: UUID
    change: Change
    selection: Selection
    state: ActState
    at_most: int
    looked_at_count: int
    changed_count: int
    refused_count: int
    undone_count: int
    actor: str
    requested_at: datetime
    finished_at: datetime | None

    @property
    def has_ended(self) -> bool:
        """Whether nobody works at it."""
        return self.state in ("done", "undone")

    @property
    def is_undoable(self) -> bool:
        """Whether it can be taken back."""
        is_lasting = isinstance(self.change, Delete)
        return self.state == "done" and self.changed_count > 0 and not is_lasting


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """What a step did, so that it can be taken back: one of these is filled in.

    `statuses` are the products by the status they had, `labels` what each gained and lost, and
    `price_edit_id` the edit that was asked for.
    """

    statuses: dict[str, list[UUID]] = {}
    labels: dict[UUID, Labels] = {}
    price_edit_id: UUID | None = None


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a step."""

    changed: int
    refused: int
    done: Done


def check_act(wanted: NewAct) -> None:
    """Pass when the act changes something, and names its products in one way.

    Raises:
        InvalidAct: it does not.
    """
    chosen = wanted.selection
    if bool(chosen.product_ids) == (chosen.wanted is not None):
        raise _refused("selection", "name products, or what they have in common")
    if isinstance(wanted.change, Relabel) and wanted.change.labels == Labels():
        raise _refused("change", "name a tag or a category")


def _refused(path: str, message: str) -> InvalidAct:
    return InvalidAct(message, errors=[FieldError(path, "invalid_act", message)])


def reversed_labels(done: dict[UUID, Labels]) -> dict[Labels, list[UUID]]:
    """The products to be relabelled back, those that gained and lost the same together."""
    back: dict[Labels, list[UUID]] = {}
    for product_id, labels in done.items():
        other_way = Labels(
            add_tags=labels.remove_tags,
            remove_tags=labels.add_tags,
            add_category_ids=labels.remove_category_ids,
            remove_category_ids=labels.add_category_ids,
        )
        back.setdefault(other_way, []).append(product_id)
    return back
