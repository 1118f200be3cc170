"""The pictures of the demo shops, drawn by code: no file to ship, no licence to mind.

A picture is named `shop/subject/colour/view`, for instance `ceramics/moon-jar/celadon/studio`.
The same name gives the same bytes on every machine.
"""

from __future__ import annotations

from collections.abc import Callable

from galleria.demo.pictures.ceramics import shelf
from galleria.demo.pictures.prints import gallery
from galleria.demo.pictures.textiles import loom

__all__ = ["MEDIA_TYPE", "UnknownPicture", "draw", "picture_ids"]

MEDIA_TYPE = "image/svg+xml"

_DRAW: dict[str, Callable[[str, str, str], bytes]] = {
    "prints": gallery.draw,
    "ceramics": shelf.draw,
    "textiles": loom.draw,
}
_SUBJECTS = {
    "prints": gallery.subjects(),
    "ceramics": shelf.subjects(),
    "textiles": loom.subjects(),
}


class UnknownPicture(LookupError):
    """No picture has this name."""


def picture_ids() -> tuple[str, ...]:
    """Return the name of every picture that can be drawn, shop by shop."""
    return tuple(
        f"{shop}/{subject}/{colour}/{view}"
        for shop, subjects in _SUBJECTS.items()
        for subject, (colours, views) in subjects.items()
        for colour in colours
        for view in views
    )


def draw(picture_id: str) -> bytes:
    """Return one picture as SVG, 800 x 1000 pixels, less than 40 kB. Takes up to 0.2 s.

    Raises:
        UnknownPicture: `picture_id` is not one of `picture_ids()`.
    """
    shop, _, rest = picture_id.partition("/")
    subject, _, rest = rest.partition("/")
    colour, _, view = rest.partition("/")
    colours, views = _SUBJECTS.get(shop, {}).get(subject, ((), ()))
    if colour not in colours or view not in views:
        raise UnknownPicture(f"no picture is named {picture_id!r}")
    return _DRAW[shop](subject, colour, view)
