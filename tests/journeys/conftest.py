"""A real demo in processes of its own, and a real Chromium to walk through it."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"),
    *("--disable-component-update", "--disable-sync"),
    # Browsers know that *.localhost is this machine; a container's resolver may not.
    "--host-resolver-rules=MAP *.localhost 127.0.0.1",
]
PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)


@dataclass(frozen=True)
class Demo:
    """A running demo: its data folder and what it printed when it was ready."""

    folder: Path
    port: int
    app_port: int
    """The one port of this machine, besides its own, that the house may call: for an app."""
    ready: dict[str, Any]

    def shop(self, slug: str) -> str:
        """The address of a shop."""
        return f"http://{slug}.localhost:{self.port}"

    @property
    def office(self) -> str:
        """The address of the back office."""
        return f"http://admin.localhost:{self.port}"

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command of galleria on this demo's data."""
        return subprocess.run(
            [sys.executable, "-m", "galleria", *arguments, "--data", str(self.folder)],
            capture_output=True,
            text=True,
            check=False,
        )


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def demo() -> Iterator[Demo]:
    """`galleria demo`, started once for all journeys."""
    folder = Path(tempfile.mkdtemp(prefix="galleria-journey-"))
    port, app_port = free_port(), free_port()
    with (folder / "demo.log").open("w") as log:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "galleria", "demo", "--json"),
                *("--port", str(port), "--data", str(folder / "data")),
            ],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            # What it prints has to come through a pipe at once without Python's own help.
            env={
                **os.environ,
                **{"GALLERIA_LOG_LEVEL": "warning", "PYTHONUNBUFFERED": ""},
                # An app of a developer's own machine; a checkout here may wait for it.
                **{"GALLERIA_APPS_ALLOW_HTTP": "true", "GALLERIA_WEBHOOKS_ALLOW_HTTP": "true"},
                "GALLERIA_OUTBOUND_ALLOW": f"127.0.0.1:{app_port}",
                "GALLERIA_APPS_RULE_DEADLINE_MS": "5000",
            },
        )
        try:
            yield Demo(folder / "data", port, app_port, _ready(process, folder / "demo.log"))
        finally:
            process.terminate()
            process.wait(60)
            assert process.stdout is not None
            process.stdout.close()
            shutil.rmtree(folder, ignore_errors=True)


def _ready(process: subprocess.Popen[str], log: Path) -> dict[str, Any]:
    assert process.stdout is not None
    text = ""
    for line in process.stdout:
        text += line
        if line.startswith("}"):
            return dict(json.loads(text))
    raise AssertionError(f"the demo ended with {process.wait()}: {log.read_text()[-3000:]}")


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One Chromium for all journeys."""
    if CHROMIUM is None:
        pytest.skip("no Chromium; install the Debian package chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest.fixture
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    """A browser nobody has used yet. What a page complains about fails the test."""
    context = await browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    context.set_default_timeout(PATIENCE_MS)
    complaints: list[str] = []
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    context.on(
        "console",
        lambda message: (
            complaints.append(message.text)
            if message.type == "error" and "status of 4" not in message.text
            else None
        ),
    )
    yield context
    await context.close()
    assert not complaints, complaints


@pytest.fixture
async def page(context: BrowserContext) -> Page:
    """A page with scripts."""
    return await context.new_page()


@pytest.fixture
async def plain_page(browser: Browser) -> AsyncIterator[Page]:
    """A page without scripts."""
    context = await browser.new_context(java_script_enabled=False, locale="en-GB")
    context.set_default_timeout(PATIENCE_MS)
    yield await context.new_page()
    await context.close()
