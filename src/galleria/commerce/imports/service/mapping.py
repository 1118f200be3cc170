"""Mappings of a shop: kept under a name, edited, guessed from a file."""

from uuid import UUID

import msgspec

from galleria.commerce.imports.errors import MappingChanged, MappingNotFound, UnreadableFile
from galleria.commerce.imports.model.guessing import suggest_mapping
from galleria.commerce.imports.model.layouts import table_head
from galleria.commerce.imports.model.mappings import (
    AS_IT_LOOKS,
    Mapping,
    MappingDocument,
    TableReading,
    check_mapping,
    delimiter_said,
    encoding_said,
)
from galleria.commerce.imports.repository import mappings as repository
from galleria.commerce.imports.service.files import file_key, get_file
from galleria.commerce.imports.service.reporting import NEWEST, key_of, page_of
from galleria.commerce.imports.service.stored_bytes import StoredBytes
from galleria.engines.context import Context
from galleria.engines.sql import Reader
from galleria.foundation.ids import new_id
from galleria.foundation.pagination import Page
from galleria.platform import audit


class Suggestion(msgspec.Struct, frozen=True, kw_only=True):
    """A guess at a mapping for a file: its header and first rows, and the columns left out."""

    document: MappingDocument | None
    header: list[str]
    rows: list[list[str]]
    left_out: list[str]


async def create_mapping(ctx: Context, name: str, document: MappingDocument) -> Mapping:
    """The mapping is in the shop's list.

    Raises:
        InvalidInput: see `check_mapping`.
    """
    check_mapping(document)
    mapping = Mapping(
        mapping_id=new_id(),
        name=name,
        document=document,
        version=1,
        created_at=ctx.now,
        updated_at=ctx.now,
    )
    async with ctx.transaction() as tx:
        await repository.add(tx, mapping)
        await audit.record(tx, "imports.mapping_created", f"mapping:{mapping.mapping_id}")
    return mapping


async def update_mapping(
    ctx: Context,
    mapping_id: UUID,
    name: str,
    document: MappingDocument,
    expected_version: int | None = None,
) -> Mapping:
    """The mapping says this now. Imports asked for before go by what it said then.

    Raises:
        InvalidInput: see `check_mapping`.
        MappingNotFound: this shop has no such mapping.
        MappingChanged: its version is not `expected_version`.
    """
    check_mapping(document)
    async with ctx.transaction() as tx:
        mapping = await repository.lock(tx, mapping_id)
        if mapping is None:
            raise MappingNotFound(f"no mapping {mapping_id}")
        if expected_version not in (None, mapping.version):
            raise MappingChanged(f"the mapping is at version {mapping.version}")
        edited = msgspec.structs.replace(
            mapping,
            name=name,
            document=document,
            version=mapping.version + 1,
            updated_at=ctx.now,
        )
        await repository.save(tx, edited)
        await audit.record(tx, "imports.mapping_changed", f"mapping:{mapping_id}")
    return edited


async def remove_mapping(ctx: Context, mapping_id: UUID) -> None:
    """The mapping is no longer in the list.

    Raises:
        MappingNotFound: it was not there.
    """
    async with ctx.transaction() as tx:
        if not await repository.remove(tx, mapping_id):
            raise MappingNotFound(f"no mapping {mapping_id}")
        await audit.record(tx, "imports.mapping_removed", f"mapping:{mapping_id}")


async def get_mapping(reader: Reader, mapping_id: UUID) -> Mapping:
    """The mapping.

    Raises:
        MappingNotFound: this shop has no such mapping.
    """
    mapping = await repository.find(reader, mapping_id)
    if mapping is None:
        raise MappingNotFound(f"no mapping {mapping_id}")
    return mapping


async def list_mappings(ctx: Context, cursor: str | None = None, limit: int = 50) -> Page[Mapping]:
    """A page of mappings, newest first.

    Raises:
        InvalidCursor: the cursor is not one of this list.
    """
    scope = "imports.mappings"
    before = NEWEST if cursor is None else UUID(str(key_of(ctx, cursor, scope, str)))
    found = await repository.before(ctx, before, limit + 1)
    last = str(found[limit - 1].mapping_id) if len(found) > limit else None
    return page_of(ctx, scope, found[:limit], last)


async def suggest_mapping_of(
    ctx: Context, file_id: UUID, reading: TableReading = AS_IT_LOOKS
) -> Suggestion:
    """A guess at a mapping for a file that was sent, to be looked at and kept by a person.

    Raises:
        FileNotFound: this shop has no such file.
        UnreadableFile: it is packed and damaged, or no table.
    """
    await get_file(ctx, file_id)
    opened = await StoredBytes(ctx, file_key(ctx.tenant.tenant_id, file_id)).open(
        encoding_said(reading)
    )
    delimiter, header, rows = table_head(opened.head, delimiter_said(reading))
    is_other = b"\0" in opened.head or opened.head.lstrip().startswith((b"{", b"[", b"<"))
    if is_other or len(header) < 2:
        raise UnreadableFile("this is no table with columns")
    document, left_out = suggest_mapping(header, rows, delimiter)
    if document is not None and reading.encoding != "auto":
        document = msgspec.structs.replace(document, encoding=reading.encoding)
    return Suggestion(document=document, header=header, rows=rows, left_out=left_out)
