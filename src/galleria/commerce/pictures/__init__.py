"""Pictures that products name by address: fetched once each, kept, and put on all that name them.

Suppliers and other shop systems send addresses, not pictures. Whenever the catalog has a product
with an address, it is wanted here; a job fetches it, `content.images` keeps it, and the products
get it. What cannot be had is listed with the reason and can be tried again. Tables
`pictures.wanted`, `naming`, `tally` and `shift`; event `pictures.pictures_wanted.v1`.
"""

from galleria.commerce.pictures.errors import PictureNotFound
from galleria.commerce.pictures.events import PicturesWanted
from galleria.commerce.pictures.model import Counts, Picture, PictureState, request_of_import
from galleria.commerce.pictures.service.fetching import fetch_pictures, is_busy
from galleria.commerce.pictures.service.reading import (
    counts_of_imports,
    get_counts,
    get_picture,
    list_pictures,
)
from galleria.commerce.pictures.service.retrying import retry_all_failed, retry_picture

__all__ = [
    "Counts",
    "Picture",
    "PictureNotFound",
    "PictureState",
    "PicturesWanted",
    "counts_of_imports",
    "fetch_pictures",
    "get_counts",
    "get_picture",
    "is_busy",
    "list_pictures",
    "request_of_import",
    "retry_all_failed",
    "retry_picture",
]
