"""A sheet that pictures are drawn on: it collects SVG elements and hands them back as bytes.

Coordinates are whole numbers on a sheet twice as wide as it is shown (1600 units for 800
pixels): whole numbers are the shortest text, and half a pixel is precise enough for the eye.
Only presentation attributes are written: no style, no script, no font, no outside address.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from zlib import crc32

Point = tuple[float, float]
Attribute = str | float | int | None


def number(value: float) -> str:
    """Return the shortest text of a number with at most two decimals."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    if text in {"-0", ""}:
        return "0"
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text


def _attributes(attributes: dict[str, Attribute]) -> str:
    words = []
    for name, value in attributes.items():
        if value is None:
            continue
        text = value if isinstance(value, str) else number(value)
        words.append(f' {name.rstrip("_").replace("_", "-")}="{text}"')
    return "".join(words)


class Canvas:
    """One picture in the making."""

    def __init__(self, width: int, height: int, name: str) -> None:
        """Start an empty sheet; `name` keeps its ids apart from those of other pictures."""
        self.width, self.height, self.name = width, height, name
        self._prefix = f"g{crc32(name.encode()) & 0xFFFFF:x}"
        self._body: list[str] = []
        self._definitions: list[str] = []
        self._known: dict[str, str] = {}

    # -- elements

    def add(self, markup: str) -> None:
        """Append raw markup."""
        self._body.append(markup)

    def rect(self, x: float, y: float, width: float, height: float, **more: Attribute) -> None:
        """Append a rectangle."""
        head = _attributes({"x": round(x), "y": round(y)} if x or y else {})
        self.add(
            f'<rect{head} width="{number(width)}" height="{number(height)}"{_attributes(more)}/>'
        )

    def circle(self, x: float, y: float, radius: float, **more: Attribute) -> None:
        """Append a circle."""
        self.add(
            f'<circle cx="{round(x)}" cy="{round(y)}" r="{number(radius)}"{_attributes(more)}/>'
        )

    def ellipse(self, x: float, y: float, rx: float, ry: float, **more: Attribute) -> None:
        """Append an ellipse."""
        self.add(
            f'<ellipse cx="{round(x)}" cy="{round(y)}" rx="{number(rx)}" ry="{number(ry)}"'
            f"{_attributes(more)}/>"
        )

    def path(self, outline: str, **more: Attribute) -> None:
        """Append a path."""
        self.add(f'<path d="{outline}"{_attributes(more)}/>')

    def use(self, target: str, **more: Attribute) -> None:
        """Append a copy of a defined element."""
        self.add(f'<use href="#{target}"{_attributes(more)}/>')

    def ground(self, fill: str) -> None:
        """Paint the whole sheet."""
        self.rect(0, 0, self.width, self.height, fill=fill)

    @contextmanager
    def group(self, **attributes: Attribute) -> Iterator[None]:
        """Put what is drawn inside the block into one group."""
        self.add(f"<g{_attributes(attributes)}>")
        yield
        self.add("</g>")

    # -- definitions

    def define(self, markup: str) -> str:
        """Keep a definition once and return its id; `markup` says where by `{id}`."""
        known = self._known.get(markup)
        if known is not None:
            return known
        identity = f"{self._prefix}-{len(self._known):x}"
        self._known[markup] = identity
        self._definitions.append(markup.replace("{id}", identity))
        return identity

    def linear(
        self,
        stops: Sequence[tuple[float, str]],
        start: Point = (0, 0),
        end: Point = (0, 1),
        **more: Attribute,
    ) -> str:
        """Return the paint of a straight gradient; start and end in shares of the shape's box."""
        line = _attributes({"x1": start[0], "y1": start[1], "x2": end[0], "y2": end[1], **more})
        markup = f'<linearGradient id="{{id}}"{line}>{_stops(stops)}</linearGradient>'
        return f"url(#{self.define(markup)})"

    def radial(
        self,
        stops: Sequence[tuple[float, str]],
        centre: Point = (0.5, 0.5),
        radius: float = 0.5,
        **more: Attribute,
    ) -> str:
        """Return the paint of a round gradient; centre and radius in shares of the shape's box."""
        ring = _attributes({"cx": centre[0], "cy": centre[1], "r": radius, **more})
        markup = f'<radialGradient id="{{id}}"{ring}>{_stops(stops)}</radialGradient>'
        return f"url(#{self.define(markup)})"

    def pattern(self, width: float, height: float, content: str, **more: Attribute) -> str:
        """Return the paint of a repeated tile of width x height units."""
        size = _attributes({"width": width, "height": height, **more})
        markup = f'<pattern id="{{id}}" patternUnits="userSpaceOnUse"{size}>{content}</pattern>'
        return f"url(#{self.define(markup)})"

    def blur(self, radius: float) -> str:
        """Return a filter that softens what it is set on; `radius` in units."""
        markup = (
            '<filter id="{id}" x="-50%" y="-50%" width="200%" height="200%">'
            f'<feGaussianBlur stdDeviation="{number(radius)}"/></filter>'
        )
        return f"url(#{self.define(markup)})"

    def filter(self, content: str, **more: Attribute) -> str:
        """Return a filter made of the given primitives."""
        markup = f'<filter id="{{id}}"{_attributes(more)}>{content}</filter>'
        return f"url(#{self.define(markup)})"

    def clip(self, outline: str) -> str:
        """Return a clip to the given outline."""
        markup = f'<clipPath id="{{id}}"><path d="{outline}"/></clipPath>'
        return f"url(#{self.define(markup)})"

    # -- output

    def markup(self) -> str:
        """Return what is on the sheet, definitions first, without the outer element."""
        definitions = f"<defs>{''.join(self._definitions)}</defs>" if self._definitions else ""
        return definitions + "".join(self._body)

    def svg(self, view: tuple[int, int, int, int] | None = None) -> bytes:
        """Return the finished picture, shown at half its units; `view` shows a part of it."""
        left, top, width, height = view or (0, 0, self.width, self.height)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width // 2}" '
            f'height="{self.height // 2}" viewBox="{left} {top} {width} {height}">'
            f"{self.markup()}</svg>\n"
        ).encode()


def _stops(stops: Sequence[tuple[float, str]]) -> str:
    """Write gradient stops; a colour may carry an opacity as "#rrggbb/0.5"."""
    words = []
    for at, paint in stops:
        colour, _, opacity = paint.partition("/")
        fade = f' stop-opacity="{number(float(opacity))}"' if opacity else ""
        words.append(f'<stop offset="{number(at)}" stop-color="{colour}"{fade}/>')
    return "".join(words)
