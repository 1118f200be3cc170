"""How a selection is kept: four bytes a number, the highest first, and nothing before or between.

An array would say its kind, dimensions and bounds in twenty bytes, in every variant.
"""

import struct
from collections.abc import Sequence


def packed(selection: Sequence[int]) -> bytes:
    """The numbers as a row keeps them, 4 bytes each; -2^31 <= number < 2^31."""
    return struct.pack(f">{len(selection)}i", *selection)


def unpacked(raw: bytes) -> list[int]:
    """The way back."""
    return list(struct.unpack(f">{len(raw) // 4}i", raw))
