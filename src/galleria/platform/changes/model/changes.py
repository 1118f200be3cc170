"""Changes as they are kept, shown and undone."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from galleria.platform.changes.errors import VersionNotKept
from galleria.platform.changes.model.applying import apply, path_text
from galleria.platform.changes.model.differences import Difference, Kind, Tree, diff
from galleria.platform.changes.model.packing import Act, Entry

# Of a text's edits, those that a page of history shows.
MOST_EDITS_SHOWN = 20


class ChangesSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long the history goes back."""

    keep_days: Annotated[int, Meta(ge=1, le=36_500)] = 730
    """Days for which a version is kept after it was replaced; the newest one stays."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One change of one thing. `version` is the one it led to."""

    change_id: UUID
    subject_kind: str
    subject_id: str
    version: int | None
    act: Act
    at: datetime
    actor_kind: str
    actor_id: str
    request_id: str
    note: str
    differences: tuple[Difference, ...]
    bulk_id: UUID | None = None


class BulkChunk(msgspec.Struct, frozen=True, kw_only=True):
    """A part of one bulk act, as it is kept: thousands of changes in one row."""

    bulk_id: UUID
    chunk: int
    change_id: UUID
    subject_kind: str
    subject_count: int
    at: datetime
    actor_kind: str
    actor_id: str
    request_id: str
    cause: str
    packed: bytes


class EditShown(msgspec.Struct, frozen=True):
    """A piece of a long text and what took its place, at a character of the text before."""

    at: int
    removed: str
    added: str


class DifferenceShown(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A difference as people read it: `path` is like `variants[0192…].title`.

    `kind` is set, text, added, removed or moved; the places are those in a list.
    """

    path: str
    kind: Kind
    before: Any = None
    after: Any = None
    place_before: int | None = None
    place_after: int | None = None
    edits: list[EditShown] = []


class ChangeView(msgspec.Struct, frozen=True, kw_only=True):
    """A change in a history. `act` is created, changed or deleted.

    `version` is the one it led to, None for bulk work on what counts no versions; `bulk_id` names
    the bulk work that it was a part of.
    """

    change_id: UUID
    subject_kind: str
    subject_id: str
    version: int | None
    act: Act
    at: datetime
    actor_kind: str
    actor_id: str
    request_id: str
    note: str
    bulk_id: UUID | None
    differences: list[DifferenceShown]


def entry_of(before: Tree | None, after: Tree | None) -> Entry | None:
    """What to keep of a change; None when nothing changed.

    What was created is not told again, since the thing itself is there; what was deleted is told
    whole, or it could not be restored.
    """
    if before is None:
        return None if after is None else Entry("created", version_of(after))
    if after is None:
        return Entry("deleted", None, (Difference((), "removed", before=before),))
    differences = diff(before, after)
    return Entry("changed", version_of(after), tuple(differences)) if differences else None


def version_of(tree: Tree) -> int | None:
    """The version that a tree says of itself, under `version`."""
    version = tree.get("version") if isinstance(tree, dict) else None
    return version if type(version) is int else None


def undone(tree: Tree | None, entry: Entry) -> Tree | None:
    """The thing as it was before the entry; None when it was not there.

    Raises:
        ChangeDoesNotFit: what the entry left behind has been changed since.
    """
    if entry.act == "created":
        return None
    if entry.act == "deleted":
        return entry.differences[0].before
    return apply(tree, entry.differences, reverse=True)


class LookingBack:
    """Undoes changes one by one, the newest first, until the wanted version is reached."""

    def __init__(self, tree: Tree | None, version: int, complete_since: datetime) -> None:
        """Begin with the thing as it is; of before `complete_since` some changes may be gone."""
        self._tree = tree
        self._wanted = version
        self._complete_since = complete_since
        self._reached: int | None = None
        # Bulk work that counted no version: which side of the wanted one it is on, the next tells.
        self._pending: list[Change] = []

    def takes(self, change: Change) -> bool:
        """True when older changes are wanted as well, after this one."""
        if change.version is None:
            self._pending.append(change)
            return True
        if change.version > self._wanted:
            self._undo_pending()
            self._undo(change)
            return True
        if change.version == self._wanted:
            self._undo_pending()
        if change.at < self._complete_since and self._leaves_a_gap(change.version):
            raise self._refusal()
        self._reached = self._wanted
        return False

    def result(self) -> Tree:
        """The tree of the wanted version.

        Raises:
            VersionNotKept: the changes seen do not reach back so far, or it was not there yet.
        """
        is_reached = self._reached is not None and self._reached - 1 <= self._wanted
        if not is_reached or self._tree is None:
            raise self._refusal()
        return self._tree

    def _leaves_a_gap(self, version: int) -> bool:
        """True when bulk work between this version and the oldest undone one may have been lost."""
        reached = self._reached
        return reached is not None and reached - 1 not in (self._wanted, version)

    def _undo_pending(self) -> None:
        for change in self._pending:
            self._undo(change)
        self._pending.clear()

    def _undo(self, change: Change) -> None:
        entry = Entry(change.act, change.version, change.differences)
        self._tree = undone(self._tree, entry)
        self._reached = change.version if change.version is not None else self._reached

    def _refusal(self) -> VersionNotKept:
        return VersionNotKept(f"the history does not lead back to version {self._wanted}")


def view_of(change: Change) -> ChangeView:
    """The change for readers."""
    fields = {name: getattr(change, name) for name in ChangeView.__struct_fields__[:-1]}
    return ChangeView(**fields, differences=[_shown(each) for each in change.differences])


def _shown(each: Difference) -> DifferenceShown:
    return DifferenceShown(
        path=path_text(each.path),
        kind=each.kind,
        before=each.before,
        after=each.after,
        place_before=each.place_before,
        place_after=each.place_after,
        edits=[EditShown(e.at, e.removed, e.added) for e in each.edits[:MOST_EDITS_SHOWN]],
    )


def change_of(chunk: BulkChunk, subject_id: UUID, entry: Entry) -> Change:
    """What a bulk act did to one thing, as a change like any other."""
    return Change(
        change_id=chunk.change_id,
        subject_kind=chunk.subject_kind,
        subject_id=str(subject_id),
        version=entry.version,
        act=entry.act,
        at=chunk.at,
        actor_kind=chunk.actor_kind,
        actor_id=chunk.actor_id,
        request_id=chunk.request_id,
        note=chunk.cause,
        differences=entry.differences,
        bulk_id=chunk.bulk_id,
    )
