"""How pictures can fail."""

from galleria.foundation.errors import NotFound, UnsupportedMedia


class ImageNotFound(NotFound):
    code = "image_not_found"
    title = "No such image"


class NotAnImage(UnsupportedMedia):
    code = "not_an_image"
    title = "This is no image we read"
