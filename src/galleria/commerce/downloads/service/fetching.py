"""A buyer fetches a file by a link: counted, in parts if need be, never held in memory."""

from uuid import UUID

import msgspec

from galleria.commerce.downloads import model
from galleria.commerce.downloads.errors import DownloadLinkExpired, DownloadNotFound
from galleria.commerce.downloads.model import ByteRange, DownloadFile
from galleria.commerce.downloads.repository import grants as repository
from galleria.commerce.downloads.service.goods import blob_key
from galleria.commerce.downloads.service.granting import LINK, file_behind
from galleria.engines.blob import BlobStream
from galleria.engines.context import Context
from galleria.foundation.pagination import InvalidCursor


class Fetched(msgspec.Struct, frozen=True):
    """A file on its way: the `part` that was asked for, None for all of it.

    Without a `stream` the part begins behind the end of the file.
    """

    file: DownloadFile
    part: ByteRange | None
    stream: BlobStream | None


async def fetch(
    ctx: Context, token: str, range_header: str | None, if_range: str | None
) -> Fetched:
    """The file behind the link, or the part of it that is asked for.

    A part of a file that has changed since is not sent: then all of it is.

    Raises:
        DownloadNotFound: the link is none of this shop's.
        DownloadLinkExpired: it is too old.
        DownloadRevoked, DownloadExpired, DownloadLimitReached: see `model.admitted`.
    """
    grant_id = _grant_behind(ctx, token)
    async with ctx.transaction() as tx:
        grant = await repository.lock_grant(tx, grant_id)
        if grant is None:
            raise DownloadNotFound("no such download")
        file = await file_behind(tx, grant)
        part = model.range_of(range_header, file.size_bytes)
        if part is not None and if_range not in (None, etag_of(file)):
            part = None
        if part is not None and part.length == 0:
            return Fetched(file, part, None)
        asked = part or ByteRange(0, file.size_bytes)
        after = model.admitted(grant, asked, file.size_bytes, tx.now)
        await repository.save_grant(tx, after)
        if after.downloaded > grant.downloaded:
            await repository.note_fetch(tx, grant_id, file.file_id)
    stream = await ctx.engines.blob.open(blob_key(ctx, file.file_id), asked.first, asked.length)
    return Fetched(file, part, stream)


def etag_of(file: DownloadFile) -> str:
    """What tells this content from another."""
    return f'"{file.sha256[:32]}"'


def _grant_behind(ctx: Context, token: str) -> UUID:
    try:
        keys = ctx.engines.cursors.decode(token, ctx.tenant.tenant_id, LINK)
    except InvalidCursor:
        raise DownloadNotFound("no such download") from None
    grant_id, ends = UUID(str(keys[0])), int(keys[1] or 0)
    if ctx.now.timestamp() >= ends:
        raise DownloadLinkExpired("the order's page shows a fresh link")
    return grant_id
