"""Walks through a purchase with the public MCP Inspector, and writes what it saw as a page.

    python -m tools.mcp_inspector --url http://127.0.0.1:8000 --shop prints [--write]

The shop runs elsewhere, as `make demo` starts one. The Inspector's version is the one of
tools/inspector/package-lock.json; each step is a run of its command line (`--cli`), as somebody who
writes an agent would type it. The tour is taken twice: as clients of the older protocol greet, and
by the newest, in which each request stands alone.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from tools.clients import INSPECTOR, node_lacking, npm_ci
from tools.house_code import ROOT

PACKAGE = "@modelcontextprotocol/inspector"
PAGE = ROOT / "docs/reference/mcp-inspector.md"
ERAS = {"legacy": "2025-11-25, with a greeting", "modern": "2026-07-28, without"}
USED = (
    *("list_categories", "search_products", "show_product", "fill_cart", "show_cart"),
    *("prepare_checkout", "place_order", "order_status", "create_checkout"),
)
LONGEST_S = 60
ANN = {
    "name": "Ann Buyer",
    "street": "Long Street 1",
    "city": "Berlin",
    "postal_code": "10115",
    "country": "DE",
}
Thing = dict[str, Any]


@dataclass(frozen=True)
class Said:
    """How a run of the Inspector ended: its exit code, and the result or the error it tells."""

    code: int
    result: Thing
    error: Thing

    @property
    def thing(self) -> Thing:
        """What the tool answered, as a structure."""
        return dict(self.result.get("structuredContent") or {})


@dataclass(frozen=True)
class Step:
    """One step of the tour: what was done, by which tool, what is promised of it, and whether that
    was held; what was told instead otherwise."""

    what: str
    tool: str
    promise: str
    is_held: bool
    told: str = ""


class Inspector:
    """The Inspector's command line, pointed at one shop."""

    def __init__(self, url: str, shop: str, era: str) -> None:
        self._url, self._shop, self.era = url, shop, era

    def call(self, tool: str, **arguments: Any) -> Said:
        """A call of a tool."""
        words = ["--method", "tools/call", "--tool-name", tool]
        return self.run(*words, "--tool-args-json", json.dumps(arguments))

    def run(self, *words: str, shop: str | None = None) -> Said:
        """One run of the command; of another shop when one is named."""
        with tempfile.TemporaryDirectory() as home:
            done = subprocess.run(
                [
                    *("node", str(INSPECTOR / "node_modules/.bin/mcp-inspector"), "--cli"),
                    *(f"{self._url}/store/v1/mcp", "--transport", "http"),
                    *("--protocol-era", self.era, "--format", "json", "--quiet"),
                    *("--header", f"X-Galleria-Shop: {shop or self._shop}"),
                    *words,
                ],
                # What it keeps for later is of no use to anybody here.
                env={**os.environ, "HOME": home},
                capture_output=True,
                text=True,
                timeout=LONGEST_S,
                check=False,
            )
        told = json.loads(done.stdout).get("result", {}) if done.stdout.strip() else {}
        return Said(done.returncode, told, _error_in(done.stderr))


def _error_in(text: str) -> Thing:
    """The error among what was written beside the result; empty when there is none."""
    for line in text.splitlines():
        if line.startswith('{"error"'):
            return dict(json.loads(line)["error"])
    return {"message": text.strip()[:500]} if text.strip() else {}


def tour(inspector: Inspector) -> Iterator[Step]:
    """One purchase, from the list of tools to the order; then what is refused, and how."""
    yield from _look(inspector)
    found = inspector.call("search_products", query="", limit=1).thing
    variant_id = found["products"][0]["variants"][0]["id"]
    cart = inspector.call("fill_cart", items=[{"id": variant_id, "quantity": 2}]).thing
    yield Step("Fill a cart", "fill_cart", "2 pieces at their price", _pieces(cart) == 2, str(cart))
    again = inspector.call("show_cart", cart_id=cart["id"]).thing
    yield Step("Show it again", "show_cart", "the same cart", again == cart, str(again))
    yield from _buy(inspector, cart)
    yield from _be_refused(inspector, variant_id)


def _look(inspector: Inspector) -> Iterator[Step]:
    listed = inspector.run("--method", "tools/list", "--strict")
    names = {tool["name"] for tool in listed.result.get("tools", [])}
    yield Step(
        "List the tools",
        "tools/list",
        "all of this tour; in their schemas `--strict` finds nothing",
        names >= set(USED) and listed.code == 0 and not listed.error,
        f"{sorted(names)} {listed.error}",
    )
    said = inspector.call("list_categories")
    is_held = bool(said.thing.get("categories"))
    yield Step("List the categories", "list_categories", "there are some", is_held, str(said))
    said = inspector.call("search_products", query="", limit=2)
    products = said.thing.get("products", [])
    yield Step("Search", "search_products", "a page of 2", len(products) == 2, str(said))
    said = inspector.call("show_product", id=products[0]["id"])
    is_held = said.thing.get("product", {}).get("title") == products[0]["title"]
    yield Step("Show one", "show_product", "it, with its variants", is_held, str(said))


