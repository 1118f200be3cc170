"""The floor picture and the list of visits in docs/architecture.md, drawn from .importlinter.

The file that a machine checks is also the one that people see, so the two cannot disagree. Rooms
that are planned, but have no folder yet, are drawn with a broken line.
"""

import configparser
from html import escape
from pathlib import Path
from typing import NamedTuple

from tools.house_code import FLOORS, ROOT, SOURCE, rooms
from tools.room_contract import Visit, read_visits

PLAN = ROOT / ".importlinter"
WIDTH, LABEL, ROW, GAP, PAD = 960, 132, 34, 6, 10
"""Pixels: the picture, the column of floor names, a box, between boxes, around them."""


class Place(NamedTuple):
    """One module in the plan: its name inside its floor, and whether it exists."""

    name: str
    exists: bool


class Floor(NamedTuple):
    """A floor with its layers from the top down, each a row of places side by side."""

    name: str
    layers: list[list[Place]]


def _sections() -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read(PLAN)
    return parser


def _layers(contract: str) -> list[list[str]]:
    """The layers of a contract from the top down; empty when there is no such contract."""
    parser, section = _sections(), f"importlinter:contract:{contract}"
    if not parser.has_section(section):
        return []
    lines = parser.get(section, "layers").split("\n")
    return [
        [name.strip(" ()") for name in line.replace(":", "|").split("|")] for line in lines if line
    ]


def listed_visits() -> list[Visit]:
    """Every visit between rooms that the plan lists, in order of guest and host."""
    lines = _sections().get("importlinter:contract:rooms", "visits").split("\n")
    return sorted(read_visits(line for line in lines if line))


def floors() -> list[Floor]:
    """The roof and the floors, from the top down."""
    plan = [Floor("roof", [])]
    for names in _layers("floors"):
        if names[0] not in FLOORS:
            shown = [name for name in names if name != "__main__"]
            plan[0].layers.append([_place(SOURCE, name) for name in shown])
            continue
        for name in names:
            folder = SOURCE / name
            layers = _layers(name) or [_modules(folder) or ["planned"]]
            plan.append(Floor(name, [[_place(folder, each) for each in row] for row in layers]))
    return plan


def _place(folder: Path, name: str) -> Place:
    return Place(name, any((folder / name).rglob("*.py")) or (folder / f"{name}.py").is_file())


def _modules(folder: Path) -> list[str]:
    found = [*folder.glob("*.py"), *(door.parent for door in folder.glob("*/__init__.py"))]
    return sorted({path.stem for path in found} - {"__init__"})


def drawing() -> str:
    """The picture, as SVG text."""
    parts, top = [], PAD
    for floor in floors():
        rows = _wrapped(floor.layers)
        height = len(rows) * (ROW + GAP) - GAP + 2 * PAD
        parts.append(
            f'<rect class="floor" x="{PAD}" y="{top}" width="{WIDTH - 2 * PAD}" height="{height}"'
            f' rx="6"/>\n<text class="name" x="{2 * PAD}" y="{top + height / 2 + 5:g}">'
            f"{escape(floor.name)}</text>"
        )
        for index, row in enumerate(rows):
            parts += _boxes(row, top + PAD + index * (ROW + GAP))
        top += height + GAP
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top - GAP + PAD}"'
        ' role="img" aria-labelledby="t">\n<title id="t">The floors of Galleria, each standing on'
        " those below it</title>\n<style>\n"
        "text{font:14px system-ui,sans-serif;fill:#1f2430}.name{font-weight:600}\n"
        ".floor{fill:#f2efe9;stroke:#c9c2b4}.box{fill:#fff;stroke:#6b7a8f}\n"
        ".planned{fill:none;stroke:#a49c8c;stroke-dasharray:4 3}.later{fill:#6d675c}\n"
        "</style>\n" + "\n".join(parts) + "\n</svg>\n"
    )


def _wrapped(layers: list[list[Place]], most: int = 6) -> list[list[Place]]:
    """Rows of at most `most` boxes."""
    return [layer[start : start + most] for layer in layers for start in range(0, len(layer), most)]


def _boxes(row: list[Place], top: float) -> list[str]:
    left = LABEL + PAD
    width = (WIDTH - 2 * PAD - left - GAP * (len(row) - 1)) / len(row)
    boxes = []
    for index, place in enumerate(row):
        x = left + index * (width + GAP)
        kind, text = ("box", "") if place.exists else ("planned", ' class="later"')
        boxes.append(
            f'<rect class="{kind}" x="{x:g}" y="{top:g}" width="{width:g}" height="{ROW}" rx="4"/>'
            f'<text{text} x="{x + width / 2:g}" y="{top + ROW / 2 + 5:g}" text-anchor="middle">'
            f"{escape(place.name)}</text>"
        )
    return boxes


def visits() -> str:
    """The listed visits as a table, one line a guest."""
    hosts_of: dict[str, list[str]] = {}
    for visit in listed_visits():
        hosts_of.setdefault(visit.guest, []).append(visit.host)
    present = set(rooms())
    lines = ["| room | calls on |", "|---|---|"]
    for guest, hosts in sorted(hosts_of.items()):
        if guest in present:
            shown = ", ".join(host for host in hosts if host in present)
            lines.append(f"| {guest} | {shown} |")
    return "\n".join(lines) + "\n"
