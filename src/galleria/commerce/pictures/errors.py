"""How asking after a picture can fail."""

from galleria.foundation.errors import NotFound


class PictureNotFound(NotFound):
    code = "picture_not_found"
    title = "No such picture is wanted"
