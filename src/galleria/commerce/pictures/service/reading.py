"""What is wanted, and how far it is."""

from collections.abc import Sequence
from uuid import UUID

from galleria.commerce.pictures.errors import PictureNotFound
from galleria.commerce.pictures.model import Counts, Picture, PictureState, request_of_import
from galleria.commerce.pictures.repository import reading as repository
from galleria.commerce.pictures.repository import tallying
from galleria.engines.context import Context
from galleria.engines.sql import Reader
from galleria.foundation.pagination import Page

_START = ("", UUID(int=0))


async def get_picture(reader: Reader, picture_id: UUID) -> Picture:
    """The picture and how far it is.

    Raises:
        PictureNotFound: no product of this shop names it.
    """
    picture = await repository.find(reader, picture_id)
    if picture is None:
        raise PictureNotFound(f"no picture {picture_id}")
    return picture


async def list_pictures(
    ctx: Context, state: PictureState, cursor: str | None = None, limit: int = 50
) -> Page[Picture]:
    """A page of the pictures in this state, those of one host together.

    Raises:
        InvalidCursor: the cursor is not one of this list.
    """
    tenant_id, cursors, scope = ctx.tenant.tenant_id, ctx.engines.cursors, f"pictures.{state}"
    after = _START
    if cursor is not None:
        host, picture_id = cursors.decode(cursor, tenant_id, scope)
        after = (str(host), UUID(str(picture_id)))
    found = await repository.page(ctx, state, after, limit + 1)
    items = found[:limit]
    next_cursor = None
    if len(found) > limit:
        keys = [items[-1].host, str(items[-1].picture_id)]
        next_cursor = cursors.encode(tenant_id, scope, keys)
    return Page(items=items, next_cursor=next_cursor)


async def get_counts(reader: Reader) -> Counts:
    """How many pictures of the shop are in each state. Read, not counted."""
    counts = await tallying.counts_of(reader, [tallying.WHOLE_SHOP])
    return Counts(**counts.get(tallying.WHOLE_SHOP, {}))


async def counts_of_imports(reader: Reader, import_ids: Sequence[UUID]) -> dict[UUID, Counts]:
    """How far the pictures are whose addresses these imports were the first to name."""
    requests = {request_of_import(each): each for each in import_ids}
    counts = await tallying.counts_of(reader, list(requests))
    return {each: Counts(**counts.get(name, {})) for name, each in requests.items()}
