"""What GraphQL costs beside REST: one product with its variants, uncached, and kept by its digest.

One server process, 32 connections of wrk. An alias that never repeats makes each question a new
document, which is read and validated anew; a changing variable asks for another product by the same
document. Then, without a server, our plans against the library's own executor on the same product.
"""

import asyncio
import json
import statistics
import sys
import time
import urllib.parse
import urllib.request
from dataclasses import fields
from hashlib import sha256
from operator import attrgetter
from typing import Any
from uuid import UUID

import msgspec
from graphql import execute, parse, validate

from benchmarks._demo import conditions, figure, running_demo, wait_for_rest, wrk
from benchmarks.serving import SHOP, handles_of, script
from galleria.commerce.listings import Detail, Window
from galleria.engines.context import ANONYMOUS, HOUSE, Context, Engines
from galleria.faces.graphql.executing import Run
from galleria.faces.graphql.faces import storefront
from galleria.faces.graphql.specs import spec_of
from galleria.faces.graphql.storefront.products import ShownProduct
from galleria.foundation.clock import SystemClock

MEASURES = ("src/galleria/faces/graphql", "src/galleria/faces/gateway")
PORT = 18_131
ENGINES = [each.name for each in fields(Engines) if each.default is each.default_factory]
ROUNDS = 3
VARIANTS = 12
QUERY = """
query P($h: String!) { product(handle: $h) {
  productId handle title descriptionHtml brand productType tags isAvailable publishedAt
  images { url alt } options { name values }
  priceRange { min { amountMinor currency } max { amountMinor currency } }
  attributes { code label value unit } categories { handle name path }
  variants(first: 100) { nodes {
    variantId sku options isAvailable fewLeft offer imageUrl
    price { amountMinor currency } compareAt { amountMinor currency }
  } }
} }
"""
_POST = """
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
local handles = {%s}
local n = 0
request = function()
  n = n + 1
  local body = %s
  return wrk.format("POST", "/store/v1/graphql", nil, body)
end
"""


def posting(handles: list[str], *, is_new: bool) -> str:
    """A Lua script that asks for one product after the other, by one document or by new ones."""
    names = ", ".join(json.dumps(handle) for handle in handles)
    text = " ".join(QUERY.split())
    if is_new:
        text = text.replace("product(", "a@@: product(", 1)
    before, after = json.dumps(text)[1:-1].split("@@") if is_new else (json.dumps(text)[1:-1], "")
    lua = f'[[{{"query":"{before}]] .. {"n" if is_new else "[[]]"} .. [[{after}'
    lua += '","variables":{"h":"]] .. handles[n % #handles + 1] .. [["}}]]'
    return _POST % (names, lua)


def kept_address(handle: str, *, with_text: bool) -> str:
    """The question by the digest of its document."""
    text = " ".join(QUERY.split())
    persisted = {"version": 1, "sha256Hash": sha256(text.encode()).hexdigest()}
    asked = {
        "extensions": json.dumps({"persistedQuery": persisted}),
        "variables": json.dumps({"h": handle}),
    }
    if with_text:
        asked["query"] = text
    return f"http://127.0.0.1:{PORT}/store/v1/graphql?{urllib.parse.urlencode(asked)}"


def send(address: str) -> None:
    """The address is asked once."""
    request = urllib.request.Request(address, headers={"X-Galleria-Shop": SHOP})  # noqa: S310
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - our own server
        assert b'"errors"' not in answer.read(2_000)


