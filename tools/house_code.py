"""What the documentation tools and house tests know of the code: modules, rooms, subclasses."""

import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "galleria"
FLOORS = (
    "foundation",
    "engines",
    "platform",
    "content",
    "insight",
    "commerce",
    "community",
    "growth",
    "studio",
    "faces",
)
"""From the ground up. Those above `engines` consist of rooms."""

C = TypeVar("C")


def module_names() -> list[str]:
    """Every module of the product, sorted; `__main__` runs things when imported and is left out."""
    files = (path.relative_to(SOURCE.parent).with_suffix("") for path in SOURCE.rglob("*.py"))
    names = {".".join(file.parts).removesuffix(".__init__") for file in files}
    return sorted(name for name in names if not name.endswith(".__main__"))


def import_everything() -> list[str]:
    """Import every module, so that each error, event and metric is declared.

    Returns:
        one line for each module that cannot be imported: its name and why.
    """
    failures = []
    for name in module_names():
        try:
            importlib.import_module(name)
        except Exception as error:
            failures.append(f"{name}: {type(error).__name__}: {error}")
    return failures


def rooms() -> list[str]:
    """Every room as `floor.room`, floors from the ground up; a room has a door with a docstring."""
    return [
        f"{floor}.{folder.name}"
        for floor in FLOORS[2:]
        for folder in sorted((SOURCE / floor).glob("*/"))
        if (folder / "__init__.py").is_file()
    ]


def manifests() -> Iterator[Any]:
    """The `ROOM` of every room that has a manifest, in the order of `rooms`."""
    for room in rooms():
        if (SOURCE / room.replace(".", "/") / "room.py").is_file():
            yield importlib.import_module(f"galleria.{room}.room").ROOM


def subclasses(base: type[C]) -> list[type[C]]:
    """Every class of the product derived from `base`, in order of module and name."""
    found: dict[str, type[C]] = {}
    queue = [base]
    while queue:
        for derived in queue.pop().__subclasses__():
            queue.append(derived)
            if derived.__module__.startswith("galleria."):
                found[f"{derived.__module__}.{derived.__qualname__}"] = derived
    return [found[name] for name in sorted(found)]


def home(thing: type[Any] | ModuleType) -> str:
    """Where something lives, as readers know it: `commerce.orders`, `foundation`, `engines.sql`."""
    name = thing.__name__ if isinstance(thing, ModuleType) else thing.__module__
    parts = name.removeprefix("galleria.").split(".")
    return parts[0] if parts[0] == "foundation" else ".".join(parts[:2])


def first_sentence(thing: Any) -> str:
    """The first line of a docstring, or nothing: a dataclass's own signature is no docstring."""
    text = (thing.__doc__ or "").strip().partition("\n")[0]
    return "" if text.startswith(f"{getattr(thing, '__name__', '')}(") else text
