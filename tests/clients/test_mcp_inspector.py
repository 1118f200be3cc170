"""A purchase by the public MCP Inspector's command line, from a running Galleria."""

import pytest

from tests.journeys.conftest import Demo
from tools.clients import inspector_lacking
from tools.mcp_inspector import PAGE, page_of, take_tours

pytestmark = pytest.mark.clients


def test_the_mcp_inspector_sees_and_buys_what_the_page_says(demo: Demo) -> None:
    if (lacking := inspector_lacking()) is not None:
        pytest.skip(lacking)

    tours = take_tours(demo.ready["api"], "prints")

    assert [step for steps in tours.values() for step in steps if not step.is_held] == []
    # Steps, promises and the Inspector's version are those of the page.
    assert PAGE.read_text() == page_of(tours)
