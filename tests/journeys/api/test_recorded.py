"""What clients of each version asked, asked again: they are answered in the shape they know.

A recording is a request and the shape of its answer: for each field the names of its JSON types,
for lists that of their items. A new version gets a folder of its own, and the older ones stay.
"""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from galleria.faces.gateway import VERSIONS
from tests.faces.gateway.conftest import door, shop
from tests.faces.gateway.door import ShopScene

__all__ = ["door", "shop"]

FOLDER = Path(__file__).parent / "recorded"


class Recording(msgspec.Struct, forbid_unknown_fields=True):
    """A request as a client sends it, and what it relies on in the answer."""

    method: str
    path: str
    status: int
    shape: Any
    body: Any = None
    question: dict[str, str] = {}


RECORDINGS = sorted(FOLDER.glob("*/*.json"))


def differs(shape: Any, value: Any, path: str = "$") -> str:
    """Where `value` is not of a recorded shape, empty when it is. Fields may have been added."""
    if isinstance(shape, str):
        found = _type_of(value)
        return "" if found in shape.split("|") else f"{path} is {found}, not {shape}"
    if isinstance(shape, dict):
        if not isinstance(value, dict) or not shape.keys() <= value.keys():
            return f"{path} lacks some of {list(shape)}"
        places = [(each, value[name], f"{path}.{name}") for name, each in shape.items()]
    else:
        if not isinstance(value, list) or not value or len(shape) not in (1, len(value)):
            return f"{path} is no such list, or empty, and then it tells nothing"
        shapes = shape if len(shape) > 1 else shape * len(value)
        places = [(each, item, f"{path}[]") for each, item in zip(shapes, value, strict=True)]
    return next(filter(None, (differs(*place) for place in places)), "")


def _type_of(value: Any) -> str:
    names = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array"}
    return "null" if value is None else names.get(type(value), "object")


@pytest.mark.parametrize("file", RECORDINGS, ids=lambda file: f"{file.parent.name}/{file.stem}")
async def test_a_recorded_client_is_answered_as_it_was(shop: ShopScene, file: Path) -> None:
    recording = msgspec.json.decode(file.read_bytes(), type=Recording)
    version = file.parent.name
    async with shop.shopper() as shopper:
        answer = await shopper.request(
            recording.method,
            recording.path.replace("HANDLE", shop.handle),
            params=recording.question,
            json=recording.body,
            headers={"Galleria-Version": version},
        )
        assert answer.status_code == recording.status, answer.text
        assert answer.headers["galleria-version"] == version
        assert differs(recording.shape, answer.json()) == ""


def test_each_version_has_recordings_of_what_the_next_one_changed() -> None:
    names = [version.name for version in VERSIONS.all]
    assert {file.parent.name for file in RECORDINGS} == set(names)
    for change in VERSIONS.changes:
        before = names[names.index(change.since.isoformat()) - 1]
        for version in (before, change.since.isoformat()):
            found = [
                msgspec.json.decode(file.read_bytes(), type=Recording)
                for file in RECORDINGS
                if file.parent.name == version
            ]
            assert any(
                (each.method, each.path) == (change.method, change.path) for each in found
            ), f"{version} lacks a recording of {change.method} {change.path}"


def test_a_shape_that_is_not_kept_is_seen() -> None:
    shape = {"a": "integer|null", "b": [{"c": "string"}], "pair": ["string", "integer"]}
    good = {"a": None, "b": [{"c": "x", "new": 1}], "pair": ["x", 1], "newer": True}
    assert differs(shape, good) == ""
    for name, value in (("a", "1"), ("b", [{"d": "x"}]), ("b", []), ("pair", [1, "x"]), ("b", {})):
        assert differs(shape, {**good, name: value}) != ""
    assert differs(shape, {"a": 1}) != ""
