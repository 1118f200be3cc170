"""Every artwork of the print shop by its handle, with the colourways it is printed in."""

from __future__ import annotations

from functools import lru_cache

from galleria.demo.pictures.canvas import Canvas
from galleria.demo.pictures.dice import Dice
from galleria.demo.pictures.prints import (
    cells,
    curves,
    fields,
    heights,
    packings,
    places,
    plants,
    staging,
    tilings,
)
from galleria.demo.pictures.prints.inks import TALL, WIDE, Artwork, Drawing, Inks


def _one(drawing: Drawing, *colours: str) -> Artwork:
    """Return an artwork printed in one colourway: paper, ink, then the further tones."""
    return Artwork(drawing, {"first": Inks(colours[0], colours[1], colours[2:])})


def _many(drawing: Drawing, **colourways: tuple[str, ...]) -> Artwork:
    return Artwork(
        drawing, {code: Inks(row[0], row[1], row[2:]) for code, row in colourways.items()}
    )


ARTWORKS: dict[str, Artwork] = {
    "tidal-field": _many(
        fields.tidal_field,
        indigo=("#f4efe4", "#22355c", "#d2492a"),
        moss=("#f1eee0", "#3f5a45", "#dba23c"),
        night=("#1b2231", "#b9c2cf", "#e0a24e"),
    ),
    "wheat-weather": _one(
        fields.wheat_weather,
        "#2b3a35", "#1c2622", "#5d6b4e", "#a58a45", "#d1a84f", "#e8cf8f", "#f3e6bf",
    ),
    "undertow": _one(fields.undertow, "#16202e", "#ffffff", "#6f8dab", "#a9c0d2", "#e9eef0"),
    "night-signals": _one(
        fields.night_signals, "#1a1c26", "#5f6f94", "#b9b6c4", "#f0c9a0", "#ee8a5b"
    ),
    "slack-water": _many(
        fields.slack_water,
        ember=("#f1ebde", "#24465a", "#e7a15a", "#cf5a3c"),
        rose=("#f3e9e2", "#4b3f5c", "#e8b0a0", "#b85c74"),
    ),
    "imaginary-island": _one(
        heights.imaginary_island,
        "#e9efe9", "#27394a", "#d3e2e0", "#b6d2d3", "#93bfc4", "#efe3bd", "#c4cf9d", "#87a778",
        "#5f8564", "#a8875f", "#efe8dc",
    ),
    "growth-rings": _one(
        heights.growth_rings, "#f4efe6", "#6b4630", "#e5c9a0", "#c9986a", "#4a3226"
    ),
    "quarter-turns": _many(
        tilings.quarter_turns,
        ochre=("#f2ebdd", "#1f3a44", "#e2a13b", "#c9503a"),
        sea=("#f0eee4", "#1c3550", "#8fb9b5", "#3d7a86"),
        rose=("#f5ece4", "#4a2f43", "#e5b5a3", "#b65a62"),
    ),
    "garden-maze": _one(tilings.garden_maze, "#f0ebe1", "#2d3136", "#c8452f", "#d9b26a"),
    "wandering-paths": _many(
        tilings.wandering_paths,
        night=("#efe9dd", "#23303c", "#e9c9a8"),
        terracotta=("#f3ebdf", "#b4553a", "#f0d6b4"),
    ),
    "basket": _one(
        tilings.basket,
        "#f5f0e6", "#2a2f45", "#d9694a", "#ebaf77", "#f0d8b0", "#25546b", "#5f97a3", "#b7d1c8",
    ),
    "shape-alphabet": _one(
        tilings.shape_alphabet, "#f3ecdf", "#26303d", "#d2542f", "#e3b04b", "#3f7374", "#e9c7b2"
    ),
    "eight-point-court": _one(
        tilings.eight_point_court, "#f3ecdd", "#1f4e5f", "#dcb877", "#c5593c"
    ),
    "one-line": _many(
        tilings.one_line,
        night=("#1d2230", "#8b93a8", "#f0d9a8"),
        moss=("#eeebdf", "#6f8a74", "#2f4a3c"),
    ),
    "fivefold": _one(tilings.fivefold, "#f4eee2", "#2e4a52", "#e2a84f", "#f0dcb2", "#8fb0a8"),
    "two-ponds": _many(
        curves.two_ponds,
        ember=("#f3efe5", "#1f3b57", "#d4553a"),
        moss=("#f2efe4", "#2f5d4e", "#d09a3a"),
        rose=("#f4ede6", "#5a3a5e", "#cf7a6c"),
    ),
    "standing-wave": _one(
        curves.standing_wave, "#f4efe5", "#1d4e5c", "#6ea08f", "#e0b35a", "#d2603c"
    ),
    "rose-engine": _one(curves.rose_engine, "#f2eee3", "#24534f", "#b3563c", "#d4a24a"),
    "seven-times-table": _one(
        curves.seven_times_table, "#1c2430", "#dcd3bd", "#e9b872", "#e07a5f", "#8fa9b8", "#5b7fa6"
    ),
    "ribbon": _one(curves.ribbon, "#f3ede2", "#27476b", "#5c8aa0", "#e3b391", "#d5604a"),
    "orrery": _one(
        curves.orrery, "#1a2130", "#cfc6b0", "#f6e2a8", "#e09a3e", "#c95d45", "#6c94a6", "#a9b58e"
    ),
    "pebble-beach": _one(
        packings.pebble_beach,
        "#f1ece2", "#333a40", "#8c9396", "#b7b3a8", "#5d666d", "#c9b79c", "#a58b78", "#d8d3c7",
        "#3f474f",
    ),
    "sunflower-count": _one(
        packings.sunflower_count, "#f3eee3", "#2b2b2b", "#4a2c1d", "#a8561f", "#e3a02f", "#6f7f3b"
    ),
    "dahlia": _many(
        packings.dahlia,
        crimson=("#1f2a2e", "#3a1020", "#f5d9c5", "#e88f78", "#c2413f", "#7c1f36"),
        apricot=("#2a2f36", "#5a2a1c", "#fbf0d9", "#f6d08f", "#e89a55", "#b65b34"),
    ),
    "halftone-moon": _one(packings.halftone_moon, "#1b2333", "#efe6d2", "#e2803f"),
    "citrus-index": _one(
        packings.citrus_index,
        "#f4efe3", "#4a3a2a", "#e8892b", "#f2a84b", "#d9b92f", "#efd264", "#c4503c", "#e0705a",
    ),
    "twenty-eight-moons": _one(packings.twenty_eight_moons, "#20283a", "#ece3d0", "#e4a14d"),
    "dry-lake": _one(
        cells.dry_lake, "#e9ddc9", "#3f7f8c", "#8f6a4c", "#b58d66", "#d0ae85", "#a8795a"
    ),
    "north-light": _one(
        cells.north_light,
        "#efe9df", "#252b36", "#f6d79a", "#e9b06c", "#9db3b6", "#5f8296", "#33536f",
    ),
    "five-evenings": _one(
        places.five_evenings,
        "#f3ede2", "#1e2740", "#f0b56b", "#6b89a8", "#ee8f5c", "#7a6f9c", "#e56b52", "#4f4f86",
        "#d8567a", "#3a3f6f", "#a84f84", "#262f57",
    ),
    "blue-hour": _one(places.blue_hour, "#f6ead2", "#14263b", "#5e83a6", "#e7d3c4"),
    "seven-arches": _many(
        places.seven_arches,
        terracotta=("#f3eadb", "#b9442c", "#2f4858", "#4f7378", "#9db4a0", "#e8cf9d", "#e5a369",
                    "#d4764e", "#b9442c"),
        sea=("#eff0e8", "#e0a24e", "#1d3a4f", "#2c5a6e", "#47808d", "#74a5a6", "#a5c4bb",
             "#d3dcc9", "#e9e1c6"),
    ),
    "canal-rain": _one(
        places.canal_rain, "#e9e6dc", "#22303c", "#2e4a5b", "#7c97a0", "#8a5f4d", "#f0c66f"
    ),
    "long-dunes": _one(
        places.long_dunes, "#fbeed3", "#5a2e2e", "#7fa3ad", "#f0d3b0", "#edc795", "#dd9f63",
        "#b9693f",
    ),
    "winter-elder": _one(plants.winter_elder, "#ece7dc", "#232a30", "#f0b867", "#dd6b45"),
    "fern-study": _one(plants.fern_study, "#f1ede1", "#1f3a2d", "#3f6b4d", "#7f9a6a", "#a9b58a"),
    "meadow-margin": _one(
        plants.meadow_margin, "#f3ece0", "#27423a", "#e7a27c", "#5d7a5a", "#b08a3e", "#8c4a3c"
    ),
    "olive-branch": _one(
        plants.olive_branch, "#f2eee2", "#4a3f31", "#6f8060", "#94a285", "#52674f", "#4b3550"
    ),
}  # fmt: skip

