"""All SQL of the pictures."""

from collections.abc import Sequence
from uuid import UUID

from galleria.content.images.model import Image
from galleria.engines.sql import Reader, Transaction

_COLUMNS = ", ".join(Image.__struct_fields__)


async def get_image(reader: Reader, media_id: UUID) -> Image | None:
    """The picture with this id."""
    row = await reader.read_row(
        f"SELECT {_COLUMNS} FROM images.image WHERE tenant_id = $1 AND media_id = $2", media_id
    )
    return None if row is None else Image(**dict(row))


async def get_images(reader: Reader, media_ids: Sequence[UUID]) -> list[Image]:
    """Those of the pictures that there are."""
    rows = await reader.read(
        f"SELECT {_COLUMNS} FROM images.image WHERE tenant_id = $1 AND media_id = ANY($2)",
        list(media_ids),
    )
    return [Image(**dict(row)) for row in rows]


async def add_image(tx: Transaction, image: Image) -> Image:
    """The picture is kept; one with the same bytes that was there already comes back instead."""
    row = await tx.fetch_row(
        f"INSERT INTO images.image (tenant_id, {_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6)"
        " ON CONFLICT (tenant_id, sha256) DO UPDATE SET sha256 = EXCLUDED.sha256"
        f" RETURNING {_COLUMNS}",
        *(getattr(image, column) for column in Image.__struct_fields__),
    )
    assert row is not None, "an upsert returns its row"
    return Image(**dict(row))
