"""How soon changes can be found, asked over HTTP by those who may, and shown to the operator."""

from galleria.growth import search
from tests.faces.gateway.door import Door, ShopScene
from tests.faces.headless.test_headless import figures_of

PATH = "/admin/v1/search/freshness"


async def test_a_shop_is_told_how_soon_its_changes_could_be_found(shop: ShopScene) -> None:
    await shop.ctx.engines.notebook.write_down()
    async with shop.shopper() as shopper, shop.clerk() as clerk:
        told = await clerk.json("GET", f"{PATH}?days=1")
        (day,) = told["days"]
        assert day == {**told["overall"], "found_on": f"{shop.ctx.now:%Y-%m-%d}"}
        assert day["change_count"] >= 1
        assert 200 <= day["p50_ms"] <= day["p90_ms"] <= day["p99_ms"] <= day["slowest_ms"]
        assert told["index_state"] in ("whole", "remade")
        assert told["lag_s"] >= 0
        for wrong in ("0", "91", "x"):
            assert (await clerk.request("GET", f"{PATH}?days={wrong}")).status_code == 422
        assert (await shopper.get(PATH)).status_code == 401


async def test_the_operator_sees_all_shops_in_one_histogram(door: Door, shop: ShopScene) -> None:
    await shop.ctx.engines.notebook.write_down()
    found = (await search.freshness(shop.ctx, 1)).overall
    assert found is not None
    async with door.client() as client:
        figures = await figures_of(client)
        lines = (await client.get("/metrics")).text.splitlines()
    name = "galleria_search_freshness_seconds"
    assert figures[f"{name}_count"] >= found.change_count
    assert figures[f"{name}_sum"] >= found.mean_ms * found.change_count / 1000 - 1e-6
    buckets = [float(each.split(" ")[1]) for each in lines if each.startswith(f"{name}_bucket")]
    assert buckets == sorted(buckets) and buckets[-1] == figures[f"{name}_count"]