def _buy(inspector: Inspector, cart: Thing) -> Iterator[Step]:
    begun = inspector.call("prepare_checkout", cart_id=cart["id"]).thing
    paths = [each["path"] for each in begun.get("messages", [])]
    is_held = begun.get("status") == "incomplete" and "$.buyer.email" in paths
    promise = "`incomplete`, and the paths of what is missing"
    yield Step("Begin to buy the cart", "prepare_checkout", promise, is_held, str(begun))

    (group,) = begun["fulfillment"]["methods"][0]["groups"]
    option = group["options"][0]["id"]
    words = {"email": "ann@example.com", "address": ANN, "shipping_option": option}
    ready = inspector.call("prepare_checkout", checkout_id=begun["id"], **words).thing
    is_held = ready.get("status") == "ready_for_complete" and _total(ready) > _total(cart)
    promise = "`ready_for_complete`, with shipping in the total"
    yield Step("Say who, where and how", "prepare_checkout", promise, is_held, str(ready))

    def pay(token: str, key: str) -> Thing:
        words = {"payment_token": token, "idempotency_key": key, "payment_method": "test"}
        return inspector.call("place_order", checkout_id=begun["id"], **words).thing

    said = pay("tok_decline", str(uuid4()))
    codes = [each["code"] for each in said.get("messages", [])]
    is_held = codes == ["payment_failed"] and "order" not in said
    promise = "`payment_failed`, and no order"
    yield Step("Pay with a card that is declined", "place_order", promise, is_held, str(said))
    key = str(uuid4())
    placed = pay("tok_approve", key)
    order = placed.get("order", {})
    is_held = placed.get("status") == "completed" and "id" in order
    promise = "`completed`, with an order"
    yield Step("Pay with one that is not", "place_order", promise, is_held, str(placed))
    said = pay("tok_approve", key)
    is_held = "id" in order and said.get("order") == order
    yield Step("The same once more", "place_order", "the order there is", is_held, str(said))
    said = inspector.call("order_status", order_id=order.get("id", "none")).thing
    is_held = "id" in order and said.get("id") == order["id"] and _total(said) == _total(ready)
    yield Step("Follow the order", "order_status", "the total that was shown", is_held, str(said))


def _be_refused(inspector: Inspector, variant_id: str) -> Iterator[Step]:
    said = inspector.call("show_product", id="nothing")
    is_held = said.thing.get("code") == "not_found"
    yield Step("Show what there is not", "show_product", "`not_found`", is_held, str(said))
    said = inspector.call("fill_cart", items=[{"id": variant_id, "quantity": 0}])
    yield _refused("Put no pieces into a cart", "fill_cart", said, "items[0].quantity")
    said = inspector.call("search_products", colour="blue")
    yield _refused("Say what the tool does not know", "search_products", said, "colour")
    said = inspector.call("create_checkout", meta={}, checkout={})
    yield _refused("Buy without saying who asks", "create_checkout", said, "name your profile")
    said = inspector.call("no_such_tool")
    yield _refused("Call a tool there is not", "no_such_tool", said, "not found")
    said = inspector.run("--method", "tools/list", shop="no-such-shop")
    # The newest asks for versions first, and tells of nothing but that it was not answered.
    word = "unknown_host" if inspector.era == "legacy" else "Version negotiation failed"
    yield _refused("Ask a shop there is not", "tools/list", said, word)


def _refused(what: str, tool: str, said: Said, word: str) -> Step:
    is_held = said.code != 0 and word in str(said.error.get("message", ""))
    return Step(what, tool, f"an error that says “{word}”", is_held, str(said))


def _pieces(cart: Thing) -> int:
    return sum(line["quantity"] for line in cart.get("line_items", []))


def _total(thing: Thing) -> int:
    amounts = {each["type"]: each["amount"] for each in thing.get("totals", [])}
    return int(amounts.get("total", -1))


def version() -> str:
    """The Inspector's version, as the lock file has it."""
    packages = json.loads((INSPECTOR / "package-lock.json").read_text())["packages"]
    return str(packages[f"node_modules/{PACKAGE}"]["version"])


def take_tours(url: str, shop: str) -> dict[str, list[Step]]:
    """Era of the protocol -> the steps of its tour. Both are taken at the same time."""
    with ThreadPoolExecutor() as pool:
        taken = {era: pool.submit(list, tour(Inspector(url, shop, era))) for era in ERAS}
        return {era: each.result() for era, each in taken.items()}


def page_of(tours: dict[str, list[Step]]) -> str:
    """The page."""
    parts = [
        "# What the MCP Inspector sees",
        "",
        "Generated by `python -m tools.mcp_inspector --write` against a demo shop, with",
        f"`{PACKAGE}` {version()} and its `--cli`: one run a step, one purchase for each of the",
        "protocol's two ways. What the tools are for says [Agents](../systems/05-agents.md).",
        "",
    ]
    for era, steps in tours.items():
        held = sum(step.is_held for step in steps)
        parts += [f"## {ERAS[era]}", "", f"{held} of {len(steps)} promises are held.", ""]
        parts += ["| step | tool | promised | |", "|---|---|---|---|"]
        parts += [
            f"| {step.what} | `{step.tool}` | {step.promise} | {_verdict(step)} |" for step in steps
        ]
        parts.append("")
    return "\n".join(parts)


def _verdict(step: Step) -> str:
    told = re.sub(r"[|`\n]", " ", step.told)
    return "held" if step.is_held else f"not held: {told[:500]}"


def main(arguments: list[str] | None = None) -> int:
    """Take both tours; 1 when a promise is not held."""
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--url", default="http://127.0.0.1:8000", help="the API's address")
    asked.add_argument("--shop", default="prints")
    asked.add_argument("--write", action="store_true", help="write the page")
    given = asked.parse_args(arguments)
    if (reason := node_lacking()) is not None:
        raise SystemExit(reason)
    npm_ci(INSPECTOR)
    tours = take_tours(given.url, given.shop)
    page = page_of(tours)
    if given.write:
        PAGE.write_text(page)
    print(page)
    return 0 if all(step.is_held for steps in tours.values() for step in steps) else 1


if __name__ == "__main__":
    sys.exit(main())