# What a card set holds: drawings that stay clear when they are small.
_CARDS = ("two-ponds", "twenty-eight-moons", "seven-arches", "garden-maze", "blue-hour",
          "eight-point-court")  # fmt: skip
VIEWS = ("sheet", "detail", *staging.MOULDINGS)
_BLANK = Inks("#f6f2ea", "#7d766b", ("#d8cfc0", "#b9ab96"))


@lru_cache(maxsize=16)
def _printed(handle: str, colourway: str) -> Canvas:
    """Return the printed sheet; chance goes by handle, so colourways share one drawing.

    Kept for a while: a sheet is hung in several frames, one after the other.
    """
    artwork = ARTWORKS[handle]
    sheet = Canvas(WIDE, TALL, f"prints/{handle}/{colourway}")
    # Seeds keep the underscores that the drawings were tuned with.
    artwork.drawing(sheet, Dice(handle.replace("-", "_")), artwork.colourways[colourway])
    return sheet


def _cards(name: str) -> Canvas:
    """Return six cards laid out on a table."""
    table = Canvas(WIDE, TALL, name)
    table.rect(
        0, 0, WIDE, TALL, fill=table.linear([(0, "#e4dace"), (1, "#d3c5b4")], (0, 0), (1, 1))
    )
    dice = Dice(name)
    soft = table.blur(14)
    for index, handle in enumerate(_CARDS):
        x, y = 150 + (index % 2) * 690 + dice.between(-26, 26), 110 + (index // 2) * 620
        card = _printed(handle, next(iter(ARTWORKS[handle].colourways)))
        turn = f"rotate({dice.between(-5, 5):.1f} {x + 300:.0f} {y + 280:.0f})"
        with table.group(transform=turn):
            table.rect(x + 106, y + 18, 440, 550, fill="#3a2e22", opacity=0.45, filter=soft)
            table.rect(x + 96, y, 440, 550, fill="#fbf9f4")
            table.add(
                f'<svg x="{x + 116:.0f}" y="{y + 20:.0f}" width="400" height="500" '
                f'viewBox="0 0 {WIDE} {TALL}">{card.markup()}</svg>'
            )
    return table


def _bare_frame(moulding: str, name: str) -> Canvas:
    """Return a frame that waits for its picture: the mount with a pencilled cross."""
    sheet = Canvas(WIDE, TALL, f"{name}-sheet")
    sheet.ground(_BLANK.tones[0])
    sheet.path(f"M0 0L{WIDE} {TALL}M{WIDE} 0L0 {TALL}", stroke=_BLANK.tones[1], stroke_width=4)
    return staging.hang(sheet, moulding, _BLANK, name)


def subjects() -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return every subject's colour codes and views."""
    table = {handle: (tuple(art.colourways), VIEWS) for handle, art in ARTWORKS.items()}
    table["card-set"] = (("first",), ("sheet",))
    table["bare-frame"] = (tuple(staging.MOULDINGS), ("wall",))
    return table


def draw(handle: str, colour: str, view: str) -> bytes:
    """Return one picture of the print shop; the caller has checked that it exists."""
    name = f"prints/{handle}/{colour}/{view}"
    if handle == "card-set":
        return _cards(name).svg()
    if handle == "bare-frame":
        return _bare_frame(colour, name).svg()
    sheet = _printed(handle, colour)
    if view == "sheet":
        return sheet.svg()
    if view == "detail":
        return sheet.svg((420, 480, 760, 950))
    return staging.hang(sheet, view, ARTWORKS[handle].colourways[colour], name).svg()
