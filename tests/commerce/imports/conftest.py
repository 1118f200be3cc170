"""Shops that take product files in, and the files to feed them."""

import gzip
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from galleria.commerce import attributes, catalog, imports, inventory, pricing
from galleria.commerce.catalog import ProductTree
from galleria.engines.blob.local import local_blobs
from galleria.engines.context import HOUSE, SYSTEM, Context, Engines, Tenant
from galleria.foundation.ids import new_id
from galleria.platform import tenants

SAMPLES = Path(__file__).parents[3] / "src/galleria/demo/samples"

OpenShop = Callable[..., Awaitable[Context]]


@pytest.fixture(scope="session")
def engines(engines: Engines, data_folder: Path) -> Engines:
    """The run's engines with a file store."""
    return replace(engines, blob=local_blobs(data_folder / "import-files"))


@pytest.fixture
def open_shop(engines: Engines) -> OpenShop:
    """Opens a shop and gives a context inside it, acting as the system."""

    async def make(currency: str = "EUR") -> Context:
        slug = f"shop-{new_id().hex[-12:]}"
        house = Context(engines, HOUSE, SYSTEM, request_id="open")
        wanted = tenants.OpenShop(
            slug=slug, name="Shop", currency=currency, locale="en", country="DE"
        )
        shop = await tenants.open_shop(house, wanted)
        return Context(engines, Tenant(shop.tenant_id, slug), SYSTEM, request_id="test")

    return make


@pytest.fixture
async def shop(open_shop: OpenShop) -> Context:
    """A shop that was opened by the house."""
    return await open_shop()


@pytest.fixture
async def other_shop(open_shop: OpenShop) -> Context:
    """A second one."""
    return await open_shop()


def json_lines(*products: dict[str, Any]) -> bytes:
    """A file with these products."""
    return b"".join(msgspec.json.encode(each) + b"\n" for each in products)


def mugs(count: int, first: int = 0) -> bytes:
    """A file with so many plain products."""
    return json_lines(
        *(
            {"id": f"m{at}", "title": f"Mug {at}", "sku": f"MUG-{at}", "price_minor": 1000 + at}
            for at in range(first, first + count)
        )
    )


async def started(ctx: Context, content: bytes, **options: Any) -> imports.Run:
    """An import of a file with this content, waiting for its turn."""
    file = await imports.accept_file(ctx, "a file", content)
    return await imports.start_import(ctx, file.file_id, **options)


async def taken_in(
    ctx: Context, content: bytes, at_once: int = 1_000, **options: Any
) -> imports.Run:
    """An import of a file with this content, come to its end."""
    run = await started(ctx, content, **options)
    return await imports.run_import_now(ctx, run.run_id, at_once=at_once)


async def products_of(ctx: Context) -> dict[str, ProductTree]:
    """All products of the shop by handle."""
    ids = await catalog.product_ids_after(ctx, UUID(int=0), 100_000)
    return {tree.handle: tree for tree in await catalog.products_for_listing(ctx, ids)}


async def problems_of(ctx: Context, run: imports.Run) -> list[imports.Problem]:
    """The problems of an import, at most a hundred."""
    return (await imports.list_problems(ctx, run.run_id, limit=100)).items


def counts(run: imports.Run) -> tuple[int, int, int, int]:
    """Products created, changed, unchanged and refused."""
    return run.created_count, run.changed_count, run.unchanged_count, run.refused_count


def packed(content: bytes) -> bytes:
    """The content as a gzip file, always the same."""
    return gzip.compress(content, mtime=0)


async def contents_of(ctx: Context) -> dict[str, Any]:
    """What a shop sells, in words that another shop may share: no ids, no instants."""
    trees = await products_of(ctx)
    channel = await tenants.channel_of(ctx)
    ids = [variant.variant_id for tree in trees.values() for variant in tree.variants]
    prices = await pricing.prices_of(ctx, ids, channel.channel_id, channel.currency)
    stock = await inventory.availability(ctx, ids)
    movements = await inventory.list_movements(ctx, limit=100_000)
    dictionary = await attributes.list_attributes(ctx, limit=10_000)
    return {
        "products": {
            handle: (
                tree.title,
                tree.status,
                tree.version,
                tree.attributes,
                [
                    (
                        variant.sku,
                        variant.option_values,
                        price.amount_minor if (price := prices.get(variant.variant_id)) else None,
                        stock[variant.variant_id],
                    )
                    for variant in tree.variants
                ],
            )
            for handle, tree in trees.items()
        },
        "movements": len(movements.items),
        "attributes": {each.code: each.kind for each in dictionary.items},
    }


async def report_of(ctx: Context, run: imports.Run) -> tuple[Any, ...]:
    """What an import says about its file."""
    problems = (await imports.list_problems(ctx, run.run_id, limit=10_000)).items
    return run.state, counts(run), run.problem_codes, run.next_line, problems


FOREIGN = Path(__file__).parent / "samples"


def sample(name: str) -> bytes:
    """One of the files of other systems that lie beside these tests."""
    return (FOREIGN / name).read_bytes()


async def prices_by_sku(ctx: Context) -> dict[str | None, tuple[int, int | None]]:
    """Amount and amount before a reduction of each variant in the shop's usual channel."""
    trees = await products_of(ctx)
    sku_of = {v.variant_id: v.sku for tree in trees.values() for v in tree.variants}
    channel = await tenants.channel_of(ctx)
    found = await pricing.prices_of(ctx, list(sku_of), channel.channel_id, channel.currency)
    return {sku_of[key]: (p.amount_minor, p.compare_at_minor) for key, p in found.items()}


async def stock_by_sku(ctx: Context) -> dict[str | None, inventory.Availability]:
    """What can be sold of each variant."""
    trees = await products_of(ctx)
    sku_of = {v.variant_id: v.sku for tree in trees.values() for v in tree.variants}
    found = await inventory.availability(ctx, list(sku_of))
    return {sku_of[key]: each for key, each in found.items()}


async def told(ctx: Context, run: imports.Run) -> list[tuple[int, str, bool]]:
    """Line and code of each problem, and whether it kept a product out."""
    return [(each.line, each.code, each.is_refusal) for each in await problems_of(ctx, run)]
