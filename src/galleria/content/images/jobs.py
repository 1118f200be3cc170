"""Makes the common widths of new pictures before anybody asks for them."""

from typing import Any
from uuid import UUID

import msgspec

from galleria.content.images.events import ImageStored
from galleria.content.images.service import rendering
from galleria.engines.context import Context
from galleria.engines.jobs import EnqueueOn, Job, Progress

# Some ten seconds of one processor; then other jobs have their turn.
MOST_AT_ONCE = 50


class _Stored(msgspec.Struct, frozen=True):
    """What is read of `images.image_stored.v1`."""

    media_id: UUID


class WarmImages(msgspec.Struct, frozen=True):
    """Make the common widths of these."""

    media_ids: list[UUID]


async def warm_images(ctx: Context, payload: WarmImages, progress: Progress) -> None:
    """The renditions are there; those that are there already are left as they are."""
    await rendering.warm_images(ctx, payload.media_ids)


WARM = Job("images.warm", WarmImages, warm_images, at_once=1, watched=False)
JOBS: list[Job[Any]] = [WARM]
ENQUEUES: list[EnqueueOn[Any]] = [
    EnqueueOn(
        "images.warm_stored",
        ImageStored.TAG,
        _Stored,
        WARM,
        lambda event: event.payload.media_id,
        join=WarmImages,
        most_joined=MOST_AT_ONCE,
    )
]
