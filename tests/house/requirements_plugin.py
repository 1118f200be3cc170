"""Where a test's means must be there, a skip is a failure.

A test marked with one of MEANS skips itself on a machine that lacks the means.
`GALLERIA_REQUIRE=browser,engines` says that this machine has them: a skip of such a test then
fails. A whole module skipped at import carries no marker to go by, so it fails under any demand.
"""

import os
from collections.abc import Generator

import pytest

MEANS = frozenset({"browser", "clients", "engines", "shared_data"})


def demanded(value: str | None = None) -> frozenset[str]:
    """The means that `value` (by default GALLERIA_REQUIRE) names, separated by commas.

    Raises:
        pytest.UsageError: a name is none of MEANS, so a misspelt demand cannot pass for one met.
    """
    text = os.environ.get("GALLERIA_REQUIRE", "") if value is None else value
    names = frozenset(name.strip() for name in text.split(",") if name.strip())
    if unknown := names - MEANS:
        raise pytest.UsageError(f"GALLERIA_REQUIRE: {sorted(unknown)} is none of {sorted(MEANS)}")
    return names


def pytest_configure(config: pytest.Config) -> None:
    """Read the demand once, so that a misspelt one stops the run at its start."""
    config.stash[DEMAND] = demanded()


DEMAND = pytest.StashKey[frozenset[str]]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn the skip of a test whose means are demanded into a failure; leave an xfail alone."""
    report = yield
    lacking = item.config.stash[DEMAND] & {marker.name for marker in item.iter_markers()}
    if report.skipped and lacking and not hasattr(report, "wasxfail"):
        _fail(report, lacking)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Turn a module that skipped itself at import into an error while anything is demanded."""
    report = yield
    if report.skipped and (demand := collector.config.stash[DEMAND]):
        _fail(report, demand)
    return report


def _fail(report: pytest.TestReport | pytest.CollectReport, demand: frozenset[str]) -> None:
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    report.outcome = "failed"
    report.longrepr = f"GALLERIA_REQUIRE={','.join(sorted(demand))} forbids this skip: {reason}"
