"""What all entries have in common: pages, versions, names, and telling of a change."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeVar
from uuid import UUID

import msgspec
from msgspec import UNSET

from galleria.commerce.attributes import errors
from galleria.commerce.attributes.events import dictionary_changed
from galleria.commerce.attributes.repository import entries, versions
from galleria.commerce.attributes.repository.entries import Entry, Table
from galleria.engines.context import Context
from galleria.engines.sql import Reader, Transaction
from galleria.foundation.errors import FieldError, InvalidInput, NotFound
from galleria.foundation.pagination import CursorKey, InvalidCursor, Page
from galleria.foundation.text import slugify
from galleria.platform import audit

_MAX_HANDLE_LENGTH = 120


class Versioned(Protocol):
    """An entry that counts its edits."""

    @property
    def version(self) -> int: ...


Struct = TypeVar("Struct", bound=msgspec.Struct)


def set_fields(changes: msgspec.Struct) -> dict[str, Any]:
    """The fields that a change names, with what they are to be."""
    values = {name: getattr(changes, name) for name in changes.__struct_fields__}
    return {name: value for name, value in values.items() if value is not UNSET}


def refuse_stale(entry: Versioned, expected_version: int | None) -> None:
    """Pass when the entry is at the version that is expected, if one is.

    Raises:
        DictionaryEntryChanged: it is at another.
    """
    if expected_version not in (None, entry.version):
        raise errors.DictionaryEntryChanged(f"the entry is at version {entry.version}")


def refuse_faulty(error: type[InvalidInput], faults: Sequence[FieldError]) -> None:
    """Pass when there are no faults; raises `error` with all of them."""
    if faults:
        raise error(faults[0].message, errors=faults)


async def entry_of(
    reader: Reader, table: Table[Entry], entry_id: int | UUID, error: type[NotFound]
) -> Entry:
    """The entry; raises `error` when there is none."""
    entry = await entries.find(reader, table, entry_id)
    if entry is None:
        raise error(f"no entry {entry_id}")
    return entry


async def refuse_taken(tx: Transaction, table: Table[Entry], name: Sequence[str]) -> None:
    """Pass when nothing in the table has this name. The names are locked.

    Raises:
        DictionaryHandleTaken: something has.
    """
    if await entries.find_named(tx, table, name) is not None:
        raise errors.DictionaryHandleTaken(f"{'.'.join(name)} is taken")


async def handle_for(tx: Transaction, table: Table[Entry], wanted: str | None, name: str) -> str:
    """The handle that was asked for, or one made from the name that is free.

    Raises:
        DictionaryHandleTaken: something has the handle asked for.
    """
    if wanted is not None:
        await refuse_taken(tx, table, [wanted])
        return wanted
    base = slugify(name)
    handle, number = base, 2
    while await entries.find_named(tx, table, [handle]) is not None:
        ending = f"-{number}"
        handle = base[: _MAX_HANDLE_LENGTH - len(ending)].rstrip("-") + ending
        number += 1
    return handle


async def told(tx: Transaction, kind: str, entry_id: int | UUID, action: str) -> None:
    """The change is in the diary and the log, and nobody remembers what was before."""
    await versions.renew_dictionary(tx)
    tx.publish(*dictionary_changed(kind, action, [entry_id]))
    await audit.record(tx, f"attributes.{kind}_{action}", f"{kind}:{entry_id}")


def keys_of(ctx: Context, cursor: str, scope: str, count: int) -> list[CursorKey]:
    """What a cursor of this list holds.

    Raises:
        InvalidCursor: it is not one of this list.
    """
    keys = ctx.engines.cursors.decode(cursor, ctx.tenant.tenant_id, scope)
    if len(keys) != count:
        raise InvalidCursor("this cursor is not one of this list")
    return keys


def page_of(
    ctx: Context, found: list[Struct], limit: int, scope: str, sort: Sequence[str]
) -> Page[Struct]:
    """The first `limit` of what was found, with a cursor when there is more."""
    if len(found) <= limit:
        return Page(items=found)
    keys = [getattr(found[limit - 1], name) for name in sort]
    cursor = ctx.engines.cursors.encode(ctx.tenant.tenant_id, scope, keys)
    return Page(items=found[:limit], next_cursor=cursor)


async def list_entries(
    ctx: Context,
    table: Table[Entry],
    cursor: str | None,
    limit: int,
    only: Mapping[str, str] | None = None,
) -> Page[Entry]:
    """A page of entries by name, those whose fields say `only`.

    Raises:
        InvalidCursor: the cursor is not one of this list.
    """
    only = only or {}
    scope = f"{table.name}:{','.join(f'{name}={value}' for name, value in only.items())}"
    after = [""] * len(table.sort)
    if cursor is not None:
        after = [str(key) for key in keys_of(ctx, cursor, scope, len(table.sort))]
    found = await entries.page(ctx, table, after, limit + 1, only)
    return page_of(ctx, found, limit, scope, table.sort)
