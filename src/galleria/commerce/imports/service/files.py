"""Files that came in: kept as they are, and removed when nobody needs them any more."""

from collections.abc import AsyncIterable
from datetime import timedelta
from pathlib import PurePosixPath
from uuid import UUID

import msgspec

from galleria.commerce.imports.errors import FileNotFound
from galleria.commerce.imports.model.runs import StoredFile
from galleria.commerce.imports.repository import files as repository
from galleria.commerce.imports.repository import reports
from galleria.engines.blob import BlobKey
from galleria.engines.context import Context
from galleria.engines.sql import Reader
from galleria.foundation.ids import new_id
from galleria.platform import audit

MAX_FILE_BYTES = 20 * 1024**3  # what the gateway lets through; streamed, never held
KEPT_DAYS = 30
_AT_ONCE = 100


def file_key(tenant_id: int, file_id: UUID) -> BlobKey:
    """Where the bytes of a file that came in lie."""
    return BlobKey(tenant_id, f"imports/files/{file_id.hex}")


def export_key(tenant_id: int, export_id: UUID) -> BlobKey:
    """Where the bytes of an export lie."""
    return BlobKey(tenant_id, f"imports/exports/{export_id.hex}")


async def accept_file(ctx: Context, name: str, stream: bytes | AsyncIterable[bytes]) -> StoredFile:
    """The file is kept under a new id, whole, whatever it holds; `start_import` looks into it.

    Args:
        ctx: whose.
        name: what the person calls it; a path loses its folders.
        stream: the bytes, streamed to the file store and never held as a whole.

    Raises:
        BlobTooLarge: over 20 GB.
    """
    file_id = new_id()
    info = await ctx.engines.blob.put(
        file_key(ctx.tenant.tenant_id, file_id),
        stream,
        "application/octet-stream",
        limit_bytes=MAX_FILE_BYTES,
    )
    file = StoredFile(
        file_id=file_id,
        name=_plain_name(name),
        size_bytes=info.size_bytes,
        sha256=info.sha256,
        uploaded_at=ctx.now,
    )
    async with ctx.transaction() as tx:
        await repository.add_file(tx, file)
        detail = {"name": file.name, "size_bytes": file.size_bytes}
        await audit.record(tx, "imports.file_accepted", f"product_file:{file_id}", detail)
    return file


async def get_file(reader: Reader, file_id: UUID) -> StoredFile:
    """The file.

    Raises:
        FileNotFound: this shop has no such file, or has removed its bytes.
    """
    file = await repository.find_file(reader, file_id)
    if file is None or file.removed_at is not None:
        raise FileNotFound(f"no product file {file_id}")
    return file


async def remove_old_files(ctx: Context) -> int:
    """Files and exports older than 30 days lose their bytes, unless an import still reads them.

    With a file go the problems listed for it; counts stay known. Safe to repeat. How many files
    there were comes back.
    """
    before = ctx.now - timedelta(days=KEPT_DAYS)
    removed = 0
    tenant_id = ctx.tenant.tenant_id
    while file_ids := await repository.idle_files(ctx, before, _AT_ONCE):
        for file_id in file_ids:
            await ctx.engines.blob.delete(file_key(tenant_id, file_id))
            async with ctx.transaction() as tx:
                await repository.mark_file_removed(tx, file_id)
                await reports.forget_findings(tx, file_id)
            removed += 1
    while exports := await repository.old_exports(ctx, before, _AT_ONCE):
        for export in exports:
            await ctx.engines.blob.delete(export_key(tenant_id, export.export_id))
            async with ctx.transaction() as tx:
                gone = msgspec.structs.replace(export, removed_at=ctx.now)
                await repository.save_export(tx, gone)
            removed += 1
    return removed


def _plain_name(name: str) -> str:
    last = PurePosixPath(name.replace("\\", "/")).name
    plain = "".join(each for each in last if each.isprintable()).strip()
    return plain.encode("utf-8", "replace").decode()[:200] or "products"
