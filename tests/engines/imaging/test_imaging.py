"""Small pictures are made of large ones; what is broken or made to break hurts nobody else."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from galleria.engines.imaging import (
    FORMATS,
    Bounds,
    Drawer,
    ImageNotRenderable,
    Imaging,
    ImagingBusy,
)
from tests import pictures

SHOP, OTHER_SHOP = 7, 8
RED, BLUE = [200, 30, 30], [30, 30, 200]


@pytest.fixture
async def imaging() -> AsyncIterator[Imaging]:
    imaging = Imaging(Bounds(at_once=2))
    yield imaging
    await imaging.close()


async def draw(
    imaging: Imaging, tenant_id: int, content: bytes, width: int, format_name: str
) -> bytes:
    async def read() -> bytes:
        return content

    return await imaging.draw(tenant_id, read, width, format_name)


def is_near(colour: list[int], expected: list[int], most: int = 12) -> bool:
    return all(abs(a - b) <= most for a, b in zip(colour[:3], expected, strict=True))


@pytest.mark.parametrize("format_name", FORMATS)
@pytest.mark.parametrize(
    ("make", "size"),
    [
        (pictures.jpeg, (320, 213)),
        (pictures.webp, (320, 200)),
        (pictures.avif, (320, 240)),
        (pictures.deep_png, (320, 240)),
    ],
)
async def test_a_picture_of_any_kind_is_made_smaller_in_any_format(
    imaging: Imaging, make: Callable[[], bytes], size: tuple[int, int], format_name: str
) -> None:
    drawn = await draw(imaging, SHOP, make(), 320, format_name)
    image = pictures.looked_at(drawn)
    assert (image.width, image.height) == size
    assert image.get("vips-loader").startswith({"avif": "heif"}.get(format_name, format_name))
    assert (image.interpretation, image.format) == ("srgb", "uchar")
    assert is_near(pictures.colour_at(drawn, 0.2, 0.5), RED)
    assert is_near(pictures.colour_at(drawn, 0.8, 0.5), BLUE)


async def test_none_is_made_larger_than_it_came(imaging: Imaging) -> None:
    image = pictures.looked_at(await draw(imaging, SHOP, pictures.jpeg(90, 60), 640, "webp"))
    assert (image.width, image.height) == (90, 60)


async def test_it_stands_upright_and_tells_nothing_of_who_took_it_and_where(
    imaging: Imaging,
) -> None:
    telling = pictures.telling_jpeg()
    assert b"Ada Lovelace" in telling
    for format_name in FORMATS:
        drawn = await draw(imaging, SHOP, telling, 320, format_name)
        image = pictures.looked_at(drawn)
        assert (image.width, image.height) == (320, 480)
        # What was on the left of a picture that lies on its side is on top when it stands.
        assert is_near(pictures.colour_at(drawn, 0.5, 0.1), RED)
        assert is_near(pictures.colour_at(drawn, 0.5, 0.9), BLUE)
        assert b"Ada" not in drawn
        assert not [each for each in image.get_fields() if each.startswith(("exif", "icc", "xmp"))]


async def test_what_shows_through_does_so_still_and_is_white_where_it_cannot(
    imaging: Imaging,
) -> None:
    png = pictures.see_through_png()
    assert pictures.colour_at(await draw(imaging, SHOP, png, 160, "webp"), 0.9, 0.5)[3] == 0
    flat = await draw(imaging, SHOP, png, 160, "jpeg")
    assert is_near(pictures.colour_at(flat, 0.9, 0.5), [255, 255, 255])


async def test_of_an_animation_the_first_frame_is_shown(imaging: Imaging) -> None:
    drawn = await draw(imaging, SHOP, pictures.moving_gif(), 160, "webp")
    assert pictures.looked_at(drawn).get_n_pages() == 1
    assert is_near(pictures.colour_at(drawn, 0.5, 0.5), [220, 0, 0])


async def test_colours_come_out_as_they_were_meant(imaging: Imaging) -> None:
    wide = pictures.wide_gamut_jpeg()
    # The same colours by other numbers.
    assert not is_near(pictures.colour_at(wide, 0.2, 0.5), RED)
    drawn = await draw(imaging, SHOP, wide, 320, "webp")
    assert is_near(pictures.colour_at(drawn, 0.2, 0.5), RED)
    grey = await draw(imaging, SHOP, pictures.grey_png(), 320, "webp")
    assert is_near(pictures.colour_at(grey, 0.5, 0.5), [120, 120, 120])


async def test_printers_inks_become_the_colours_of_a_screen(imaging: Imaging) -> None:
    printed = pictures.printers_jpeg()
    assert pictures.looked_at(printed).interpretation == "cmyk"
    drawn = await draw(imaging, SHOP, printed, 320, "webp")
    assert pictures.looked_at(drawn).bands == 3
    assert is_near(pictures.colour_at(drawn, 0.2, 0.5), RED, 30)


@pytest.mark.parametrize(
    "content",
    [
        pictures.noisy_jpeg()[:20_000],
        pictures.webp()[:100],
        b"\x89PNG\r\n\x1a\n" + b"\0" * 40,
        b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>",
        b"P3 1 1 255 0 0 0 ",
        b"",
    ],
    ids=["cut_jpeg", "cut_webp", "empty_png", "svg", "ppm", "nothing"],
)
async def test_what_is_no_whole_picture_is_refused_and_the_next_is_drawn(
    imaging: Imaging, content: bytes
) -> None:
    with pytest.raises(ImageNotRenderable):
        await draw(imaging, SHOP, content, 320, "webp")
    (pid,) = imaging.idle_pids
    assert await draw(imaging, SHOP, pictures.jpeg(), 80, "webp")
    assert imaging.idle_pids == [pid]


async def test_a_picture_that_unpacks_to_too_much_is_refused_unseen(imaging: Imaging) -> None:
    bomb = pictures.huge_png()
    assert len(bomb) < 1_000_000
    with pytest.raises(ImageNotRenderable, match="50 million pixels"):
        await draw(imaging, SHOP, bomb, 320, "webp")


async def test_a_child_that_is_killed_takes_one_picture_with_it(imaging: Imaging) -> None:
    await draw(imaging, SHOP, pictures.jpeg(), 80, "webp")
    (pid,) = imaging.idle_pids
    os.kill(pid, signal.SIGSTOP)
    doomed = asyncio.create_task(draw(imaging, SHOP, pictures.jpeg(), 80, "webp"))
    await asyncio.sleep(0.05)
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(ImageNotRenderable, match="broke off"):
        await doomed
    assert await draw(imaging, SHOP, pictures.jpeg(), 80, "webp")


async def test_a_child_that_hangs_is_ended_when_its_time_is_up() -> None:
    imaging = Imaging(Bounds(draw_s=1))
    await draw(imaging, SHOP, pictures.jpeg(), 80, "webp")
    (pid,) = imaging.idle_pids
    os.kill(pid, signal.SIGSTOP)
    with pytest.raises(ImageNotRenderable, match="1 s"):
        await draw(imaging, SHOP, pictures.jpeg(), 80, "webp")
    assert not is_running(pid)
    await imaging.close()


async def test_a_child_knows_nothing_of_the_house_and_ends_when_idle(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GALLERIA_SECRET", "not for children")
    imaging = Imaging(Bounds(idle_s=0.05))
    await draw(imaging, SHOP, pictures.jpeg(), 80, "webp")
    (pid,) = imaging.idle_pids
    with open(f"/proc/{pid}/environ", "rb") as environ:
        assert b"not for children" not in environ.read()
    for _ in range(400):
        if not is_running(pid):
            break
        await asyncio.sleep(0.05)
    assert not is_running(pid)
    assert await draw(imaging, SHOP, pictures.jpeg(), 80, "webp")
    await imaging.close()


async def test_who_goes_away_in_the_middle_leaves_no_answer_to_the_next(imaging: Imaging) -> None:
    await draw(imaging, SHOP, pictures.jpeg(), 80, "webp")
    leaver = asyncio.create_task(draw(imaging, SHOP, pictures.noisy_jpeg(2000, 2000), 1280, "avif"))
    await asyncio.sleep(0.02)
    leaver.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaver
    drawn = await draw(imaging, SHOP, pictures.jpeg(), 80, "webp")
    assert pictures.looked_at(drawn).width == 80


async def test_one_shop_never_has_all_of_them() -> None:
    imaging = Imaging(Bounds(at_once=2, wait_s=1, most_waiting_of_a_shop=1))
    await draw(imaging, SHOP, pictures.jpeg(), 80, "webp")
    (pid,) = imaging.idle_pids
    os.kill(pid, signal.SIGSTOP)  # busy for as long as it takes
    busy = asyncio.create_task(draw(imaging, SHOP, pictures.jpeg(), 80, "webp"))
    await asyncio.sleep(0.05)
    waiting = asyncio.create_task(draw(imaging, SHOP, pictures.jpeg(), 80, "webp"))
    await asyncio.sleep(0.05)
    with pytest.raises(ImagingBusy, match="wait"):
        await draw(imaging, SHOP, pictures.jpeg(), 80, "webp")
    assert await draw(imaging, OTHER_SHOP, pictures.jpeg(), 80, "webp")
    with pytest.raises(ImagingBusy, match="too long"):
        await waiting
    os.kill(pid, signal.SIGCONT)
    assert await busy
    assert await draw(imaging, SHOP, pictures.jpeg(), 80, "webp")
    await imaging.close()


async def test_the_same_is_made_once_for_all_who_ask_meanwhile(imaging: Imaging) -> None:
    made = []

    async def make() -> int:
        made.append(1)
        await asyncio.sleep(0.02)
        return len(made)

    assert await asyncio.gather(*(imaging.once("it", make) for _ in range(20))) == [1] * 20
    assert await imaging.once("it", make) == 2


async def test_what_does_not_start_is_said_to_be_busy(tmp_path: Path) -> None:
    with pytest.raises(ImagingBusy, match="start"):
        await Drawer.start(1, tmp_path / "there_is_none.py")


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_server_never_loads_what_decodes_pictures() -> None:
    program = "import sys, galleria.app.http; sys.exit('pyvips' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
