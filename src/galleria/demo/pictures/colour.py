"""Colours as "#rrggbb", mixed where the eye sees even steps (OKLab, Ottosson, 2020)."""

from __future__ import annotations

from functools import lru_cache


def _linear(channel: int) -> float:
    share = channel / 255
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)


def _channel(linear: float) -> int:
    share = min(1.0, max(0.0, linear))
    curved = 12.92 * share if share <= 0.0031308 else 1.055 * share ** (1 / 2.4) - 0.055
    return round(curved * 255)


@lru_cache(maxsize=2048)
def lab_of(colour: str) -> tuple[float, float, float]:
    """Return (lightness 0..1, green-red, blue-yellow) of "#rrggbb"."""
    red, green, blue = (_linear(int(colour[at : at + 2], 16)) for at in (1, 3, 5))
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    medium = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def colour_of(lightness: float, green_red: float, blue_yellow: float) -> str:
    """Return "#rrggbb" of an OKLab colour, clipped to what a screen shows."""
    long = (lightness + 0.3963377774 * green_red + 0.2158037573 * blue_yellow) ** 3
    medium = (lightness - 0.1055613458 * green_red - 0.0638541728 * blue_yellow) ** 3
    short = (lightness - 0.0894841775 * green_red - 1.2914855480 * blue_yellow) ** 3
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    return f"#{_channel(red):02x}{_channel(green):02x}{_channel(blue):02x}"


def mix(first: str, second: str, share: float) -> str:
    """Return the colour `share` (0..1) of the way from `first` to `second`."""
    one, two = lab_of(first), lab_of(second)
    lightness, green_red, blue_yellow = (a + (b - a) * share for a, b in zip(one, two, strict=True))
    return colour_of(lightness, green_red, blue_yellow)


def lighter(colour: str, amount: float) -> str:
    """Return the colour with `amount` (-1..1) added to its lightness; negative darkens."""
    lightness, green_red, blue_yellow = lab_of(colour)
    moved = min(1.0, max(0.0, lightness + amount))
    # Very light and very dark colours hold less chroma; keeping it would clip to a wrong hue.
    keep = 1.0 - 0.35 * abs(amount)
    return colour_of(moved, green_red * keep, blue_yellow * keep)


def ramp(colours: tuple[str, ...], share: float) -> str:
    """Return the colour at `share` (0..1) along evenly spaced stops."""
    place = min(0.999999, max(0.0, share)) * (len(colours) - 1)
    stop = int(place)
    return mix(colours[stop], colours[stop + 1], place - stop)
