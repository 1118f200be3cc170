"""How soon changes can be found, asked over HTTP by those who may."""

from galleria.foundation.telemetry import metrics
from galleria.growth import search
from tests.faces.gateway.door import ShopScene

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
    assert (await search.freshness(shop.ctx)).overall is not None
    counted = next(
        line
        for line in metrics.render().decode().splitlines()
        if line.startswith("galleria_search_freshness_seconds_count ")
    )
    assert float(counted.split()[1]) >= 1
