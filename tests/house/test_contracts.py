"""The floor plan holds, and each contract of it catches the breach it is there for."""

import configparser
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import ROOT
from tools.house_code import FLOORS, SOURCE
from tools.room_contract import Visit, read_visits

BREACHES = {
    "floors": ("platform/tenants/model.py", "import galleria.commerce.catalog"),
    "platform": ("platform/audit/model.py", "import galleria.platform.tenants"),
    "content": ("content/uploads/model.py", "import galleria.content.images"),
    "commerce": ("commerce/catalog/model.py", "import galleria.commerce.orders"),
    "growth": ("growth/search/model.py", "import galleria.growth.feed"),
    "faces": ("faces/gateway/model.py", "import galleria.faces.storefront"),
    "roles": ("commerce/catalog/model.py", "import galleria.commerce.catalog.service"),
    "pure": ("commerce/catalog/errors.py", "import asyncpg"),
    "drivers": ("commerce/catalog/service.py", "import httpx"),
    "manifests": ("commerce/orders/service.py", "import galleria.commerce.catalog.room"),
    "adapters": ("commerce/payments/routes.py", "import galleria.commerce.payments.adapters"),
    "rooms": ("commerce/carts/service.py", "import galleria.commerce.catalog.repository"),
}
"""Contract -> a file below src/galleria and the line that breaks this contract when added to it."""


def contracts() -> dict[str, str]:
    """The name of every contract, by its identifier."""
    plan = configparser.ConfigParser()
    plan.read(ROOT / ".importlinter")
    return {
        section.rpartition(":")[2]: plan[section]["name"]
        for section in plan.sections()
        if section.startswith("importlinter:contract:")
    }


def outcome(folder: Path) -> tuple[dict[str, bool], str]:
    """Whether each contract is kept in the tree at `folder`, by its name, and all that was said."""
    run = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": f"{folder}/src:{folder}", "COLUMNS": "1000"},
        check=False,
        capture_output=True,
        text=True,
    )
    said = run.stdout + run.stderr
    verdicts = re.findall(r"^(.+?) (KEPT|BROKEN)\b", said, re.MULTILINE)
    return {name: verdict == "KEPT" for name, verdict in verdicts}, said


def plant(folder: Path, path: str, line: str) -> None:
    """Add `line` to a module; the module and what it imports are made where they lack."""
    source = folder / "src"
    module = made(source / "galleria" / path.removesuffix(".py"))
    module.write_text(f"{module.read_text()}\n{line}\n")
    for name in re.findall(r"galleria\.[a-z_.]+", line):
        made(source / name.replace(".", "/"))


def made(place: Path) -> Path:
    """The file of the module at `place`, be it a package or not; a new file where there is none."""
    for file in (place / "__init__.py", place.with_suffix(".py")):
        if file.is_file():
            return file
    is_room = place.parents[1].name == "galleria"
    file = place / "__init__.py" if is_room else place.with_suffix(".py")
    file.parent.mkdir(parents=True, exist_ok=True)
    for needed in (file.parent / "__init__.py", file):
        if not needed.exists():
            needed.write_text('"""Planted."""\n')
    return file


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of what the contracts look at, to break."""
    without_caches = shutil.ignore_patterns("__pycache__", "*.html", "*.css", "*.js", "*.po")
    shutil.copytree(SOURCE, tmp_path / "src/galleria", ignore=without_caches)
    shutil.copytree(ROOT / "tools", tmp_path / "tools", ignore=without_caches)
    shutil.copy(ROOT / ".importlinter", tmp_path)
    return tmp_path


def test_every_contract_is_kept() -> None:
    verdicts, said = outcome(ROOT)
    assert set(verdicts) == set(contracts().values()), said
    assert all(verdicts.values()), said


def test_every_contract_has_a_breach_planted_below() -> None:
    assert set(BREACHES) == set(contracts())


def test_every_contract_catches_its_breach(copy: Path) -> None:
    for path, line in BREACHES.values():
        plant(copy, path, line)

    verdicts, said = outcome(copy)
    _, _, details = said.partition("Broken contracts")
    reports = re.split(r"^(.+)\n-+$", details, flags=re.MULTILINE)
    report_of = dict(zip(reports[1::2], reports[2::2], strict=True))

    for identifier, name in contracts().items():
        assert verdicts[name] is False, f"{identifier} did not notice\n{said}"
        path, line = BREACHES[identifier]
        importer = f"galleria.{path.removesuffix('.py').replace('/', '.')}"
        assert importer in report_of[name], f"{identifier} is broken, but not by {importer}\n{said}"
        assert line.split()[1] in report_of[name]


def test_a_visit_nobody_listed_and_a_listed_one_nobody_makes_are_caught(copy: Path) -> None:
    plan = copy / ".importlinter"
    plan.write_text(f"{plan.read_text()}    platform.tenants -> platform.vault\n")
    plant(copy, "platform/vault/model.py", "import galleria.platform.audit")
    plant(copy, "platform/vault/service.py", "import galleria.platform.shelf")

    _, said = outcome(copy)

    assert "the visit platform.vault -> platform.audit is not listed" in said
    assert "platform.tenants -> platform.vault: listed, but nobody makes this visit" in said
    assert "- galleria.platform.shelf" in said, "a new room must choose its place on the floor"


def test_every_floor_has_an_order_of_its_own() -> None:
    floors = {floor for floor in FLOORS[2:] if (SOURCE / floor).is_dir()}
    assert floors <= set(contracts())


def test_a_line_of_visits_names_one_guest_and_its_hosts() -> None:
    assert list(read_visits(["a.b -> c.d e.f"])) == [Visit("a.b", "c.d"), Visit("a.b", "e.f")]
    for wrong in ("a.b", "a.b ->", "a.b c.d -> e.f"):
        with pytest.raises(ValueError, match="a visit reads"):
            list(read_visits([wrong]))
