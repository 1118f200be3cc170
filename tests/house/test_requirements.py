"""Where the means of a test are demanded, its skip is a failure."""

from collections.abc import Callable

import pytest

from tests.house.requirements_plugin import demanded

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


@pytest.fixture
def said(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """What pytest says about the suite above under a demand."""

    def run(demand: str) -> str:
        pytester.makeini(
            "[pytest]\nasyncio_default_fixture_loop_scope = function\n"
            "markers =\n  browser: x\n  engines: x\n"
        )
        pytester.makepyfile(test_suite=SUITE, test_module=WHOLE_MODULE)
        monkeypatch.setenv("GALLERIA_REQUIRE", demand)
        options = ("-p", PLUGIN, "--continue-on-collection-errors")
        return str(pytester.runpytest_inprocess(*options).stdout)

    return run


def test_nothing_demanded_lets_every_skip_pass(said: Callable[[str], str]) -> None:
    assert "4 skipped, 1 xfailed" in said("")


def test_a_demanded_browser_turns_its_skip_and_a_skipped_module_red(
    said: Callable[[str], str],
) -> None:
    text = said("browser")
    assert "GALLERIA_REQUIRE=browser forbids this skip: Skipped: no browser here" in text
    assert "GALLERIA_REQUIRE=browser forbids this skip: Skipped: no driver" in text
    assert "error" in text.splitlines()[-1]
    assert "no engine here" not in text


def test_a_misspelt_demand_is_refused() -> None:
    assert demanded("browser, engines") == {"browser", "engines"}
    with pytest.raises(pytest.UsageError, match="brwser"):
        demanded("brwser")


def test_this_very_run_watches_its_skips(pytestconfig: pytest.Config) -> None:
    assert pytestconfig.pluginmanager.has_plugin(PLUGIN)
