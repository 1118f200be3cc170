"""Runs the public conformance runner for agents against a shop, and writes what it found as a page.

    python -m tools.agent_conformance --python VENV/bin/python --port 8000 [--write]

The shop runs elsewhere, as `GALLERIA_AGENTS_SANDBOX=true GALLERIA_OUTBOUND_ALLOW=127.0.0.1 make
demo` starts one. The runner (`spck-conformance`, from PyPI) has a virtual environment of its own:
the product does not need it. What to buy is looked up in the shop's catalog.
"""

import argparse
import contextlib
import http.server
import json
import re
import subprocess
import sys
import tempfile
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[1] / "docs/reference/agent-conformance.md"
VERSIONS = ("2026-08-25", "2026-01-11")
AGENT = 'profile="https://agent.invalid/profile"'
PLACE = {
    "id": "home",
    "full_name": "Ana Alves",
    "street_address": "A 1",
    "address_locality": "Springfield",
    "address_region": "IL",
    "postal_code": "62701",
    "address_country": "US",
}
PLENTY = 30  # pieces that a run buys, and some more
RECEIVER = {
    "ucp": {
        "version": "2026-01-11",
        "services": {},
        "capabilities": [
            {"name": "dev.ucp.shopping.checkout", "version": "2026-01-11"},
            {"name": "dev.ucp.shopping.fulfillment", "version": "2026-01-11"},
            {
                "name": "dev.ucp.shopping.order",
                "version": "2026-01-11",
                "config": {"webhook_url": "http://127.0.0.1:{webhook_port}/news"},
            },
        ],
    }
}
# Names below .localhost lead here, which not every resolver knows.
LAUNCHER = """
import socket, sys
ask = socket.getaddrinfo
def here(host, *args, **options):
    is_local = isinstance(host, str) and host.endswith(".localhost")
    return ask("127.0.0.1" if is_local else host, *args, **options)
socket.getaddrinfo = here
import spck_conformance.cli as cli
# The wheel lacks the profile by which its own receiver of news introduces itself.
sys.path.insert(0, str(cli.BUNDLE / "checks"))
import webhook_harness
webhook_harness._profile_template = lambda: '''TEMPLATE'''
sys.exit(cli.main())
""".replace("TEMPLATE", json.dumps(RECEIVER))
# Why a check that is there for the version is not run, by how its status begins.
REASONS = (
    ("discount", "discount codes are not offered: the capability is not declared"),
    ("consent", "consents of buyers are not taken over the protocol: not declared"),
    ("identity01", "linking a customer's account is not offered: not declared"),
    ("payment.ap2", "signed mandates (AP2) are not offered: not declared"),
    ("payment.merchant_auth", "signed mandates (AP2) are not offered: not declared"),
    ("webhook.", "no news arrived; does a worker run beside the server?"),
    ("transport.https", "the shop under test speaks plain HTTP; TLS ends before it in production"),
    ("discovery.spec_urls", "asks ucp.dev over the network"),
    ("checkout.escalation", "no payment here needs the buyer's bank: nothing is handed over"),
    ("errors.requires", "no payment here needs the buyer's bank: nothing is handed over"),
    ("payment.handlers_context", "every cart may be paid by every gateway of the shop"),
    ("negotiation.orphan", "needs a declared discount extension"),
    ("order.", "needs a capability or version that is not declared"),
    ("a2a.", "agents talk over REST and MCP"),
    ("cart.", "part of later versions only"),
    ("catalog.", "part of later versions only"),
    ("totals.", "part of later versions only"),
    ("mcp.", "over MCP the newest version is spoken"),
)


class Shop:
    """A shop as an agent finds it."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.address = f"http://{host}:{port}"

    def ask(self, path: str, body: object) -> Any:
        """The JSON answer to a question about the catalog."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/ucp/{VERSIONS[0]}{path}",
            data=json.dumps(body).encode(),
            headers={"content-type": "application/json", "ucp-agent": AGENT, "host": self.host},
        )
        with urllib.request.urlopen(request) as answer:  # noqa: S310 our own machine
            return json.load(answer)

    def products(self) -> list[Any]:
        """All that the shop shows."""
        found: list[Any] = []
        cursor = None
        while True:
            page = {"limit": 50} if cursor is None else {"limit": 50, "cursor": cursor}
            answer = self.ask("/catalog/search", {"query": "*", "pagination": page})
            found += answer["products"]
            cursor = answer["pagination"].get("cursor")
            if cursor is None:
                return found


def what_to_buy(shop: Shop, profile_url: str) -> dict[str, Any]:
    """What the runner has to know of the shop: things to buy, one that is sold out, ways to pay."""
    products = shop.products()
    there = [
        (product, variant)
        for product in products
        for variant in product["variants"]
        if variant["availability"]["available"]
    ]
    product, variant = next(
        each for each in there if each[0].get("options") and has_plenty(shop, each[1]["id"])
    )
    gone = (
        variant["id"]
        for product in products
        for variant in product["variants"]
        if not variant["availability"]["available"]
    )
    return {
        "product_id": variant["id"],
        "currency": variant["price"]["currency"],
        "out_of_stock_id": next(gone, None),
        "fulfillment_option_id": "standard",
        "complete_payment": _payment("tok_approve"),
        "fail_payment": _payment("tok_decline"),
        "catalog": {
            "variant_id": variant["id"],
            "configurable_product_id": product["id"],
            "max_batch": 50,
            "paginated_query": "*",
            "paginated_total": len(products),
        },
        "webhooks": {"simulate": True, "wait_seconds": 25},
        "order": {"simulate_adjustment": True, "simulate_fulfillment": True},
        "negotiation": {"harness": True, "unsupported_version_profile_url": profile_url},
    }


