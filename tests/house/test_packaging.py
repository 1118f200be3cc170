"""What a user installs is what we wrote, and what we use is what we declared."""

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Mapping
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.house import rules
from tests.house.tree import ROOT, text, tree, under
from tools.lockfile import read_lock
from tools.sbom import bill_of_materials

PROJECT = tomllib.loads(text("pyproject.toml"))
LOCKS = ("requirements/runtime.txt", "requirements/dev.txt")


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def names(requirements: list[str]) -> set[str]:
    return {canonical(re.split(r"[\[<>=~! ;]", each)[0]) for each in requirements}


def declared() -> set[str]:
    return names(PROJECT["project"]["dependencies"])


def declared_for_development() -> set[str]:
    groups = PROJECT["dependency-groups"]
    return declared() | names(groups["build"]) | names(groups["dev"])


@cache
def homes_of_packages() -> Mapping[str, list[str]]:
    """The distributions that bring each importable package; a slow look at every installed file."""
    return packages_distributions()


def undeclared(folders: tuple[str, ...], known: set[str]) -> set[str]:
    """The packages imported below `folders` that nothing in `known` brings, and by which file."""
    homes = homes_of_packages()
    ours = sys.stdlib_module_names | {"galleria", "galleria_client"}
    ours |= {"tests", "tools", "benchmarks"}
    return {
        f"{path}: {name}"
        for path in under(*folders)
        for name in rules.imported_packages(tree(path)) - ours
        if not known & {canonical(home) for home in homes.get(name, [name])}
    }


def test_the_wheel_holds_every_file_of_the_package(tmp_path: Path) -> None:
    build = "import flit_core.buildapi as b, sys; print(b.build_wheel(sys.argv[1]))"
    subprocess.run([sys.executable, "-c", build, tmp_path], cwd=ROOT, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    packed = set(zipfile.ZipFile(wheel).namelist())
    assert {
        path.removeprefix("src/") for path in under("src/galleria/", suffix="")
    } - packed == set()


def test_every_library_the_product_imports_is_declared() -> None:
    assert undeclared(("src/",), declared()) == set()


def test_every_library_that_tests_and_tools_import_is_declared() -> None:
    folders = ("tests/", "tools/", "benchmarks/")
    assert undeclared(folders, declared_for_development()) == set()


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_is_hashed_and_names_no_address(lock: str) -> None:
    assert "://" not in text(lock)
    assert [pin.name for pin in read_lock(ROOT / lock) if not pin.sha256] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_every_declared_dependency(lock: str) -> None:
    wanted = declared() if lock == LOCKS[0] else declared_for_development()
    assert wanted - {canonical(pin.name) for pin in read_lock(ROOT / lock)} == set()


def test_both_locks_agree() -> None:
    runtime, dev = ({p.name: p.version for p in read_lock(ROOT / lock)} for lock in LOCKS)
    assert {name: dev.get(name) for name in runtime} == runtime


def test_the_bill_of_materials_lists_every_locked_package() -> None:
    listed = {component["purl"] for component in bill_of_materials()["components"]}
    pins = list(read_lock(ROOT / "requirements/runtime.txt"))
    assert listed == {f"pkg:pypi/{pin.name}@{pin.version}" for pin in pins}
    assert len(pins) > len(declared())


def test_make_alone_explains_every_target_a_person_calls() -> None:
    said = subprocess.run(["make"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    targets = set(re.findall(r"^([a-z-]+):", text("Makefile"), re.MULTILINE)) - {"runtime"}
    assert targets == set(re.findall(r"^  ([a-z-]+) +\S", said, re.MULTILINE))


def test_set_up_without_a_usable_python_names_the_remedy(tmp_path: Path) -> None:
    for name in ("dirname", "cat", "grep", "sh"):
        (tmp_path / name).symlink_to(f"/usr/bin/{name}")
    # A shim that fails, as a version manager leaves them, must not be taken for a Python.
    shim = tmp_path / "python3.13"
    shim.write_text("#!/bin/sh\nexit 127\n")
    shim.chmod(0o755)
    (tmp_path / "tools").mkdir()
    (tmp_path / "requirements").mkdir()
    (tmp_path / "tools/setup.sh").write_text(text("tools/setup.sh"))
    run = subprocess.run(
        ["/bin/sh", "tools/setup.sh", "runtime"],
        cwd=tmp_path,
        env={"PATH": str(tmp_path)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert run.returncode != 0
    assert "apt-get install python3 python3-venv" in run.stderr
    assert not (tmp_path / ".venv").exists()


def test_ci_runs_what_make_check_promises() -> None:
    (line,) = re.findall(r"^check: (.+?)  ##", text("Makefile"), re.MULTILINE)
    steps = set(re.findall(r"^step \S+ .*make ([a-z-]+)$", text(".ci/run"), re.MULTILINE))
    assert set(line.split()) | {"setup", "test-engines"} == steps
    assert os.access(ROOT / ".ci/run", os.X_OK)
