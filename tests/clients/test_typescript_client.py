"""The TypeScript client's own tests, run by node against a running Galleria."""

import os
import subprocess

import pytest

from tests.journeys.conftest import Demo
from tools.clients import TYPESCRIPT, build_lacking

pytestmark = pytest.mark.clients

SHOP = "prints"


def test_the_typescript_client_passes_its_own_tests(demo: Demo) -> None:
    lacking = build_lacking("typescript")
    if lacking is not None:
        pytest.skip(lacking)
    (key,) = (shop["key"] for shop in demo.ready["shops"] if shop["slug"] == SHOP)
    run = subprocess.run(
        ["node", "--test", "test/"],
        cwd=TYPESCRIPT,
        env={
            **os.environ,
            "GALLERIA_URL": demo.ready["api"],
            "GALLERIA_SHOP": SHOP,
            "GALLERIA_KEY": key,
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-5000:] + run.stderr[-1000:]