def serving() -> list[bool]:
    """Print what a server process answers."""
    with running_demo(PORT) as demo:
        handles = handles_of(demo)
        wait_for_rest()
        url, host = f"http://127.0.0.1:{PORT}", f"{SHOP}.localhost:{PORT}"
        send(kept_address(handles[0], with_text=True))
        cases = {
            "rest_product": (url, script(handles, "products/%s?v=%d")),
            "graphql_product": (url, posting(handles, is_new=False)),
            "graphql_new_document": (url, posting(handles, is_new=True)),
            "graphql_kept": (kept_address(handles[0], with_text=False), None),
        }
        runs: dict[str, list[tuple[float, float, int]]] = {name: [] for name in cases}
        for _ in range(ROUNDS):
            for name, (address, lua) in cases.items():
                load = wrk(address, host, seconds=4, script=lua)
                runs[name].append((load.per_s, load.p99_ms, load.failures))
    median = {name: sorted(each)[ROUNDS // 2] for name, each in runs.items()}
    failures = sum(run[2] for each in runs.values() for run in each)
    figure("rest_product", median["rest_product"][0], "1/s")
    held = [
        figure("graphql_product", median["graphql_product"][0], "1/s", 300, most=False),
        figure("graphql_kept", median["graphql_kept"][0], "1/s", 10_000, most=False),
        figure("failures", failures, "answers", 0),
    ]
    figure("graphql_product_p99", median["graphql_product"][1], "ms")
    figure("graphql_new_document", median["graphql_new_document"][0], "1/s")
    share = median["graphql_product"][0] / median["rest_product"][0]
    figure("graphql_product_beside_rest", share, "times")
    return held


def a_product() -> ShownProduct:
    """A product page with a dozen variants."""
    money = {"amount_minor": 2400, "currency": "EUR"}
    variant = {
        "variant_id": str(UUID(int=1)),
        "sku": "mug-b",
        "options": ["Blue", "M"],
        "price": money,
        "compare_at": money,
        "is_available": True,
        "few_left": 3,
        "image_url": "/media/1",
    }
    told: dict[str, Any] = {
        "product_id": str(UUID(int=2)),
        **dict.fromkeys(("handle", "title", "description_html", "brand", "product_type"), "mug"),
        **dict.fromkeys(("seo_title", "seo_description"), "mug"),
        "tags": ["kitchen", "new"],
        "images": [{"url": "/media/1", "alt": "a mug"}] * 3,
        "options": [{"name": "Colour", "values": ["Blue", "White"]}] * 2,
        "variants": [variant] * VARIANTS,
        "price_range": {"min": money, "max": money},
        "is_available": True,
        "attributes": [{"code": "size", "label": "Size", "value": 3, "unit": "cm"}] * 5,
        "categories": [{"handle": "a", "name": "A", "path": "a"}] * 2,
        "collections": [],
        "published_at": "2026-01-01T00:00:00Z",
        "variant_count": VARIANTS,
    }
    window = Window(UUID(int=3), "web", "en", ["en"], "EUR")
    return ShownProduct(window, None, msgspec.convert(told, Detail))


async def _ms(work: Any, times: int = 40) -> float:
    started = time.perf_counter()
    for _ in range(times):
        await work()
    return 1_000 * (time.perf_counter() - started) / times


class Sides:
    """One document about one product, carried out by a plan and by the library."""

    def __init__(self) -> None:
        self.face, self.product = storefront(), a_product()
        self.document = self.face.documents.read(QUERY)
        operation = self.document.operation(None)
        self.variables = operation.variables_of({"h": "mug"})
        self.step = operation.plan(self.variables).steps[0]
        # Nothing is read here: the product is there.
        unasked: Any = dict.fromkeys(ENGINES)
        engines = Engines(**{**unasked, "clock": SystemClock()})
        self.ctx = Context(engines, HOUSE, ANONYMOUS, "bench")

    async def plan(self) -> bytes:
        """The answer by our plan."""
        run = Run(self.ctx, self.variables)
        return msgspec.json.encode(await run.completed({"product": self.product}, [self.step]))

    async def library(self) -> bytes:
        """The answer by the library's executor."""
        found: Any = execute(
            self.face.schema,
            self.document.node,
            variable_values={"h": "mug"},
            field_resolver=self._field,
        )
        result = await found
        assert not result.errors, result.errors
        return msgspec.json.encode(result.data)

    async def read(self) -> None:
        """The text becomes a document."""
        parse(QUERY)

    async def validate(self) -> None:
        """The document is held against the schema."""
        validate(self.face.schema, self.document.node)

    def _field(self, source: Any, info: Any, **args: Any) -> Any:
        spec = spec_of(info.parent_type.fields[info.field_name])
        if not spec.attribute:
            return self._loaded(source, spec, args)
        value = attrgetter(spec.attribute)(source)
        return str(value) if isinstance(value, UUID) else value

    async def _loaded(self, source: Any, spec: Any, args: dict[str, Any]) -> Any:
        if spec.load is None:
            return self.product
        given = {"after": None} | args
        return (await spec.load(self.ctx, [source], given, self.step.inside))[0]


async def executing() -> list[bool]:
    """Print what carrying out one document takes: by a plan, and by the library."""
    sides = Sides()
    assert await sides.plan() == await sides.library()
    works = {
        "plan": sides.plan,
        "library": sides.library,
        "read": sides.read,
        "validate": sides.validate,
    }
    took: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(5):
        for name, work in works.items():
            took[name].append(await _ms(work))
    for name, each in took.items():
        figure(f"{name}_of_a_product", statistics.median(each), "ms")
    ratios = [ours / theirs for ours, theirs in zip(took["plan"], took["library"], strict=True)]
    return [figure("plan_beside_the_library", statistics.median(ratios), "times", 0.5)]


def main() -> int:
    """Print every figure; 1 when one is short."""
    conditions()
    held = asyncio.run(executing())
    held += serving()
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
