"""Changes go into the history in the commit that makes them."""

from collections.abc import Mapping
from uuid import UUID

import msgspec

from galleria.engines.sql import Transaction
from galleria.foundation.ids import new_id
from galleria.platform.changes import repository
from galleria.platform.changes.errors import VersionRecorded
from galleria.platform.changes.model.changes import BulkChunk, Change, entry_of
from galleria.platform.changes.model.differences import Tree
from galleria.platform.changes.model.packing import Entry, bloom_of, pack_entries


async def record(
    tx: Transaction,
    subject_kind: str,
    subject_id: UUID | str,
    version: int,
    before: Tree | None,
    after: Tree | None,
    note: str = "",
) -> bool:
    """The change is in the history if the transaction is kept; False when nothing differs.

    Args:
        tx: the transaction that makes the change, with the thing locked.
        subject_kind: what the thing is, as in "product".
        subject_id: which one; an id or a name that is never given to another.
        version: the one the change leads to, above all before it.
        before: the thing as it was, anything msgspec can encode as JSON; None when it is new.
        after: the thing as it is now, None when it is gone.
        note: why, for people who read the history.

    Raises:
        VersionRecorded: the history has this version of the thing.
        ChangeTooLarge: 16 MiB of differences are not kept, whatever they are.
    """
    entry = entry_of(_tree(before), _tree(after))
    if entry is None:
        return False
    change = Change(
        # Minted under the thing's lock: in this order changes and bulk work followed each other.
        change_id=new_id(),
        subject_kind=subject_kind,
        subject_id=str(subject_id),
        version=version,
        act=entry.act,
        at=tx.now,
        actor_kind=tx.ctx.actor.kind,
        actor_id=tx.ctx.actor.actor_id,
        request_id=tx.ctx.request_id,
        note=note,
        differences=entry.differences,
    )
    if not await repository.add_change(tx, change):
        raise VersionRecorded(f"version {version} of this {subject_kind} is recorded")
    return True


async def record_bulk(
    tx: Transaction,
    bulk_id: UUID,
    chunk: int,
    subject_kind: str,
    entries: Mapping[UUID, tuple[Tree | None, Tree | None]],
    cause: str,
) -> int:
    """What bulk work did to thousands of things is in the history, as one row.

    Args:
        tx: the transaction that does the work, with the things locked.
        bulk_id: the whole work, which can be undone by it.
        chunk: which part of it this is, each number once.
        subject_kind: what the things are, as in "product".
        entries: each thing as it was (None when new) and is (None when gone), by id; at most
            5,000. A tree that says its `version` is found by it again.
        cause: what the work was, as in "import:0192…".

    Returns:
        how many things differ; when none does, nothing is written.

    Raises:
        VersionRecorded: this part of the work is in the history already.
        ChangeTooLarge: more than 5,000 things, or 16 MiB when packed.
    """
    changed: dict[UUID, Entry] = {}
    for subject_id, (before, after) in entries.items():
        entry = entry_of(_tree(before), _tree(after))
        if entry is not None:
            changed[subject_id] = entry
    if not changed:
        return 0
    packed = BulkChunk(
        bulk_id=bulk_id,
        chunk=chunk,
        change_id=new_id(),
        subject_kind=subject_kind,
        subject_count=len(changed),
        at=tx.now,
        actor_kind=tx.ctx.actor.kind,
        actor_id=tx.ctx.actor.actor_id,
        request_id=tx.ctx.request_id,
        cause=cause,
        packed=pack_entries(changed),
    )
    span = (min(changed), max(changed))
    if not await repository.add_chunk(tx, packed, span, bloom_of(changed, len(changed))):
        raise VersionRecorded(f"part {chunk} of this work is recorded")
    return len(changed)


def _tree(value: Tree | None) -> Tree | None:
    """The value as what JSON can say, so that what is kept is what will be compared later."""
    return None if value is None else msgspec.to_builtins(value)