def has_plenty(shop: Shop, variant_id: str) -> bool:
    """Whether there are more pieces than the runner buys."""
    line = {"item": {"id": variant_id}, "quantity": PLENTY}
    return "messages" not in shop.ask("/carts", {"line_items": [line]})


def _payment(card: str) -> dict[str, Any]:
    instrument = {
        "id": "card",
        "handler_id": "test",
        "type": "card",
        "credential": {"type": "token", "token": card},
    }
    method = {
        "type": "shipping",
        "destinations": [PLACE],
        "selected_destination_id": "home",
        "groups": [{"id": "parcel", "selected_option_id": "standard"}],
    }
    return {
        "payment": {"instruments": [instrument]},
        "payment_data": instrument,
        "buyer": {"email": "ana@example.com", "full_name": "Ana Alves"},
        "fulfillment": {"methods": [method]},
    }


@contextlib.contextmanager
def profile_of_another_age() -> Iterator[str]:
    """The address of an agent whose version nobody speaks."""

    class Answers(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps({"ucp": {"version": "2999-01-01", "capabilities": []}}).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/profile"
    server.shutdown()


def run(python: str, shop: Shop, version: str, config: dict[str, Any]) -> dict[str, Any]:
    """The runner's report on one version."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(config, file)
        file.flush()
        server = f"{shop.address}/?version={version}"
        words = ["--server", server, "--config", file.name, "--json"]
        done = subprocess.run(
            [python, "-c", LAUNCHER, *words], capture_output=True, text=True, check=False
        )
    if not done.stdout.strip():
        raise SystemExit(done.stderr)
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def page_of(reports: list[dict[str, Any]], runner: str) -> str:
    """The page."""
    parts = [
        "# What a conformance runner finds",
        "",
        "Generated by `python -m tools.agent_conformance --write` against a demo shop in its",
        f"sandbox, with {runner}, an independent runner for the Universal Commerce Protocol. It",
        "grades REST; of MCP what it has checks for. The profile by which its receiver of news",
        "introduces itself is lacking in the package and was put in its place. Each check is",
        "proved by it to fail on a defect. Which capabilities are declared, and why, says",
        "[Agents](../systems/05-agents.md).",
        "",
    ]
    for report in reports:
        parts += _section(report)
    return "\n".join(parts)


def _section(report: dict[str, Any]) -> list[str]:
    checks = report["checks"]
    passed = sorted({each["id"] for each in checks if each["status"] == "clean-pass"})
    failed = [each for each in checks if each["status"] == "deviation"]
    rest = [each for each in checks if each["status"] not in ("clean-pass", "deviation")]
    named: dict[str, str] = {}
    for each in rest:
        if not each["status"].startswith("not-applicable (spec"):
            named[each["id"]] = _reason(each)
    verdict = report["verdict"]
    lines = [
        f"## {report['spec_version']}",
        "",
        f"{len(passed)} checks passed, {len(failed)} deviate, {len(named)} do not apply or could "
        f"not be run. Of {verdict['applicable_musts']} requirements that the runner counts as"
        f" applicable, its checks touch {verdict['musts_passed']}; the others it does not test.",
        "",
        "| passed |",
        "|---|",
        *[f"| `{name}` |" for name in passed],
        "",
    ]
    if failed:
        lines += ["| deviates | observed |", "|---|---|"]
        lines += [f"| `{each['id']}` | {each.get('observed')} |" for each in failed] + [""]
    lines += ["| not run | why |", "|---|---|"]
    lines += [f"| `{name}` | {why} |" for name, why in sorted(named.items())]
    return [*lines, ""]


def _reason(check: dict[str, Any]) -> str:
    for beginning, reason in REASONS:
        if check["id"].startswith(beginning):
            return reason
    return re.sub(r"[|\n]", " ", str(check["status"]))


def main() -> int:
    """Run it for both versions; 1 when something deviates."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", required=True, help="an interpreter that has the runner")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--host", default="ceramics.localhost")
    parser.add_argument("--write", action="store_true", help="write the page")
    given = parser.parse_args()
    shop = Shop(given.host, given.port)
    ask = "import importlib.metadata as m; print(m.version('spck-conformance'))"
    told = subprocess.run([given.python, "-c", ask], capture_output=True, text=True, check=True)
    with profile_of_another_age() as profile_url:
        config = what_to_buy(shop, profile_url)
        reports = [run(given.python, shop, version, config) for version in VERSIONS]
    if given.write:
        PAGE.write_text(page_of(reports, f"spck-conformance {told.stdout.strip()}") + "\n")
    failed = [
        f"{report['spec_version']} {each['id']} {each['status']} {each.get('observed')}"
        for report in reports
        for each in report["checks"]
        if each["status"] == "deviation" or each["status"].startswith("error")
    ]
    unsure = [
        f"{report['spec_version']} {each['id']}: {each['status']}"
        for report in reports
        for each in report["checks"]
        if not each["status"].startswith(("clean", "not-applicable", "deviation"))
    ]
    print("\n".join([*unsure, *failed]) or "no deviation")
    for report in reports:
        print(report["spec_version"], report["verdict"], report["checks_summary"])
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
