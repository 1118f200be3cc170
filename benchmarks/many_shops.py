"""A thousand open shops against ten: what an answer costs must not depend on the neighbours.

Two demos run side by side, one with 10 shops and one with 1,000, each shop with products of its
own. The same load goes to the same shop of both in turn; the median of the ratios counts. 0.9 means
that the house of a thousand answers nine requests while the house of ten answers ten.
"""

import asyncio
import statistics
import sys

from benchmarks._demo import Demo, conditions, figure, running_demo, wait_for_rest, wrk
from benchmarks.ordering import REQUESTS_AN_ORDER, SCRIPT, variants_of
from benchmarks.serving import handles_of, script
from galleria.app.house import open_house
from galleria.app.shops import context_of_shop, open_and_provision
from galleria.app.worker import relay_until_quiet
from galleria.commerce import catalog, pricing
from galleria.commerce.catalog import ProductDraft, VariantDraft
from galleria.commerce.pricing import PriceRow
from galleria.platform import tenants
from galleria.platform.tenants import OpenShop
from galleria.settings import load_settings

MEASURES = ("src/galleria/engines/sql", "src/galleria/faces/gateway")
FEW, MANY = 10, 1_000
PRODUCTS_A_SHOP = 5
ROUNDS = 5
SECONDS = 3
SHOP = "textiles"


async def fill(demo: Demo, shops: int) -> None:
    """The house has this many shops, each with a few products on sale."""
    settings = load_settings({}, data=str(demo.folder))
    async with open_house(settings) as house:
        for number in range(shops - len(demo.ready["shops"])):
            wanted = OpenShop(
                slug=f"shop-{number}",
                name=f"Shop {number}",
                currency="EUR",
                locale="en",
                country="DE",
            )
            await open_and_provision(house.context(), wanted, settings.base_domain)
            ctx = await context_of_shop(house.context(), wanted.slug)
            async with ctx.transaction() as tx:
                merged = await catalog.merge_products(
                    tx,
                    [
                        ProductDraft(
                            handle=f"thing-{n}",
                            title=f"Thing {n}",
                            status="active",
                            variants=[VariantDraft(sku=f"t-{n}")],
                        )
                        for n in range(PRODUCTS_A_SHOP)
                    ],
                )
                channel = await tenants.channel_of(tx)
                prices = [
                    PriceRow(each.variant_ids[0], channel.channel_id, channel.currency, 1_000)
                    for each in merged
                ]
                await pricing.merge_prices(tx, prices)
        await relay_until_quiet(house)


def measure(demo: Demo) -> dict[str, float]:
    """Answers a second of one shop: reads, lists and orders."""
    url, host = f"http://127.0.0.1:{demo.port}", f"{SHOP}.localhost:{demo.port}"
    handles = handles_of(demo, SHOP)
    quoted = ", ".join(f'"{each}"' for each in variants_of(demo))
    buying = SCRIPT.read_text().replace("VARIANTS", quoted, 1)
    product = wrk(url, host, seconds=SECONDS, script=script(handles, "products/%s?v=%d"))
    cards = wrk(url, host, seconds=SECONDS, script=script(handles, "products?limit=20&v=%s%d"))
    orders = wrk(url, host, seconds=SECONDS, connections=8, threads=8, script=buying)
    assert product.failures + cards.failures + orders.failures == 0
    return {
        "product_from_database": product.per_s,
        "list_of_20": cards.per_s,
        "orders": orders.per_s / REQUESTS_AN_ORDER,
    }


def main() -> int:
    """Print every figure; 1 when one is short."""
    conditions()
    with running_demo(18_105) as ten, running_demo(18_106) as thousand:
        asyncio.run(fill(ten, FEW))
        asyncio.run(fill(thousand, MANY))
        wait_for_rest()
        ratios: dict[str, list[float]] = {}
        for _ in range(ROUNDS):
            small, large = measure(ten), measure(thousand)
            for name in small:
                ratios.setdefault(name, []).append(large[name] / small[name])
    held = [
        figure(f"{name}_ratio_of_{MANY}_to_{FEW}", statistics.median(each), "", 0.9, most=False)
        for name, each in ratios.items()
    ]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
