"""What every drawn picture keeps, whatever it shows."""

import hashlib
import os
import re
import statistics
import subprocess
import sys
import xml.etree.ElementTree as ET
from functools import cache

import pytest

from galleria.demo.pictures import UnknownPicture, draw, picture_ids

SVG = "{http://www.w3.org/2000/svg}"
ALLOWED = {
    *("svg", "defs", "g", "use", "path", "rect", "circle", "ellipse", "clipPath", "pattern"),
    *("linearGradient", "radialGradient", "stop", "filter", "feGaussianBlur", "feTurbulence"),
    "feDisplacementMap",
}
REFERENCE = re.compile(r"url\((.*?)\)")


@cache
def _drawn() -> dict[str, bytes]:
    return {picture_id: draw(picture_id) for picture_id in picture_ids()}


def _elements(picture_id: str) -> list[ET.Element]:
    return list(ET.fromstring(_drawn()[picture_id]).iter())  # noqa: S314


@pytest.mark.parametrize("shop", ["prints", "ceramics", "textiles"])
def test_a_picture_is_an_upright_svg_of_800_by_1000_made_of_shapes_only(shop: str) -> None:
    for picture_id in picture_ids():
        if not picture_id.startswith(f"{shop}/"):
            continue
        root, *rest = _elements(picture_id)
        assert root.tag == f"{SVG}svg", picture_id
        assert (root.get("width"), root.get("height")) == ("800", "1000"), picture_id
        assert {element.tag.removeprefix(SVG) for element in rest} <= ALLOWED, picture_id


def test_a_picture_has_no_script_no_style_and_no_address() -> None:
    for picture_id in picture_ids():
        for element in _elements(picture_id):
            for name, value in element.attrib.items():
                assert not name.startswith("on"), (picture_id, name)
                assert name != "style", picture_id
                assert "://" not in value, (picture_id, value)
                assert name != "href" or value.startswith("#"), (picture_id, value)


def test_what_a_picture_refers_to_is_in_it_exactly_once() -> None:
    for picture_id in picture_ids():
        elements = _elements(picture_id)
        ids = [element.get("id") for element in elements if element.get("id")]
        assert len(ids) == len(set(ids)), picture_id
        wanted = {element.get("href", "#")[1:] for element in elements if element.get("href")}
        for element in elements:
            for value in element.attrib.values():
                wanted |= {target[1:] for target in REFERENCE.findall(value)}
        assert wanted <= set(ids), picture_id


def test_pictures_are_small() -> None:
    sizes = {picture_id: len(svg) for picture_id, svg in _drawn().items()}

    assert max(sizes.values()) < 40_000, max(sizes, key=lambda name: sizes[name])
    assert statistics.median(sizes.values()) < 15_000


def test_every_name_shows_something_of_its_own() -> None:
    digests = {hashlib.sha256(svg).digest() for svg in _drawn().values()}

    assert len(digests) == len(_drawn())


def test_another_process_with_another_hash_seed_draws_the_same_bytes() -> None:
    names = [*picture_ids()[::37], "prints/dry-lake/first/oak", "textiles/atlas-rug/cream/room"]
    program = (
        "import hashlib, sys\n"
        "from galleria.demo.pictures import draw\n"
        "for name in sys.argv[1:]: print(hashlib.sha256(draw(name)).hexdigest())"
    )
    told = subprocess.run(
        [sys.executable, "-c", program, *names],
        env={**os.environ, "PYTHONHASHSEED": "4711"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()

    assert told == [hashlib.sha256(_drawn()[name]).hexdigest() for name in names]


@pytest.mark.parametrize(
    "name",
    ["", "prints", "prints/tidal-field", "prints/tidal-field/pink/sheet", "prints/x/first/sheet",
     "ceramics/moon-jar/chalk/sheet", "ceramics/moon-jar/chalk/studio/x", "../secret.key"],
)  # fmt: skip
def test_a_name_that_is_not_listed_is_refused(name: str) -> None:
    with pytest.raises(UnknownPicture):
        draw(name)
