"""The shop's pictures: kept once however often they come, each at an address that stays.

Table `images.image`; the bytes are blobs. Renditions in other sizes are made later from the
original that is kept here.
"""

from galleria.content.images.errors import ImageNotFound, NotAnImage
from galleria.content.images.model import Image
from galleria.content.images.service import (
    get_image,
    read_image,
    store_drawing,
    store_image,
)

__all__ = [
    "Image",
    "ImageNotFound",
    "NotAnImage",
    "get_image",
    "read_image",
    "store_drawing",
    "store_image",
]
