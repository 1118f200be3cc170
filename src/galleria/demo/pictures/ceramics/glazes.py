"""Glazes as a potter describes them: what shows on the face, on edges, where it pools."""

from __future__ import annotations

import msgspec


class Glaze(msgspec.Struct, frozen=True):
    """One glaze over one clay."""

    face: str
    # Thin over rims and throwing lines, thick where it runs together.
    edge: str
    deep: str
    clay: str
    # 0 is a dry matt surface, 1 a wet shine.
    gloss: float
    speck: str = ""
    specks: int = 0


GLAZES: dict[str, Glaze] = {
    "chalk": Glaze("#efe9de", "#d3bc9c", "#d9cfbe", "#c4a07a", 0.3),
    "oatmeal": Glaze("#e3d6be", "#b58a5d", "#cbb797", "#b98e66", 0.35, "#6f4a2e", 150),
    "celadon": Glaze("#b2c9b7", "#dbe6d8", "#7fa392", "#a58362", 0.85),
    "ink": Glaze("#34496a", "#8b9bac", "#1a2940", "#8f6d52", 0.75),
    "iron": Glaze("#42302a", "#b0692f", "#1d1513", "#80604a", 0.9),
    "ash": Glaze("#bcb8ac", "#d8d2c3", "#8f8d83", "#a48a70", 0.2, "#5a554d", 110),
    "terracotta": Glaze("#c4754f", "#dca27c", "#a3583a", "#b8693f", 0.05),
    "blush": Glaze("#e4c2b1", "#f2ded2", "#c89a87", "#bb8f72", 0.35),
    "honey": Glaze("#d29c4b", "#efcd8c", "#9c6524", "#96694a", 0.8),
    "moss": Glaze("#76835c", "#b1a673", "#4b583e", "#8d6d50", 0.45, "#39402c", 70),
    "tide": Glaze("#64999f", "#cbdad0", "#2a5f70", "#a07e60", 0.75),
    "charcoal": Glaze("#424345", "#76716b", "#29292b", "#5b5049", 0.12),
}
