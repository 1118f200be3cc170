"""Makes small pictures of large ones, in child processes that may crash and hold up nobody.

Unpacking a picture is work for the processor, and a picture may have been made to break whoever
unpacks it. So it happens in a few processes of its own, with bounds on memory and time; they start
when first needed and end when nobody needs them for a while. What waits for them is bounded too,
and no shop takes all of them.
"""

from galleria.engines.imaging.child import FORMATS, MOST_PIXELS
from galleria.engines.imaging.drawing import (
    Bounds,
    Drawer,
    ImageNotRenderable,
    Imaging,
    ImagingBusy,
)

__all__ = [
    "FORMATS",
    "MOST_PIXELS",
    "Bounds",
    "Drawer",
    "ImageNotRenderable",
    "Imaging",
    "ImagingBusy",
]
