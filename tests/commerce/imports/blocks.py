"""Cuts content into blocks, as files and networks do: anywhere."""

from collections.abc import Sequence
from itertools import pairwise


def cut(content: bytes, cuts: Sequence[int]) -> list[bytes]:
    """The content in pieces, parted at these places."""
    places = sorted({min(at, len(content)) for at in cuts} | {0, len(content)})
    return [content[a:b] for a, b in pairwise(places)]
