"""Where the means of a test are demanded, its skip is a failure."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.requirements_plugin import demanded
from tests.house.tree import ROOT

PLUGIN = "tests.house.requirements_plugin"
SUITE = """
import pytest

@pytest.mark.browser
def test_browser():
    pytest.skip("no browser here")

@pytest.mark.engines
def test_engines():
    pytest.skip("no engine here")

@pytest.mark.browser
@pytest.mark.xfail(reason="known")
def test_known_fault():
    assert False

def test_unmarked():
    pytest.skip("not today")
"""
WHOLE_MODULE = "import pytest\npytest.skip('no driver', allow_module_level=True)\n"


def run(folder: Path, demand: str) -> str:
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n  browser: x\n  engines: x\n")
    (folder / "test_suite.py").write_text(SUITE)
    (folder / "test_module.py").write_text(WHOLE_MODULE)
    lean = ["-p", "no:hypothesispytest", "-p", "no:schemathesis", "--continue-on-collection-errors"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", PLUGIN, *lean, folder],
        cwd=ROOT,
        env={**os.environ, "GALLERIA_REQUIRE": demand},
        check=False,
        capture_output=True,
        text=True,
    ).stdout


def test_nothing_demanded_lets_every_skip_pass(tmp_path: Path) -> None:
    assert "4 skipped, 1 xfailed" in run(tmp_path, "")


def test_a_demanded_browser_turns_its_skip_and_a_skipped_module_red(tmp_path: Path) -> None:
    said = run(tmp_path, "browser")
    assert "GALLERIA_REQUIRE=browser forbids this skip: Skipped: no browser here" in said
    assert "GALLERIA_REQUIRE=browser forbids this skip: Skipped: no driver" in said
    assert "error" in said.splitlines()[-1]
    assert "no engine here" not in said


def test_a_misspelt_demand_is_refused() -> None:
    assert demanded("browser, engines") == {"browser", "engines"}
    with pytest.raises(pytest.UsageError, match="brwser"):
        demanded("brwser")


def test_this_very_run_watches_its_skips(pytestconfig: pytest.Config) -> None:
    assert pytestconfig.pluginmanager.has_plugin(PLUGIN)
