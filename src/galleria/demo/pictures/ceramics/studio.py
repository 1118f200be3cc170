"""The potter's photo corner: a bent sheet of paper, one window, late in the morning."""

from __future__ import annotations

from galleria.demo.pictures.canvas import Canvas
from galleria.demo.pictures.colour import lighter, mix

WIDE, TALL = 1600, 2000
GROUND = 1560

PAPERS: dict[str, str] = {
    "sand": "#e6d9c6",
    "blush": "#e8d3c6",
    "stone": "#d9d4ca",
    "sage": "#d3d6c6",
    "clay": "#d8b79c",
    "mist": "#d3d9da",
}


def studio(name: str, paper: str) -> Canvas:
    """Return a scene with the backdrop of the given paper, lit from the upper left."""
    tone = PAPERS[paper]
    scene = Canvas(WIDE, TALL, name)
    scene.rect(
        0,
        0,
        WIDE,
        TALL,
        fill=scene.linear(
            [
                (0, lighter(tone, 0.01)),
                (0.6, lighter(tone, -0.03)),
                (0.72, lighter(tone, 0.005)),
                (0.82, lighter(tone, 0.025)),
                (1, lighter(tone, -0.02)),
            ]
        ),
    )
    glow = scene.radial(
        [(0, "#fff8ec/0.62"), (0.5, "#fff8ec/0.2"), (1, "#fff8ec/0")], (0.22, 0.16), 0.9
    )
    scene.rect(0, 0, WIDE, TALL, fill=glow)
    dusk = mix(tone, "#4a3222", 0.6)
    fall = scene.linear(
        [(0, f"{dusk}/0"), (0.45, f"{dusk}/0.02"), (1, f"{dusk}/0.3")], (0.1, 0), (1, 0.7)
    )
    scene.rect(0, 0, WIDE, TALL, fill=fall)
    return scene
