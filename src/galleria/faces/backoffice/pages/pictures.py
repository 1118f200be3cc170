"""Pictures that products name by address: how far they are, what failed, and once more."""

from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from galleria.commerce import pictures
from galleria.commerce.pictures import Counts, PictureState
from galleria.faces.backoffice.notices import Notice
from galleria.faces.backoffice.visits import Desk
from galleria.foundation.pagination import InvalidCursor

PLACE = "/pictures"
PAGE = 50
VIEWS: dict[str, PictureState] = {"failed": "failed", "waiting": "waiting", "fetched": "fetched"}


class Progress(msgspec.Struct, frozen=True):
    """What the page asks for while pictures are fetched. `share` is 0 to 1."""

    has_ended: bool
    share: float
    open_count: int
    fetched_count: int
    failed_count: int


def progress_of(counts: Counts, *, is_busy: bool) -> Progress:
    """How far the pictures are; ended when none is under way, though some may wait for a try."""
    share = round(counts.share, 4)
    return Progress(not is_busy, share, counts.open, counts.fetched, counts.failed)


@get("/s/{slug:str}/pictures", scope="products:read")
async def show_pictures(desk: NamedDependency[Desk]) -> Response[bytes]:
    """How far the shop's pictures are, and those that failed."""
    view = desk.question("view") if desk.question("view") in VIEWS else "failed"
    cursor = desk.question("cursor", 4_000) or None
    try:
        page = await pictures.list_pictures(desk.ctx, VIEWS[view], cursor, PAGE)
    except InvalidCursor:
        return desk.go(desk.at(PLACE))
    counts = await pictures.get_counts(desk.ctx)
    return desk.show(
        "pictures/list.html",
        page=page,
        view=view,
        views=list(VIEWS),
        counts=counts,
        progress=progress_of(counts, is_busy=await pictures.is_busy(desk.ctx)),
        is_first=cursor is None,
    )


@get("/s/{slug:str}/pictures/progress.json", scope="products:read")
async def show_progress(desk: NamedDependency[Desk]) -> Response[bytes]:
    """How far the pictures are, for the script that moves the bar."""
    counts = await pictures.get_counts(desk.ctx)
    progress = progress_of(counts, is_busy=await pictures.is_busy(desk.ctx))
    return Response(
        msgspec.json.encode(progress),
        media_type="application/json",
        headers={"cache-control": "no-store"},
    )


@post("/s/{slug:str}/pictures/{picture_id:uuid}/retry", scope="products:write")
async def retry_picture(desk: NamedDependency[Desk], picture_id: FromPath[UUID]) -> Response[bytes]:
    """A picture that failed is fetched again."""
    await pictures.retry_picture(desk.ctx, picture_id)
    return desk.go(desk.at(PLACE), Notice("pictures_retried", count=1))


@post("/s/{slug:str}/pictures/retry", scope="products:write")
async def retry_failed(desk: NamedDependency[Desk]) -> Response[bytes]:
    """All that failed are fetched again."""
    count = await pictures.retry_all_failed(desk.ctx)
    return desk.go(desk.at(PLACE), Notice("pictures_retried", count=count))


ROUTES = [show_pictures, show_progress, retry_picture, retry_failed]
