"""What `make clients` built, and a running demo to try it on."""

import importlib
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.journeys.conftest import browser, context, demo, page, plain_page
from tools.clients import PYTHON, build_lacking

__all__ = ["browser", "context", "demo", "page", "plain_page"]


@pytest.fixture(scope="session")
def package() -> Any:
    """The Python client, imported; what a fresh checkout has not generated cannot be imported."""
    lacking = build_lacking("python")
    if lacking is not None:
        pytest.skip(lacking)
    sys.path.insert(0, str(PYTHON / "src"))
    return importlib.import_module("galleria_client")


@dataclass
class Stumbler:
    """A server that fails as told before it answers; it keeps what it was asked."""

    url: str
    failures: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    delay_s: float = 0
    asked: list[dict[str, str]] = field(default_factory=list)


@pytest.fixture
def stumbler() -> Iterator[Stumbler]:
    """The server; each test has its own."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            scene.asked.append({"method": self.command, **dict(self.headers.items())})
            if scene.delay_s:
                is_over.wait(scene.delay_s)
            status, headers = scene.failures.pop(0) if scene.failures else (200, {})
            body = b'{"items": [], "next_cursor": null}'
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_DELETE = answer

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    is_over = threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    scene = Stumbler(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield scene
    is_over.set()
    server.shutdown()
    server.server_close()
    thread.join()
