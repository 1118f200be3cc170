"""Makes real pictures of many kinds for tests."""

from collections.abc import Sequence
from typing import Any

import pyvips


def plain(width: int, height: int, colour: Sequence[int]) -> Any:
    """All in one colour; its numbers are not yet held to 8 bits."""
    return pyvips.Image.black(width, height, bands=len(colour)).linear(1, list(colour))


def scene(width: int = 900, height: int = 600) -> Any:
    """Red on the left, blue on the right: one sees which way up it stands. 8-bit sRGB."""
    left = plain(width // 2, height, (200, 30, 30))
    right = plain(width - width // 2, height, (30, 30, 200))
    return left.join(right, "horizontal").cast("uchar").copy(interpretation="srgb")


def jpeg(width: int = 900, height: int = 600, quality: int = 90) -> bytes:
    """A JPEG."""
    return bytes(scene(width, height).jpegsave_buffer(Q=quality))


def noisy_jpeg(width: int = 900, height: int = 600) -> bytes:
    """A JPEG of much detail, some hundred kilobytes."""
    noise = pyvips.Image.gaussnoise(width, height, mean=128, sigma=40).cast("uchar")
    rgb = noise.bandjoin([noise, noise]).copy(interpretation="srgb")
    return bytes(rgb.jpegsave_buffer(Q=85))


def telling_jpeg() -> bytes:
    """A JPEG of 900 by 600 that lies on its side, and tells where it was taken and by whom."""
    image = scene()
    image.set_type(pyvips.GValue.gint_type, "orientation", 6)
    for name, value in (("IFD0-Artist", "Ada Lovelace"), ("GPS-GPSLatitude", "52/1 31/1 0/1")):
        text = f"{value} ({value}, ASCII, {len(value) + 1} components, {len(value) + 1} bytes)"
        image.set_type(pyvips.GValue.gstr_type, f"exif-ifd0-{name.partition('-')[2]}", text)
    return bytes(image.jpegsave_buffer(Q=90))


def wide_gamut_jpeg() -> bytes:
    """A JPEG of 900 by 600 in colours that only some screens have, with their profile."""
    return bytes(scene().icc_transform("p3", input_profile="srgb").jpegsave_buffer(Q=95))


def grey_png(width: int = 400, height: int = 300) -> bytes:
    """A PNG in one shade of grey, with a profile that is of no use for it."""
    grey = plain(width, height, (120,)).cast("uchar").copy(interpretation="b-w")
    grey.set_type(pyvips.GValue.blob_type, "icc-profile-data", b"this is no profile")
    return bytes(grey.pngsave_buffer())


def see_through_png() -> bytes:
    """A PNG of 400 by 300 that is all red, and shows through on its right half."""
    solid = pyvips.Image.black(200, 300) + 255
    through = pyvips.Image.black(200, 300)
    alpha = solid.join(through, "horizontal")
    red = plain(400, 300, (220, 20, 20)).bandjoin(alpha)
    return bytes(red.cast("uchar").copy(interpretation="srgb").pngsave_buffer())


def deep_png() -> bytes:
    """A PNG of 400 by 300 with 16 bits a channel."""
    deep = (scene(400, 300) * 257).cast("ushort").copy(interpretation="rgb16")
    return bytes(deep.pngsave_buffer())


def webp(width: int = 800, height: int = 500) -> bytes:
    """A WebP."""
    return bytes(scene(width, height).webpsave_buffer(Q=80))


def avif() -> bytes:
    """An AVIF of 400 by 300."""
    return bytes(scene(400, 300).heifsave_buffer(Q=60, compression="av1", effort=0))


def moving_gif() -> bytes:
    """A GIF of 300 by 200 with a red frame and a blue one."""
    frames = [plain(300, 200, colour) for colour in ((220, 0, 0), (0, 0, 220))]
    strip = pyvips.Image.arrayjoin(frames, across=1).cast("uchar").copy(interpretation="srgb")
    strip.set_type(pyvips.GValue.gint_type, "page-height", 200)
    return bytes(strip.gifsave_buffer())


def printers_jpeg() -> bytes:
    """A JPEG of 900 by 600 in the four inks of a printer, with its profile."""
    inks = scene().icc_transform("cmyk", input_profile="srgb")
    return bytes(inks.jpegsave_buffer(Q=90))


def huge_png(width: int = 10_000, height: int = 6_000) -> bytes:
    """A PNG of few bytes that unpacks to 60 million pixels."""
    return bytes(pyvips.Image.black(width, height, bands=3).pngsave_buffer(compression=9))


def looked_at(content: bytes) -> Any:
    """The picture that these bytes hold, unpacked."""
    return pyvips.Image.new_from_buffer(content, "")


def colour_at(content: bytes, x_part: float, y_part: float) -> list[int]:
    """The colour at a place given as parts of width and height, 0 to 1."""
    image = looked_at(content)
    x, y = int(x_part * (image.width - 1)), int(y_part * (image.height - 1))
    return [round(value) for value in image.getpoint(x, y)]
