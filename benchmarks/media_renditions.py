"""How long the first look at a picture in a new width takes, and every further one.

Photographs of 12 million pixels, made up, are sent to a shop of the demo and asked for over HTTP
one after the other: `first` makes the rendition, `again` reads it. `bytes` is what a phone is sent,
to be held against the original. `draw` is one child process by itself, without HTTP, by format.
"""

import asyncio
import statistics
import sys
import time
import urllib.request

import msgspec
import pyvips

from benchmarks._demo import Demo, conditions, figure, running_demo
from galleria.engines.imaging import FORMATS, Imaging

MEASURES = ("src/galleria/engines/imaging", "src/galleria/content/images")
PORT = 18_109
SHOP = "prints"
PICTURES = 8
WIDTHS = (320, 640, 1280)
BROWSER = "image/webp,image/*;q=0.8"


def photograph(number: int) -> bytes:
    """A JPEG of 4000 by 3000 with the detail of a photograph: soft, with some grain."""
    clouds = pyvips.Image.perlin(4000, 3000, cell_size=256, seed=number).linear(90, 128)
    grain = pyvips.Image.gaussnoise(4000, 3000, sigma=6, mean=0, seed=number)
    grey = (clouds + grain).cast("uchar")
    rgb = grey.bandjoin([grey.linear(0.8, 20), grey.linear(0.6, 60)]).cast("uchar")
    return bytes(rgb.copy(interpretation="srgb").jpegsave_buffer(Q=88))


def asked(demo: Demo, path: str, body: bytes | None = None) -> tuple[bytes, float]:
    """The answer, and how many milliseconds it took."""
    headers = {"X-Galleria-Shop": SHOP, "Accept": BROWSER}
    if body is not None:
        headers = {"Authorization": f"Bearer {demo.key(SHOP)}", "Content-Type": "image/jpeg"}
    address = f"http://127.0.0.1:{demo.port}{path}"
    request = urllib.request.Request(address, body, headers)
    began_s = time.perf_counter()
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - our own
        content = bytes(answer.read())
    return content, (time.perf_counter() - began_s) * 1000


async def draw_ms(content: bytes, format_name: str) -> float:
    """The median time of one process to draw a picture 640 pixels wide."""
    imaging, took_ms = Imaging(), []

    async def read() -> bytes:
        return content

    for _ in range(6):
        began_s = time.perf_counter()
        await imaging.draw(1, read, 640, format_name)
        took_ms.append((time.perf_counter() - began_s) * 1000)
    await imaging.close()
    return statistics.median(took_ms[1:])


def main() -> int:
    """Print every figure; 1 when one is short."""
    conditions()
    photographs = [photograph(number) for number in range(PICTURES)]
    first_ms: dict[int, list[float]] = {width: [] for width in WIDTHS}
    again_ms: list[float] = []
    size_bytes: dict[int, list[int]] = {width: [] for width in WIDTHS}
    # Nothing is made before it is asked for.
    with running_demo(PORT, GALLERIA_IMAGES_WARM="false") as demo:
        for content in photographs:
            made = msgspec.json.decode(asked(demo, "/admin/v1/images", content)[0])
            for width in WIDTHS:
                path = f"/media/{made['media_id']}?w={width}"
                shown, took_ms = asked(demo, path)
                first_ms[width].append(took_ms)
                size_bytes[width].append(len(shown))
                again_ms += [asked(demo, path)[1] for _ in range(5)]
    whole = statistics.median(map(len, photographs))
    figure("original", whole / 1000, "kB")
    for width in WIDTHS:
        figure(f"bytes_{width}", statistics.median(size_bytes[width]) / 1000, "kB")
        figure(f"first_{width}_p50", statistics.median(first_ms[width]), "ms")
    for format_name in FORMATS:
        figure(f"draw_{format_name}", asyncio.run(draw_ms(photographs[0], format_name)), "ms")
    held = [
        figure("again_p50", statistics.median(again_ms), "ms", 10),
        figure("first_640_worst", max(first_ms[640]), "ms", 500),
        figure("phone_of_original", statistics.median(size_bytes[640]) / whole, "part", 0.1),
    ]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
