"""Wanted pictures over HTTP: how far they are, what failed, and once more."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from galleria.commerce.pictures.errors import PictureNotFound
from galleria.commerce.pictures.model import Counts, Picture, PictureState
from galleria.commerce.pictures.service import reading, retrying
from galleria.engines.context import Context
from galleria.foundation.pagination import InvalidCursor, Page
from galleria.foundation.routing import CursorQuery, LimitQuery, problems, requires

TAGS = ["pictures"]
StateQuery = Annotated[PictureState, QueryParameter(name="state")]


class Retried(msgspec.Struct, frozen=True):
    """How many pictures are fetched again."""

    retried_count: int


@get(
    "/admin/v1/pictures",
    operation_id="ListWantedPictures",
    tags=TAGS,
    guards=[requires("products:read")],
    responses=problems(InvalidCursor),
)
async def list_pictures(
    ctx: NamedDependency[Context],
    in_state: StateQuery = "failed",
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[Picture]:
    """Pictures that products name by address, in one state; those of one host stand together."""
    return await reading.list_pictures(ctx, in_state, cursor, limit)


@get(
    "/admin/v1/pictures/counts",
    operation_id="CountWantedPictures",
    tags=TAGS,
    guards=[requires("products:read")],
)
async def count_pictures(ctx: NamedDependency[Context]) -> Counts:
    """How many pictures are in each state, kept with every change."""
    return await reading.get_counts(ctx)


@get(
    "/admin/v1/pictures/{picture_id:uuid}",
    operation_id="GetWantedPicture",
    tags=TAGS,
    guards=[requires("products:read")],
    responses=problems(PictureNotFound),
)
async def get_picture(ctx: NamedDependency[Context], picture_id: FromPath[UUID]) -> Picture:
    """One picture: whether it is here, how many products wait for it, and what went wrong."""
    return await reading.get_picture(ctx, picture_id)


@post(
    "/admin/v1/pictures/{picture_id:uuid}/retry",
    operation_id="RetryPicture",
    tags=TAGS,
    guards=[requires("products:write")],
    responses=problems(PictureNotFound),
    status_code=200,
)
async def retry_picture(ctx: NamedDependency[Context], picture_id: FromPath[UUID]) -> Picture:
    """Fetch a picture again that failed. Safe to repeat: any other stays as it is."""
    return await retrying.retry_picture(ctx, picture_id)


@post(
    "/admin/v1/pictures/retry",
    operation_id="RetryFailedPictures",
    tags=TAGS,
    guards=[requires("products:write")],
    status_code=200,
)
async def retry_failed(ctx: NamedDependency[Context]) -> Retried:
    """Fetch all pictures again that have failed so far."""
    return Retried(await retrying.retry_all_failed(ctx))


ROUTES = [list_pictures, count_pictures, get_picture, retry_picture, retry_failed]
