"""The API describes itself, to programs and to people, and says that it is well."""

import asyncio

from galleria.app.http import api_app
from galleria.faces.headless.manual import manual_page, operations_of
from galleria.foundation.ids import new_id
from galleria.platform import tenants
from tests.faces.gateway.door import Client, Door, ShopScene


async def test_health_and_readiness_are_answered_under_any_name(door: Door) -> None:
    for host in ("api.shops.example", "10.0.0.7", "whatever.example"):
        async with door.client(host) as client:
            assert (await client.get("/healthz")).json() == {"status": "ok"}
            assert (await client.get("/readyz")).json() == {"status": "ok"}


async def test_figures_are_open_metrics(door: Door) -> None:
    async with door.client() as client:
        answer = await client.get("/metrics")
        assert answer.headers["content-type"].startswith("application/openmetrics-text")
        assert answer.text.endswith("# EOF\n")


async def figures_of(client: Client) -> dict[str, float]:
    """Every figure without labels, by its name."""
    lines = (await client.get("/metrics")).text.splitlines()
    pairs = [line.split(" ") for line in lines if not line.startswith("#") and "{" not in line]
    return {name: float(figure) for name, figure in pairs}


async def test_the_server_says_how_far_the_event_log_is_behind(door: Door, shop: ShopScene) -> None:
    async with door.client() as client:
        await door.relay()
        assert (await figures_of(client))["galleria_event_lag_seconds"] == 0.0
        await tenants.update_shop(shop.ctx, tenants.ChangeShop(name=f"Shop {new_id()}"))
        await asyncio.sleep(0.05)
        assert (await figures_of(client))["galleria_event_lag_seconds"] >= 0.05
        await door.relay()
        assert (await figures_of(client))["galleria_event_lag_seconds"] == 0.0


async def test_the_server_counts_the_events_that_wait_and_those_given_up(
    door: Door, shop: ShopScene
) -> None:
    async with door.client() as client:
        before = await figures_of(client)
        async with shop.ctx.transaction() as tx:
            for is_dead in (False, True, True):
                await tx.execute(
                    "INSERT INTO event_log.dead_letter (tenant_id, handler, event_id, log_epoch,"
                    " xact_id, sequence, tag, subject_id, occurred_at, actor, request_id, payload,"
                    " reason, attempts, is_dead, parked_at) VALUES ($1, 'test.nobody', $2, 1, 1, 1,"
                    " 't.t.v1', 's', now(), 'a', 'r', '{}', 'it broke', 8, $3, now())",
                    new_id(),
                    is_dead,
                )
        after = await figures_of(client)
        async with shop.ctx.transaction() as tx:
            await tx.execute(
                "DELETE FROM event_log.dead_letter WHERE tenant_id = $1 AND handler = 'test.nobody'"
            )
    changed = [
        after[name] - before[name] for name in ("galleria_events_parked", "galleria_events_dead")
    ]
    assert changed == [1, 2]


async def test_the_document_is_openapi_and_names_every_operation_once(door: Door) -> None:
    async with door.client() as client:
        document = (await client.get("/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    ids = [
        operation["operationId"]
        for item in document["paths"].values()
        for method, operation in item.items()
        if method in {"get", "post", "put", "patch", "delete"}
    ]
    assert len(ids) == len(set(ids))
    assert "ListStoreProducts" in ids


async def test_the_manual_lists_every_operation(door: Door) -> None:
    app = api_app()
    groups = operations_of(app.openapi_schema.to_schema())
    page = manual_page(app)
    for operation in (each for group in groups.values() for each in group):
        assert f'id="{operation.operation_id}"' in page
    checkout = next(
        each
        for group in groups.values()
        for each in group
        if each.path.endswith("/checkout") and each.method == "POST"
    )
    assert '"shipping_address"?: {' in checkout.body
    assert "} or null" in checkout.body
    assert any(answer.status == "409" for answer in checkout.answers)
    async with door.client() as client:
        assert (await client.get("/docs")).status_code == 200
        style = await client.get("/docs/manual.css")
        assert style.headers["content-type"].startswith("text/css")
