"""Draws one rendition after the other: the program of a child process, started by `Imaging`.

It stands alone, so that it starts fast and holds nothing of the house: no settings, no secret, no
connection. What decodes pictures that strangers send may crash here, or be killed, and nobody else
notices. On standard input comes a `QUESTION` and as many bytes as it says; on standard output goes
an `ANSWER` and as many bytes as that says.
"""

import os
import resource
import struct
from typing import Any, BinaryIO

QUESTION = struct.Struct(">IHB")  # size of the picture in bytes, width in pixels, format
ANSWER = struct.Struct(">BI")  # outcome, size of what follows in bytes
READY, DRAWN, REFUSED = range(3)
FORMATS = ("jpeg", "webp", "avif")

# Some cameras make 48 million; each takes up to 4 bytes while it is worked on.
MOST_PIXELS = 50_000_000
MOST_HEIGHT = 16_383  # WebP knows no more
MOST_MEMORY_BYTES = 2 * 1024**3
# What reads a picture. All other loaders of the library are barred, and so stay those for SVG,
# PDF and the like, which can do more than show.
LOADERS = ("Jpeg", "Png", "Webp", "Nsgif", "Heif")
_SAVERS: dict[str, tuple[str, dict[str, Any]]] = {
    "jpeg": ("jpegsave_buffer", {"Q": 80, "optimize_coding": True, "interlace": True}),
    "webp": ("webpsave_buffer", {"Q": 78, "effort": 4}),
    "avif": ("heifsave_buffer", {"Q": 55, "effort": 3, "compression": "av1", "bitdepth": 8}),
}


class Refused(Exception):
    """This picture cannot be drawn; the message says why."""


def load_library() -> Any:
    """The image library, reading nothing but the five formats, keeping nothing."""
    import pyvips  # noqa: PLC0415 - the process that asks for drawings never loads it

    pyvips.operation_block_set("VipsForeignLoad", True)
    for loader in LOADERS:
        pyvips.operation_block_set(f"VipsForeignLoad{loader}", False)
    pyvips.cache_set_max(0)
    return pyvips


def draw(vips: Any, content: bytes, width: int, format_name: str) -> bytes:
    """The picture at most `width` pixels wide, upright, in sRGB, with nothing but its pixels.

    Raises:
        Refused: it has too many pixels, or is none that can be read to its end.
    """
    try:
        # Reads the head alone: how large it is, is known before a pixel is unpacked.
        head = vips.Image.new_from_buffer(content, "", access="sequential")
        if head.width * head.height > MOST_PIXELS:
            raise Refused(f"it has more than {MOST_PIXELS // 1_000_000} million pixels")
        image = vips.Image.thumbnail_buffer(
            content,
            width,
            height=MOST_HEIGHT,
            size="down",
            # Half a picture would be kept as if it were whole. The argument of the same name does
            # not reach the loader in libvips 8.18.
            option_string="[fail_on=truncated]",
        )
        image = _in_srgb(vips, image)
        if format_name == "jpeg" and image.hasalpha():
            image = image.flatten(background=[255, 255, 255])
        saver, options = _SAVERS[format_name]
        return bytes(getattr(image, saver)(keep="none", **options))
    except vips.Error as error:
        raise Refused(_first_line(error)) from error


def _in_srgb(vips: Any, image: Any) -> Any:
    """The picture in the colours of a screen, 8 bits each.

    Done once it is small: as an option of the thumbnail it takes six times as long.
    """
    if image.get_typeof("icc-profile-data"):
        try:
            return image.icc_transform("srgb", embedded=True, intent="relative")
        except vips.Error:
            pass  # a profile that does not fit its picture says nothing of its colours
    return image.colourspace("srgb")


def serve(questions: BinaryIO, answers: BinaryIO) -> None:
    """Draw what is asked for until nobody asks any more."""
    vips = load_library()
    _answer(answers, READY, b"")
    while head := questions.read(QUESTION.size):
        size_bytes, width, number = QUESTION.unpack(head)
        content = questions.read(size_bytes)
        try:
            drawn = draw(vips, content, width, FORMATS[number])
        except Refused as refused:
            _answer(answers, REFUSED, str(refused).encode())
        else:
            _answer(answers, DRAWN, drawn)


def _answer(answers: BinaryIO, outcome: int, body: bytes) -> None:
    answers.write(ANSWER.pack(outcome, len(body)) + body)
    answers.flush()


def _first_line(error: Exception) -> str:
    """What the library says, without the bytes that it may quote."""
    lines = [line.strip() for line in str(error).splitlines()[1:] if line.strip()]
    return (lines[0] if lines else "it cannot be read")[:200]


def main() -> None:
    """Serve on standard input and output, within bounds."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(5)
    questions = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    # The library may print; what it prints must not stand among the answers.
    os.dup2(2, 1)
    serve(questions, answers)


if __name__ == "__main__":
    main()
