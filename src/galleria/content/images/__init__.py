"""The shop's pictures: kept once however often they come, each at an address that stays.

Table `images.image`; the bytes are blobs. Renditions, in the widths of a fixed ladder, are made
from the original when they are first asked for, and kept beside it. Event `images.image_stored.v1`.
"""

from galleria.content.images.errors import ImageNotFound, NotAnImage
from galleria.content.images.events import ImageStored
from galleria.content.images.model import (
    LADDER,
    MOST_WIDTH,
    Image,
    ImageFile,
    ImagesSettings,
    Shown,
    Wish,
)
from galleria.content.images.service.rendering import files_of, show_image, warm_images
from galleria.content.images.service.storing import (
    get_image,
    read_image,
    store_drawing,
    store_image,
)

__all__ = [
    "LADDER",
    "MOST_WIDTH",
    "Image",
    "ImageFile",
    "ImageNotFound",
    "ImageStored",
    "ImagesSettings",
    "NotAnImage",
    "Shown",
    "Wish",
    "files_of",
    "get_image",
    "read_image",
    "show_image",
    "store_drawing",
    "store_image",
    "warm_images",
]
