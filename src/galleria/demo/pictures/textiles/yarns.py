"""Dyed yarns: every colour of the textile shop as ground, figure, accent and deep tone."""

from __future__ import annotations

import msgspec


class Yarns(msgspec.Struct, frozen=True):
    """Four yarns that go together: the cloth, its pattern, a third tone, the darkest."""

    ground: str
    figure: str
    accent: str
    deep: str


YARNS: dict[str, Yarns] = {
    "natural": Yarns("#e6dac5", "#b79f79", "#cfbd9b", "#6d5b45"),
    "cream": Yarns("#f1e9da", "#d5c4a5", "#c3ad8a", "#8f7b5c"),
    "indigo": Yarns("#31466c", "#ebe3d3", "#8fa1bd", "#1d2b47"),
    "madder": Yarns("#ab4c32", "#f1dec6", "#db9166", "#6c2b1f"),
    "ochre": Yarns("#cf9c46", "#f6ead0", "#e5c280", "#85601f"),
    "sage": Yarns("#97a58a", "#f0ecdf", "#bdc7ae", "#566650"),
    "slate": Yarns("#626f7a", "#e7e4dd", "#9ba6ae", "#38424b"),
    "rose": Yarns("#d1a093", "#f7e9e1", "#e5c4b8", "#90605a"),
    "charcoal": Yarns("#434548", "#ded8cc", "#8a8a8d", "#242629"),
    "forest": Yarns("#38543f", "#e8e1cb", "#86a07f", "#1f3329"),
    "sky": Yarns("#a3bac8", "#f3f0e6", "#ccd9df", "#5b788d"),
    "plum": Yarns("#623e55", "#ecdcd9", "#ad869e", "#3a2232"),
}
